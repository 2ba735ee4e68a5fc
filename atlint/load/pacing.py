"""Intended offsets to batches that are due: absolute deadlines, everything due at once, nothing re-timed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic, sleep, time
from typing import Final, Protocol, TypeVar

#: an event written later than this many seconds after its intended time is late
LATE: Final = 0.010
#: wake no more often than this, in seconds: below it the system calls cost more than they gain
TICK: Final = 0.000_5
#: sleep no longer than this, in seconds, so that a wish to stop is heard
NAP: Final = 0.05
#: how many events are made ahead of their time, how many between two looks at the clock, how many in a batch
AHEAD: Final = 4096
CHUNK: Final = 16
BATCH: Final = 1024


class Clock(Protocol):
    """Where time comes from; a false one proves the logic without waiting."""

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps."""
        ...

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after about `seconds`."""
        ...


class SystemClock:
    """The clock of this machine."""

    monotonic = staticmethod(monotonic)
    time = staticmethod(time)
    sleep = staticmethod(sleep)


class Timed(Protocol):
    """Whatever has an intended offset, in seconds from the start."""

    @property
    def offset(self) -> float:
        """Seconds from the start."""
        ...


T = TypeVar("T", bound=Timed)


def paced(
    events: Iterable[T], *, clock: Clock, start: float, stop: Callable[[], bool], batch: int = BATCH
) -> Iterator[list[T]]:
    """Batches of events, each as soon as its offset from `start` (monotonic) has come.

    Events must ascend by offset. They are drawn ahead while there is nothing to write, never in the way of
    one that is due. After a stall everything due follows at once. Ends with the events, or by `stop`.
    """
    source = iter(events)
    ready: deque[T] = deque()
    more = True
    woken = 0.0
    while not stop():
        now = clock.monotonic() - start
        due: list[T] = []
        while ready and ready[0].offset <= now and len(due) < batch:
            due.append(ready.popleft())
        if due:
            woken = now
            yield due
        elif more and len(ready) < AHEAD:
            drawn = len(ready)
            ready.extend(islice(source, CHUNK))
            more = len(ready) > drawn
        elif ready:
            clock.sleep(_nap(max(ready[0].offset, woken + TICK) - now))
        else:
            return


def wait_until(offset: float, *, clock: Clock, start: float, stop: Callable[[], bool]) -> None:
    """Return once `offset` seconds from `start` have passed, or `stop` says so."""
    while (left := start + offset - clock.monotonic()) > 0 and not stop():
        clock.sleep(_nap(left))


def _nap(seconds: float) -> float:
    """Never so short that adding it to a clock's reading would not change it."""
    return min(max(seconds, 1e-6), NAP)


@dataclass(slots=True)
class Lateness:
    """How far behind their intended times events were written: bounded memory, a tenth of a millisecond."""

    count: int = 0
    late: int = 0
    most: float = 0.0
    _tenths: list[int] = field(default_factory=lambda: [0] * 20_000)

    def add(self, offsets: Iterable[float], written: float) -> None:
        """Count events that were written `written` seconds from the start."""
        tenths = self._tenths
        last = len(tenths) - 1
        for offset in offsets:
            behind = written - offset
            self.count += 1
            if behind > LATE:
                self.late += 1
            self.most = max(self.most, behind)
            tenths[min(int(behind * 10_000), last)] += 1

    def quantile(self, share: float) -> float | None:
        """Seconds that `share` of the events did not exceed (the worst, above two); None without events."""
        if not self.count:
            return None
        wanted = share * self.count
        for tenth, count in enumerate(self._tenths[:-1]):
            wanted -= count
            if wanted <= 0:
                return min((tenth + 1) / 10_000, self.most)
        return self.most
