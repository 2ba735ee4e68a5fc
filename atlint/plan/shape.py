"""The root keys by which a line is taken for one of an edition: from the schemas, without compiling a Plan."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass

from atlint.plan.truth import EDITIONS, read_json


@dataclass(frozen=True, slots=True)
class Shape:
    """What marks an edition: root keys that it `has`, such that it `lacks`, and all `names` that it knows."""

    edition: str
    has: frozenset[str]
    lacks: frozenset[str]
    names: frozenset[str]

    def misses(self, keys: Collection[str]) -> int:
        """How many of its marks a line with these root keys contradicts; 0 where it fits."""
        return len(self.has.difference(keys)) + len(self.lacks.intersection(keys))


@functools.cache
def shapes() -> tuple[Shape, ...]:
    """The shapes of all editions, oldest first."""
    return tuple(_shape(edition) for edition in EDITIONS)


def _shape(edition: str) -> Shape:
    schema = read_json(f"editions/{edition}/event.schema.json")
    marks = schema["x-at"]["shape"]
    return Shape(edition, frozenset(marks["has"]), frozenset(marks["lacks"]), frozenset(schema["properties"]))


@functools.cache
def marks() -> tuple[str, ...]:
    """The root keys that tell editions apart."""
    return tuple(sorted(frozenset[str]().union(*(shape.has | shape.lacks for shape in shapes()))))


def fitting(keys: Collection[str]) -> tuple[str, ...]:
    """The editions whose marks a line with these root keys has, the one with most marks first.

    There are several where one edition goes on from another and takes whatever that had.
    """
    fits = [shape for shape in shapes() if not shape.misses(keys)]
    return tuple(shape.edition for shape in sorted(fits, key=lambda shape: -len(shape.has)))


def nearest(keys: Collection[str]) -> str:
    """The edition that a line fits best, whatever it is: fewest contradictions, then most keys known."""
    best = min(shapes(), key=lambda shape: (shape.misses(keys), -len(shape.names.intersection(keys))))
    return best.edition


@functools.cache
def kin(edition: str) -> tuple[str, ...]:
    """The editions whose every line fits this one too, itself among them."""
    this = next(shape for shape in shapes() if shape.edition == edition)
    return tuple(s.edition for s in shapes() if this.has <= s.has and not s.has & this.lacks)
