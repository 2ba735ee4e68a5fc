"""Which edition a line is of, by its shape: the fallback for logs whose edition nobody named."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from atlint.lint.accept import accepts
from atlint.lint.engine import Judge
from atlint.lint.plain import NOT_JSON
from atlint.model import Line
from atlint.plan.shape import fitting, marks, nearest
from atlint.pointer import Scan, scan

AUTO: Final = "auto"


def picker(judges: Sequence[Judge]) -> Callable[[Line], Judge]:
    """Picks a line's judge by its shape; a line that is no event goes to the first judge.

    Where the shape fits several editions, the first that finds nothing wrong is the line's own.
    """
    if len(judges) == 1:
        only = judges[0]
        return lambda _line: only
    by_edition = {judge.plan.edition: judge for judge in judges}
    present = _marks_of()

    @functools.cache
    def candidates(keys: frozenset[str]) -> tuple[Judge, ...]:
        return tuple(by_edition[edition] for edition in fitting(keys))

    def pick(line: Line) -> Judge:
        keys = present(line.raw)
        found = candidates(keys) if keys is not None else ()
        if len(found) == 1:
            return found[0]
        if found:
            return _cleanest(found, line)
        value = _decoded(line)
        return by_edition[nearest(value)] if isinstance(value, dict) else judges[0]

    return pick


def _cleanest(found: Sequence[Judge], line: Line) -> Judge:
    for judge in found:
        if accepts(judge.accept, line.raw):
            return judge
    for judge in found:
        if not judge.explainer.explain(line).problems:
            return judge
    return found[0]


def another(raws: Iterable[bytes], edition: str) -> tuple[str, int] | None:
    """The edition that events are of by their shape, where it is not this one, and how many they are.

    None where one of ten or more has the marks of `edition`, or none of the others has that many of them.
    """
    present = _marks_of()
    shaped = [fitting(keys) for raw in raws if (keys := present(raw)) is not None]
    fits = Counter(each for likely in shaped for each in likely)
    first = Counter(likely[0] for likely in shaped if likely)
    found = max(fits, key=lambda each: (fits[each], first[each]), default=edition)
    nearly = 10 * fits[found] > 9 * len(shaped) > 90 * fits[edition]
    return (found, len(shaped)) if nearly else None


def _marks_of() -> Callable[[bytes], frozenset[str] | None]:
    """A reader of the root keys that tell editions apart; it gives None for what is no JSON object."""
    fields = [(f"mark{index}", msgspec.Raw, msgspec.field(default=_ABSENT)) for index in range(len(marks()))]
    names = {f"mark{index}": mark for index, mark in enumerate(marks())}
    root = msgspec.defstruct("Root", fields, rename=names)
    decode = msgspec.json.Decoder(root).decode
    kept = tuple(names.items())

    def present(raw: bytes) -> frozenset[str] | None:
        try:
            found = decode(raw)
        except NOT_JSON:
            return None
        return frozenset(mark for name, mark in kept if getattr(found, name) is not _ABSENT)

    return present


_ABSENT: Final = msgspec.Raw(b"")


def _decoded(line: Line) -> object:
    found = scan(line.text.strip("\ufeff\r"))
    return found.value if isinstance(found, Scan) else None
