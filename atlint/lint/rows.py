"""What rules across events ask of many events at once, in columns: from decoded lines, or one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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

    times: list[float | None] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    #: of the targets that can be known again; None for others
    heads: list[str | None] = field(default_factory=list)
    tails: list[str | None] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    _distinct: list[Kind] = field(default_factory=list, compare=False)

    def __len__(self) -> int:
        """How many events."""
        return len(self.times)

    @property
    def distinct(self) -> list[Kind]:
        """The kinds, few of them more than once: many events have the same object."""
        if not self._distinct:
            self._distinct = [*{id(kind): kind for kind in self.kinds}.values()]
        return self._distinct

    def insert(self, row: int, seen: Facts) -> None:
        """Put in an event before the row."""
        self._distinct = []
        self.times.insert(row, seen.time)
        self.digests.insert(row, seen.digest)
        head, tail = seen.name or (None, None)
        self.heads.insert(row, head)
        self.tails.insert(row, tail)
        self.kinds.insert(row, (seen.prefix, seen.service, seen.marked, seen.writer, seen.named, seen.carrier))

    def merge(self, numbers: Sequence[int], more: Rows, others: Sequence[int]) -> None:
        """Put in events of other lines; both have the numbers of their lines, by which all are in order."""
        self._distinct = []
        order = sorted(range(len(numbers) + len(others)), key=[*numbers, *others].__getitem__)
        for mine, theirs in (
            (self.times, more.times),
            (self.digests, more.digests),
            (self.heads, more.heads),
            (self.tails, more.tails),
            (self.kinds, more.kinds),
        ):
            both: list[Any] = [*mine, *theirs]
            mine[:] = [both[index] for index in order]

    def fact(self, row: int) -> Fact:
        """One event."""
        head, tail = self.heads[row], self.tails[row]
        name = None if head is None or tail is None else (head, tail)
        return Fact(*self.kinds[row], self.times[row], self.digests[row], name)


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
    digests = [
        digest_of(name, action, outcome, target, request, response) if name else digest(raws[number])
        for number, name, action, outcome, target, request, response in zip(
            clean.numbers, names, actions, role("outcome"), targets, *data, strict=True
        )
    ]
    times = [seconds(text) if text else None for text in role("eventTime")]
    known = [name_of(target) for target in targets]
    heads, tails = ([name and name[part] for name in known] for part in range(2))
    return Rows(times, digests, heads, tails, _kinds(plan, columns, pick, names, actions))


def _texts(column: Column) -> list[str]:
    return [text or "" for text in column] if None in column else column


def _data(column: Column) -> list[Any]:
    if not any(column):
        return [b""] * len(column)
    return [b"" if value is None else plain_data(value) if isinstance(value, bytes) else value for value in column]


def _kinds(
    plan: Plan, columns: Columns, pick: Callable[[Column], Column], names: Column, actions: Column
) -> list[Kind]:
    prefix = plan.pointer("eventTime").removesuffix("/eventTime")
    providers = [pick(columns.column(f"/meta/{name}")) for name in PROVIDER]
    marked = _marked(columns, pick, len(names))
    shared: dict[tuple[Any, ...], Kind] = {}
    made: list[Kind] = []
    for row, (name, action, *provider) in enumerate(zip(names, actions, *providers, strict=True)):
        carrier = carrier_of(name) if name else ""
        key = (*provider, None if provider[0] else action, marked[row], bool(name), carrier)
        kind = shared.get(key)
        if kind is None:
            kind = shared[key] = kind_of(prefix, provider, action, marked[row], named=bool(name), carrier=carrier)
        made.append(kind)
    return made


def kind_of(
    prefix: str, provider: Sequence[Any], action: Any, marked: tuple[bool, ...], *, named: bool, carrier: str
) -> Kind:
    """What an event has in common with others; `provider` are the members of `meta` that say who wrote it."""
    service = (provider[0] or (action or "").partition(".")[0])[:LONGEST]
    writer = tuple(provider) if all(text and len(text) <= LONGEST for text in provider) else None
    return prefix, service, marked, writer, named, carrier


def carried(kind: Kind, name: str) -> Kind:
    """The same with what its id says of who carried it."""
    return (*kind[:-1], carrier_of(name))


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
