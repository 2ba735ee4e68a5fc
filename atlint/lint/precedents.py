"""What was told of an event, to be told again of one that is the same in all that was looked at: faults repeat.

A precedent is found by the acceptor's doubts of the line, the order of its members, what the groups in doubt see, and
the bytes of those members that are odd themselves, that no object should have, or that a check asked for. Where these
are the same each check would see the same, and tell the same (tests/lint/test_precedents.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from struct import Struct
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from atlint.lint.acceptor_shape import Box
from atlint.lint.doubts import Doubts
from atlint.lint.native_numbers import STRANGE, Mark
from atlint.model import Json, Problem
from atlint.plan import Plan
from atlint.pointer import parent
from atlint.rules.reads import pointer_of

#: precedents, and bytes by which they are found, with which all are forgotten; bytes of one that is not worth its room
_MOST: Final = 2_048
_MOST_BYTES: Final = 2**19
_LONGEST: Final = 1_000
#: precedents that are kept where looking for them is seldom worth it
_MOST_IN_VAIN: Final = 256
#: ways to look at lines of one kind
_WAYS: Final = 4
#: lines that are looked at for each that was found to have a precedent, and how many at most in a row that have none;
#: of those behind them one in so many is looked at
_BROUGHT: Final = 6
_MOST_CREDIT: Final = 256
_SELDOM: Final = 16
#: what is asked of each event in which something was found
STATED: Final = ("action", "meta/serviceProviderName", "eventTime")

#: what was looked at, as bytes
_Looks: TypeAlias = tuple[bytes, ...]
#: the doubts of a line, and the order of its members
_Key: TypeAlias = tuple[bytes, bytes, bytes, bytes, int]


class Precedent(NamedTuple):
    """What is told of a line that has one, and what stands at the roles of `STATED`."""

    told: tuple[Problem, ...]
    stated: Mapping[str, Json]


@dataclass(slots=True, eq=False)
class _Way:
    """One way to look at lines that have their doubts and the order of their members in common."""

    #: the numbers of the members that checks asked for
    asked: frozenset[int]
    #: what is looked at of the members in their order, by twice its place each; and objects of which it is looked at
    #: whether they are objects, their names being in the order
    whole: tuple[int, ...]
    opened: tuple[int, ...]
    told: dict[_Looks, tuple[Problem, ...]] = field(default_factory=dict)

    def looks(self, raw: bytes, places: tuple[int, ...], sights: bytes) -> _Looks:
        """What is looked at of a line."""
        looks = [sights]
        looks += [raw[places[at] : places[at + 1]] for at in self.whole]
        for at in self.opened:
            first, last = places[at], places[at + 1]
            looks.append(b"{" if raw[first] == ord("{") else raw[first:last])
        return tuple(looks)


@dataclass(slots=True, eq=False)
class _Layout:
    """Lines that have their doubts and the order of their members in common."""

    #: the roles of `STATED` that are there, each with twice its place
    stated: tuple[tuple[str, int], ...]
    ways: list[_Way] = field(default_factory=list)


class Precedents:
    """What was told of the last few thousand events that differ in what was looked at."""

    def __init__(self, plan: Plan, box: Box) -> None:
        """Number the members as `Doubts` does."""
        self._numbers = box.numbered()
        self._objects = frozenset(self._numbers[inner.pointer] for inner in box.boxes())
        self._stated = tuple((role, self._numbers.get(pointer_of(plan, role))) for role in STATED)
        self._layouts: dict[_Key, _Layout] = {}
        self._kept = self._bytes = 0
        #: lines that may be looked at in vain before it gets seldom, and lines that were met since
        self._credit, self._passed = _MOST_CREDIT, 0
        self._number = lru_cache(_MOST)(lambda role: self._holder(pointer_of(plan, role)))

    def of(self, raw: bytes, doubts: Doubts) -> Precedent | None:
        """What is told of a line; None where there is no precedent."""
        layout = self._layouts.get(_key(doubts)) if self._looking() else None
        if layout is None:
            return None
        places = _places(doubts)
        for way in layout.ways:
            told = way.told.get(way.looks(raw, places, doubts.sights))
            if told is not None:
                self._credit = min(self._credit + _BROUGHT, _MOST_CREDIT)
                return Precedent(told, {role: _value(raw[places[at] : places[at + 1]]) for role, at in layout.stated})
        return None

    def wanted(self, doubts: Doubts) -> bool:
        """Whether to keep what will be told of a line: its doubts were met before, with its members in this order."""
        if self._passed % _SELDOM:
            return False
        key = _key(doubts)
        if key in self._layouts:
            return True
        if doubts.layout:
            found = ((role, -1 if number is None else doubts.layout.find(number)) for role, number in self._stated)
            self._layouts[key] = _Layout(tuple((role, 2 * place) for role, place in found if place >= 0))
            self._took(sum(map(len, key[:-1])))
        return False

    def keep(self, raw: bytes, doubts: Doubts, roles: Iterable[str], told: tuple[Problem, ...]) -> None:
        """Take what was told of an event, of which checks asked for these roles, for a precedent; it was wanted."""
        ways = self._layouts[_key(doubts)].ways
        asked = frozenset([number for role in roles if (number := self._number(role)) is not None])
        if self._numbers[""] in asked or any(problem.span is not None for problem in told):
            return  # of the line as a whole: no other one is the same
        way = next((way for way in ways if way.asked == asked), None)
        if way is None:
            if len(ways) >= _WAYS:
                return
            way = self._way(doubts, asked)
            ways.append(way)
        looks = way.looks(raw, _places(doubts), doubts.sights)
        size = sum(map(len, looks))
        if size < _LONGEST:
            way.told[looks] = told
            self._took(size)

    def _looking(self) -> bool:
        """Whether a line is looked at: where faults differ that is seldom worth it."""
        if self._credit > 0:
            self._credit -= 1
            self._passed = 0
        else:
            self._passed += 1
        return self._passed % _SELDOM == 0

    def _took(self, size: int) -> None:
        self._kept += 1
        self._bytes += size
        most = _MOST if self._credit > 0 else _MOST_IN_VAIN
        if self._kept > most or self._bytes > _MOST_BYTES:
            self._layouts.clear()
            self._kept = self._bytes = 0

    def _way(self, doubts: Doubts, asked: frozenset[int]) -> _Way:
        whole, opened = list[int](), list[int]()
        for place, number in enumerate(doubts.layout):
            if number == STRANGE or number in asked:
                whole.append(2 * place)
            elif doubts.members[number] & Mark.ODD:
                (opened if number in self._objects else whole).append(2 * place)
        return _Way(asked, tuple(whole), tuple(opened))

    def _holder(self, pointer: str) -> int | None:
        """The number of the member that holds a place; None where that is one that its object should not have."""
        number = self._numbers.get(pointer)
        while number is None:
            pointer = parent(pointer)
            number = self._numbers.get(pointer)
            if number in self._objects:
                return None
        return number


def _key(doubts: Doubts) -> _Key:
    return doubts.members, doubts.groups, doubts.guards, doubts.layout, doubts.numbering


def _places(doubts: Doubts) -> tuple[int, ...]:
    return _unpacked(len(doubts.layout))(doubts.extents)


@lru_cache(maxsize=STRANGE)
def _unpacked(count: int) -> Callable[[bytes], tuple[Any, ...]]:
    return Struct(f"={2 * count}I").unpack


def _value(raw: bytes) -> Json:
    return _decode(raw) if len(raw) > _SHORT else _decoded(raw)


_decode: Final[Callable[[bytes], Json]] = msgspec.json.Decoder().decode
#: bytes of values that are remembered: names are few
_SHORT: Final = 200
_decoded: Final = lru_cache(maxsize=1_024)(_decode)
