"""`--jobs` and `--engine`: who shares the work of a command."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from atlint import workers
from atlint.model import AtlintError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from atlint.lint.source import Source
    from atlint.report.spread import Crew

#: bytes of logs from which further processes are worth their start
_WORTH: Final = 64_000_000
#: how many times as many bytes a compressed log holds, about
_PACKED: Final = 5
#: processes that one machine is asked for
_MOST: Final = 1_024


@contextmanager
def crew_of(
    sources: tuple[Source, ...],
    jobs: int | None,
    engine: str | None = None,
    piece: str | None = None,
    checkpoint: str | None = None,
) -> Iterator[Crew | None]:
    """The crew of `--engine`, or else of `--jobs`: by default one for each core, and none for little input.

    What is kept in a checkpoint is always shared out, if to a single process.
    """
    from atlint.lint.source import Kind

    logs = [source for source in sources if source.kind is Kind.LOG]
    size = _piece(piece)
    if checkpoint and not _shareable(logs):
        raise AtlintError("--checkpoint keeps what was said of files that are there, each named once")
    much = sum(source.size * (_PACKED if source.compressed else 1) for source in logs) >= _WORTH

    def shared(jobs: int) -> int:
        if checkpoint is None and (jobs == 1 or not _shareable(logs)):
            return 0
        from atlint.report.spread import PIECE, pieces

        return sum(1 for _ in itertools.islice(pieces(logs, size or PIECE), jobs))

    # a copy of this process would hold the lock of the checkpoint for a moment longer than this process
    copies = checkpoint is None
    with workers_of(jobs, engine, "atlint.report.part", much=much, shared=shared, copies=copies) as found:
        if found is None:
            yield None
            return
        from atlint.report.spread import HELD, PIECE, Crew

        # what is unpacked here is not sent over a network
        yield Crew(*found, size or PIECE, checkpoint, held=0 if engine else HELD)


@contextmanager
def workers_of(
    jobs: int | None,
    engine: str | None,
    module: str,
    *,
    much: bool,
    shared: Callable[[int], int] = lambda jobs: jobs if jobs > 1 else 0,
    copies: bool = False,
) -> Iterator[tuple[Executor, int] | None]:
    """The workers of `--engine`, or else of `--jobs`, and how many; None where this process does the work alone.

    Without either there is one for each core, if there is `much` to do. `shared` says for how many of so many of this
    machine there is work, 0 where it is not shared. `module` has what they do. `copies` is as for `local.processes`.
    Raises AtlintError.
    """
    if jobs is not None and not 1 <= jobs <= _MOST:
        raise AtlintError(f"--jobs takes a number from 1 to {_MOST:,}, not {jobs}")
    if engine and jobs is not None:
        raise AtlintError("--jobs are processes of this machine, --engine is others: choose one")
    if engine:
        from atlint.workers import cluster

        with cluster.workers_of(engine, version) as found:
            yield found
        return
    jobs = jobs or (workers.cores() if much else 1)
    count = shared(jobs)
    if not count:
        yield None
        return
    from atlint.workers import local

    with local.processes(count, [module], copies=copies) as executor:
        yield executor, count


def _shareable(logs: list[Source]) -> bool:
    from atlint.report.spread import shareable

    return bool(logs) and shareable(logs)


def _piece(size: str | None) -> int:
    from atlint.load.units import size as read

    return read(size) if size else 0


def version() -> str:
    """The release that a worker has."""
    from atlint import __version__

    return __version__
