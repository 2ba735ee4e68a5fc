"""A supply, a schedule and a writer to log files and their manifest: the paced run itself.

Events are made ahead of their time, written when they are due and recorded after they are written. Whatever
ends the run (its schedule, a signal, a full disk) ends it on a whole line.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from types import FrameType
from typing import Any, Final

from atlint.load.event import Event
from atlint.load.identity import MOST_FILES
from atlint.load.manifest import STOPPED, Manifest, Run
from atlint.load.pacing import Clock, Lateness, SystemClock, paced, wait_until
from atlint.load.scenarios import Act, Scenario, perform
from atlint.load.schedule import Schedule
from atlint.load.source import Stamp
from atlint.load.supply import Supply
from atlint.load.writer import Closed, Writer
from atlint.model import AtlintError, Report, Verdict

#: seconds between two calls of `progress`
PROGRESS: Final = 0.25
#: seconds that another thread may hold the interpreter while an event is due
SWITCH: Final = 0.000_5


@dataclass(frozen=True, slots=True)
class Progress:
    """Counters of a run that is going on; `offered` counts what has been due so far."""

    offered: int
    written: int
    late: int
    bytes: int
    files: int
    seconds: float
    #: what the schedule offers as a whole, and for how long
    total: int
    duration: float

    @property
    def rate(self) -> float:
        """Events a second, over the whole time so far."""
        return self.written / self.seconds if self.seconds else 0.0


def never() -> bool:
    """Do not stop."""
    return False


def ignore(_: object) -> None:
    """Take no notice."""


@contextlib.contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """A `stop` that turns true with SIGINT or SIGTERM; a second signal has its usual effect again."""
    asked = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, _: FrameType | None) -> None:
        asked.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, note)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def load(  # noqa: PLR0913 - the seams of a run, each of which a test or the command line sets alone
    supply: Supply,
    schedule: Schedule,
    writer: Writer,
    manifest: Manifest,
    *,
    run: Run,
    scenario: Scenario | None = None,
    stop: Callable[[], bool] = never,
    progress: Callable[[Progress], None] = ignore,
    cue: Callable[[str], None] = ignore,
    clock: Clock | None = None,
) -> Report:
    """Write what `schedule` offers, and the truth about it.

    `progress` is called a few times a second from the loop itself and must return at once. `cue` is told of
    what a scenario asks of others (`stop-tailer`, `start-tailer`, ...) and may take its time.

    Returns:
        A report whose summary has `offered`, `written`, `late`, `bytes`, `files`, `rate` and `seconds`;
        `lateness_seconds` stands beside it.

    Raises:
        AtlintError: where a file cannot be written; what was written until then is recorded, and the
            manifest ends with the reason.
    """
    if writer.first + len(writer.names) > MOST_FILES:
        raise AtlintError(f"{len(writer.names)} pods: at most {MOST_FILES} files have a name in an event's id")
    manifest.open()
    share = _share(schedule, run)
    acts = sorted(((int(act.at * share), act) for act in (scenario.acts if scenario else ())), key=itemgetter(0))
    facts = {
        "schedule": schedule.text,
        "offered": share,
        "duration": schedule.duration,
        "scenario": scenario.name if scenario else None,
        "files": {f"{index:04x}": name for index, name in enumerate(writer.names, writer.first)},
    }
    going = _Going(supply, schedule, writer, manifest, run, clock or SystemClock(), stop, progress, cue, deque(acts))
    try:
        return going.through(facts)
    finally:
        manifest.close()


@contextlib.contextmanager
def _attentive() -> Iterator[None]:
    """Keep pauses below a millisecond: no full garbage collections, quick hand-over between threads."""
    interval = sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.unfreeze()


@dataclass(slots=True)
class _Going:
    """The state of one run."""

    supply: Supply
    schedule: Schedule
    writer: Writer
    manifest: Manifest
    run: Run
    clock: Clock
    stop: Callable[[], bool]
    progress: Callable[[Progress], None]
    cue: Callable[[str], None]
    acts: deque[tuple[int, Act]]
    lateness: Lateness = field(default_factory=Lateness)
    start: float = 0.0
    epoch: float = 0.0
    #: events that had their turn, events whose time has come, the last write, the last call of `progress`
    done: int = 0
    due: int = 0
    last: float = 0.0
    shown: float = 0.0
    _dues: Iterator[float] = field(default_factory=lambda: iter(()))
    _next_due: float | None = None

    def through(self, facts: Mapping[str, Any]) -> Report:
        """The whole run."""
        self.manifest.header(self.run, facts)
        reason: str | None = None
        try:
            self.writer.open()
            with _attentive():
                self._write_all()
        except BaseException as error:
            reason = str(error) or type(error).__name__
            raise
        finally:
            summary = self._summary(finished=reason is None and not self.stop())
            # where the manifest itself is what fails, its last whole line is all the truth there can be
            with contextlib.suppress(AtlintError):
                self._close(self.writer.close())
                self.manifest.end({**summary, "stopped": reason or (STOPPED if self.stop() else None)})
        self.progress(self._progress(summary["seconds"]))
        return self._report(summary)

    def _write_all(self) -> None:
        self._dues = islice(iter(self.schedule), self.run.shard - 1, None, self.run.shards)
        self._next_due = next(self._dues, None)
        events = self._events()
        # what takes its time at the beginning, such as the start of workers, takes it before the clock runs
        ahead = list(islice(events, 1))
        self.epoch, self.start = self.clock.time(), self.clock.monotonic()
        for batch in paced(chain(ahead, events), clock=self.clock, start=self.start, stop=self.stop):
            index = 0
            while index < len(batch):
                index += self._step(batch, index)
            self._show()
        if not self.stop():
            while self.acts:
                self._act(self.acts.popleft()[1])
        self.writer.settle()
        self._note(())
        wait_until(self.schedule.duration, clock=self.clock, start=self.start, stop=self.stop)

    def _events(self) -> Iterator[Event]:
        """The events of this shard, made lot by lot."""
        now = self.run.now
        for stamps, lot in self.supply.lots(self.run.id, self._stamps(), digested=True):
            for (seq, pod, at), raw, rule, digest in zip(stamps, *lot, strict=True):
                yield Event(seq, pod, at - now, raw + b"\n", digest, rule)

    def _stamps(self) -> Iterator[list[Stamp]]:
        run, names, first, size = self.run, len(self.writer.names), self.writer.first, self.supply.paced
        for number, block in enumerate(_blocks(islice(iter(self.schedule), run.shard - 1, None, run.shards), size)):
            ranks = range(number * size, number * size + len(block))
            yield [
                Stamp(run.shard - 1 + rank * run.shards, first + rank % names, run.now + offset)
                for rank, offset in zip(ranks, block, strict=True)
            ]

    def _step(self, batch: list[Event], index: int) -> int:
        """Act, rotate or write what stands from `index` on; how many events that dealt with."""
        acts = self.acts
        if acts and acts[0][0] <= self.done:
            act = acts.popleft()[1]
            if act.kind in {"tear", "die"}:
                self.writer.tear(batch[index], finish=act.kind == "tear")
                self.done += 1
                return 1
            self._act(act)
            return 0
        end = min(len(batch), index + acts[0][0] - self.done) if acts else len(batch)
        events = batch if end - index == len(batch) else batch[index:end]
        fits = self.writer.room(events)
        if not fits:
            self._close(self.writer.rotate(events[0].pod, offset=events[0].offset))
            return 0
        self._write(events if fits == len(events) else events[:fits])
        self.done += fits
        return fits

    def _write(self, events: list[Event]) -> None:
        try:
            self.writer.write(events)
        except AtlintError:
            with contextlib.suppress(AtlintError):
                self._note([event for event in events if event.number])
            raise
        self._note(events)

    def _note(self, events: Sequence[Event]) -> None:
        """Record what stands in the files since the last time."""
        if self.writer.healed:
            events = sorted((*self.writer.healed, *events), key=lambda event: event.seq)
            self.writer.healed = []
        if events:
            self.last = self.clock.monotonic() - self.start
            self.lateness.add([event.offset for event in events], self.last)
            self.manifest.events(events, start=self.epoch, written=self.epoch + self.last)

    def _act(self, act: Act) -> None:
        self._close(perform(act, self.writer, self.cue))

    def _close(self, closed: Sequence[Closed]) -> None:
        self._note(())
        for file in closed:
            self.manifest.file(file)

    def _show(self) -> None:
        elapsed = self.clock.monotonic() - self.start
        if elapsed - self.shown >= PROGRESS:
            self.shown = elapsed
            self.progress(self._progress(elapsed))

    def _progress(self, elapsed: float) -> Progress:
        while self._next_due is not None and self._next_due <= elapsed:
            self.due += 1
            self._next_due = next(self._dues, None)
        lateness, writer = self.lateness, self.writer
        return Progress(
            self.due,
            lateness.count,
            lateness.late,
            writer.size,
            writer.files,
            elapsed,
            _share(self.schedule, self.run),
            self.schedule.duration,
        )

    def _summary(self, *, finished: bool) -> dict[str, Any]:
        elapsed = self.clock.monotonic() - self.start if self.start else 0.0
        last = self._progress(max(self.schedule.duration, self.last) if finished else elapsed)
        return {
            "offered": last.offered,
            "written": last.written,
            "late": last.late,
            "bytes": last.bytes,
            "files": last.files,
            "rate": round(last.rate, 3),
            "seconds": round(last.seconds, 6),
        }

    def _report(self, summary: Mapping[str, Any]) -> Report:
        quantile = self.lateness.quantile
        return Report(
            command="load",
            version=self.run.version,
            verdict=Verdict.PASS if summary["written"] else Verdict.NO_EVIDENCE,
            summary=summary,
            edition=self.run.edition,
            plan=self.run.plan,
            extra={
                "run": self.run.id,
                "manifest": str(self.manifest.path),
                "lateness_seconds": {"p50": quantile(0.5), "p99": quantile(0.99), "max": quantile(1)},
            },
        )


def _share(schedule: Schedule, run: Run) -> int:
    """How many events of the schedule are this shard's."""
    return len(range(run.shard - 1, schedule.count, run.shards))


def _blocks(offsets: Iterator[float], size: int) -> Iterator[list[float]]:
    while block := list(islice(offsets, size)):
        yield block
