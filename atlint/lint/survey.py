"""A decoded event, looked over: which of its places are not known to be right, and the facts that rules compare.

What is known to be right is remembered where the acceptor remembers it: lines that were accepted teach what to
pass over in lines that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from atlint.lint.acceptor_crn import Crns
from atlint.lint.acceptor_parts import Guard, Known, Parts
from atlint.lint.acceptor_relation import Group
from atlint.lint.acceptor_shape import Box, Kind, Leaf
from atlint.lint.acceptor_text import MOST, Test, remember
from atlint.model import Json, Problem
from atlint.plan import Node
from atlint.pointer import escape
from atlint.rules.reading import CRN_SEGMENTS
from atlint.rules.shape import absences, slips, stranger


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

#: a group with the way to its facts, and a guard with the numbers of its own
KeyedGroup: TypeAlias = tuple[Callable[[Facts], Any], Group]
NumberedGuard: TypeAlias = tuple[int, int, int, Guard]

#: the fact that nobody asks for
_NOBODY: Final = 0
#: the number of a member that an object should not have
_STRANGE: Final = -1
_NONE: Final[frozenset[str]] = frozenset()
_WRITE: Final = msgspec.json.Encoder().encode
_SEGMENTS: Final = {name: number for number, name in enumerate(CRN_SEGMENTS, 1)}


@dataclass(slots=True)
class Numbers:
    """The number of each fact that some group or guard asks for."""

    known: dict[tuple[str, str, Any], int] = field(default_factory=dict)

    def of(self, place: str, aspect: str = "", reduce: Any = None) -> int:
        """The number of a fact, a new one where nobody asked before."""
        return self.known.setdefault((place, aspect, reduce), len(self.known) + 1)

    def asked(self, place: str, aspect: str = "") -> int:
        """The number where somebody asked."""
        return self.known.get((place, aspect, None), _NOBODY)

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


@dataclass(slots=True, eq=False)
class Survey:
    """Looks events over. `groups` and `guards` go with the way to their facts."""

    parts: Parts
    groups: tuple[KeyedGroup, ...] = field(init=False)
    guards: tuple[NumberedGuard, ...] = field(init=False)
    _blank: Facts = field(init=False)
    _root: _Object = field(init=False)
    #: of each member the numbers of the objects that hold it, an object among them
    _above: tuple[frozenset[int], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Number the facts, then prepare the look at each place."""
        numbers = Numbers()
        self.groups = tuple(
            (itemgetter(*(numbers.of(slot.place, slot.aspect, slot.reduce) for slot in group.slots)), group)
            for group in self.parts.groups
        )
        self.guards = tuple(
            (numbers.of(guard.first, "", guard.reduce), numbers.of(guard.first), numbers.of(guard.second), guard)
            for guard in self.parts.guards
        )
        self._blank = numbers.blank()
        known = self.parts.box.numbered()
        self._root = _Object(self.parts, self.parts.box, numbers, known)
        boxes = [box.pointer for box in self.parts.box.boxes()]
        self._above = tuple(
            frozenset(known[box] for box in boxes if place == box or place.startswith(f"{box}/")) for place in known
        )

    def over(self, value: Json) -> tuple[Facts, list[Odd]]:
        """The facts of an event, and its odd places in the order of the text."""
        facts, odd = self._blank.copy(), list[Odd]()
        self._root.look(value, facts, odd)
        return facts, odd

    def at(self, value: Json, members: Iterable[int]) -> tuple[Facts, list[Odd]]:
        """The same, all but these members being right; they are numbered as in `Doubts`. Of others no fact is told."""
        facts, odd = self._blank.copy(), list[Odd]()
        opened = frozenset[int]().union(*map(self._above.__getitem__, members))
        self._root.look_at({_STRANGE, *members}, opened, value, facts, odd)
        return facts, odd


@dataclass(slots=True, eq=False)
class _Layout:
    """The members of an object by their names, in their order; and what the names alone tell of absent ones."""

    spots: tuple[Spot, ...]
    numbers: tuple[int, ...]
    absent: tuple[Odd, ...]


@dataclass(slots=True, eq=False)
class _Object:
    """The look at an object with known members."""

    parts: Parts
    box: Box
    numbers: Numbers
    #: the numbers of members, by pointer
    known: Mapping[str, int]
    _given: int = field(init=False)
    _members: dict[str, Spot] = field(init=False)
    #: the objects among them, by number
    _held: dict[int, _Object] = field(default_factory=dict)
    _layouts: dict[tuple[str, ...], _Layout] = field(default_factory=dict)
    #: names in all of them
    _kept: int = 0

    def __post_init__(self) -> None:
        """Prepare the members."""
        self._given = self.numbers.asked(self.box.pointer, "given")
        names = [name for name, node in self.box.node.members.items() if not node.forbidden]
        self._members = {}
        for name, (_, member) in zip(names, self.box.members, strict=True):
            if isinstance(member, Box):
                held = self._held[self.known[member.pointer]] = _Object(self.parts, member, self.numbers, self.known)
                self._members[name] = _NONE, _NOBODY, held.look
            else:
                self._members[name] = _spot(self.parts, member, self.numbers)

    def look(self, value: Any, facts: Facts, odd: list[Odd]) -> None:
        layout = self._opened(value, facts, odd)
        if layout is None:
            return
        for (memory, number, look), child in zip(layout.spots, value.values(), strict=True):
            if type(child) is str and child in memory:
                facts[number] = child
            else:
                look(child, facts, odd)

    def look_at(
        self, members: Collection[int], opened: Collection[int], value: Any, facts: Facts, odd: list[Odd]
    ) -> None:
        """The same for these members alone, within the objects that are opened."""
        layout = self._opened(value, facts, odd)
        if layout is None:
            return
        for number, (memory, fact, look), child in zip(layout.numbers, layout.spots, value.values(), strict=True):
            if number in opened:
                self._held[number].look_at(members, opened, child, facts, odd)
            elif number in members:
                if type(child) is str and child in memory:
                    facts[fact] = child
                else:
                    look(child, facts, odd)

    def _opened(self, value: Any, facts: Facts, odd: list[Odd]) -> _Layout | None:
        """The layout of an object, what its names tell of absent members being added; None of what is none."""
        if type(value) is not dict:
            odd.append(Odd(self.box.pointer, self.box.node, value))
            return None
        facts[self._given] = True
        names = tuple(value)
        layout = self._layouts.get(names) or self._lay_out(names)
        if layout.absent:
            odd += layout.absent
        return layout

    def _lay_out(self, names: tuple[str, ...]) -> _Layout:
        node, pointer = self.box.node, self.box.pointer
        value = dict.fromkeys(names)
        slipped = slips(node, value)
        missing, told = tuple(absences(node, value, pointer, slipped)), frozenset(slipped.values())
        absent = (Odd(pointer, None, None, missing, absent=True),) if missing else ()
        spots = tuple(self._members.get(name) or self._strange(name, value, told) for name in names)
        numbers = tuple(self.known[f"{pointer}/{escape(n)}"] if n in self._members else _STRANGE for n in names)
        layout = _Layout(spots, numbers, absent)
        self._keep(names, layout)
        return layout

    def _keep(self, names: tuple[str, ...], layout: _Layout) -> None:
        """Remember a layout: by the names in it, since one object may have as many as all others together."""
        if len(names) > MOST:
            return
        self._kept += len(names)
        if self._kept > MOST:
            self._layouts.clear()
            self._kept = len(names)
        self._layouts[names] = layout

    def _strange(self, name: str, value: Mapping[str, Any], told: frozenset[str]) -> Spot:
        """The look at a member that the object should not have."""
        node, pointer = self.box.node.members.get(name), f"{self.box.pointer}/{escape(name)}"
        found = None if node else stranger(self.box.node, name, pointer, value, told)
        names = (found,) if found else ()

        def look(child: Any, _facts: Facts, odd: list[Odd]) -> None:
            odd.append(Odd(pointer, node, child, names))

        return _NONE, _NOBODY, look


def _spot(parts: Parts, leaf: Leaf, numbers: Numbers) -> Spot:
    """How a leaf is looked at."""
    if leaf.kind is Kind.RAW:
        return _NONE, _NOBODY, _Raw(leaf, parts.known[leaf.place], numbers).look
    memory, test = _judged(parts, leaf)
    pieces = _Pieces.of(parts.crns[leaf.place], leaf, numbers) if leaf.place in parts.crns else None
    text = _Text(leaf, memory, test, numbers, pieces)
    if leaf.kind is Kind.SINGLE:
        return _NONE, _NOBODY, _Single(leaf, text, numbers).look
    more = text.given or text.reduced or pieces
    return (_NONE if more else memory), text.number, text.look


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
        self._reduced = next((number for number, _ in self.numbers.reduced(self.leaf.place)), _NOBODY)

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
