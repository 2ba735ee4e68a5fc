"""The root keys by which a line is taken for one of an edition: from the schemas, without compiling a Plan."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass

from atlint.plan.truth import EDITIONS, read_json


@dataclass(frozen=True, slots=True)
class Shape:
    """What marks an edition: root keys that it `has`, such that it `lacks`, and all `names` that it knows.

    Those that it has `often` speak for it where a line fits several editions.
    """

    edition: str
    has: frozenset[str]
    lacks: frozenset[str]
    often: frozenset[str]
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
    says = schema["x-at"]["shape"]
    has, lacks, often = (frozenset(says.get(name, ())) for name in ("has", "lacks", "often"))
    return Shape(edition, has, lacks, often, frozenset(schema["properties"]))


@functools.cache
def marks() -> tuple[str, ...]:
    """The root keys that tell editions apart."""
    every = (shape.has | shape.lacks | shape.often for shape in shapes())
    return tuple(sorted(frozenset[str]().union(*every)))


def fitting(keys: Collection[str]) -> tuple[str, ...]:
    """The editions that a line with these root keys fits, the likeliest first, of equals the newest.

    There are several where one edition goes on from another and has no mark of its own that every line bears.
    """
    fits = [shape for shape in reversed(shapes()) if not shape.misses(keys)]
    fits.sort(key=lambda shape: len(shape.often.intersection(keys)), reverse=True)
    return tuple(shape.edition for shape in fits)


def nearest(keys: Collection[str]) -> str:
    """The edition that a line comes nearest to, whatever it is.

    Fewest contradictions, then most keys known, then most marks of its own, then the newest.
    """

    def distance(shape: Shape) -> tuple[int, int, int]:
        return shape.misses(keys), -len(shape.names.intersection(keys)), -len(shape.has) - len(shape.lacks)

    return min(reversed(shapes()), key=distance).edition
