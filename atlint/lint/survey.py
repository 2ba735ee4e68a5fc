"""A decoded event, looked over: which of its places are not known to be right, and the facts that rules compare.

What is known to be right is remembered where the acceptor remembers it: lines that were accepted teach what to
pass over in lines that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import compress, count
from operator import itemgetter
from typing import Any, TypeAlias

from atlint.lint.acceptor_parts import Guard, Parts
from atlint.lint.acceptor_relation import Group
from atlint.lint.acceptor_shape import Box
from atlint.lint.acceptor_text import MOST
from atlint.lint.native_numbers import STRANGE
from atlint.lint.survey_facts import NOBODY, UNKNOWN, Facts, Numbers, Odd, Spot
from atlint.lint.survey_leaf import spot
from atlint.model import Json
from atlint.pointer import escape
from atlint.rules.shape import absences, slips, stranger

#: a group with the way to its facts, and a guard with the numbers of its own
KeyedGroup: TypeAlias = tuple[Callable[[Facts], Any], Group]
NumberedGuard: TypeAlias = tuple[int, int, int, Guard]


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

    def at(self, value: Json, members: bytes) -> tuple[Facts, list[Odd]]:
        """The same, all but these members being right, as `Doubts` has them. Of others no fact is told."""
        facts, odd = self._blank.copy(), list[Odd]()
        opened = frozenset[int]().union(*compress(self._above, members))
        self._root.look_at({STRANGE, *compress(count(), members)}, opened, value, facts, odd)
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
                self._members[name] = UNKNOWN, NOBODY, held.look
            else:
                self._members[name] = spot(self.parts, member, self.numbers)

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
        numbers = tuple(self.known[f"{pointer}/{escape(n)}"] if n in self._members else STRANGE for n in names)
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

        return UNKNOWN, NOBODY, look
