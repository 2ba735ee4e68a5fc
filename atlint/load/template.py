"""A composed event to the bytes of a line with holes: what differs from one event of its kind to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final

from atlint.load.chooser import Chooser
from atlint.load.compose import fill
from atlint.load.scene import Scene
from atlint.load.world import head_of
from atlint.plan import Plan

#: the holes, in the order in which their values are given
HOLES: Final = (
    "id", "time", "account", "instance", "resource", "name", "person", "called", "address", "request", "response",
    "correlation",
)  # fmt: skip
#: what stands for a hole while the event is composed: characters for private use, which nothing else has
_MARKS: Final = {hole: f"\ue000{hole}\ue001" for hole in HOLES}
_PLAIN: Final = re.compile(r"[0-9a-f]{32}")
_DASHED: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Template:
    """A line for `bytes % pick(values)`; the rest says from which pools the values must come."""

    text: bytes
    #: of all values, those of this line's holes, in their order
    pick: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
    #: what the event is about, without the names of the single ones
    kind: str
    #: whether the instance's id is written with dashes
    dashed: bool
    #: how the initiator's id begins
    head: str
    #: of the initiator's address
    address: str
    #: whether the request must say what an update changed
    change: bool


def template(plan: Plan, scene: Scene, draw: Chooser) -> Template:
    """The line of a scene, its holes cut out. Its `id` stands as early as the edition lets it."""
    marked, pins = _marked(scene)
    text = json.dumps(
        _id_first(plan, fill(plan, marked, draw, pins, ("id",))), ensure_ascii=False, separators=(",", ":")
    )
    own = _own(scene)
    for hole, value in own.items():
        text = text.replace(value, _MARKS[hole])
    for hole in ("request", "response"):
        text = text.replace(f'"{_MARKS[hole]}"', _MARKS[hole])
    pieces = re.split("\ue000([a-z]+)\ue001", text.replace("%", "%%"))
    holes = [HOLES.index(name) for name in pieces[1::2]]
    pieces[1::2] = ["%b"] * len(holes)
    return Template(
        "".join(pieces).encode(),
        _picker(holes),
        _kind(scene, own),
        "-" in scene.instance.id,
        head_of(scene.initiator.id),
        scene.initiator.address_type or ("IPv6" if ":" in scene.initiator.address else "IPv4"),
        scene.tells_change,
    )


def _picker(holes: list[int]) -> Callable[[tuple[bytes, ...]], tuple[bytes, ...]]:
    if len(holes) == 1:
        only = holes[0]
        return lambda values: (values[only],)
    return itemgetter(*holes)


def _marked(scene: Scene) -> tuple[Scene, Mapping[str, Any]]:
    """The scene with marks for what a person or a resource is called, and the pins for fields of their own."""
    initiator = scene.initiator
    if initiator.address and "/" not in initiator.address:
        initiator = replace(initiator, address=_MARKS["address"])
    if initiator.id and not initiator.id.startswith("crn"):
        initiator = replace(initiator, id=_MARKS["person"], name=_MARKS["called"])
    pins = {
        "id": _MARKS["id"],
        "eventTime": _MARKS["time"],
        "requestData": _MARKS["request"],
        "responseData": _MARKS["response"],
        "correlationId": _MARKS["correlation"],
    }
    name = _MARKS["name"] if scene.target_name else ""
    return replace(scene, initiator=initiator, target_name=name), pins


def _own(scene: Scene) -> dict[str, str]:
    """The ids of this scene that others of its kind have otherwise: long enough to be found in the text.

    An instance whose id is none of the usual ones keeps its account, so that no two accounts share it.
    """
    instance, resource = scene.instance.id, scene.target.rpartition(":")[2]
    usual = bool(_PLAIN.fullmatch(instance) or _DASHED.fullmatch(instance))
    found = {"resource": resource} if _DASHED.fullmatch(resource) else {}
    if usual:
        found["instance"] = instance
    if (usual or not instance) and _PLAIN.fullmatch(scene.instance.account):
        found["account"] = scene.instance.account
    return found


def _kind(scene: Scene, own: Mapping[str, str]) -> str:
    kind = scene.target
    for hole, value in own.items():
        kind = kind.replace(value, hole)
    return kind


def _id_first(plan: Plan, event: dict[str, Any]) -> dict[str, Any]:
    """The record before all else, and its id before the rest of it: a line cut short still names its event."""
    if not plan.record:
        return {"id": event["id"], **event}
    name = plan.record[1:]
    record = event[name]
    return {name: {"id": record["id"], **record}, **{key: value for key, value in event.items() if key != name}}
