"""What rules across events ask of many events at once, in columns: from decoded lines, or one by one.

Columns are arrays where they can be: they go to other processes, and through compiled functions, as they are.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Any, TypeAlias, TypeVar

import msgspec

from atlint.lint.acceptor_columns import Decoded
from atlint.lint.columns import Column, Columns
from atlint.lint.seen import (
    LONGEST,
    MARKS,
    PROVIDER,
    Facts,
    Name,
    Writer,
    carrier_of,
    digest,
    digest_of,
    name_of,
    names_of,
    plain_data,
    seconds,
)
from atlint.plan import Plan

_T = TypeVar("_T")
#: what many events have in common: prefix, service, root keys, writer, whether it has an id, its carrier
Kind: TypeAlias = tuple[str, str, tuple[bool, ...], Writer | None, bool, str]


@dataclass(slots=True)
class Fact:
    """One event of some rows: `lint.seen.Facts` says what its members are."""

    prefix: str
    service: str
    marked: tuple[bool, ...]
    writer: Writer | None
    named: bool
    carrier: str
    time: float | None = None
    digest: int = 0
    name: Name | None = None

    @property
    def marks(self) -> frozenset[str]:
        """The root keys by their names."""
        return names_of(self.marked)


@dataclass(slots=True)
class Rows:
    """The facts of events, in their order."""

    #: seconds since the epoch, NaN for unknown
    times: array[float] = field(default_factory=lambda: array("d"))
    digests: array[int] = field(default_factory=lambda: array("Q"))
    #: of the targets that can be known again, and the digests of their tails; None and 0 for others
    heads: list[str | None] = field(default_factory=list)
    tails: array[int] = field(default_factory=lambda: array("Q"))
    #: indices into `table`, which may have a kind twice
    kinds: array[int] = field(default_factory=lambda: array("I"))
    table: list[Kind] = field(default_factory=list)
    _distinct: list[Kind] = field(default_factory=list, compare=False)

    def __len__(self) -> int:
        """How many events."""
        return len(self.times)

    @property
    def distinct(self) -> list[Kind]:
        """The kinds that the events have, in the order of the first of each, few of them more than once."""
        if not self._distinct:
            self._distinct = [self.table[index] for index in dict.fromkeys(self.kinds)]
        return self._distinct

    def part(self, first: int, last: int) -> Rows:
        """The events from one row to before another."""
        return Rows(
            self.times[first:last],
            self.digests[first:last],
            self.heads[first:last],
            self.tails[first:last],
            self.kinds[first:last],
            self.table,
        )

    def insert(self, row: int, seen: Facts) -> None:
        """Put in an event before the row."""
        self._distinct = []
        self.times.insert(row, nan if seen.time is None else seen.time)
        self.digests.insert(row, seen.digest)
        head, tail = seen.name or (None, 0)
        self.heads.insert(row, head)
        self.tails.insert(row, tail)
        self.kinds.insert(row, len(self.table))
        self.table.append((seen.prefix, seen.service, seen.marked, seen.writer, seen.named, seen.carrier))

    def drop(self, row: int) -> None:
        """Take one out."""
        self._distinct = []
        for column in (self.times, self.digests, self.heads, self.tails, self.kinds):
            del column[row]

    def merge(self, numbers: Sequence[int], more: Rows, others: Sequence[int]) -> None:
        """Put in events of other lines; both have the numbers of their lines, by which all are in order."""
        self._distinct = []
        order = sorted(range(len(numbers) + len(others)), key=[*numbers, *others].__getitem__)
        kinds = [len(self.table) + index for index in more.kinds]
        self.table += more.table
        self.times = array("d", _ordered(order, self.times, more.times))
        self.digests = array("Q", _ordered(order, self.digests, more.digests))
        self.heads = [*_ordered(order, self.heads, more.heads)]
        self.tails = array("Q", _ordered(order, self.tails, more.tails))
        self.kinds = array("I", _ordered(order, self.kinds, kinds))

    def fact(self, row: int) -> Fact:
        """One event."""
        head, time = self.heads[row], self.times[row]
        name = None if head is None else (head, self.tails[row])
        return Fact(*self.table[self.kinds[row]], None if isnan(time) else time, self.digests[row], name)


def _ordered(order: Sequence[int], mine: Sequence[_T], theirs: Sequence[_T]) -> Iterator[_T]:
    both = [*mine, *theirs]
    return map(both.__getitem__, order)


def rows_of(plan: Plan, clean: Decoded, raws: Sequence[bytes]) -> Rows:
    """The facts of the lines that are clean; `raws` are all lines that were judged."""
    columns = clean.columns
    whole = len(clean.rows) == columns.lines

    def pick(column: Column) -> Column:
        return column if whole else [column[row] for row in clean.rows]

    def role(name: str) -> Column:
        return pick(columns.column(plan.pointer(name)))

    names, actions, targets = role("id"), role("action"), _texts(role("target/id"))
    data = [_data(role(name)) for name in ("requestData", "responseData")]
    digests = (
        digest_of(name, action, outcome, target, request, response) if name else digest(raws[number])
        for number, name, action, outcome, target, request, response in zip(
            clean.numbers, names, actions, role("outcome"), targets, *data, strict=True
        )
    )
    times = (seconds(text) if text else None for text in role("eventTime"))
    known = [name_of(target) or (None, 0) for target in targets]
    kinds, table = _kinds(plan, columns, pick, names, actions)
    return Rows(
        array("d", (nan if time is None else time for time in times)),
        array("Q", digests),
        [head for head, _ in known],
        array("Q", (tail for _, tail in known)),
        kinds,
        table,
    )


def _texts(column: Column) -> list[str]:
    return [text or "" for text in column] if None in column else column


def _data(column: Column) -> list[Any]:
    if not any(column):
        return [b""] * len(column)
    return [b"" if value is None else plain_data(value) if isinstance(value, bytes) else value for value in column]


def _kinds(
    plan: Plan, columns: Columns, pick: Callable[[Column], Column], names: Column, actions: Column
) -> tuple[array[int], list[Kind]]:
    prefix = plan.pointer("eventTime").removesuffix("/eventTime")
    providers = [pick(columns.column(f"/meta/{name}")) for name in PROVIDER]
    marked = _marked(columns, pick, len(names))
    shared: dict[tuple[Any, ...], int] = {}
    kinds, table = array("I"), list[Kind]()
    for row, (name, action, *provider) in enumerate(zip(names, actions, *providers, strict=True)):
        carrier = carrier_of(name) if name else ""
        key = (*provider, None if provider[0] else action, marked[row], bool(name), carrier)
        index = shared.setdefault(key, len(table))
        if index == len(table):
            table.append(kind_of(prefix, provider, action, marked[row], named=bool(name), carrier=carrier))
        kinds.append(index)
    return kinds, table


def kind_of(
    prefix: str, provider: Sequence[Any], action: Any, marked: tuple[bool, ...], *, named: bool, carrier: str
) -> Kind:
    """What an event has in common with others; `provider` are the members of `meta` that say who wrote it."""
    service = (provider[0] or (action or "").partition(".")[0])[:LONGEST]
    writer = tuple(provider) if all(text and len(text) <= LONGEST for text in provider) else None
    return _shared((prefix, service, marked, writer, named, carrier))


def carried(kind: Kind, name: str) -> Kind:
    """The same with what its id says of who carried it."""
    return _shared((*kind[:-1], carrier_of(name)))


@functools.lru_cache(maxsize=1_024)
def _shared(kind: Kind) -> Kind:
    """The same object for the same kind: tables stay short."""
    return kind


def _marked(columns: Columns, pick: Callable[[Column], Column], lines: int) -> list[tuple[bool, ...]]:
    """Which of the root keys that tell editions apart are in each line; null counts where a value could stand."""
    found: list[list[bool]] = []
    for mark in MARKS:
        told = columns.told.get(f"/{mark}")
        absent, column = (None, columns.column(f"/{mark}")) if told is None else (msgspec.UNSET, told)
        found.append([value is not absent for value in pick(column)])
    if all(len(set(column)) < 2 for column in found):
        return [tuple(column[0] for column in found)] * lines if lines else []
    return list(zip(*found, strict=True))
