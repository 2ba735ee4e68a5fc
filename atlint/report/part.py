"""A piece of a log to what is to be said of it alone: what a worker does."""

from __future__ import annotations

import functools
import os
import pickle
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from atlint.lint.baseline import Baseline
from atlint.lint.batch import Batch
from atlint.lint.engine import MOST_ACTIONS, Tally, run_batches
from atlint.lint.passage import Passage, Recorder
from atlint.lint.source import Source, read_from, read_held
from atlint.lint.stitch import Stitcher
from atlint.model import Severity
from atlint.report.check import Course, Options
from atlint.report.collect import MOST_GROUPS, Collector, Group
from atlint.report.timeline import MOST_MINUTES
from atlint.rules.selection import Choice

#: a part is cut short before it comes near what a report keeps at most: then nothing is left out of it
_SHARE: Final = 2
#: events whose facts one part holds
_MOST_EVENTS: Final = 50_000
#: findings with which a part ends: none of them is packed, since they move on
_MOST_STORED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of one file, from the beginning of a line to the beginning of another; `end` is None for its end."""

    source: Source
    start: int
    end: int | None
    #: the bytes themselves, where they cannot be read from the middle of the file
    held: bytes | None = None

    def read(self, start: int, number: int = 1, end: int | None = None) -> Iterator[Batch]:
        """The lines from the one that begins at `start` and has this number, to the one before `end`."""
        if self.held is None:
            return read_from(self.source, start, number, end)
        return read_held(self.source, self.held, self.start, start, number, end)

    def following(self, rest: bytes, start: int) -> Piece:
        """The same from another line on; `rest` is what the one before it holds from there."""
        held = self.held
        if held is not None:
            held = rest + held if start < self.start else held[start - self.start :]
        return replace(self, start=start, held=held)


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be said of the lines of `[start, end)`, line numbers counted from its first line.

    It may end before its piece does: where that ends within an event that goes on, or where there is much to say.
    """

    start: int
    end: int
    #: it ends early since there was much to say
    full: bool
    #: there was more to say than it holds: it is of no use but for its end
    overfull: bool
    tally: Tally
    counts: Counter[tuple[str, Severity]]
    suppressed: int
    #: lines with an error that counts
    erring: frozenset[int]
    groups: dict[tuple[str, ...], Group]
    #: number of the first line of a minute, the minute, and its findings by severity
    minutes: list[tuple[int, int, list[int]]]
    undated: int
    #: ignore entries that were of use
    used: frozenset[int]
    baseline: Baseline | None
    passage: Passage
    #: lines of events that are a piece of another event
    swallowed: frozenset[int]


def packed(options: Options, key: bytes, baseline: Baseline | None) -> bytes:
    """What workers must know, for `judge`."""
    return pickle.dumps((portable(options), key, None if baseline is None else baseline.apart()))


def portable(options: Options) -> Options:
    """What of the options can go to another process, and is asked for there."""
    return replace(options, choice=_plain(options.choice), aliases=dict(options.aliases), rates={}, tailer=None)


def _plain(choice: Choice) -> Choice:
    """The choice without views of mappings, which cannot be packed."""
    below = None if choice.below is None else _plain(choice.below)
    return replace(choice, severity=dict(choice.severity or {}), below=below)


@contextmanager
def ready(known: bytes, course: Course, baseline: Baseline | None) -> Iterator[None]:
    """Have copies that are made of this process judge by this course, of which `packed` told."""
    _READY[:] = [(os.getpid(), known, course, baseline)]
    try:
        yield
    finally:
        _READY.clear()


#: never used in the process that made it: what judges lines judges those of one thread
_READY: Final[list[tuple[int, bytes, Course, Baseline | None]]] = []


def _course(known: bytes) -> tuple[Course, Baseline | None]:
    for made, told, course, baseline in _READY:
        if told == known and made != os.getpid():
            return course, baseline
    return _compiled(known)


@functools.lru_cache(maxsize=2)
def _compiled(known: bytes) -> tuple[Course, Baseline | None]:
    options, key, baseline = pickle.loads(known)  # noqa: S301 - from the process that this one works for
    return Course(options, key), baseline


def judge(known: bytes, piece: Piece) -> Part:
    """Judge a piece by what `packed` told. Raises AtlintError where it cannot be read."""
    course, baseline = _course(known)
    options = course.options
    baseline = baseline.apart() if baseline is not None else None
    tally = Tally()
    stitcher = Stitcher(swallowed=[])
    fresh = Course.collector_of(options, course.collector.redactor.key, baseline)
    fresh.loose = sys.maxsize
    recorder = Recorder(course.plans.values())
    feed = _Feed(piece, stitcher, fresh, recorder.passage, tally)
    firsts: list[int] = []
    erring: list[int] = []
    for explanation in run_batches(course.judges, course.pick, feed, tally, across=recorder, stitcher=stitcher):
        fresh.add(explanation)
        if fresh.erring > len(erring):
            erring.append(explanation.line.number)
        if len(fresh.timeline) > len(firsts):
            firsts.append(explanation.line.number)
        del explanation  # as in a Course
    recorder.passage.cut(feed.end)
    return Part(
        start=piece.start,
        end=feed.end,
        full=feed.full,
        overfull=len(fresh.groups) >= MOST_GROUPS
        or len(tally.actions) >= MOST_ACTIONS
        or len(fresh.timeline) >= MOST_MINUTES,
        tally=tally,
        counts=fresh.counts,
        suppressed=fresh.suppressed,
        erring=frozenset(erring),
        groups=fresh.groups,
        minutes=[(first, *row) for first, row in zip(firsts, fresh.timeline.rows(), strict=True)],
        undated=fresh.timeline.undated,
        used=fresh.suppressions.used() if fresh.suppressions else frozenset(),
        baseline=baseline.lesson() if baseline is not None else None,
        passage=recorder.passage,
        swallowed=frozenset(stitcher.swallowed or ()),
    )


@dataclass(slots=True)
class _Feed:
    """The lines of a piece as far as they are judged in one part; `end` is where that ends."""

    piece: Piece
    stitcher: Stitcher
    collector: Collector
    passage: Passage
    tally: Tally
    end: int = 0
    full: bool = False

    def __iter__(self) -> Iterator[Batch]:
        """The lines in batches, until the piece ends or there is enough to say."""
        self.end = self.piece.start
        for batch in self.piece.read(self.piece.start, end=self.piece.end):
            yield batch
            self.end = batch.end
            if self.piece.end is not None and self.end >= self.piece.end:
                self._let_go()
                return
            if not self.stitcher.held and self._enough():
                self.full = True
                return

    def _enough(self) -> bool:
        return (
            len(self.passage.numbers) >= _MOST_EVENTS
            or self.collector.stored >= _MOST_STORED
            or len(self.collector.groups) >= MOST_GROUPS // _SHARE
            or len(self.tally.actions) >= MOST_ACTIONS // _SHARE
            or len(self.collector.timeline) >= MOST_MINUTES // _SHARE
        )

    def _let_go(self) -> None:
        """Leave the lines of an event that goes on behind the piece to whoever takes what is behind it."""
        held, self.stitcher.held = self.stitcher.held, []
        if not held:
            return
        self.end = held[0].line.offset
        tally = self.tally
        tally.lines -= len(held)
        for explanation in held:
            if explanation.event:
                tally.forget(explanation.plan.edition, explanation.who.action)
            elif explanation.line.raw.strip():
                tally.unreadable -= 1
            else:
                tally.blank -= 1
