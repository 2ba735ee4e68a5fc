"""Where the parts of a line stand, found only as far as somebody asks: most of a line is never shown.

For text that is known to be JSON and to have no key twice in one object. By hand one object or array is taken apart
at a time, whole values being passed over in one step; `native/places.h` goes over the whole text at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from typing import TYPE_CHECKING, Final

from atlint.lint import native
from atlint.pointer import Member, Scan, escape, parent, pass_over, scan

if TYPE_CHECKING:
    from atlint.lint._scan import Places as Parts

_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
#: a string, or a number or a word; of an object and of an array its bracket alone
_VALUE: Final = rf'{_STRING}|[{{\[]|[^\s,{{}}\[\]"]++'
#: a member of an object, key and value; and an item of an array
_MEMBER: Final = re.compile(rf"[\s,]*({_STRING})\s*:\s*({_VALUE})", re.DOTALL)
_ITEM: Final = re.compile(rf"[\s,]*({_VALUE})", re.DOTALL)
_BLANK: Final = re.compile(r"\s*")


@dataclass(slots=True)
class Places(Mapping[str, Member]):
    """Pointer -> Member, like the members of a `Scan`, by hand; a place is looked for when it is asked for."""

    text: str
    _found: dict[str, Member] = field(default_factory=dict)
    #: objects and arrays that were taken apart
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

    def __iter__(self) -> Iterator[str]:
        """All pointers, each value behind what holds it."""
        waiting = [""]
        while waiting:
            pointer = waiting.pop()
            yield pointer
            waiting += self._open(pointer)

    def __len__(self) -> int:
        """How many places there are."""
        return sum(1 for _ in self)

    def _open(self, pointer: str) -> tuple[str, ...]:
        """Find the parts of an object or an array; a value of another kind has none."""
        opened = self._opened.get(pointer)
        if opened is None:
            opened = self._opened[pointer] = tuple(self._parts(pointer))
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
                    at = pass_over(text, begin)[1]
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
        return (pointer for pointer, _, _ in self.parts.besides(set()))

    def __len__(self) -> int:
        """How many places there are."""
        return sum(1 for _ in self)


def places_of(text: str, *, quickly: bool = True) -> Places | CompiledPlaces:
    """The places of JSON text that has no key twice; in one pass where that is built and takes the text."""
    if quickly and native.scan is not None:
        try:
            return CompiledPlaces(native.scan.Places(text))
        except ValueError:
            return Places(text)
    return Places(text)


def besides(members: Mapping[str, Member], pointers: set[str]) -> Iterable[tuple[str, int, int]]:
    """Pointer, start and end of all members but for those at some pointers."""
    if isinstance(members, CompiledPlaces):
        return members.parts.besides(pointers)
    return ((pointer, member.start, member.end) for pointer, member in members.items() if pointer not in pointers)
