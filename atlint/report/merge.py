"""What was found in a part of a log alone, and what the rules across events find in it, into one course, in order."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from atlint.lint.engine import reread
from atlint.lint.passage import replay
from atlint.model import AtlintError, Finding, Line
from atlint.report.check import Course
from atlint.report.collect import MOST_EXAMPLES, MOST_GROUPS, Collector, Group
from atlint.report.part import Part, Piece

#: what is told of the end of a line comes behind what is told of its event
_OF_THE_END = "AT009"


def merge(course: Course, piece: Piece, part: Part, before: int) -> None:
    """Take in a piece's part that follows what the course has seen, so many lines of the file being `before` it."""
    collector = course.collector
    course.tally.add(part.tally)
    collector.counts.update(part.counts)
    collector.suppressed += part.suppressed
    collector.erring += len(part.erring)
    collector.timeline.undated += part.undated
    if collector.suppressions is not None:
        collector.suppressions.use(part.used)
    if collector.baseline is not None and part.baseline is not None:
        collector.baseline.learn(part.baseline)
    rest = _Rest(collector, part, before)
    passage = part.passage
    for row, edition, found in replay(passage, course.across, piece.source.path):
        number = passage.numbers[row]
        course.tally.clean -= passage.clean[row]
        if number in part.swallowed:
            continue
        rest.up_to(number)
        line = _line(piece, passage.offsets[row], before + number)
        erring = collector.erring
        collector.add(reread(line, course.plans[edition], found))
        if number in part.erring:
            collector.erring = erring
    rest.up_to(None)


def _line(piece: Piece, offset: int, number: int) -> Line:
    """A line that was read before. Raises AtlintError where the file ends before it by now."""
    for batch in piece.read(offset, number):
        return batch[0]
    path = piece.source.path
    raise AtlintError(f"{path}: it became shorter while it was read; check it again when nobody writes to it")


class _Rest:
    """The groups and minutes of a part that are not yet taken in: what is met first has the first claim to a place."""

    def __init__(self, collector: Collector, part: Part, before: int) -> None:
        self._collector = collector
        self._before = before
        self._groups = deque(part.groups.items())
        self._minutes = deque(part.minutes)

    def up_to(self, number: int | None) -> None:
        """Take in what was met up to and in this line of the part, but for its end; None for all."""
        while self._minutes and (number is None or self._minutes[0][0] <= number):
            _, minute, counts = self._minutes.popleft()
            self._collector.timeline.add(minute, counts)
        while self._groups and (number is None or _is_before(self._groups[0][1].findings[0], number)):
            key, group = self._groups.popleft()
            self._take(key, group)

    def _take(self, key: tuple[str, ...], group: Group) -> None:
        groups = self._collector.groups
        known = groups.get(key)
        if known is None:
            if len(groups) >= MOST_GROUPS:
                return
            known = groups[key] = Group()
        room = MOST_EXAMPLES - len(known.findings)
        for finding in group.findings[:room]:
            self._collector.store(known, _moved(finding, self._before))
        unstored = len(group.findings[room:]) + group.unstored
        if unstored:
            last = group.last_line if group.unstored else group.findings[-1].last_line
            known.unstored += unstored
            known.last_line = self._before + last


def _is_before(finding: Finding, number: int) -> bool:
    line = finding.place.line
    return line < number or (line == number and finding.code != _OF_THE_END)


def _moved(finding: Finding, before: int) -> Finding:
    place = replace(finding.place, line=finding.place.line + before)
    return replace(finding, place=place, last_line=finding.last_line + before)
