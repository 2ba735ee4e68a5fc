"""Log files to what the linter says of them and what they cover, in one pass."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from atlint.lint.batch import batches
from atlint.lint.source import Source, lines
from atlint.model import Line, Report
from atlint.plan.registration import Region, Registration
from atlint.readiness.coverage import Coverage, Found
from atlint.report.check import Course, Options, course_of, plan_of

if TYPE_CHECKING:
    from atlint.report.part import Piece
    from atlint.report.spread import Crew


@dataclass(frozen=True, slots=True)
class Observed:
    """The linter's report, how many lines have errors, and the coverage."""

    report: Report
    erring: int
    coverage: Coverage

    @property
    def judged(self) -> int:
        """Lines that are events, or should be: the denominator of every rate."""
        return int(self.report.summary["events"]) + int(self.report.summary["unreadable"])


def observe(
    sources: Iterable[Source],
    options: Options,
    registration: Registration,
    judged: tuple[Region, ...],
    crew: Crew | None = None,
) -> Observed:
    """Lint all sources under the registration and take in their events. Raises AtlintError for what is unreadable.

    A crew shares the work; what comes of it is the same.
    """
    sources = tuple(sources)
    coverage = Coverage(plan_of(options), registration, judged)
    course = _together(sources, options, coverage) if crew is None else _shared(sources, options, coverage, crew)
    return Observed(course.report(tuple(source.path for source in sources)), course.collector.erring, coverage)


def _together(sources: tuple[Source, ...], options: Options, coverage: Coverage) -> Course:
    """Each line is read once: standard input cannot be read again."""
    return course_of(batches(_seen(sources, coverage)), options)


def _seen(sources: tuple[Source, ...], coverage: Coverage) -> Iterator[Line]:
    for source in sources:
        for line in lines(source):
            coverage.see(line)
            yield line


def _shared(sources: tuple[Source, ...], options: Options, coverage: Coverage, crew: Crew) -> Course:
    """What is asked of events alone is asked in pieces of its own: it does not mind where one begins."""
    from atlint.report.part import portable
    from atlint.report.spread import spread
    from atlint.workers.order import in_order

    known = pickle.dumps((portable(options), coverage.registration, coverage.judged))
    before = 0
    work = functools.partial(cover, known)
    for piece, found in in_order(crew.executor, crew.workers, work, crew.pieces(sources)):
        if piece.start == 0:
            before = 0
        coverage.found.follow(found, before)
        before += found.lines
    return spread(sources, options, crew)


def cover(known: bytes, piece: Piece) -> Found:
    """What the lines of a piece show, counted from its first one: what a worker does. Raises AtlintError."""
    coverage = replace(_coverage(known), found=Found(most=None))
    for batch in piece.read(piece.start, end=piece.end):
        for line in batch:
            coverage.see(line)
    return coverage.found


@functools.lru_cache(maxsize=2)
def _coverage(known: bytes) -> Coverage:
    options, registration, judged = pickle.loads(known)  # noqa: S301 - from the process that this one works for
    return Coverage(plan_of(options), registration, judged)
