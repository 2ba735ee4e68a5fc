"""A manifest and what was delivered to the account of every event: delivered, lost, damaged, or not ours.

Delivered lines are read once, as a stream; what is kept is a few bytes for each event of the manifest.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from atlint import __version__, regular
from atlint.load import identity, ledger
from atlint.load.digest import canonical, digest
from atlint.load.examples import Examples
from atlint.load.ledger import CORRUPTED, DELIVERED, LOST, MISROUTED, TRUNCATED, Ledger, short
from atlint.load.losses import ranges
from atlint.load.prefix import is_prefix
from atlint.load.store import Arrival, arrivals
from atlint.load.stream import STANDARD_INPUT
from atlint.model import AtlintError, Report, Verdict

#: ranges of losses and files that a report lists; the rest is counted
LISTED: Final = 1000

_STATES: Final = {
    "delivered": DELIVERED,
    "lost": LOST,
    "truncated": TRUNCATED,
    "corrupted": CORRUPTED,
    "misrouted": MISROUTED,
}
_NAMES: Final = {state: name for name, state in _STATES.items()}
#: what may have become of an event that is neither lost nor delivered
_DAMAGE: Final = frozenset({"truncated", "corrupted", "misrouted"})
_ROTATED: Final = re.compile(r"(?:\.[0-9]+)?(?:\.gz)?\Z")


def verify(manifests: Sequence[Path], delivered: Sequence[Path], *, allow_duplicates: bool = False) -> Report:
    """What became of every event of `manifests` in the files `delivered` (folders are walked).

    Delivered files hold lines, plain or gzip, or are the store of a sink. Order is judged within each of
    them: between two files nothing tells which came first. A file that is named as one of the run's (its
    last parts, a rotation's number aside) must hold that one's events: an intact one of another is misrouted.

    Returns:
        A report whose summary counts events: `sent`, `delivered`, and each way not to be; `latency_seconds`,
        `losses`, `examples` and `files` stand beside it. Where nothing is amiss with what a manifest records,
        and it lacks events that were written, that is no pass: there is not enough evidence for one.

    Raises:
        AtlintError: where a file cannot be read or a manifest is not one.
    """
    account = _Account(ledger.read(manifests))
    for path in _files(delivered):
        account.open(path)
        for arrival in arrivals(path):
            account.take(arrival)
    return account.report(allow_duplicates=allow_duplicates)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield path
        elif path.is_dir():
            yield from _below(path)
        elif path.exists() and not path.is_file():
            raise AtlintError(f"{path} is no file or folder; pipe it to standard input and name - instead")
        else:
            yield path


def _below(folder: Path) -> Iterator[Path]:
    try:
        for path, _ in regular.walk(str(folder)):
            yield Path(path)
    except OSError as error:
        raise AtlintError(f"cannot read {error.filename}: {error.strerror or error}") from error


@dataclass(slots=True)
class _Account:
    """The counters of one verification."""

    runs: dict[str, Ledger]
    duplicated: int = 0
    reordered: int = 0
    foreign: int = 0
    #: lines that a killed writer did not finish
    unfinished: int = 0
    latencies: array[float] = field(default_factory=lambda: array("d"))
    examples: Examples = field(default_factory=Examples)
    #: the delivered file that is being read
    _path: str = ""
    #: the highest sequence seen of each run and file, within one delivered file
    _highest: dict[tuple[str, str], int] = field(default_factory=dict)
    #: by run, the file whose events the delivered file must hold, where its name says so
    _holds: dict[str, str] = field(default_factory=dict)

    def open(self, path: Path) -> None:
        """Begin a delivered file."""
        self._highest.clear()
        self._path = str(path)
        self._holds = {run: name for run, found in self.runs.items() if (name := _named(path, found)) is not None}

    def take(self, arrival: Arrival) -> None:
        """Count one delivered line."""
        raw = arrival.raw
        form: bytes | None = None
        named = identity.find(raw)
        if named is None:
            form = canonical(raw)
            named = identity.find(form) if form is not None else None
        found = self.runs.get(named.run) if named is not None else None
        if named is None or found is None:
            self._unnamed(arrival, named, whole=form is not None)
            return
        row = found.row(named.seq)
        if row >= 0:
            self._recorded(found, row, named, arrival)
        elif found.open > 0 and named.seq > found.last:
            self._unrecorded(found, named, arrival)
        else:
            self._foreign(arrival, named)

    def _foreign(self, arrival: Arrival, named: identity.Identity | None) -> None:
        self.foreign += 1
        self._example("foreign", arrival, named, "")

    def _example(
        self, kind: str, arrival: Arrival, named: identity.Identity | None, file: str, sent: int | None = None
    ) -> None:
        """Keep where a line stands, and what it says it is; damage is of an event, all else of a line."""
        mark: Hashable = (named.run, named.seq) if kind in _DAMAGE and named else (self._path, arrival.number)
        told = {"path": self._path, "line": arrival.number, "run": named.run if named else None, "file": file or None}
        lengths = {"bytes": len(arrival.raw), "sent_bytes": sent}
        self.examples.add(kind, mark, {**told, "seq": named.seq if named else None, **lengths})

    def _unnamed(self, arrival: Arrival, named: identity.Identity | None, *, whole: bool) -> None:
        killed = any(found.open > 0 for found in self.runs.values())
        if killed and not whole and not arrival.ended and is_prefix(arrival.raw):
            self.unfinished += 1
        else:
            self._foreign(arrival, named)

    def _recorded(self, found: Ledger, row: int, named: identity.Identity, arrival: Arrival) -> None:
        state, before, file = self._judge(found, row, named, arrival.raw), found.state[row], found.file(row)
        if before:
            self.duplicated += 1
            self._example("duplicated", arrival, named, file, found.sizes[row] - 1)
        else:
            self._order(found, file, named, arrival)
            if state == DELIVERED and arrival.received is not None:
                self.latencies.append(arrival.received - found.intended[row])
        if state > before:
            found.state[row] = state
            if before:
                self.examples.drop(_NAMES[before], (named.run, named.seq))
            if _NAMES[state] in _DAMAGE:
                self._example(_NAMES[state], arrival, named, file, found.sizes[row] - 1)

    def _judge(self, found: Ledger, row: int, named: identity.Identity, raw: bytes) -> int:
        wanted = found.digests[row]
        file = found.file(row)
        if short(digest(raw)) == wanted:
            return DELIVERED if self._holds.get(found.run, file) == file else MISROUTED
        for index, name in found.files.items():
            if name == file and named.file != index:
                told = b"%b-%04x-8000" % (named.run.encode(), named.file)
                right = b"%b-%04x-8000" % (named.run.encode(), index)
                if short(digest(raw.replace(told, right))) == wanted:
                    return MISROUTED
        short_of = len(raw) < found.sizes[row] - 1
        if short_of and canonical(raw) is None and (found.broken[row] or is_prefix(raw)):
            return TRUNCATED
        return CORRUPTED

    def _unrecorded(self, found: Ledger, named: identity.Identity, arrival: Arrival) -> None:
        """An event above the last record of a run that was killed: written, and not recorded any more."""
        file = found.files.get(named.file, str(named.file))
        if canonical(arrival.raw) is None and is_prefix(arrival.raw):
            self.unfinished += 1
        elif named.seq in found.unrecorded:
            self.duplicated += 1
            self._example("duplicated", arrival, named, file)
        else:
            found.unrecorded.add(named.seq)
            self._order(found, file, named, arrival)

    def _order(self, found: Ledger, file: str, named: identity.Identity, arrival: Arrival) -> None:
        if named.seq < self._highest.get((named.run, file), -1):
            self.reordered += 1
            row = found.row(named.seq)
            self._example("reordered", arrival, named, file, found.sizes[row] - 1 if row >= 0 else None)
        else:
            self._highest[named.run, file] = named.seq

    def report(self, *, allow_duplicates: bool) -> Report:
        """The account as a report."""
        found = self.runs.values()
        states = Counter[int]()
        for each in found:
            states.update(each.state)
            states[DELIVERED] += len(each.unrecorded)
        summary = {
            "sent": states.total(),
            **{name: states[state] for name, state in _STATES.items()},
            "duplicated": self.duplicated,
            "reordered": self.reordered,
            "foreign": self.foreign,
        }
        order = ("sent", "delivered", "lost", "duplicated", "reordered")
        summary = {name: summary[name] for name in (*order, "truncated", "corrupted", "misrouted", "foreign")}
        harmless = {"sent", "delivered"} | ({"duplicated"} if allow_duplicates else set())
        verdict = Verdict.PASS
        if any(count for name, count in summary.items() if name not in harmless):
            verdict = Verdict.FAIL
        told = {"notes": [*filter(None, (each.gap() for each in found))]}
        told |= {"broken_off": [*filter(None, (each.broken_off() for each in found))]}
        if not summary["sent"] or (any(each.doubtful for each in found) and verdict is Verdict.PASS):
            verdict = Verdict.NO_EVIDENCE
        return Report(
            command="verify",
            version=__version__,
            verdict=verdict,
            summary=summary,
            edition=_only({each.edition for each in found}),
            plan=_only({each.plan for each in found}),
            extra=self._extra() | {name: said for name, said in told.items() if said},
        )

    def _extra(self) -> dict[str, Any]:
        lost = (loss for each in self.runs.values() for loss in ranges(each))
        listed = [loss.record() for loss in islice(lost, LISTED)]
        return {
            "latency_seconds": _quantiles(self.latencies),
            "losses": listed,
            "losses_omitted": sum(1 for _ in lost),
            "examples": self.examples.records(),
            "files": list(islice(self._by_file(), LISTED)),
            "unfinished": self.unfinished,
            "killed": sorted(each.run for each in self.runs.values() if each.open > 0),
        }

    def _by_file(self) -> Iterator[dict[str, Any]]:
        for run, each in self.runs.items():
            counts: dict[str, Counter[int]] = {}
            for row, state in enumerate(each.state):
                counts.setdefault(each.file(row), Counter())[state] += 1
            for file, states in counts.items():
                shares = {name: states[state] for name, state in _STATES.items()}
                yield {"run": run, "file": file, "sent": states.total(), **shares}


def _named(path: Path, found: Ledger) -> str | None:
    """The file of the run whose name a delivered file has, a number of a rotation aside."""
    plain = "/" + _ROTATED.sub("", path.as_posix())
    names = {place.file for place in found.places}
    return next((name for name in sorted(names, key=len, reverse=True) if plain.endswith(f"/{name}")), None)


def _quantiles(latencies: array[float]) -> dict[str, float | None]:
    """Nearest rank; null where no arrival time is known."""
    if not latencies:
        return {"p50": None, "p99": None, "max": None}
    ranked = sorted(latencies)

    def rank(share: float) -> float:
        return round(ranked[math.ceil(share * len(ranked)) - 1], 6)

    return {"p50": rank(0.5), "p99": rank(0.99), "max": rank(1)}


def _only(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else ""
