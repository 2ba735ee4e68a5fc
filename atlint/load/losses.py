"""Lost events to ranges: where losses cluster, by file and sequence, and which step of a rotation is near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atlint.load.ledger import LOST, Ledger


@dataclass(slots=True)
class Range:
    """Lost events of one file without one between them that was not; first and last are sequences."""

    run: str
    file: str
    first: int
    last: int
    count: int
    #: why the life of the file ended or began that the range touches: rotated, copied, deleted, ...
    near: str | None = None

    def record(self) -> dict[str, Any]:
        """The range as plain JSON."""
        return {
            "run": self.run,
            "file": self.file,
            "first": self.first,
            "last": self.last,
            "count": self.count,
            "near": self.near,
        }


def ranges(ledger: Ledger) -> Iterator[Range]:
    """The ranges of lost events of a run, each when it ends."""
    edges = _edges(ledger)
    going: dict[str, Range] = {}
    for row, state in enumerate(ledger.state):
        file = ledger.file(row)
        if state != LOST:
            if (done := going.pop(file, None)) is not None:
                yield done
            continue
        seq = ledger.seqs[row]
        found = going.get(file)
        if found is None:
            found = going[file] = Range(ledger.run, file, seq, seq, 0)
        found.last = seq
        found.count += 1
        found.near = found.near or edges.get(row)
    yield from going.values()


def _edges(ledger: Ledger) -> dict[int, str]:
    """Rows that are the last of one life of their file or the first of the next, and why it ended."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for row, place in enumerate(ledger.where):
        first.setdefault(place, row)
        last[place] = row
    edges: dict[int, str] = {}
    before: dict[str, str] = {}
    for place, row in first.items():
        life = ledger.places[place]
        if life.file in before:
            edges[row] = before[life.file]
        if life.why not in {"", "closed"}:
            before[life.file] = edges[last[place]] = life.why
    return edges
