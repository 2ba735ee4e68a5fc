"""Events to log files, as the pods of a service write them: whole lines, appended by single system calls.

Every pod has a file of its own name, `SERVICE/POD.log` below the folder; rotated ones are NAME.log.1, .2, ...
counting upward.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from atlint.load.event import Event
from atlint.load.fault import refusal
from atlint.load.rotation import Method, Rotation

#: appending to a file that must not be there yet
APPEND_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Closed:
    """A file that gets no more lines: its name now and while it was written, and why it ended."""

    name: str
    was: str
    bytes: int
    lines: int
    #: rotated, copied, truncated, deleted, compressed or closed
    why: str


@dataclass(slots=True)
class Log:
    """One file that is open for appending. `events` of several pods may share it."""

    name: str
    fd: int = -1
    size: int = 0
    lines: int = 0
    rotated: int = 0
    #: index of the current interval of time rotation
    interval: int = 0
    #: the second half of a torn line, on its way, and its event
    owed: bytes = b""
    torn: Event | None = None


def pod_files(service: str, run: str, pods: int, *, first: int = 0, folder: str = "") -> tuple[str, ...]:
    """Unique file names for `pods` pods, as an Indexed Job would name its pods: one folder for the service.

    `first` is the index of the first pod in the run, where several processes share one.
    """
    below = f"{folder}/{service}" if folder else service
    return tuple(f"{below}/{service}-{index}-{run}.log" for index in range(first, first + pods))


@dataclass(slots=True)
class Writer:
    """Appends events to the files `names` below `root`. Two equal names are two pods that share one file."""

    root: Path
    names: Sequence[str]
    rotation: Rotation | None = None
    #: index of the first of `names` in the run
    first: int = 0
    #: how many files were created, and bytes that stand in them or stood
    files: int = 0
    size: int = 0
    #: torn events that became whole since somebody took note of them
    healed: list[Event] = field(default_factory=list)
    _logs: dict[str, Log] = field(default_factory=dict)
    _write: Callable[[int, bytes], int] = os.write

    def open(self) -> None:
        """Create the folders and every file.

        Raises:
            AtlintError: where a folder is not writable, or a file of that name is there already.
        """
        for name in dict.fromkeys(self.names):
            self._logs[name] = log = Log(name)
            self._create(log)

    def name(self, pod: int) -> str:
        """The file of the pod with index `pod` in the run."""
        return self.names[pod - self.first]

    def path(self, name: str) -> Path:
        """Where a file of this writer lies."""
        return self.root / name

    def room(self, events: Sequence[Event]) -> int:
        """How many of `events` can be written before the file of the next one must be rotated."""
        rotation = self.rotation
        if rotation is None:
            return len(events)
        grown: dict[str, int] = {}
        for index, event in enumerate(events):
            log = self._logs[self.name(event.pod)]
            held = grown.get(log.name, log.size)
            if held and rotation.size is not None and held + len(event.line) > rotation.size:
                return index
            if rotation.every is not None and int(event.offset / rotation.every) > log.interval:
                return index
            grown[log.name] = held + len(event.line)
        return len(events)

    def write(self, events: Sequence[Event]) -> None:
        """Append the events to their files, in order; each that stands in its file whole gets its `number`.

        Raises:
            AtlintError: where the system refuses. What stood half in a file is cut off; events with a number
                are whole.
        """
        groups: dict[str, list[Event]] = {}
        for event in events:
            groups.setdefault(self.names[event.pod - self.first], []).append(event)
        for name, group in groups.items():
            self._append(self._logs[name], group)

    def tear(self, event: Event, *, finish: bool) -> None:
        """Write the first half of the event's line, cut within a character where it has one of several bytes.

        With `finish` the rest precedes the next line of that file, or its end, and only then has the event a
        number; without, the rest never comes, as when a writer dies.
        """
        log = self._settled(self.name(event.pod))
        line = event.line
        cut = next((i + 1 for i in range(len(line) // 2, len(line)) if line[i] >= 0xC0), len(line) // 2)
        self._out(log, line[:cut])
        log.size += cut
        self.size += cut
        if finish:
            log.owed, log.torn = line[cut:], event

    def rotate(self, pod: int, *, offset: float | None = None) -> list[Closed]:
        """Rotate the file of `pod` by the method of the writer's rotation, or rename it where there is none."""
        log = self._logs[self.name(pod)]
        rotation = self.rotation
        method = rotation.method if rotation else Method.RENAME
        if offset is not None and rotation is not None and rotation.every is not None:
            log.interval = int(offset / rotation.every)
        return self.rename(log.name) if method is Method.RENAME else self.copytruncate(log.name)

    def rename(self, name: str) -> list[Closed]:
        """Rename the file to the next free number and create a new one in its place."""
        log = self._settled(name)
        kept = self._next(log)
        with _told("rename", self.path(name)):
            self.path(name).rename(self.path(kept))
            os.close(log.fd)
        closed = Closed(kept, name, log.size, log.lines, "rotated")
        self._create(log)
        return [closed]

    def compress(self, name: str) -> list[Closed]:
        """Rename the file, put a gzip file of the same lines beside it, and remove the renamed one."""
        (renamed,) = self.rename(name)
        plain, packed = self.path(renamed.name), self.path(renamed.name + ".gz")
        with _told("compress", plain):
            with plain.open("rb") as original, gzip.open(packed, "xb") as copy:
                shutil.copyfileobj(original, copy)
            plain.unlink()
        return [Closed(renamed.name + ".gz", name, renamed.bytes, renamed.lines, "compressed")]

    def copytruncate(self, name: str, *, copy: bool = True) -> list[Closed]:
        """Copy the file to the next free number (or to nowhere) and empty it, keeping the file itself."""
        log = self._settled(name)
        kept = self._next(log) if copy else name
        with _told("copy and empty", self.path(name)):
            if copy:
                _copy(self.path(name), self.path(kept))
                self.files += 1
            os.ftruncate(log.fd, 0)
        closed = Closed(kept, name, log.size, log.lines, "copied" if copy else "truncated")
        log.size = log.lines = 0
        return [closed]

    def delete(self, name: str) -> list[Closed]:
        """Remove the file and create a new one of the same name."""
        log = self._settled(name)
        with _told("remove", self.path(name)):
            self.path(name).unlink()
            os.close(log.fd)
        closed = Closed(name, name, log.size, log.lines, "deleted")
        self._create(log)
        return [closed]

    def renew(self, name: str, *, remove: bool) -> list[Closed]:
        """Go on under a new name, as the next pod; `remove` the old file, whose inode the new one may get."""
        log = self._settled(name)
        with _told("close", self.path(name)):
            os.close(log.fd)
            if remove:
                self.path(name).unlink()
        closed = Closed(name, name, log.size, log.lines, "deleted" if remove else "closed")
        log.name = self._free(name)
        del self._logs[name]
        self._logs[log.name] = log
        self.names = tuple(log.name if known == name else known for known in self.names)
        self._create(log)
        return [closed]

    def settle(self) -> None:
        """Finish every torn line."""
        for log in self._logs.values():
            self._append(log, [])

    def close(self) -> list[Closed]:
        """Close every file that is still open."""
        closed = []
        for log in self._logs.values():
            if log.fd >= 0:
                os.close(log.fd)
                closed.append(Closed(log.name, log.name, log.size, log.lines, "closed"))
                log.fd = -1
        return closed

    def _settled(self, name: str) -> Log:
        log = self._logs[name]
        self._append(log, [])
        return log

    def _create(self, log: Log) -> None:
        path = self.path(log.name)
        log.fd = -1
        with _told("create", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            log.fd = os.open(path, APPEND_NEW, 0o644)
        log.size = log.lines = 0
        self.files += 1

    def _free(self, name: str) -> str:
        stem = name.removesuffix(".log")
        return next(free for n in count(1) if not os.path.lexists(self.path(free := f"{stem}-{n}.log")))

    def _next(self, log: Log) -> str:
        while True:
            log.rotated += 1
            name = f"{log.name}.{log.rotated}"
            if not os.path.lexists(self.path(name)):
                return name

    def _append(self, log: Log, events: Sequence[Event]) -> None:
        """One system call for all `events` of one file, the rest of a torn line first."""
        if log.torn is not None:
            torn, log.torn = log.torn, None
            owed, log.owed = log.owed, b""
            self._out(log, owed)
            self._number(log, torn, len(owed))
            self.healed.append(torn)
        if not events:
            return
        data = events[0].line if len(events) == 1 else b"".join([event.line for event in events])
        self._out(log, data, events)
        for event in events:
            self._number(log, event, len(event.line))

    def _number(self, log: Log, event: Event, grown: int) -> None:
        event.number = log.lines + 1
        event.name = log.name
        log.lines += event.line.count(b"\n")
        log.size += grown
        self.size += grown

    def _out(self, log: Log, data: bytes, events: Sequence[Event] = ()) -> None:
        done = 0
        try:
            while done < len(data):
                done += self._write(log.fd, data[done:] if done else data)
        except OSError as error:
            self._cut(log, done, events)
            raise refusal("write to", self.path(log.name), error) from error

    def _cut(self, log: Log, done: int, events: Sequence[Event]) -> None:
        """After a refused write: keep the whole lines, cut off the rest."""
        for event in events:
            if len(event.line) > done:
                break
            done -= len(event.line)
            self._number(log, event, len(event.line))
        if done:
            # nothing more can be done for a file that can neither grow nor shrink: the error tells the rest
            with contextlib.suppress(OSError):
                os.ftruncate(log.fd, log.size)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as original, target.open("xb") as copy:
        shutil.copyfileobj(original, copy)


@contextlib.contextmanager
def _told(verb: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusal(verb, path, error) from error
