"""Family AT6, the times of events: whether they go back within a file, and how many there are in a minute."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from atlint.lint.rows import Rows
from atlint.lint.seen import Facts
from atlint.model import Problem, Said
from atlint.rules.across import MOST, NOTED, SERVICES, TOLERANCE, WINDOW

_ALLOWANCES: Final = ((MOST, ""), (NOTED, "noted"))
#: seconds by which sums of fractions may be off
_ROUNDING: Final = 0.001
_NO_TIMES: Final[list[float]] = []


def one_by_one(see: Callable[[Facts], Problem | None], rows: Rows) -> Iterator[tuple[int, Problem]]:
    """What is found in each of many events, by row."""
    for row in range(len(rows)):
        found = see(rows.fact(row))
        if found is not None:
            yield row, found


class Clock:
    """AT601: the newest time of the file so far."""

    def __init__(self) -> None:
        self._newest: float | None = None

    def see_all(self, rows: Rows) -> Iterable[tuple[int, Problem]]:
        """What is found in many events, by row."""
        return () if self._skip(rows) else one_by_one(self.see, rows)

    def _skip(self, rows: Rows) -> bool:
        """Whether nothing is to be found in these events, which then are taken in."""
        times = [time for time in rows.times if time is not None]
        if len(times) < len(rows) or times != sorted(times) or (self._newest is not None and times[0] < self._newest):
            return False
        self._newest = times[-1]
        return True

    def see(self, seen: Facts) -> Problem | None:
        """What is found in one event."""
        time = seen.time
        if time is None:
            return None
        newest = self._newest
        if newest is None or time >= newest:
            self._newest = time
        elif time < newest - TOLERANCE:
            self._newest = time
            return Problem("AT601", f"{seen.prefix}/eventTime", "", {"seconds": round(newest - time)})
        return None


class Rate:
    """AT603: the latest times of each service, in order."""

    def __init__(self) -> None:
        self._services: dict[str, list[float]] = {}
        self._said: dict[tuple[str, int], float] = {}

    def see_all(self, rows: Rows) -> Iterable[tuple[int, Problem]]:
        """What is found in many events, by row."""
        return () if self._skip(rows) else one_by_one(self.see, rows)

    def _skip(self, rows: Rows) -> bool:
        """As `Clock._skip`: no service has as many events within the time as are noted, or they go back."""
        fresh: defaultdict[str, list[float]] = defaultdict(list)
        for time, kind in zip(rows.times, rows.kinds, strict=True):
            if time is None:
                return False
            fresh[kind[1]].append(time)
        services = self._services
        if len(services) + len(fresh) > SERVICES:
            return False
        for service, times in fresh.items():
            known = services.get(service, _NO_TIMES)
            all_ = known[-NOTED:] + times
            if (known and times[0] < known[-1]) or times != sorted(times):
                return False
            if any(last - first < WINDOW for first, last in zip(all_, all_[NOTED:], strict=False)):
                return False
        for service, times in fresh.items():
            known = services.setdefault(service, [])
            known += times
            del known[: -MOST - 1]
        return True

    def see(self, seen: Facts) -> Problem | None:
        """What is found in one event."""
        time = seen.time
        if time is None:
            return None
        service = seen.service
        times = self._services.get(service)
        if times is None:
            if len(self._services) >= SERVICES:
                self._forget(next(iter(self._services)))
            times = self._services[service] = []
        behind = 0
        if times and time < times[-1]:
            insort(times, time)
            behind = len(times) - bisect_right(times, time)
        else:
            times.append(time)
        if len(times) <= NOTED:
            return None
        if len(times) > MOST + 1:
            del times[0]
        for most, case in _ALLOWANCES:
            first = len(times) - behind - most - 1
            if first >= 0 and times[first] > time - WINDOW + _ROUNDING:
                return self._once(seen, service, most, case)
        return None

    def _once(self, seen: Facts, service: str, most: int, case: str) -> Problem | None:
        """The finding, unless it was said of this minute."""
        time, last = seen.time or 0.0, self._said.get((service, most))
        if last is not None and time - last < WINDOW:
            return None
        self._said[service, most] = time
        pointer = f"{seen.prefix}/eventTime"
        return Problem("AT603", pointer, case, {"service": Said(service, "/"), "most": most})

    def _forget(self, service: str) -> None:
        del self._services[service]
        for most, _ in _ALLOWANCES:
            self._said.pop((service, most), None)
