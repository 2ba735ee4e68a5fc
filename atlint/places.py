"""Where the parts of a line stand, found only as far as somebody asks: most of a line is never shown.

For text that is known to be JSON and to have no key twice in one object. One object or array is taken apart at a
time, whole values being passed over in one step.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from typing import Final

from atlint.model import Span
from atlint.pointer import Member, Scan, escape, parent, scan

#: levels below a value that one expression passes over; text that is deeper is read as a whole
_DEEPEST: Final = 4
_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_WITHIN: Final = r'[^"{}\[\]]*+'


def _nested(levels: int) -> str:
    """What stands between two brackets. Nothing can be matched in two ways, so that no text takes long."""
    inner = f"{_STRING}|[{{\\[]{_nested(levels - 1)}[}}\\]]" if levels else _STRING
    return f"{_WITHIN}(?:(?:{inner}){_WITHIN})*+"


@functools.cache
def _parts_of(*, mapping: bool) -> re.Pattern[str]:
    """A member of an object, key and value; or an item of an array. Made when a place is first asked for."""
    value = f'{_STRING}|[{{\\[]{_nested(_DEEPEST)}[}}\\]]|[^\\s,{{}}\\[\\]"]++'
    return re.compile(rf"[\s,]*({_STRING})\s*:\s*({value})" if mapping else rf"[\s,]*({value})", re.DOTALL)


_BLANK: Final = re.compile(r"\s*")


@dataclass(slots=True)
class Places(MutableMapping[str, Member]):
    """Pointer -> Member, like the members of a `Scan`; a place is looked for when it is asked for."""

    text: str
    _found: dict[str, Member] = field(default_factory=dict)
    #: objects and arrays that were taken apart, and the pointers of their parts
    _opened: dict[str, tuple[str, ...]] = field(default_factory=dict)

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

    def __setitem__(self, pointer: str, member: Member) -> None:
        """Put a place by hand."""
        self._found[pointer] = member

    def __delitem__(self, pointer: str) -> None:
        """Forget a place."""
        del self._found[pointer]

    def __iter__(self) -> Iterator[str]:
        """All pointers, each value behind what holds it."""
        return (pointer for pointer, _ in self.near(self._found[""].value))

    def __len__(self) -> int:
        """How many places there are."""
        return sum(1 for _ in self)

    def near(self, span: Span) -> Iterator[tuple[str, Member]]:
        """The places that have a code point in common with a span."""
        waiting = [""]
        while waiting:
            pointer = waiting.pop()
            member = self._found[pointer]
            yield pointer, member
            if self.text[member.start] not in "{[":
                continue
            parts, found = self._open(pointer), self._found
            first = bisect_right(parts, span.start, key=lambda part: found[part].end)
            last = bisect_left(parts, span.end, key=lambda part: found[part].start)
            waiting += parts[first:last]

    def _open(self, pointer: str) -> tuple[str, ...]:
        """Find the parts of an object or an array; a value of another kind has none."""
        opened = self._opened.get(pointer)
        if opened is None:
            opened = self._opened[pointer] = tuple(self._parts(pointer))
        return opened

    def _parts(self, pointer: str) -> Iterator[str]:
        text, found = self.text, self._found
        start, end = found[pointer].value
        mapping = text.startswith("{", start)
        if not mapping and not text.startswith("[", start):
            return
        pattern, at, index = _parts_of(mapping=mapping).match, start + 1, 0
        while part := pattern(text, at, end - 1):
            at = part.end()
            if mapping:
                first, last = part.span(1)
                name = text[first + 1 : last - 1]
                if "\\" in name:
                    name = scanstring(text, first + 1, False)[0]  # noqa: FBT003 - the C function takes it by place only
                where, member = f"{pointer}/{escape(name)}", Member(*part.span(2), first, last)
            else:
                where, member = f"{pointer}/{index}", Member(*part.span(1))
                index += 1
            found[where] = member
            yield where
        if text[at : end - 1].strip():
            yield from self._all(pointer)

    def _all(self, pointer: str) -> Iterator[str]:
        """What no expression passes over is read as a whole."""
        whole = scan(self.text)
        if isinstance(whole, Scan):
            self._found.update(whole.members)
            yield from (place for place in whole.members if place and parent(place) == pointer)


def nearby(members: Mapping[str, Member]) -> Callable[[Span], Iterator[tuple[str, Member]]]:
    """What gives the members that have a code point in common with a span, and those that hold them."""
    return members.near if isinstance(members, Places) else _Ordered(members).near


class _Ordered:
    """The members of a `Scan` by where they begin: a line may have many, and be asked about many spans."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members
        self._pointers = sorted(members, key=lambda pointer: members[pointer].start)

    def near(self, span: Span) -> Iterator[tuple[str, Member]]:
        """Those that begin before it and go on, which hold one another, and those that begin in it."""
        members, pointers = self._members, self._pointers
        first = bisect_left(pointers, span.start, key=lambda pointer: members[pointer].start)
        pointer = pointers[first - 1] if first else ""
        while first:
            member = members.get(pointer)
            if member is not None and member.start < span.start < member.end:
                yield pointer, member
            if not pointer:
                break
            pointer = parent(pointer)
        last = bisect_left(pointers, span.end, key=lambda pointer: members[pointer].start)
        for pointer in pointers[first:last]:
            yield pointer, members[pointer]
