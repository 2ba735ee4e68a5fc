"""Where the parts of a line stand, found only as far as somebody asks: most of a line is never shown.

For text that is known to be JSON and to have no key twice in one object. By hand one object or array is taken apart
at a time, whole values being passed over in one step; `native/places.h` goes over the whole text at once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from types import ModuleType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from atlint.model import Span
from atlint.pointer import Member, Scan, escape, parent, scan

if TYPE_CHECKING:
    from atlint.lint._scan import Places as Parts

_scan: ModuleType | None
try:
    from atlint.lint import _scan
except ImportError:  # as in acceptor_compiled
    _scan = None

#: gives pointer, start and end of the members that have a code point in common with a span, and of those that hold them
Near: TypeAlias = Callable[[Span], Iterable[tuple[str, int, int]]]

_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
#: a string, or a number or a word; of an object and of an array its bracket alone
_VALUE: Final = rf'{_STRING}|[{{\[]|[^\s,{{}}\[\]"]++'
#: a member of an object, key and value; and an item of an array
_MEMBER: Final = re.compile(rf"[\s,]*({_STRING})\s*:\s*({_VALUE})", re.DOTALL)
_ITEM: Final = re.compile(rf"[\s,]*({_VALUE})", re.DOTALL)
#: passes over an object or an array; numbers are left as they are, since some are too long to be made
_pass_over: Final = JSONDecoder(strict=False, parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]  # typeshed hides it
_BLANK: Final = re.compile(r"\s*")


class _Parts(NamedTuple):
    """The parts of an object or an array in their order, and where each begins and ends."""

    pointers: tuple[str, ...]
    starts: list[int]
    ends: list[int]


@dataclass(slots=True)
class Places(Mapping[str, Member]):
    """Pointer -> Member, like the members of a `Scan`, by hand; a place is looked for when it is asked for."""

    text: str
    _found: dict[str, Member] = field(default_factory=dict)
    #: objects and arrays that were taken apart
    _opened: dict[str, _Parts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the outermost value."""
        start = _BLANK.match(self.text).end()  # type: ignore[union-attr]  # a star always matches
        self._found[""] = Member(start, len(self.text.rstrip()))

    def __getitem__(self, pointer: str) -> Member:
        """The place of a pointer. Raises KeyError where there is none."""
        known = self._found.get(pointer)
        if known is not None:
            return known
        holder = parent(pointer)
        if not pointer or holder not in self:
            raise KeyError(pointer)
        self._open(holder)
        return self._found[pointer]

    def __iter__(self) -> Iterator[str]:
        """All pointers, each value behind what holds it."""
        return (pointer for pointer, _, _ in self.near(self._found[""].value))

    def __len__(self) -> int:
        """How many places there are."""
        return sum(1 for _ in self)

    def near(self, span: Span) -> Iterator[tuple[str, int, int]]:
        """The places that have a code point in common with a span: pointer, start and end of each."""
        found, waiting = self._found, [""]
        while waiting:
            pointer = waiting.pop()
            start, end, *_ = found[pointer]
            yield pointer, start, end
            if self.text[start] not in "{[":
                continue
            parts = self._open(pointer)
            waiting += parts.pointers[bisect_right(parts.ends, span.start) : bisect_left(parts.starts, span.end)]

    def _open(self, pointer: str) -> _Parts:
        """Find the parts of an object or an array; a value of another kind has none."""
        opened = self._opened.get(pointer)
        if opened is None:
            pointers = tuple(self._parts(pointer))
            members = [self._found[part] for part in pointers]
            opened = _Parts(pointers, [member.start for member in members], [member.end for member in members])
            self._opened[pointer] = opened
        return opened

    def _parts(self, pointer: str) -> Iterator[str]:
        text, found = self.text, self._found
        start, end, *_ = found[pointer]
        mapping = text[start] == "{"
        if not mapping and text[start] != "[":
            return
        pattern, last, index = _MEMBER.match if mapping else _ITEM.match, end - 1, 0
        at = start + 1
        while part := pattern(text, at, last):
            begin, at = part.span(2 if mapping else 1)
            if text[begin] in "{[":
                try:
                    at = _pass_over(text, begin)[1]
                except RecursionError:
                    at = begin
                    break
            if mapping:
                first, behind = part.span(1)
                name = text[first + 1 : behind - 1]
                if not name.isalnum():
                    name = escape(scanstring(text, first + 1, False)[0])  # noqa: FBT003 - the C function takes it by place only
                where, member = f"{pointer}/{name}", (begin, at, first, behind)
            else:
                where, member = f"{pointer}/{index}", (begin, at, -1, -1)
                index += 1
            found[where] = tuple.__new__(Member, member)
            yield where
        if text[at:last].strip():
            yield from self._all(pointer)

    def _all(self, pointer: str) -> Iterator[str]:
        """What no expression passes over is read as a whole."""
        whole = scan(self.text)
        if isinstance(whole, Scan):
            self._found.update(whole.members)
            yield from (place for place in whole.members if place and parent(place) == pointer)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPlaces(Mapping[str, Member]):
    """The same, found in one pass."""

    parts: Parts

    def __getitem__(self, pointer: str) -> Member:
        """The place of a pointer. Raises KeyError where there is none."""
        found = self.parts.at(pointer)
        if found is None:
            raise KeyError(pointer)
        return tuple.__new__(Member, found)

    def __contains__(self, pointer: object) -> bool:
        """Whether there is such a place."""
        return isinstance(pointer, str) and self.parts.at(pointer) is not None

    def __iter__(self) -> Iterator[str]:
        """All pointers, each value behind what holds it."""
        return (pointer for pointer, _, _ in self.near(Span(0, self[""].end)))

    def __len__(self) -> int:
        """How many places there are."""
        return sum(1 for _ in self)

    def near(self, span: Span) -> list[tuple[str, int, int]]:
        """The places that have a code point in common with a span: pointer, start and end of each."""
        return self.parts.near(*span)


def places_of(text: str, *, quickly: bool = True) -> Places | CompiledPlaces:
    """The places of JSON text that has no key twice; in one pass where that is built and takes the text."""
    if quickly and _scan is not None:
        try:
            return CompiledPlaces(_scan.Places(text))
        except ValueError:
            return Places(text)
    return Places(text)


def nearby(members: Mapping[str, Member]) -> Near:
    """What gives the members that have a code point in common with a span, and those that hold them."""
    return members.near if isinstance(members, Places | CompiledPlaces) else _Ordered(members).near


class _Ordered:
    """The members of a `Scan` by where they begin: a line may have many, and be asked about many spans."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members
        self._pointers = sorted(members, key=lambda pointer: members[pointer].start)

    def near(self, span: Span) -> Iterator[tuple[str, int, int]]:
        """Those that begin before it and go on, which hold one another, and those that begin in it."""
        members, pointers = self._members, self._pointers
        first = bisect_left(pointers, span.start, key=lambda pointer: members[pointer].start)
        pointer = pointers[first - 1] if first else ""
        while first:
            member = members.get(pointer)
            if member is not None and member.start < span.start < member.end:
                yield pointer, member.start, member.end
            if not pointer:
                break
            pointer = parent(pointer)
        last = bisect_left(pointers, span.end, key=lambda pointer: members[pointer].start)
        for pointer in pointers[first:last]:
            start, end, *_ = members[pointer]
            yield pointer, start, end
