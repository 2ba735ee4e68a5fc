"""Findings by the time of their events: bounded while a log is read, a few columns of one width at the end."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from atlint.lint import Explanation
from atlint.model import Severity

#: minutes that are told apart; findings of further ones are counted as undated
MOST_MINUTES: Final = 10_000
#: columns of the result
MOST_COLUMNS: Final = 60
#: widths of a column, in minutes; doubled beyond the last
_WIDTHS: Final = (1, 5, 15, 60, 360, 1440, 10_080, 43_200, 525_600)
#: of the findings at either end one in so many may be left out, where a wrong clock squeezes the rest to half or less
_STRAY: Final = 100
#: code points of the longest time that is looked at
_LONGEST: Final = 40
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MINUTE: Final = datetime.timedelta(minutes=1)
#: the first minute of the calendar: a wide column could begin before it
_FIRST: Final = (datetime.datetime.min.replace(tzinfo=datetime.UTC) - _EPOCH) // datetime.timedelta(minutes=1)


@dataclass(slots=True)
class Timeline:
    """Counts findings by minute and severity."""

    undated: int = 0
    _minutes: dict[int, list[int]] = field(default_factory=dict)

    def saw(self, at: int | None, severity: Severity) -> None:
        """Count one finding of an event of this minute since 1970; None where the event tells no time."""
        row = None if at is None else self._row(at)
        if row is None:
            self.undated += 1
        else:
            row[severity.rank] += 1

    def __len__(self) -> int:
        """Minutes that are told apart."""
        return len(self._minutes)

    def rows(self) -> Iterator[tuple[int, list[int]]]:
        """Each minute with its counts by severity, in the order in which they were met."""
        yield from self._minutes.items()

    def add(self, at: int, counts: list[int]) -> None:
        """Count findings of one minute that were counted elsewhere."""
        row = self._row(at)
        if row is None:
            self.undated += sum(counts)
        else:
            row[:] = map(sum, zip(row, counts, strict=True))

    def _row(self, at: int) -> list[int] | None:
        row = self._minutes.get(at)
        if row is None and len(self._minutes) < MOST_MINUTES:
            row = self._minutes[at] = [0] * len(Severity)
        return row

    def summary(self) -> dict[str, Any]:
        """Start, width in seconds and counts (error, warning, info) of the columns; empty where no time was told."""
        if not self._minutes:
            return {}
        first, last = self._window()
        width = next(width for width in _widths() if last // width - first // width < MOST_COLUMNS)
        origin = first // width
        columns = [[0] * len(Severity) for _ in range(last // width - origin + 1)]
        strays = 0
        for minute, counts in self._minutes.items():
            if first <= minute <= last:
                column = columns[minute // width - origin]
                column[:] = map(sum, zip(column, counts, strict=True))
            else:
                strays += sum(counts)
        start = _EPOCH + datetime.timedelta(minutes=max(origin * width, _FIRST))
        return {
            "start": start.isoformat().replace("+00:00", "Z"),
            "seconds": width * 60,
            "columns": columns,
            "strays": strays,
            "undated": self.undated,
        }

    def _window(self) -> tuple[int, int]:
        """The first and the last minute that are shown."""
        minutes = sorted(self._minutes)
        allowed = sum(map(sum, self._minutes.values())) // _STRAY
        first, last = self._end(iter(minutes), allowed), self._end(reversed(minutes), allowed)
        if (last - first) * 2 > minutes[-1] - minutes[0]:
            return minutes[0], minutes[-1]
        return first, last

    def _end(self, minutes: Iterator[int], allowed: int) -> int:
        left = 0
        for minute in minutes:
            left += sum(self._minutes[minute])
            if left > allowed:
                break
        return minute


def minute_of(explanation: Explanation) -> int | None:
    """The minute since 1970 of an event's time, where it has one that Python reads; without an offset it is UTC."""
    text = explanation.stated("eventTime")
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return (at - _EPOCH) // _MINUTE


def _widths() -> Iterator[int]:
    yield from _WIDTHS
    width = _WIDTHS[-1]
    while True:
        width *= 2
        yield width
