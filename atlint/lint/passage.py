"""The events of a range of lines in columns: what rules across events ask, read here, asked elsewhere."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan

from atlint.lint.across import Across, wanted_by
from atlint.lint.batch import BATCH, Batch
from atlint.lint.rows import Kind, Rows
from atlint.model import Problem
from atlint.plan import Plan


@dataclass(slots=True)
class Passage:
    """A row for each event, in order."""

    #: numbers and byte offsets of the lines, from those of the range
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    #: seconds since the epoch, NaN for unknown, and whether all are known
    times: array[float] = field(default_factory=lambda: array("d"))
    dated: bool = True
    digests: array[int] = field(default_factory=lambda: array("Q"))
    #: indices into `names`, and what stands behind each
    heads: array[int] = field(default_factory=lambda: array("L"))
    tails: list[str | None] = field(default_factory=list)
    #: indices into `table`
    kinds: array[int] = field(default_factory=lambda: array("L"))
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
            self.heads,
            self.tails,
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
        self._heads: dict[str | None, int] = {}

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
        if None in rows.times:
            passage.dated = False
        passage.times.extend([nan if time is None else time for time in rows.times])
        passage.digests.extend(rows.digests)
        passage.heads.extend(self._indices(rows.heads))
        passage.tails += rows.tails
        kinds = {id(kind): kind for kind in rows.kinds}
        index = {number: self._kind(plan.edition, kind) for number, kind in kinds.items()}
        passage.kinds.extend([index[id(kind)] for kind in rows.kinds])
        passage.clean.extend(clean)
        return {}

    def _indices(self, heads: Sequence[str | None]) -> list[int]:
        known, names = self._heads, self.passage.names
        for head in heads if None in map(known.get, heads) else ():
            if head not in known:
                known[head] = len(names)
                names.append(head)
        return [known[head] for head in heads]

    def _kind(self, edition: str, kind: Kind) -> int:
        key = edition, kind
        index = self._kinds.get(key)
        if index is None:
            index = self._kinds[key] = len(self.passage.table)
            self.passage.table.append(key)
        return index


def replay(passage: Passage, across: Across, path: str) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
    """Let `across` see the events of a passage of this file; yields row, edition and what is found, in order."""
    kinds = [kind for _, kind in passage.table]
    for first, last, edition in _spans(passage):
        times: list[float | None] = [*passage.times[first:last]]
        if not passage.dated:
            times = [None if time is None or isnan(time) else time for time in times]
        rows = Rows(
            times,
            passage.digests[first:last].tolist(),
            [passage.names[head] for head in passage.heads[first:last]],
            passage.tails[first:last],
            [kinds[kind] for kind in passage.kinds[first:last]],
        )
        for row, found in across.see_rows(path, edition, rows).items():
            yield first + row, edition, found


def _spans(passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Rows of one edition that follow each other, so many as are judged at a time."""
    editions = [edition for edition, _ in passage.table]
    count = len(passage.kinds)
    if len(set(editions)) < 2:
        yield from ((first, min(first + BATCH, count), editions[0]) for first in range(0, count, BATCH))
        return
    first = 0
    while first < count:
        edition = editions[passage.kinds[first]]
        most = min(first + BATCH, count)
        last = next((row for row in range(first, most) if editions[passage.kinds[row]] != edition), most)
        yield first, last, edition
        first = last
