"""A Plan and a World to one compliant event: the Plan's nodes are walked, a scene fills what must agree.

A field that no scene knows is filled from its node's own domain, so that a schema which changes changes the
events, without a word here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from atlint.load.chooser import Chooser
from atlint.load.initiator import identity_of, name_of
from atlint.load.instance import guid
from atlint.load.payload import object_of, text_holding
from atlint.load.scene import Scene, scene_of, time_text
from atlint.load.spell import spell
from atlint.load.world import World, world_of
from atlint.model import NOTHING, AtlintError, Json
from atlint.plan import Node, Plan
from atlint.plan.form import grammar_of

_AGENTS: Final = (
    "IBM-Cloud-CLI/1.2.0",
    "Terraform/1.6.2",
    "Mozilla/5.0",
    "curl/8.4.0",
    "kubectl/1.28",
    "python-requests/2.31",
)
_REASONS: Final = (
    "the service id has no reader role on the resource",
    "the request was refused by a policy",
    "the back end did not answer in time",
    "der Name ist schon vergeben",
    "the quota of the plan is used up",
)
_FREE: Final = ("Done", "Partly done", "Refused by policy", "Gateway error")


@dataclass(frozen=True, slots=True)
class Composer:
    """What is at hand while one event is made."""

    plan: Plan
    scene: Scene
    draw: Chooser
    pins: Mapping[str, Json]
    present: Collection[str]


Filler: TypeAlias = "Callable[[Composer, Node], Json]"


def compose(plan: Plan, draw: Chooser, world: World | None = None, moment: int | None = None) -> dict[str, Any]:
    """One event without a finding at any rule, decoded.

    `world` is that of the plan unless given; `moment`, in hundredths of a second since the epoch, is drawn
    unless given. Raises AtlintError where the plan leaves nothing compliant to make.
    """
    return fill(plan, scene_of(plan, world or world_of(plan), draw, moment), draw)


def fill(
    plan: Plan,
    scene: Scene,
    draw: Chooser,
    pins: Mapping[str, Json] = NOTHING,
    present: Collection[str] = (),
) -> dict[str, Any]:
    """The event that a scene comes to.

    `pins` fixes the value of roles (`reason/reasonCode`) where they are there; those named by `present` are there
    in any case.
    """
    return _object(Composer(plan, scene, draw, pins, present), plan.root, "")


def _object(made: Composer, node: Node, role: str) -> dict[str, Any]:
    found = {}
    for name, member in node.members.items():
        inner = f"{role}/{name}" if role else name
        inner = "" if f"/{inner}" == made.plan.record else inner
        if _present(made, node, name, member, inner):
            found[name] = _value(made, member, inner)
    return found


def _present(made: Composer, node: Node, name: str, member: Node, role: str) -> bool:
    """Required members always, forbidden ones never, those of the scene as it says, others by weight."""
    if member.forbidden:
        return False
    if role in made.present:
        return True
    decided = _PRESENT.get(role)
    if decided is not None:
        return decided(made, member)
    return name in node.required or made.draw.chance(member.weight)


def _value(made: Composer, node: Node, role: str) -> Json:
    if role in made.pins:
        return made.pins[role]
    filler = _FILLERS.get(role)
    return filler(made, node) if filler else _by_domain(made, node, role)


def _by_domain(made: Composer, node: Node, role: str) -> Json:
    """A value of a node that the scene does not know: by its choices, form, members, items or type."""
    draw = made.draw
    if node.choices is not None:
        return draw.pick(node.choices)
    if node.members:
        return _object(made, node, role)
    if node.items is not None:
        count = draw.integer(max(node.min_items, 1), max(node.min_items, node.max_items or 3))
        return [_value(made, node.items, f"{role}/*") for _ in range(count)]
    if grammar_of(node.form):
        return spell(node.form, draw)
    for kind, make in _OF_TYPE.items():
        if kind in node.types:
            return make(draw, node)
    raise AtlintError(f"{node.pointer}: nothing can be made of this schema, which names no type")


#: of the types that a node takes, the first in this order is made
_OF_TYPE: Final[Mapping[str, Callable[[Chooser, Node], Json]]] = {
    "string": lambda draw, _: draw.text(),
    "boolean": lambda draw, _: draw.chance(0.5),
    "number": lambda draw, node: draw.integer(int(node.minimum or 0), int(node.maximum or 10_000)),
    "object": lambda draw, _: object_of(draw, change=False, flat=False),
    "null": lambda _draw, _node: None,
}


def _data(made: Composer, node: Node, *, change: bool) -> Json:
    """An object, or the text that holds one, as the edition encodes it."""
    if "object" in node.types:
        return object_of(made.draw, change=change, flat=False)
    return text_holding(object_of(made.draw, change=change, flat=True), made.draw)


def _request(made: Composer, node: Node) -> Json:
    return _data(made, node, change=made.scene.tells_change)


def _response(made: Composer, node: Node) -> Json:
    return _data(made, node, change=False)


def _phrase(made: Composer, _node: Node) -> Json:
    phrase = made.plan.vocabulary.phrases.get(made.scene.code)
    return made.draw.pick(_FREE) if phrase is None or made.draw.chance(0.05) else phrase


def _message(made: Composer, _node: Node) -> Json:
    """Display name, verb and object, the target's name, and the outcome unless it is success."""
    scene = made.scene
    thing = scene.act.thing.replace("-", " ") if made.draw.chance(0.5) else scene.act.thing
    name = f" {scene.target_name}" if scene.target_name else ""
    suffix = "" if scene.outcome == "success" else f" -{scene.outcome}"
    rest = f"{thing}{name}{suffix}"
    return spell("at-message", made.draw, display=scene.act.display, verb=scene.verb, rest=rest)


def _log_source(made: Composer, _node: Node) -> Json:
    return spell("at-crn", made.draw, **made.scene.instance.parts)


def _resource_group(made: Composer, _node: Node) -> Json:
    parts = made.scene.instance.parts | {
        "service": "resource-controller",
        "location": "global",
        "instance": "",
        "resource_type": "resource-group",
        "resource": guid(made.draw).replace("-", ""),
    }
    return spell("at-crn", made.draw, **parts)


def _project(made: Composer, node: Node) -> Json:
    return made.scene.home.project or spell(node.form, made.draw)


def _accounts(made: Composer, _node: Node) -> Json:
    return [made.scene.instance.account] if made.scene.copy == "account" else None


def _space(made: Composer, node: Node) -> Json:
    return spell(node.form, made.draw) if made.scene.copy == "space" else None


def _authenticated(made: Composer, _node: Node) -> Json:
    return made.scene.initiator.id or identity_of("", made.scene.instance, made.draw)


def _authenticated_name(made: Composer, _node: Node) -> Json:
    return made.scene.initiator.name or name_of("IBMid-", made.draw)


def _copied(kind: str) -> Callable[[Composer, Node], bool]:
    """A member of the user's copy: there where it is of this kind; beside the other, null now and then."""

    def decide(made: Composer, node: Node) -> bool:
        return made.scene.copy == kind or ("null" in node.types and made.draw.chance(0.2))

    return decide


def _where_failed(made: Composer, node: Node) -> bool:
    return made.scene.outcome == "failure" or (made.scene.code >= 400 and made.draw.chance(node.weight))


def _where_told(made: Composer, node: Node) -> bool:
    return made.scene.tells_change or made.draw.chance(node.weight)


def _where_no_network(made: Composer, node: Node) -> bool:
    """A network must be called one; other addresses speak for themselves."""
    return made.scene.initiator.address_type == "subnet" or made.draw.chance(node.weight)


_FILLERS: Final[Mapping[str, Filler]] = {
    "eventTime": lambda made, _: time_text(made.scene.moment, made.draw),
    "action": lambda made, _: made.scene.action,
    "outcome": lambda made, _: made.scene.outcome,
    "severity": lambda made, _: made.scene.severity,
    "reason/reasonCode": lambda made, _: made.scene.code,
    "reason/reasonType": _phrase,
    "reason/reasonForFailure": lambda made, _: made.draw.pick(_REASONS),
    "initiator/id": lambda made, _: made.scene.initiator.id,
    "initiator/name": lambda made, _: made.scene.initiator.name,
    "initiator/typeURI": lambda made, _: made.scene.initiator.type_uri,
    "initiator/credential/type": lambda made, _: made.scene.initiator.credential,
    "initiator/host/address": lambda made, _: made.scene.initiator.address,
    "initiator/host/addressType": lambda made, _: made.scene.initiator.address_type,
    "initiator/host/agent": lambda made, _: made.draw.pick(_AGENTS),
    "initiator/authnId": _authenticated,
    "initiator/authnName": _authenticated_name,
    "target/id": lambda made, _: made.scene.target,
    "target/name": lambda made, _: made.scene.target_name,
    "target/typeURI": lambda made, _: made.scene.type_uri,
    "target/resourceGroupId": _resource_group,
    "target/host/address": lambda made, _: (
        f"{guid(made.draw)[:8]}.{made.scene.instance.location or 'global'}.example.com"
    ),
    "resourceGroupId": _resource_group,
    "requestData": _request,
    "responseData": _response,
    "id": lambda made, _: guid(made.draw),
    "correlationId": lambda made, _: guid(made.draw),
    "message": _message,
    "logSourceCRN": _log_source,
    "dataEvent": lambda made, _: made.draw.chance(0.5) if made.scene.act.data is None else made.scene.act.data,
    "meta/serviceProviderName": lambda made, _: made.scene.act.crn,
    "meta/serviceProviderRegion": lambda made, _: made.scene.home.region,
    "meta/serviceProviderProjectId": _project,
    "meta/userAccountIds": _accounts,
    "meta/userSpaceId": _space,
    "meta/userSpaceRegion": lambda made, _: made.scene.home.region,
}
_PRESENT: Final[Mapping[str, Callable[[Composer, Node], bool]]] = {
    "meta/userAccountIds": _copied("account"),
    "meta/userSpaceId": _copied("space"),
    "meta/userSpaceRegion": lambda made, _: made.scene.copy == "space",
    "reason/reasonForFailure": _where_failed,
    "requestData": _where_told,
    "initiator/host/addressType": _where_no_network,
}
