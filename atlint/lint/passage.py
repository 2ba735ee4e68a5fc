"""The events of a range of lines in columns: what rules across events ask, read here, asked elsewhere."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby, islice

from atlint.lint.across import Across, wanted_by
from atlint.lint.batch import Batch
from atlint.lint.rows import Kind, Rows
from atlint.model import Problem
from atlint.plan import Plan


@dataclass(slots=True)
class Passage:
    """A row for each event, in order."""

    #: numbers and byte offsets of the lines, from those of the range
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    #: as `Rows` has them
    times: array[float] = field(default_factory=lambda: array("d"))
    digests: array[int] = field(default_factory=lambda: array("Q"))
    tails: array[int] = field(default_factory=lambda: array("Q"))
    #: indices into `names`
    heads: array[int] = field(default_factory=lambda: array("I"))
    #: indices into `table`
    kinds: array[int] = field(default_factory=lambda: array("I"))
    #: edition, and what else many events have in common
    table: list[tuple[str, Kind]] = field(default_factory=list)
    #: heads of targets, many of which are alike
    names: list[str | None] = field(default_factory=list)
    #: 1 where nothing was found in the event alone
    clean: bytearray = field(default_factory=bytearray)

    def cut(self, offset: int) -> None:
        """Forget the events from this offset on."""
        keep = len(self.offsets)
        while keep and self.offsets[keep - 1] >= offset:
            keep -= 1
        for column in (
            self.numbers,
            self.offsets,
            self.times,
            self.digests,
            self.tails,
            self.heads,
            self.kinds,
            self.clean,
        ):
            del column[keep:]


class Recorder:
    """Sees events as `Across` does and finds nothing; what it saw is in `passage`."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        """Take the Plans that lines may be judged by."""
        self.passage = Passage()
        self._wanted = bool(wanted_by(plans))
        self._kinds: dict[tuple[str, Kind], int] = {}
        #: gives each that it is asked for the first time the next number
        self._heads: defaultdict[str | None, int] = defaultdict(count().__next__)

    def __bool__(self) -> bool:
        """Whether any rule of the family is selected."""
        return self._wanted

    def see_all(
        self, batch: Batch, events: Sequence[int], plan: Plan, rows: Rows, clean: Sequence[bool]
    ) -> Mapping[int, tuple[Problem, ...]]:
        """Take down the facts of lines that hold events; nothing is found."""
        passage = self.passage
        whole = len(events) == len(batch)
        passage.numbers.extend(batch.numbers if whole else [batch.numbers[row] for row in events])
        passage.offsets.extend(batch.offsets[:-1] if whole else [batch.offsets[row] for row in events])
        passage.times += rows.times
        passage.digests += rows.digests
        passage.tails += rows.tails
        passage.heads.extend(self._indices(rows.heads))
        kinds = [self._kind(plan.edition, kind) for kind in rows.table]
        passage.kinds.extend(map(kinds.__getitem__, rows.kinds))
        passage.clean.extend(clean)
        return {}

    def _indices(self, heads: Sequence[str | None]) -> list[int]:
        known, names = self._heads, self.passage.names
        indices = [*map(known.__getitem__, heads)]
        names += [*islice(reversed(known), len(known) - len(names))][::-1]
        return indices

    def _kind(self, edition: str, kind: Kind) -> int:
        key = edition, kind
        index = self._kinds.get(key)
        if index is None:
            index = self._kinds[key] = len(self.passage.table)
            self.passage.table.append(key)
        return index


def replay(passage: Passage, across: Across, path: str) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
    """Let `across` see the events of a passage of this file; yields row, edition and what is found, in order."""
    heads = [*map(passage.names.__getitem__, passage.heads)]
    kinds = [kind for _, kind in passage.table]
    rows = Rows(passage.times, passage.digests, heads, passage.tails, passage.kinds, kinds)
    for first, last, edition in _spans(passage):
        for row, found in across.see_rows(path, edition, rows.part(first, last)).items():
            yield first + row, edition, found


def _spans(passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Rows of one edition that follow each other."""
    editions = [edition for edition, _ in passage.table]
    if len(set(editions)) < 2:
        yield from ((0, len(passage.kinds), edition) for edition in editions[:1])
        return
    first = 0
    for edition, rows in groupby(passage.kinds, editions.__getitem__):
        last = first + sum(1 for _ in rows)
        yield first, last, edition
        first = last
