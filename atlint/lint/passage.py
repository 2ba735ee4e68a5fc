"""The events of a range of lines in columns: what rules across events ask, read here, asked elsewhere."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Final, TypeAlias

from atlint.lint.across import Across, wanted_by
from atlint.lint.engine import Tally
from atlint.lint.seen import LONGEST, Writer, names_of, see
from atlint.model import Line, Problem
from atlint.plan import Plan

#: what many events have in common: edition, prefix, service, root keys, writer, whether it has an id, its carrier
Kind: TypeAlias = tuple[str, str, str, tuple[bool, ...], Writer | None, bool, str]
_NOTHING: Final = ()


@dataclass(slots=True)
class Passage:
    """A row for each event, in order."""

    #: numbers and byte offsets of the lines, from those of the range
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    #: seconds since the epoch, NaN for unknown
    times: array[float] = field(default_factory=lambda: array("d"))
    digests: array[int] = field(default_factory=lambda: array("Q"))
    targets: list[str] = field(default_factory=list)
    #: indices into `table`
    kinds: array[int] = field(default_factory=lambda: array("L"))
    table: list[Kind] = field(default_factory=list)
    #: 1 where nothing was found in the event alone
    clean: bytearray = field(default_factory=bytearray)

    def cut(self, offset: int) -> None:
        """Forget the events from this offset on."""
        keep = len(self.offsets)
        while keep and self.offsets[keep - 1] >= offset:
            keep -= 1
        for column in (self.numbers, self.offsets, self.times, self.digests, self.targets, self.kinds, self.clean):
            del column[keep:]


class Recorder:
    """Sees events as `Across` does and finds nothing; what it saw is in `passage`. Call `settle` at the end."""

    def __init__(self, plans: Iterable[Plan], tally: Tally) -> None:
        """Take the Plans that lines may be judged by, and what counts the clean events."""
        self.passage = Passage()
        self._wanted = bool(wanted_by(plans))
        self._tally = tally
        self._before = 0
        self._open = False
        self._kinds: dict[Kind, int] = {}

    def __bool__(self) -> bool:
        """Whether any rule of the family is selected."""
        return self._wanted

    def see(self, line: Line, plan: Plan) -> tuple[Problem, ...]:
        """Take down the facts of a line that holds an event."""
        self.settle()
        seen = see(line)
        if seen is None:
            return _NOTHING
        passage = self.passage
        kind: Kind = (
            plan.edition, seen.prefix, seen.service, seen.marked, seen.writer, seen.named, seen.carrier,
        )  # fmt: skip
        index = self._kinds.get(kind)
        if index is None:
            index = self._kinds[kind] = len(passage.table)
            passage.table.append(kind)
        time = seen.time
        passage.numbers.append(line.number)
        passage.offsets.append(line.offset)
        passage.times.append(nan if time is None else time)
        passage.digests.append(seen.digest)
        passage.targets.append(seen.target[: LONGEST + 1])
        passage.kinds.append(index)
        passage.clean.append(0)
        self._before = self._tally.clean
        self._open = True
        return _NOTHING

    def settle(self) -> None:
        """Note whether the latest event turned out to be clean."""
        if self._open:
            self.passage.clean[-1] = self._tally.clean > self._before
            self._open = False


@dataclass(slots=True)
class _Passed:
    """The facts of one event at a time."""

    prefix: str
    service: str
    marked: tuple[bool, ...]
    writer: Writer | None
    named: bool
    carrier: str
    time: float | None = None
    digest: int = 0
    target: str = ""

    @property
    def marks(self) -> frozenset[str]:
        return names_of(self.marked)


def replay(passage: Passage, across: Across, path: str) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
    """Let `across` see the events of a passage of this file; yields row, edition and what is found, in order."""
    kinds = [(kind[0], _Passed(*kind[1:])) for kind in passage.table]
    pass_on = across.pass_on
    columns = zip(passage.times, passage.digests, passage.targets, passage.kinds, strict=True)
    for row, (time, digest, target, kind) in enumerate(columns):
        edition, seen = kinds[kind]
        seen.time = None if isnan(time) else time
        seen.digest = digest
        seen.target = target
        found = pass_on(path, edition, seen)
        if found:
            yield row, edition, found
