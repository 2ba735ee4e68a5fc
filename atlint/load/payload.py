"""The service's own data: what requests ask for and services answer, and what an update says it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from atlint.load.chooser import Chooser
from atlint.model import Json

#: names of members; none ends like that of a secret
_KEYS: Final = (
    "workers", "flavor", "zone", "limit", "prefix", "state", "version", "replicas", "enabled", "algorithm", "size",
    "region", "plan", "retentionDays", "requestId", "encryption", "maxAgeSeconds", "origin", "größe", "标签",
)  # fmt: skip
_CHANGES: Final = ("Name changed", "Plan changed", "Policy changed", "Zone added")
#: the ends of what a consumer's number can be without loss
_WIDE: Final = 2**53 - 1
_DEEPEST: Final = 2


def object_of(draw: Chooser, *, change: bool, flat: bool) -> dict[str, Json]:
    """A few members, simple ones where `flat`; before them what an update changed, where asked. May be empty."""
    told = _change(draw, flat=flat) if change else {}
    return told | {draw.pick(_KEYS): _value(draw, flat=flat, depth=0) for _ in range(draw.integer(0, 5))}


def text_holding(value: Json, draw: Chooser) -> str:
    """The same as a string that holds JSON, in one of the spellings that encoders have."""
    marks = (", ", ": ") if draw.chance(0.5) else (",", ":")
    return json.dumps(value, ensure_ascii=draw.chance(0.3), separators=marks)


def _change(draw: Chooser, *, flat: bool) -> dict[str, Json]:
    """One change by its three members; several as a list, or only their number with an event for each."""
    if draw.chance(0.1):
        return {"totalNumberChanges": draw.integer(1, 40)}
    kind = draw.pick(_CHANGES)
    one: dict[str, Json] = {"updateType": kind, "initialValue": draw.text(), "newValue": draw.text()}
    return {"update": [one]} if not flat and draw.chance(0.15) else one


def _value(draw: Chooser, *, flat: bool, depth: int) -> Json:
    kinds = tuple(_SIMPLE)
    kind = draw.pick(kinds if flat or depth >= _DEEPEST else (*kinds, "list", "object"))
    if kind in _SIMPLE:
        return _SIMPLE[kind](draw)
    count = draw.integer(0, 3)
    if kind == "list":
        return [_value(draw, flat=flat, depth=depth + 1) for _ in range(count)]
    return {draw.pick(_KEYS): _value(draw, flat=flat, depth=depth + 1) for _ in range(count)}


def _whole(draw: Chooser) -> Json:
    return draw.integer(-_WIDE, _WIDE) if draw.chance(0.1) else draw.integer(0, 500)


_SIMPLE: Final[Mapping[str, Callable[[Chooser], Json]]] = {
    "integer": _whole,
    "text": lambda draw: draw.text(),
    "flag": lambda draw: draw.chance(0.5),
    "float": lambda draw: draw.integer(-10_000, 10_000) / 64,
    "null": lambda _: None,
}
