"""Family AT6, the times of events: whether they go back within a file, and how many there are in a minute."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right, insort
from itertools import islice, pairwise
from math import inf, isnan
from typing import Final, TypeAlias

from atlint.lint import native
from atlint.lint.rows import Rows
from atlint.lint.seen import Facts
from atlint.model import Problem, Said
from atlint.rules.across import MOST, NOTED, SERVICES, TOLERANCE, WINDOW

_ALLOWANCES: Final = ((MOST, ""), (NOTED, "noted"))
#: seconds by which sums of fractions may be off
_ROUNDING: Final = 0.001
_NO_TIMES: Final = array("d")
#: the times that count, in seconds since the epoch: from the first one, before the second
Range: TypeAlias = tuple[float, float]
ALWAYS: Final[Range] = (-inf, inf)


def calm(times: array[float], most: int = sys.maxsize, within: float = 0.0) -> bool:
    """Whether all are known, none goes back, and never more than `most` are less than so many seconds apart."""
    if native.scan is not None:
        return native.scan.calm(times, most, within)  # type: ignore[no-any-return]
    forward = all(first <= last for first, last in pairwise(times)) and not isnan(times[0] if times else 0.0)
    return forward and not any(last - first < within for first, last in zip(times, times[most:], strict=False))


def told(times: array[float]) -> array[float]:
    """Those of the times that are known."""
    return array("d", (time for time in times if not isnan(time))) if isnan(sum(times)) else times


def by_service(rows: Rows) -> dict[str, array[float]]:
    """The times of each service's events, the services in the order of their first ones."""
    numbers: dict[str, int] = {}
    for kind in rows.distinct:
        numbers.setdefault(kind[1], len(numbers))
    groups = array("I", (numbers.get(kind[1], 0) for kind in rows.table))
    if native.scan is not None:
        parts = [array("d", part) for part in native.scan.parted(rows.times, rows.kinds, groups, len(numbers))]
    else:
        parts = [array("d") for _ in numbers]
        for time, index in zip(rows.times, rows.kinds, strict=True):
            parts[groups[index]].append(time)
    return dict(zip(numbers, parts, strict=True))


def _all_count(times: array[float], counted: Range) -> bool:
    """Whether times that do not go back, of which there is at least one, are all within."""
    return counted[0] <= times[0] and times[-1] < counted[1]


class Clock:
    """AT601: the newest time of the file so far."""

    def __init__(self, counted: Range) -> None:
        """Pass over times that do not count: what is told of them by another rule is not told again."""
        self._counted = counted
        self._newest: float | None = None

    def skip(self, rows: Rows) -> bool:
        """Whether nothing is to be found in these events, which then are taken in."""
        times = told(rows.times)
        if not times:
            return True
        if not calm(times) or not _all_count(times, self._counted):
            return False
        if self._newest is not None and times[0] < self._newest:
            return False
        self._newest = times[-1]
        return True

    def see(self, seen: Facts) -> Problem | None:
        """What is found in one event."""
        time = seen.time
        if time is None or not self._counted[0] <= time < self._counted[1]:
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

    def __init__(self, counted: Range) -> None:
        """As for `Clock`."""
        self._counted = counted
        self._services: dict[str, array[float]] = {}
        self._said: dict[tuple[str, int], float] = {}

    def skip(self, rows: Rows) -> bool:
        """As `Clock.skip`: no service has as many events within the time as are noted."""
        services = self._services
        fresh = {service: known for service, times in by_service(rows).items() if (known := told(times))}
        more = len(services) + sum(service not in services for service in fresh) - SERVICES
        oldest = [*islice(services, max(more, 0))]
        if len(oldest) < more or any(service in fresh for service in oldest):
            return False  # one that is forgotten comes again
        latest: dict[str, array[float]] = {}
        for service, times in fresh.items():
            both = services.get(service, _NO_TIMES) + times
            if not calm(both, NOTED, WINDOW):
                both = array("d", sorted(both))
                if not calm(both, NOTED, WINDOW):
                    return False
            if not _all_count(both, self._counted):
                return False
            latest[service] = both[-MOST - 1 :]
        for service in oldest:
            self._forget(service)
        services.update(latest)
        return True

    def see(self, seen: Facts) -> Problem | None:
        """What is found in one event."""
        time = seen.time
        if time is None or not self._counted[0] <= time < self._counted[1]:
            return None
        service = seen.service
        times = self._services.get(service)
        if times is None:
            if len(self._services) >= SERVICES:
                self._forget(next(iter(self._services)))
            times = self._services[service] = array("d")
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
