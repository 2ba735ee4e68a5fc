"""The boxes, tests and groups of a Plan to one judge of many lines: which of them are surely clean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import methodcaller
from typing import Any, Final, TypeAlias

import msgspec

from atlint.lint.acceptor_crn import TAIL, Crns, Head
from atlint.lint.acceptor_parts import Guard, Known, Parts
from atlint.lint.acceptor_relation import IN_HEAD, Group, Slot
from atlint.lint.acceptor_shape import Kind, Leaf
from atlint.lint.acceptor_text import MOST
from atlint.lint.columns import Column, Columns, columns_of
from atlint.lint.plain import NOT_JSON, value_of

_count_quotes: Final[Callable[[bytes], int]] = methodcaller("count", b'"')
_NO_PIECES: Final = (None, None, None, None)

#: numbers of lines, counted within what is judged together
Numbers: TypeAlias = "set[int]"


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What is surely clean of some lines: their numbers, and the columns of all that could be decoded.

    `rows` says which row of the columns each clean line has.
    """

    numbers: Sequence[int]
    rows: Sequence[int]
    columns: Columns

    def columns_at(self, place: str) -> Column:
        """What stands at a place in each clean line; empty where nothing does."""
        column = self.columns.column(place)
        whole = len(self.rows) == len(column) and None not in column
        return column if whole else [column[row] or "" for row in self.rows]


NONE_DECODED: Final = Decoded((), (), Columns(0))


@dataclass(slots=True, eq=False)
class Judge:
    """Judges lines by the parts of an acceptor."""

    parts: Parts
    _decode: Callable[[bytes], Any] = field(init=False)
    _reduced: dict[int, Callable[[Any], Any]] = field(default_factory=dict)
    _columns: Columns = field(default_factory=lambda: Columns(0))
    #: by place: the pieces of CRNs, and what groups see of raw values
    _heads: dict[str, list[Head | None]] = field(default_factory=dict)
    _tails: dict[str, list[Any]] = field(default_factory=dict)
    _kept: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the decoder, and memories for what guards look for."""
        self._decode = msgspec.json.Decoder(self.parts.box.type).decode
        for guard in self.parts.guards:
            self._reduced[id(guard.reduce)] = lru_cache(maxsize=MOST)(guard.reduce)

    def judge(self, raws: Sequence[bytes]) -> Decoded:
        """Which of the lines are surely clean."""
        numbers, objects = self._decoded(raws)
        if not numbers:
            return NONE_DECODED
        columns = self._columns = columns_of(self.parts.box, objects, self.parts.quoting)
        self._heads, self._tails, self._kept = {}, {}, {}
        lines = [raws[number] for number in numbers]
        bad = self._twice(lines, columns.quotes)
        for leaf in self.parts.box.leaves():
            bad |= self._leaf(leaf, lines)
        if len(bad) == len(lines):
            return Decoded((), (), columns)
        for group in self.parts.groups:
            bad |= self._group(group)
        for guard in self.parts.guards:
            bad |= self._guard(guard)
        if self.parts.whole is not None:
            whole = self.parts.whole
            bad |= {row for row, raw in enumerate(lines) if row not in bad and not whole(raw)}
        if not bad:
            return Decoded(numbers, range(len(numbers)), columns)
        rows = [row for row in range(len(numbers)) if row not in bad]
        return Decoded([numbers[row] for row in rows], rows, columns)

    def _decoded(self, raws: Sequence[bytes]) -> tuple[list[int], list[Any]]:
        decode, near = self._decode, self.parts.near
        numbers: list[int] = []
        objects: list[Any] = []
        for number, raw in enumerate(raws):
            if len(raw) < near and raw[-1:] == b"}":
                try:
                    objects.append(decode(raw))
                except NOT_JSON:
                    continue
                numbers.append(number)
        return numbers, objects

    def _twice(self, lines: Sequence[bytes], quotes: int) -> Numbers:
        """Lines in which a key may stand twice: these have more quotes than their values."""
        if sum(map(_count_quotes, lines)) == quotes:
            return set()
        return {row for row, raw in enumerate(lines) if value_of(raw) is None}

    def _leaf(self, leaf: Leaf, lines: Sequence[bytes]) -> Numbers:
        column = self._columns.at[leaf.place]
        if leaf.kind is Kind.CLOSED:
            return set()
        if leaf.kind is Kind.RAW:
            return self._raw(leaf, column)
        bad: Numbers = set()
        if leaf.text.form in self.parts.quoting:
            bad = {row for row, text in enumerate(column) if text and '"' in text and b"u0022" in lines[row]}
        if leaf.place in self.parts.crns:
            return bad | self._crns(leaf.place, self.parts.crns[leaf.place], column)
        known = self.parts.known.get(leaf.place)
        return bad if known is None else bad | _unclean(known, column)

    def _raw(self, leaf: Leaf, column: Column) -> Numbers:
        known = self.parts.known[leaf.place]
        memory, test = known.memories[0], known.test
        kept: Column = [None if value is None else memory.get(value) or test(value) for value in column]
        self._kept[leaf.place] = kept
        return {row for row, (value, seen) in enumerate(zip(column, kept, strict=True)) if seen is None is not value}

    def _crns(self, place: str, crns: Crns, column: Column) -> Numbers:
        pieces = [_NO_PIECES if text is None else tuple(text.rsplit(":", 3)) for text in column]
        short = {row for row, each in enumerate(pieces) if len(each) != len(_NO_PIECES)}
        for row in short:
            pieces[row] = _NO_PIECES
        heads, instances, kinds, resources = map(list, zip(*pieces, strict=True))
        known = list(map(crns.heads.get, heads))
        if None in known or not crns.settled(instances, kinds, resources):
            for row, (head, instance, kind, resource) in enumerate(pieces):
                if head is None or (known[row] is not None and crns.settled((instance,), (kind,), (resource,))):
                    continue
                known[row] = crns.clean(column[row], head, instance, kind, resource)
                if known[row] is None:
                    short.add(row)
        self._heads[place] = known
        self._tails[place] = [instances, kinds, resources]
        return short

    def _group(self, group: Group) -> Numbers:
        columns = [self._slot(slot) for slot in group.slots]
        keys = list(zip(*columns, strict=True)) if len(columns) > 1 else columns[0]
        unknown = set(keys) - group.memory
        if not unknown:
            return set()
        found = {key for key in unknown if not group.clean(key)}
        return {row for row, key in enumerate(keys) if key in found} if found else set()

    def _slot(self, slot: Slot) -> Column:
        place, aspect = slot.place, slot.aspect
        if aspect == "":
            return self._columns.column(place)
        if aspect == "given":
            return [value is not None for value in self._columns.column(place)]
        if aspect == "reduced":
            if place in self._kept:
                return self._kept[place]
            reduce = slot.reduce or _as_it_is
            return [None if value is None else reduce(value) for value in self._columns.column(place)]
        segment = aspect.removesuffix("?")
        if segment in IN_HEAD:
            index = IN_HEAD[segment]
            values = [None if head is None else head[index] for head in self._heads[place]]
        else:
            values = self._tails[place][TAIL[segment]]
        return [value and True for value in values] if aspect.endswith("?") else values

    def _guard(self, guard: Guard) -> Numbers:
        firsts, seconds = self._columns.column(guard.first), self._columns.column(guard.second)
        reduce = self._reduced[id(guard.reduce)]
        return {
            row
            for row, (first, second) in enumerate(zip(firsts, seconds, strict=True))
            if first and second and (left := reduce(first)) and left in second and not guard.test(first, second)
        }


def _as_it_is(value: Any) -> Any:
    return value


def _unclean(known: Known, column: Column) -> Numbers:
    """Rows whose text is not surely clean by what is known of its place."""
    if known.innocent is not None and known.innocent(column):
        return set()
    unknown = set(column)
    unknown.discard(None)
    if known.cut:
        beginnings, ends = known.memories
        cut = known.cut.half
        unknown = {text for text in unknown if text[:cut] not in beginnings or text[cut:] not in ends}
    else:
        unknown -= known.memories[0]
    plain, many = known.plain, known.many
    if plain is not None:
        unknown = {text for text in unknown if not plain(text)}
    if not unknown:
        return set()
    return _rows(column, {text for text in unknown if not known.test(text)} if many is None else many(unknown))


def _rows(column: Column, texts: Iterable[Any]) -> Numbers:
    return {row for row, text in enumerate(column) if text in texts} if texts else set()
