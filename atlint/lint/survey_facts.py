"""What is seen of an event that is looked over: odd places, and the facts that rules compare, by number."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from atlint.lint.acceptor_shape import Leaf
from atlint.lint.acceptor_text import MOST
from atlint.model import Json, Problem
from atlint.plan import Node


class Odd(NamedTuple):
    """A place that is not known to be right. Without a node, `names` is what the names of an object's members tell."""

    pointer: str
    node: Node | None
    value: Json
    names: tuple[Problem, ...] = ()
    #: whether nothing stands there
    absent: bool = False
    #: whether it is a text of which the facts are there all the same
    told: bool = False


#: what rules compare, each fact at its number; None, or false, for what is absent
Facts: TypeAlias = list[Any]
#: looks a value over: writes its facts, and adds what is odd
Look: TypeAlias = Callable[[Any, Facts, list[Odd]], None]
#: texts that are known to be right at a place, the number of the fact, and the look at any other value
Spot: TypeAlias = tuple[Collection[str], int, Look]

#: the fact that nobody asks for
NOBODY: Final = 0
#: no text is known to be right
UNKNOWN: Final[frozenset[str]] = frozenset()


@dataclass(slots=True)
class Numbers:
    """The number of each fact that some group or guard asks for."""

    known: dict[tuple[str, str, Any], int] = field(default_factory=dict)

    def of(self, place: str, aspect: str = "", reduce: Any = None) -> int:
        """The number of a fact, a new one where nobody asked before."""
        return self.known.setdefault((place, aspect, reduce), len(self.known) + 1)

    def asked(self, place: str, aspect: str = "") -> int:
        """The number where somebody asked."""
        return self.known.get((place, aspect, None), NOBODY)

    def given(self, leaf: Leaf) -> int:
        """The number of whether something stands at a leaf."""
        return self.asked(leaf.pointer, "given") or self.asked(leaf.place, "given")

    def reduced(self, place: str) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
        """What is asked of a place by way of a function."""
        found = ((number, reduce) for (where, _, reduce), number in self.known.items() if where == place and reduce)
        return tuple((number, lru_cache(maxsize=MOST)(reduce)) for number, reduce in found)

    def blank(self) -> Facts:
        """The facts of an event that holds nothing."""
        return [None, *(False if aspect == "given" else None for _, aspect, _ in self.known)]
