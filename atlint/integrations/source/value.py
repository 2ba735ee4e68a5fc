"""What is known of a Python expression before it runs: JSON values with their places, and what nobody can know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlint.model import Span

#: stands in a text for a part that is not known
GAP: Final = "\ue000"


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression of which nothing is known but its place."""

    span: Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, true, false or null."""

    value: float | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A string. Each part that is not known is one GAP."""

    value: str
    span: Span
    #: for each code point of `value` where in the file it was written
    places: tuple[Span, ...]

    @property
    def whole(self) -> bool:
        """Whether all of it is known."""
        return GAP not in self.value

    @property
    def gaps(self) -> tuple[Span, ...]:
        """The parts that are not known."""
        return tuple(Span(at, at + 1) for at, char in enumerate(self.value) if char == GAP)

    def part(self, within: Span) -> Span:
        """Where the code points `within` the value were written."""
        if within.start >= len(self.places):
            return self.span
        last = self.places[max(within.start, min(within.end, len(self.places)) - 1)]
        return Span(self.places[within.start].start, last.end)


@dataclass(frozen=True, slots=True)
class Member:
    """A value of an object and where its key was written."""

    key: Span
    value: Value


@dataclass(frozen=True, slots=True)
class Object:
    """A dict display, a call with keywords, or an object within JSON text."""

    members: Mapping[str, Member]
    span: Span
    #: whether it has no other members than these
    complete: bool = True
    #: whether a callable takes the members, which may have names for other things too
    call: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """A list or a tuple."""

    items: tuple[Value, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Either:
    """One of several values, none of which is one of several itself: which, nobody knows."""

    options: tuple[Value, ...]
    span: Span


Value: TypeAlias = Unknown | Scalar | Text | Object | Array | Either


def options_of(value: Value) -> tuple[Value, ...]:
    """What the value may be."""
    return value.options if isinstance(value, Either) else (value,)
