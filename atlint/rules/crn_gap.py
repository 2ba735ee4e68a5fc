"""Which of a CRN's ten segments are missing: the likeliest way to lay the given ones over the ten places."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlint.rules.reading import CRN_SEGMENTS

#: how the segments are called in a sentence
WORDS: Final = {
    "version": "the version",
    "cname": "the cloud name",
    "ctype": "the cloud type",
    "service": "the service name",
    "location": "the location",
    "scope": "the scope",
    "instance": "the service instance",
    "resource_type": "the resource type",
    "resource": "the resource",
}
#: ids, masked ones too
_ID: Final = r"[0-9a-fA-Fx]{8}-[0-9a-fA-Fx-]{8,30}|[0-9a-fA-Fx]{24,}"
#: what a segment that is left out before a given one costs: a CRN is more often cut off than holed
_HOLE: Final = 1.0
#: (expression, weight): the first that fits a segment says how much it looks like its place
_WEIGHTS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "version": ((r"v\d+", 5),),
    "cname": (
        (r"bluemix|staging|dev|test|yp|production|ibmcloud|cp4d", 4),
        (r"public|dedicated|local", -4),
        ("", 0.5),
    ),
    "ctype": ((r"public|dedicated|local|private", 5),),
    "service": ((r"public|dedicated|local|[aos]/.*", -4), (r"[a-z][a-z0-9.-]{2,}", 1), ("", 0)),
    "location": (
        (r"[a-z]{2}-[a-z]{2,5}(-\d)?|global|[a-z]{3}\d\d|satloc_.*", 4),
        (r"[aos]/.*", -4),
        ("", 0.5),
    ),
    "scope": ((r"[aos]/.*", 6), (r"[aos]", 2), ("", 0.5)),
    "instance": ((_ID, 3), ("", 0.6), (r"[a-z-]+", -0.5), (r".+", 0.5)),
    "resource_type": ((r"[a-z][a-zA-Z-]*", 1.5), ("", 0.6), (_ID, -2)),
    "resource": ((r".+", 1), ("", 0.6)),
}
_LOOKS: Final = {
    name: tuple((re.compile(expression).fullmatch, weight) for expression, weight in weights)
    for name, weights in _WEIGHTS.items()
}


@dataclass(frozen=True, slots=True)
class Gap:
    """The missing segments by name, and which given segment stands in the first one's place."""

    missing: tuple[str, ...]
    #: counted among the segments behind `crn`; the number of given segments where the CRN just ends
    at: int


def gap(segments: Sequence[str], location: Callable[[str], object]) -> Gap:
    """The likeliest gap of fewer than nine segments (those behind `crn`); `location` knows the locations."""
    missing = _best(tuple([_likenesses(segment, bool(location(segment))) for segment in segments]))
    first = CRN_SEGMENTS.index(missing[0])
    return Gap(missing, first)


_Way: TypeAlias = tuple[float, tuple[str, ...]]


@functools.lru_cache(maxsize=1024)
def _best(segments: tuple[tuple[float, ...], ...]) -> tuple[str, ...]:
    """The missing names; of each given segment it is said how much it looks like each place."""

    @functools.cache
    def way(slot: int, index: int) -> _Way:
        """The best score, and the missing names, for the segments from `index` in the places from `slot`."""
        if slot == len(CRN_SEGMENTS):
            return 0.0, ()
        name = CRN_SEGMENTS[slot]
        ways: list[_Way] = []
        if len(segments) - index <= len(CRN_SEGMENTS) - slot - 1:
            score, missing = way(slot + 1, index)
            hole = index < len(segments) and missing[:1] != (CRN_SEGMENTS[slot + 1],)
            ways.append((score - _HOLE * hole, (name, *missing)))
        if index < len(segments):
            score, missing = way(slot + 1, index + 1)
            ways.append((score + segments[index][slot], missing))
        return max(ways, key=lambda found: (found[0], [CRN_SEGMENTS.index(name) for name in found[1]]))

    return way(0, 0)[1]


@functools.lru_cache(maxsize=512)
def _likenesses(segment: str, located: bool) -> tuple[float, ...]:  # noqa: FBT001 - what is remembered has no names
    """How much a segment looks like each of the places, in their order."""
    return tuple([_likeness(name, segment, located=located) for name in CRN_SEGMENTS])


def _likeness(name: str, segment: str, *, located: bool) -> float:
    if name == "location" and located and segment:
        return 4
    return next((weight for fits, weight in _LOOKS[name] if fits(segment)), -1.0)
