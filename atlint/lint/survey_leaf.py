"""The look at a leaf of an event: whether what stands there is known to be right, and the facts that it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from atlint.lint.acceptor_crn import Crns
from atlint.lint.acceptor_parts import Known, Parts
from atlint.lint.acceptor_shape import Kind, Leaf
from atlint.lint.acceptor_text import Test, remember
from atlint.lint.survey_facts import NOBODY, UNKNOWN, Facts, Numbers, Odd, Spot
from atlint.plan import Node
from atlint.rules.reading import CRN_SEGMENTS

_WRITE: Final = msgspec.json.Encoder().encode
_SEGMENTS: Final = {name: number for number, name in enumerate(CRN_SEGMENTS, 1)}


def spot(parts: Parts, leaf: Leaf, numbers: Numbers) -> Spot:
    """How a leaf is looked at."""
    if leaf.kind is Kind.RAW:
        return UNKNOWN, NOBODY, _Raw(leaf, parts.known[leaf.place], numbers).look
    memory, test = _judged(parts, leaf)
    pieces = _Pieces.of(parts.crns[leaf.place], leaf, numbers) if leaf.place in parts.crns else None
    text = _Text(leaf, memory, test, numbers, pieces)
    if leaf.kind is Kind.SINGLE:
        return UNKNOWN, NOBODY, _Single(leaf, text, numbers).look
    more = text.given or text.reduced or pieces
    return (UNKNOWN if more else memory), text.number, text.look


def _judged(parts: Parts, leaf: Leaf) -> tuple[set[str], Callable[[Any], object]]:
    """The memory of what is right at a leaf, and the test of what is not in it."""
    if leaf.kind is Kind.CLOSED:
        return {choice for choice in leaf.node.choices or () if isinstance(choice, str)}, _closed(leaf.node)
    known = parts.known.get(leaf.place)
    if known is not None:
        return (set() if known.cut else known.memories[0]), _of_known(known)
    for group in parts.groups:
        for number, test in group.texts.items():
            if group.slots[number].place == leaf.place:
                return _remembering(test)
    return set(), _never


def _remembering(test: Test) -> tuple[set[str], Test]:
    memory: set[str] = set()

    def clean(text: str) -> bool:
        found = test(text)
        if found:
            remember(memory, text)
        return found

    return memory, clean


def _of_known(known: Known) -> Callable[[str], object]:
    if known.cut:
        (beginnings, ends), cut = known.memories, known.cut.half
        return lambda text: (text[:cut] in beginnings and text[cut:] in ends) or known.test(text)
    plain = known.plain
    return known.test if plain is None else lambda text: plain(text) or known.test(text)


def _closed(node: Node) -> Callable[[Any], bool]:
    if node.types == {"boolean"}:
        return lambda value: type(value) is bool
    if node.types != {"number"}:
        return _never
    least = float("-inf") if node.minimum is None else node.minimum
    most = float("inf") if node.maximum is None else node.maximum
    return lambda value: type(value) is int and least <= value <= most


def _never(_value: Any) -> bool:
    return False


@dataclass(slots=True, eq=False)
class _Pieces:
    """The facts of a CRN: the segments that are asked for, by their numbers in it."""

    crns: Crns
    whole: tuple[tuple[int, int], ...]
    filled: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, crns: Crns, leaf: Leaf, numbers: Numbers) -> _Pieces:
        asked = [(aspect, number) for (place, aspect, _), number in numbers.known.items() if place == leaf.place]
        return cls(
            crns,
            tuple((_SEGMENTS[aspect], number) for aspect, number in asked if aspect in _SEGMENTS),
            tuple((_SEGMENTS[aspect[:-1]], number) for aspect, number in asked if aspect.endswith("?")),
        )

    def right(self, text: str) -> bool:
        """Whether the CRN is known to be right."""
        try:
            front, instance, kind, resource = text.rsplit(":", 3)
        except ValueError:
            return False
        return self.crns.clean(text, front, instance, kind, resource) is not None

    def write(self, text: str, facts: Facts) -> None:
        """Write the facts; a text that is not taken apart as a CRN has none."""
        pieces = text.split(":", 9)
        if len(pieces) != 10 or pieces[0] != "crn":
            return
        for segment, number in self.whole:
            facts[number] = pieces[segment]
        for segment, number in self.filled:
            facts[number] = pieces[segment] and True


@dataclass(slots=True, eq=False)
class _Text:
    """The look at a text, or at a closed value."""

    leaf: Leaf
    memory: set[str]
    test: Callable[[Any], object]
    numbers: Numbers
    pieces: _Pieces | None
    number: int = field(init=False)
    given: int = field(init=False)
    reduced: tuple[tuple[int, Callable[[Any], Any]], ...] = field(init=False)
    #: texts that the test refused
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Ask for the numbers of the facts."""
        self.number = self.numbers.asked(self.leaf.place)
        self.given = self.numbers.given(self.leaf)
        self.reduced = self.numbers.reduced(self.leaf.place)

    def look(self, value: Any, facts: Facts, odd: list[Odd]) -> None:
        if value is None and self.leaf.nullable:
            return
        if not self.right(value, facts):
            told = type(value) is str and value != "" and self.leaf.kind is Kind.TEXT
            if told:
                self._write(value, facts)
            odd.append(Odd(self.leaf.pointer, self.leaf.node, value, told=told))

    def right(self, value: Any, facts: Facts) -> bool:
        """Whether the value is known to be right; its facts are written where it is."""
        closed = self.leaf.kind is Kind.CLOSED
        if type(value) is not str:
            if not closed or not self.test(value):
                return False
        elif value not in self.memory:
            if closed or len(value) < self.leaf.text.min_length or value in self._refused:
                return False
            found = self.test(value) if self.pieces is None else self.pieces.right(value)
            if not found:
                remember(self._refused, value)
                return False
        self._write(value, facts)
        return True

    def _write(self, value: Any, facts: Facts) -> None:
        facts[self.number] = value
        facts[self.given] = True
        for number, reduce in self.reduced:
            facts[number] = reduce(value)
        if self.pieces is not None:
            self.pieces.write(value, facts)


@dataclass(slots=True, eq=False)
class _Single:
    """The look at an array of one text."""

    leaf: Leaf
    text: _Text
    numbers: Numbers

    def look(self, value: Any, facts: Facts, odd: list[Odd]) -> None:
        if value is None and self.leaf.nullable:
            return
        one = type(value) is list and len(value) == 1 and type(value[0]) is str
        if not one or not self.text.right(value[0], facts):
            odd.append(Odd(self.leaf.pointer, self.leaf.node, value))


@dataclass(slots=True, eq=False)
class _Raw:
    """The look at what services make up themselves."""

    leaf: Leaf
    known: Known
    numbers: Numbers
    _given: int = field(init=False)
    _reduced: int = field(init=False)
    _refused: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Ask for the numbers of the facts."""
        self._given = self.numbers.given(self.leaf)
        self._reduced = next((number for number, _ in self.numbers.reduced(self.leaf.place)), NOBODY)

    def look(self, value: Any, facts: Facts, odd: list[Odd]) -> None:
        if value is None and "null" in self.leaf.node.types:
            return
        raw = _WRITE(value)
        kept = self.known.memories[0].get(raw)
        if kept is None and raw not in self._refused:
            kept = self.known.test(raw)
            if kept is None:
                remember(self._refused, raw)
        if kept is None:
            odd.append(Odd(self.leaf.pointer, self.leaf.node, value))
        else:
            facts[self._given] = True
            facts[self._reduced] = kept
