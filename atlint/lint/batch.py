"""Lines of one file that follow each other, as they are judged: together, each a `Line` only where one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from atlint.model import Line

#: lines that are judged at a time: enough that each place is worth a look of its own, few enough to stay near
BATCH = 256
#: bytes of lines with which a batch ends, however few they are: some lines are megabytes long
MOST_BYTES = 256 * 1024


@dataclass(slots=True, eq=False)
class Batch:
    """The raw lines, without their line feeds, with number and byte offset of the first one."""

    path: str
    raws: list[bytes]
    number: int
    offset: int
    #: whether the last line has a line feed, and how many of its bytes were not kept
    terminated: bool = True
    dropped: int = 0
    _offsets: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """How many lines."""
        return len(self.raws)

    def __getitem__(self, row: int) -> Line:
        """One line."""
        last = row == len(self.raws) - 1
        return Line(
            self.path,
            self.number + row,
            self.offsets[row],
            self.raws[row],
            self.terminated or not last,
            self.dropped if last else 0,
        )

    def __iter__(self) -> Iterator[Line]:
        """Each line."""
        return map(self.__getitem__, range(len(self.raws)))

    @property
    def numbers(self) -> range:
        """The lines' numbers."""
        return range(self.number, self.number + len(self.raws))

    @property
    def offsets(self) -> list[int]:
        """Where each line begins, and where the last one ends, its line feed and what was not kept included."""
        if not self._offsets:
            self._offsets = [*accumulate([len(raw) + 1 for raw in self.raws], initial=self.offset)]
            self._offsets[-1] += self.dropped - (not self.terminated)
        return self._offsets

    @property
    def end(self) -> int:
        """The offset behind the last line."""
        return self.offset + sum(map(len, self.raws)) + len(self.raws) + self.dropped - (not self.terminated)

    def part(self, first: int, last: int) -> Batch:
        """The lines from one row to before another."""
        if last < len(self.raws):
            return Batch(self.path, self.raws[first:last], self.number + first, self.offsets[first])
        return Batch(
            self.path, self.raws[first:], self.number + first, self.offsets[first], self.terminated, self.dropped
        )


def batches(lines: Iterable[Line]) -> Iterator[Batch]:
    """Lines by so many as are judged at a time; none is read ahead of a batch that is not yet taken.

    A batch ends where the file does, or where lines do not follow each other.
    """
    batch: Batch | None = None
    size = end = 0
    for line in lines:
        if batch is not None and (line.path != batch.path or line.offset != end or line.number != batch.numbers.stop):
            yield batch
            batch = None
        if batch is None:
            batch, size = Batch(line.path, [], line.number, line.offset), 0
        batch.raws.append(line.raw)
        batch.terminated, batch.dropped = line.terminated, line.dropped
        size += len(line.raw)
        end = line.offset + len(line.raw) + line.dropped + line.terminated
        if len(batch) == BATCH or size >= MOST_BYTES or line.dropped or not line.terminated:
            yield batch
            batch = None
    if batch is not None:
        yield batch
