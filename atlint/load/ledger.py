"""A manifest to columns, one row an event: about 30 bytes for each, however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from atlint.load.manifest import STOPPED, records
from atlint.model import AtlintError
from atlint.plan import EDITIONS

#: what became of an event, the better ones higher
LOST: Final = 0
TRUNCATED: Final = 1
CORRUPTED: Final = 2
MISROUTED: Final = 3
DELIVERED: Final = 4


@dataclass(slots=True)
class Place:
    """One life of a file, from its creation to its rotation: `file` is its name while it was written."""

    file: str
    #: why it ended, as the manifest tells; empty where it does not
    why: str = ""


@dataclass(slots=True)
class Ledger:
    """What one run says it wrote, and what was seen of it."""

    run: str
    edition: str = ""
    plan: str = ""
    #: files by their index in an event's id
    files: dict[int, str] = field(default_factory=dict)
    #: headers without an end: the run was killed, or goes on
    open: int = 0
    #: how many events the headers say were to be written, and how many the ends say were
    offered: int = 0
    told: int = 0
    #: whether an error ended the run, or a share of it, before its time
    failed: bool = False
    places: list[Place] = field(default_factory=list)
    #: the columns, by row; rows ascend by sequence once `settle` was called
    seqs: array[int] = field(default_factory=lambda: array("Q"))
    digests: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("L"))
    intended: array[float] = field(default_factory=lambda: array("d"))
    where: array[int] = field(default_factory=lambda: array("L"))
    broken: bytearray = field(default_factory=bytearray)
    #: the best that was seen of each event
    state: bytearray = field(default_factory=bytearray)
    #: sequences above the last record of a run that was killed
    unrecorded: set[int] = field(default_factory=set)
    _current: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The highest sequence of all records, -1 without any."""
        return self.seqs[-1] if self.seqs else -1

    def row(self, seq: int) -> int:
        """The row of an event, -1 where the manifest has none."""
        seqs = self.seqs
        if not seqs:
            return -1
        guess = seq - seqs[0]
        if 0 <= guess < len(seqs) and seqs[guess] == seq:
            return guess
        row = bisect_left(seqs, seq)
        return row if row < len(seqs) and seqs[row] == seq else -1

    def file(self, row: int) -> str:
        """The name under which the event's file was written."""
        return self.places[self.where[row]].file

    def take(self, record: dict[str, Any]) -> None:
        """Enter one record of this run."""
        kind = record["kind"]
        if kind == "event":
            self.seqs.append(record["seq"])
            self.digests.append(short(record["digest"]))
            self.sizes.append(record["bytes"])
            self.intended.append(record["intended"])
            self.where.append(self._place(record["file"]))
            self.broken.append(record["rule"] is not None)
        elif kind == "file":
            file = record.get("was", record["file"])
            self.places[self._place(file)].why = record.get("why", "closed")
            del self._current[file]
        elif kind == "header":
            self.open += 1
            self.offered += _count(record.get("offered", 0))
            self.edition, self.plan = _edition(record.get("edition", "")), _hexadecimal(record.get("plan", ""))
            self.files.update((int(index, 16), _name(name)) for index, name in record.get("files", {}).items())
        else:
            self.open -= 1
            self.told += _count(record.get("written", 0))
            self.failed = self.failed or record.get("stopped") not in {None, STOPPED}

    @property
    def skipped(self) -> int:
        """Sequences above the last record that did not come, though later ones did: a killed run leaves none such."""
        return max(self.unrecorded) - self.last - len(self.unrecorded) if self.unrecorded else 0

    @property
    def doubtful(self) -> bool:
        """Whether events were written of which the manifest should tell and does not, so that it proves nothing."""
        return self.skipped > 0 or (self.open <= 0 and len(self.seqs) < self.told)

    def gap(self) -> str:
        """What the manifest lacks of its run, in words; empty where it lacks nothing.

        A manifest is written as the run goes, so a run that was killed leaves the same as a file that was cut short.
        """
        recorded = len(self.seqs)
        if self.open > 0:
            planned = f" of {self.offered:,}" if self.offered else ""
            between = (
                f"; behind the last of them {self.skipped:,} are missing before others that came"
                if self.skipped
                else ""
            )
            return (
                f"the manifest of run {self.run} has no end: the run was killed or still goes on, or the file was cut "
                f"short; {recorded:,}{planned} events are recorded, and of those behind them only what came is "
                f"known{between}"
            )
        if recorded < self.told:
            return (
                f"the manifest of run {self.run} lacks lines: its end tells of {self.told:,} events, and "
                f"{recorded:,} are recorded"
            )
        return ""

    def broken_off(self) -> str:
        """How far a run came that an error ended, in words; empty where none did."""
        if not self.failed:
            return ""
        planned = f" of {self.offered:,}" if self.offered else ""
        return f"run {self.run}: an error, which its manifest names, ended it after {self.told:,}{planned} events"

    def settle(self) -> None:
        """Sort the rows by sequence, where they are not: torn lines are recorded late, shards one by one."""
        if any(later <= earlier for earlier, later in pairwise(self.seqs)):
            order = sorted(range(len(self.seqs)), key=self.seqs.__getitem__)
            if any(self.seqs[a] == self.seqs[b] for a, b in pairwise(order)):
                raise AtlintError(f"run {self.run}: the manifest records one event twice; pass each manifest once")
            self.seqs = array("Q", (self.seqs[row] for row in order))
            self.digests = array("Q", (self.digests[row] for row in order))
            self.sizes = array("L", (self.sizes[row] for row in order))
            self.intended = array("d", (self.intended[row] for row in order))
            self.where = array("L", (self.where[row] for row in order))
            self.broken = bytearray(self.broken[row] for row in order)
        self.state = bytearray(len(self.seqs))

    def _place(self, file: str) -> int:
        place = self._current.get(file)
        if place is None:
            place = self._current[file] = len(self.places)
            self.places.append(Place(_name(file)))
        return place


def _count(number: object) -> int:
    """A count. Raises TypeError where it is none, and ValueError below zero."""
    if not isinstance(number, int):
        raise TypeError("no count")
    if number < 0:
        raise ValueError("below zero")
    return number


def _edition(text: str) -> str:
    """The name of an edition; what a header says is shown, so it must be one. Raises ValueError."""
    if text and text not in EDITIONS:
        raise ValueError("no edition")
    return text


def _name(file: object) -> str:
    """The name of a file. Raises TypeError where it is none."""
    if not isinstance(file, str):
        raise TypeError("no name")
    return file


def _hexadecimal(text: str) -> str:
    """A digest or the digits of a run, which are shown too. Raises ValueError where it is anything else."""
    if not set(text) <= set("0123456789abcdef"):
        raise ValueError("no hexadecimal digits")
    return text


def short(digest: str) -> int:
    """The 64 bits of a digest that are compared."""
    return int(digest[:16], 16)


def read(manifests: Iterable[Path]) -> dict[str, Ledger]:
    """The runs of all manifests, by their 8 hexadecimal digits.

    Raises:
        AtlintError: where a manifest cannot be read, or a record is not as `schemas/manifest.schema.json` has it.
    """
    ledgers: dict[str, Ledger] = {}
    for path in manifests:
        ledger = None
        for number, record in enumerate(records(path), 1):
            try:
                if record["kind"] == "header":
                    ledger = ledgers.setdefault(run := _hexadecimal(record["run"]), Ledger(run))
                if ledger is not None:
                    ledger.take(record)
            except (LookupError, TypeError, ValueError, OverflowError, AttributeError) as error:
                raise AtlintError(
                    f"{path}:{number}: this {record['kind']} record lacks a member or has one of another type"
                ) from error
    for ledger in ledgers.values():
        ledger.settle()
    return ledgers
