"""The parts of an acceptor as its compiled half (`native/program.h`) is told them, with all that it asks.

It is told which members a line may have, which texts are looked up and which of them stand together, and knows no
rule. What it meets for the first time it asks, and remembers. What it cannot be told makes the parts unfit for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from atlint.lint import native_numbers
from atlint.lint.acceptor_crn import TAIL, Crns
from atlint.lint.acceptor_parts import Around, Known, Parts
from atlint.lint.acceptor_relation import IN_HEAD, Group, Slot
from atlint.lint.acceptor_shape import Box, Kind, Leaf, type_of
from atlint.lint.acceptor_text import MOST, Cut
from atlint.lint.native_numbers import Aspect, Split
from atlint.lint.plain import NOT_JSON
from atlint.lint.rows import Kind as EventKind
from atlint.lint.rows import carried, kind_of
from atlint.lint.seen import LONGEST, MARKS, MIDDLE, PROVIDER, SECONDS, UNIQUE, seconds

if TYPE_CHECKING:
    from atlint.lint import _scan

#: a member that no line has
_NOWHERE: Final = 0
#: values that groups are told apart by, and code points in them, with which all is begun anew
_MOST_VALUES: Final = 8 * MOST
_MOST_LETTERS: Final = 4 * 2**20
#: for each byte whether it betrays nothing
_Letters: TypeAlias = bytes
#: object, needle, seconds, numbers of slots; None where it is not clean
_Said: TypeAlias = "tuple[Any, bytes | None, float, tuple[int, ...]] | None"
_Source: TypeAlias = tuple[int, int, int]
_Told: TypeAlias = "tuple[_Letters | None, int, bytes, bytes, bool, Callable[[bytes], _Said], int, _Said]"
_LONE: Final = re.compile("[\ud800-\udfff]")


class Unfit(Exception):  # noqa: N818 - no error: a part that only Python can judge
    """A part that the compiled half has no way to judge."""


@dataclass(slots=True, eq=False)
class _Piece:
    """A text that is looked up: all of a value, or a part of it. `ask` gives object, needle, seconds, and the value."""

    ask: Callable[[bytes], tuple[Any, bytes | None, float, Any] | None]
    letters: _Letters | None = None
    hints: Around | None = None
    embedded: bool = False
    #: what groups see of it, and how each is had from the value
    slots: list[tuple[Slot, Callable[[Any], Any]]] = field(default_factory=list)


class Program:
    """What `Scanner` is told, with all that it asks. Raises Unfit for what it cannot be told."""

    def __init__(self, parts: Parts, facts: bool) -> None:  # noqa: FBT001 - named where it is given
        self.parts = parts
        self._facts = facts
        #: what groups see, by number; None is 0
        self.values: list[Any] = [None]
        self._automata: list[list[bytes]] = []
        self._letters = 0
        self._numbers: dict[tuple[type, Any], int] = {(type(None), None): 0}
        self._members = parts.box.numbered()
        self._columns: dict[str, int] = {}
        self._pieces: list[_Piece] = []
        self._needed: dict[str, list[Slot]] = {}
        self._needles: dict[str, Callable[[Any], Any]] = {}
        self._leaves = {leaf.place: leaf for leaf in parts.box.leaves()}
        self._time = parts.plan.pointer("eventTime")
        self._kind_slots = [Slot(f"/meta/{name}", "") for name in PROVIDER] + [Slot(parts.action, "")] if facts else []
        for slot in [slot for group in parts.groups for slot in group.slots] + self._kind_slots:
            if slot.aspect != "given" and slot.place in self._leaves:
                self._needed.setdefault(slot.place, []).append(slot)
        for guard in parts.guards:
            raw = any(self._is_raw(place) for place in (guard.first, guard.second))
            if raw or self._needles.setdefault(guard.first, guard.reduce) is not guard.reduce:
                raise Unfit

    def scanner(self, made_of: type[_scan.Scanner]) -> _scan.Scanner:
        """The compiled half, made once. It is not kept here: what it asks is, and all is freed with the last of it."""
        parts, facts = self.parts, self._facts
        columns = [self._column(leaf) for leaf in self._leaves.values()]
        members = self._box(parts.box)
        pieces = [self._told(piece) for piece in self._pieces]
        groups: list[tuple[list[_Source], Callable[[tuple[int, ...]], object]]] = [
            (list(map(self._source, group.slots)), self._group(group)) for group in parts.groups
        ]
        kind = len(groups) if facts else -1
        if facts:
            groups.append(self._kinds(self._kind_slots))
        return made_of(
            members,
            self._automata,
            pieces,
            columns,
            groups,
            [(self._columns[guard.first], self._columns[guard.second]) for guard in parts.guards],
            (self._role("action"), *self._roles(facts), kind),
            facts,
            parts.near,
            len(self._members),
            MOST,
            int.from_bytes(os.urandom(8), "little"),
            (*UNIQUE, LONGEST),
            (MIDDLE[0], MIDDLE[1].encode()),
            carried,
        )

    @property
    def full(self) -> bool:
        """Whether it remembers so much that it is to be made anew."""
        return len(self.values) > _MOST_VALUES or self._letters > _MOST_LETTERS

    def _is_raw(self, place: str) -> bool:
        leaf = self._leaves.get(place)
        return leaf is not None and leaf.kind is Kind.RAW

    # ---- members ----

    def _box(self, box: Box) -> list[tuple[bytes, int, bool, bool, int, int, Any]]:
        made = []
        for name, member in zip(box.names, (member for _, member in box.members), strict=True):
            number = self._members[member.pointer]
            inner = self._box(member) if isinstance(member, Box) else None
            kind: int = native_numbers.Kind.OBJECT
            column, nullable = 0, False
            if isinstance(member, Leaf):
                kind, column, nullable = _kind(member), self._columns[member.place], member.nullable
            made.append((name.encode(), kind, member.required, nullable, number, column, inner))
        return made

    def _column(self, leaf: Leaf) -> tuple[int, list[int], int, bool, Callable[[bytes], object]]:
        self._columns[leaf.place] = len(self._columns)
        first, known = len(self._pieces), self.parts.known.get(leaf.place)
        split, cuts = Split.WHOLE, [0]
        whole: Callable[[str], object] = _refuse
        if leaf.place in self.parts.crns:
            split, whole = Split.CRN, self.parts.crns[leaf.place].whole
            self._crn(leaf, self.parts.crns[leaf.place])
        elif known is not None and known.cut:
            split, cuts, whole = Split.CUT, [0, *known.cut.at], known.test
            self._cut(leaf, known, known.cut)
        else:
            self._whole(leaf, known)

        def ask(token: bytes) -> object:
            text = _text(token)
            return text is not None and whole(text)

        return split, cuts, first, leaf.kind is Kind.RAW, ask

    def _whole(self, leaf: Leaf, known: Known | None) -> None:
        """The one piece of a text that is not cut, or of another value."""
        needle, timed = self._needles.get(leaf.place), leaf.place == self._time
        kept = leaf.kind is Kind.RAW
        decode = msgspec.json.Decoder(type_of(leaf)).decode
        quote = b'"' if leaf.quoted and not kept else b""

        def ask(token: bytes) -> tuple[Any, bytes | None, float, Any] | None:
            if kept and known is not None:
                seen = known.test(token)
                return None if seen is None else (None, None, nan, seen)
            try:
                value = decode(quote + token + quote)
            except NOT_JSON:
                return None
            if known is not None and not known.test(value):
                return None
            left = needle(value) if needle else None
            time = seconds(value) if timed else None
            return (
                value,
                left.encode() if isinstance(left, str) and left else None,
                nan if time is None else time,
                value,
            )

        piece = _Piece(ask)
        self._pieces.append(piece)
        for slot in self._needed.get(leaf.place, ()):
            if slot.aspect not in {"", "reduced"} or (kept and slot.aspect != "reduced"):
                raise Unfit
            reduce = slot.reduce if slot.aspect == "reduced" and slot.reduce and not kept else _as_it_is
            piece.slots.append((slot, reduce))
        if known is not None and not (piece.slots or needle or timed or leaf.place == self.parts.action):
            piece.hints = known.hints
            piece.embedded = leaf.text.form in self.parts.quoting
            piece.letters = known.hints.letters if known.hints and not piece.embedded else None

    def _cut(self, leaf: Leaf, known: Known, cut: Cut) -> None:
        """The pieces of a text that is cut by length: each is clean where it is among the hardest others."""
        if self._needed.get(leaf.place) or leaf.place in self._needles:
            raise Unfit
        timed = leaf.place == self._time

        def piece(number: int) -> _Piece:
            def ask(token: bytes) -> tuple[Any, None, float, None] | None:
                text = token.decode("ascii")
                if not known.test(cut.around(number, text)):
                    return None
                time = SECONDS[number](text) if timed else nan
                return None if time is None else (None, None, time, None)

            return _Piece(ask)

        self._pieces += map(piece, range(len(cut.at) + 1))

    def _crn(self, leaf: Leaf, crns: Crns) -> None:
        """The pieces of a CRN: its head, and the last three segments."""

        def head(token: bytes) -> tuple[Any, None, float, Any] | None:
            text = _text(token)
            found = None if text is None else crns.head(text)
            return None if found is None else (text, None, nan, found)

        def asks(clean: Callable[[str], object]) -> Callable[[bytes], tuple[Any, None, float, Any] | None]:
            def ask(token: bytes) -> tuple[Any, None, float, Any] | None:
                text = _text(token)
                return (None, None, nan, text) if text is not None and (not text or clean(text)) else None

            return ask

        pieces = {"": _Piece(head)} | {name: _Piece(asks(crns.clean_piece(name))) for name in TAIL}
        for slot in self._needed.get(leaf.place, ()):
            name = slot.aspect.removesuffix("?")
            if name in IN_HEAD:
                pieces[""].slots.append((slot, _segment(IN_HEAD[name], filled=slot.aspect != name)))
            elif name in TAIL:
                pieces[name].slots.append((slot, _filled if slot.aspect != name else _as_it_is))
            else:
                raise Unfit
        for name in TAIL:
            if all(reduce is _filled for _, reduce in pieces[name].slots):
                pieces[name].letters = crns.letters(name)
        if leaf.place in self._needles:
            raise Unfit
        self._pieces += pieces.values()

    # ---- what is asked ----

    def _told(self, piece: _Piece) -> _Told:
        def said(found: tuple[Any, bytes | None, float, Any] | None) -> _Said:
            if found is None:
                return None
            what, needle, time, value = found
            return what, needle, time, tuple([self._number(reduce(value)) for _, reduce in piece.slots])

        def ask(token: bytes) -> _Said:
            return said(piece.ask(token))

        hints, before, behind = -1, b"", b""
        if piece.hints is not None:
            hints, before, behind = self._automaton(piece.hints.hints), piece.hints.before, piece.hints.behind
        plain = said((None, None, nan, "x")) if piece.letters or piece.hints else None
        return piece.letters, hints, before, behind, piece.embedded, ask, len(piece.slots), plain

    def _automaton(self, hints: frozenset[str]) -> int:
        """The number of what finds these; those that no UTF-8 can hold stand nowhere."""
        needles = sorted(hint.encode() for hint in hints if not _LONE.search(hint))
        if needles not in self._automata:
            self._automata.append(needles)
        return self._automata.index(needles)

    def _number(self, value: Any) -> int:
        key = type(value), value  # 1 is no other number than true
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.values)
            self.values.append(value)
            self._letters += len(value) if isinstance(value, str) else 0
        return number

    def _group(self, group: Group) -> Callable[[tuple[int, ...]], bool | None]:
        given = [slot.aspect == "given" for slot in group.slots]

        def ask(numbers: tuple[int, ...]) -> bool | None:
            facts = [bool(n) if flag else self.values[n] for n, flag in zip(numbers, given, strict=True)]
            return group.clean(tuple(facts) if len(facts) > 1 else facts[0]) or None

        return ask

    def _kinds(self, slots: list[Slot]) -> tuple[list[_Source], Callable[[tuple[int, ...]], EventKind]]:
        plan, marks = self.parts.plan, [self._mark(f"/{name}") for name in MARKS]
        prefix = plan.pointer("eventTime").removesuffix("/eventTime")
        named = self._leaves.get(plan.pointer("id"))
        if named is not None and not named.text.min_length:
            raise Unfit

        def ask(numbers: tuple[int, ...]) -> EventKind:
            *provider, action = [self.values[number] for number in numbers[: len(slots)]]
            *marked, has_id = map(bool, numbers[len(slots) :])
            return kind_of(prefix, provider, action, tuple(marked), named=has_id, carrier="")

        there = (Aspect.GIVEN, self._members.get(plan.pointer("id"), _NOWHERE), 0)
        return [*map(self._source, slots), *marks, there], ask

    def _mark(self, pointer: str) -> _Source:
        """Null counts where a value could stand and the member may be absent."""
        leaf = self._leaves.get(pointer)
        told = leaf is not None and leaf.nullable and not leaf.required
        return (Aspect.TOLD if told else Aspect.GIVEN), self._members.get(pointer, _NOWHERE), 0

    # ---- where facts stand ----

    def _source(self, slot: Slot) -> _Source:
        leaf = self._leaves.get(slot.place)
        if slot.aspect == "given":
            return Aspect.GIVEN, self._members.get(leaf.pointer if leaf else slot.place, _NOWHERE), 0
        if leaf is None:
            return Aspect.GIVEN, _NOWHERE, 0
        for number, piece in enumerate(self._pieces):
            for index, (other, _) in enumerate(piece.slots):
                if other == slot:
                    return Aspect.SLOT, number, index
        raise Unfit

    def _role(self, name: str) -> int:
        return self._columns.get(self.parts.plan.pointer(name), -1)

    def _roles(self, facts: bool) -> Iterator[int]:  # noqa: FBT001 - as above
        """The columns of what makes an event this one: texts, a CRN for the target, and data of any kind."""
        target = self.parts.plan.pointer("target/id")
        if facts and target in self._leaves and target not in self.parts.crns:
            raise Unfit
        for name in ("eventTime", "id", "outcome", "target/id", "requestData", "responseData"):
            leaf = self._leaves.get(self.parts.plan.pointer(name))
            data = name.endswith("Data") and leaf is not None and leaf.kind is Kind.RAW
            if facts and leaf is not None and not data and (leaf.kind in {Kind.SINGLE, Kind.RAW} or not leaf.quoted):
                raise Unfit
            yield self._role(name)


def _kind(leaf: Leaf) -> int:
    if leaf.kind is Kind.RAW:
        return native_numbers.Kind.ANY
    if leaf.kind is Kind.SINGLE:
        return native_numbers.Kind.STRING_ALONE
    return native_numbers.Kind.STRING if leaf.quoted else native_numbers.Kind.SCALAR


def _refuse(_text: str) -> bool:
    """The test of a text that is no more than its one piece."""
    return False


def _text(token: bytes) -> str | None:
    try:
        return token.decode()
    except UnicodeDecodeError:
        return None


def _segment(index: int, *, filled: bool) -> Callable[[Any], Any]:
    def segment(head: Any) -> Any:
        return _filled(head[index]) if filled else head[index]

    return segment


def _filled(value: Any) -> Any:
    return value and True


def _as_it_is(value: Any) -> Any:
    return value
