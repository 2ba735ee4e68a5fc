"""The ground truth of a run: one JSON object a line, header first, an event after its line is written.

Everything is appended by single system calls and never changed, so that a process killed at any moment leaves
a manifest whose last line at most is torn.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from atlint.load import digest, identity
from atlint.load.event import Event
from atlint.load.fault import refusal
from atlint.load.stream import lines
from atlint.load.writer import APPEND_NEW, Closed
from atlint.model import AtlintError

#: why a run ended that was asked to end
STOPPED: Final = "signal"
_KINDS: Final = frozenset({"header", "event", "file", "end"})


@dataclass(frozen=True, slots=True)
class Run:
    """What determines the bytes of a run, and with them its name."""

    version: str
    plan: str
    edition: str
    seed: int
    #: seconds since the epoch at which the events' own times begin
    now: float
    #: this process's share of a run that several work on, from 1
    shard: int = 1
    shards: int = 1

    @property
    def id(self) -> str:
        """8 hexadecimal digits: the same facts give the same run, on every shard."""
        return identity.run_of(self.version, self.plan, self.edition, str(self.seed), self.instant)

    @property
    def instant(self) -> str:
        """`now` in RFC 3339, UTC."""
        return datetime.fromtimestamp(self.now, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Manifest:
    """Writes a manifest. Its methods raise `AtlintError` where the system refuses, and leave whole lines."""

    path: Path
    _fd: int = -1
    _size: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Create the file; one that is there already is another run's truth and is not overwritten."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, APPEND_NEW, 0o644)
        except OSError as error:
            raise refusal("create the manifest", self.path, error) from error

    def header(self, run: Run, facts: Mapping[str, Any]) -> None:
        """The first line: `run`, and `facts` about schedule, files and the like."""
        shard = {"shard": f"{run.shard}/{run.shards}"} if run.shards > 1 else {}
        self._record(
            {
                "kind": "header",
                "run": run.id,
                "version": run.version,
                "plan": run.plan,
                "edition": run.edition,
                "seed": run.seed,
                "now": run.instant,
                "digest": digest.ALGORITHM,
                **shard,
                **facts,
            }
        )

    def events(self, events: Iterable[Event], *, start: float, written: float) -> None:
        """A record for each event: intended at `start` (epoch) plus its offset, written at `written`."""
        names = self._names
        parts = []
        for event in events:
            name = names.get(event.name) or names.setdefault(event.name, json.dumps(event.name))
            rule = "null" if event.rule is None else json.dumps(event.rule)
            parts.append(
                f'{{"kind":"event","seq":{event.seq},"file":{name},"line":{event.number},'
                f'"bytes":{len(event.line)},"digest":"{event.digest}",'
                f'"intended":{start + event.offset:.6f},"written":{written:.6f},"rule":{rule}}}\n'
            )
        self._append("".join(parts).encode())

    def file(self, closed: Closed) -> None:
        """A file that gets no more lines."""
        self._record(
            {
                "kind": "file",
                "file": closed.name,
                "bytes": closed.bytes,
                "lines": closed.lines,
                "was": closed.was,
                "why": closed.why,
            }
        )

    def end(self, facts: Mapping[str, Any]) -> None:
        """The last line."""
        self._record({"kind": "end", **facts})

    def close(self) -> None:
        """Close the file; whatever was recorded stays."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _record(self, record: Mapping[str, Any]) -> None:
        self._append(json.dumps(record, separators=(",", ":")).encode() + b"\n")

    def _append(self, data: bytes) -> None:
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:] if done else data)
        except OSError as error:
            whole = data.rfind(b"\n", 0, done) + 1
            # a manifest that cannot even shrink ends in a torn line, which its readers tolerate
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size + whole)
            raise refusal("write to the manifest", self.path, error) from error
        self._size += done


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a manifest, one at a time. A torn last line, all that a kill can leave, ends them.

    Several manifests one after the other in one file are fine: each header begins a run.

    Raises:
        AtlintError: for a line that is no record, naming it.
    """
    begun = False
    for number, line in enumerate(lines(path), 1):
        try:
            record: Any = json.loads(line.raw)
        except (ValueError, RecursionError):
            record = None
        if not line.ended and (record is None or not isinstance(record, dict)):
            return
        kind = record.get("kind") if isinstance(record, dict) else None
        if not isinstance(kind, str) or kind not in _KINDS:
            raise AtlintError(f"{path}:{number}: no record of a manifest; pass the file that load wrote")
        if not begun and kind != "header":
            raise AtlintError(f"{path}:{number}: a manifest begins with its header, not with a record of kind {kind}")
        begun = True
        yield record
