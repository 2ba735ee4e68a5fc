"""The pieces of logs to many workers, and what they say, in order, to one report.

What a worker says of a piece holds only if the piece began where the one before it ended, with no event going
on: where it did not, the piece is judged again from there. So the report is that of a single process, to the byte.
"""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Final

from atlint.forms import LEAST, form_of
from atlint.lint.baseline import Baseline
from atlint.lint.source import STANDARD_INPUT, Source, opened, read, read_from, unpacked
from atlint.report.check import Course, Options, judges_of, mask_key
from atlint.report.checkpoint import Checkpoint, run_of
from atlint.report.checkpoint import opened as opened_checkpoint
from atlint.report.merge import merge
from atlint.report.part import Part, Piece, judge, packed, ready
from atlint.workers.order import AHEAD

if TYPE_CHECKING:
    from atlint.report.manifests import Manifests

#: bytes of a piece: enough to be worth the way to another process, little enough to be held there
PIECE: Final = 8 * 1024 * 1024
#: bytes of a piece of a compressed file, which is unpacked here; and of all such pieces that are under way
HELD: Final = 2 * 1024 * 1024
_MOST_HELD: Final = 48 * 1024 * 1024
#: pieces' bytes without the end of a line after which no more are waited for
_LINELESS: Final = 4
_WINDOW: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Crew:
    """Who shares the work: an executor, how many workers it has, and how much each is given at a time."""

    executor: Executor
    workers: int
    piece: int = PIECE
    #: where what they say is put by; None for nowhere
    checkpoint: str | None = None
    #: bytes of compressed files that are sent to them at a time; 0 for none, and such files are judged here
    held: int = HELD

    @property
    def ahead(self) -> int:
        """How many pieces are under way at a time."""
        return self.workers * AHEAD

    def pieces(self, logs: Sequence[Source]) -> Iterator[Piece]:
        """The logs in pieces for these workers."""
        return pieces(logs, self.piece, min(self.held, self.piece, _MOST_HELD // self.ahead))


def spread(
    logs: Sequence[Source],
    options: Options,
    crew: Crew,
    progress: Callable[[int], None] | None = None,
    *,
    baseline: Baseline | None = None,
    manifests: Manifests | None = None,
) -> Course:
    """Judge all lines of the logs; what is in pieces elsewhere, the rest here. Raises AtlintError."""
    first = next(
        (line for source in logs if source.path != STANDARD_INPUT for batch in read(source) for line in batch), None
    )
    key = mask_key(first, manifests)
    with _checkpoint(crew, options, key, baseline) as kept:
        if kept is not None:
            options = replace(options, now=kept.now)
        course = Course(options, key, baseline)
        known = packed(options, key, baseline)
        with ready(known, course, baseline):
            _Spread(course, crew, known, progress, kept).run(logs)
    return course


def _checkpoint(
    crew: Crew, options: Options, key: bytes, baseline: Baseline | None
) -> AbstractContextManager[Checkpoint | None]:
    """The crew's checkpoint: of runs that say the same of the same piece, but for the hour at which they began."""
    if crew.checkpoint is None:
        return nullcontext()
    plans = [judge.plan.digest for judge in judges_of(options)]
    asked = (options.entries, options.fail_on, options.show_values, options.explain_only)
    known = None if baseline is None else (baseline.recording, sorted(baseline.known.items()))
    return opened_checkpoint(crew.checkpoint, run_of((plans, asked, key, known)), options.now)


@dataclass(slots=True)
class _Task:
    piece: Piece
    future: Future[Part] | None


@dataclass(slots=True)
class _Spread:
    course: Course
    crew: Crew
    known: bytes
    progress: Callable[[int], None] | None
    kept: Checkpoint | None
    under_way: deque[_Task] = field(default_factory=deque)
    #: bytes and lines of the file at hand that are in the course
    done: int = 0
    before: int = 0
    #: what the last piece holds behind that
    rest: bytes = b""

    def run(self, logs: Sequence[Source]) -> None:
        """Keep the workers busy, and take what they say in order."""
        if self.kept is None:
            # workers that are copies are made now: a progress bar is a thread
            self.crew.executor.submit(os.getpid)
        if self.progress is not None:
            self.progress(0)
        asked = self.crew.pieces(logs)
        while (task := self._next(asked)) is not None:
            if task.piece.start == 0:
                self.done = self.before = 0
            self._settle(task)

    def _next(self, asked: Iterator[Piece]) -> _Task | None:
        while len(self.under_way) < self.crew.ahead and (piece := next(asked, None)) is not None:
            self.under_way.append(self._begin(piece))
        return self.under_way.popleft() if self.under_way else None

    def _settle(self, task: _Task) -> None:
        """Take in what a task gave, or begin it anew where it was begun at the wrong place."""
        piece = task.piece
        if task.future is None:
            self.course.take(read_from(piece.source, self.done, self.before + 1, progress=self.progress))
            return
        if piece.start != self.done:
            if piece.end is None or piece.end > self.done:
                self._again(piece)
            return
        part = task.future.result()
        if self.kept is not None:
            self.kept.keep(piece, part)
        if part.overfull:
            self.course.take(piece.read(part.start, self.before + 1, part.end))
        else:
            merge(self.course, piece, part, self.before)
        self.done = part.end
        self.before += part.tally.lines
        if part.full:
            self._again(piece)
        else:
            self.rest = (piece.held or b"")[part.end - piece.start :]
        if self.progress is not None:
            self.progress(self.done)

    def _again(self, piece: Piece) -> None:
        self.under_way.appendleft(self._begin(piece.following(self.rest, self.done)))

    def _begin(self, piece: Piece) -> _Task:
        if piece.source.compressed and piece.held is None:
            return _Task(piece, None)
        part = self.kept.part(piece) if self.kept is not None else None
        if part is not None:
            known: Future[Part] = Future()
            known.set_result(part)
            return _Task(piece, known)
        return _Task(piece, self.crew.executor.submit(judge, self.known, piece))


def shareable(logs: Sequence[Source]) -> bool:
    """Whether the logs can be judged in pieces: each of them is there when it is asked for, and is not itself twice."""
    paths = [source.path for source in logs]
    return STANDARD_INPUT not in paths and all(one != other for one, other in itertools.pairwise(paths))


def pieces(logs: Sequence[Source], size: int, held: int = HELD) -> Iterator[Piece]:
    """Every log in pieces of about so many bytes, the first of a log smaller, so that something is soon done.

    Of a compressed one each has its bytes, about `held` of them; without that it is one piece.
    """
    sizes = itertools.chain([size // 8 or 1, size // 4 or 1, size // 2 or 1], itertools.repeat(size))
    for source in logs:
        if source.compressed:
            yield from _unpacked(source, held) if held else (Piece(source, 0, None),)
            continue
        start = 0
        for cut in _cuts(source, sizes):
            yield Piece(source, start, cut)
            start = cut
        yield Piece(source, start, None)


def _unpacked(source: Source, size: int) -> Iterator[Piece]:
    """A compressed file in pieces with their bytes. What is no text, or one endless line, is a piece without them."""
    start, rest = 0, b""
    for block in unpacked(source):
        if not start and not rest and form_of(block):
            break
        rest += block
        if len(rest) < size:
            continue
        cut = (rest.rfind(b"\n{") if b"\n{" in rest else rest.rfind(b"\n")) + 1
        if cut:
            yield Piece(source, start, start + cut, rest[:cut])
            start, rest = start + cut, rest[cut:]
        elif len(rest) > _LINELESS * size:
            break
    else:
        yield Piece(source, start, None, rest)
        return
    yield Piece(source, start, None)


def _cuts(source: Source, sizes: Iterator[int]) -> Iterator[int]:
    """Where pieces end: behind a line, and before a brace where there is one soon, so that no event goes on there."""
    at = next(sizes)
    if source.size <= at:
        return
    with opened(source, _WINDOW) as stream:
        if form_of(stream.read(LEAST)):
            return  # it is one line, whatever line feeds are in it
        while at < source.size:
            stream.seek(at)
            found = _cut(stream)
            if found is None:
                return
            at += found
            if at >= source.size:
                return
            yield at
            at += next(sizes)


def _cut(stream: IO[bytes]) -> int | None:
    """Bytes up to the beginning of a line; None where no line begins any more."""
    skipped = 0
    while window := stream.read(_WINDOW):
        for mark in (b"\n{", b"\n"):
            if (found := window.find(mark)) >= 0:
                return skipped + found + 1
        skipped += len(window)
    return None
