"""`--jobs` and `--engine`: who shares the work of a check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from atlint.model import AtlintError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from atlint.lint.source import Source
    from atlint.report.spread import Crew

#: bytes of logs from which further processes are worth their start
_WORTH: Final = 24_000_000


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

    if jobs is not None and jobs < 1:
        raise AtlintError(f"--jobs takes a number from 1, not {jobs}")
    if engine and jobs is not None:
        raise AtlintError("--jobs are processes of this machine, --engine is others: choose one")
    logs = [source for source in sources if source.kind is Kind.LOG]
    size = _piece(piece)
    if checkpoint and not _shareable(logs):
        raise AtlintError("--checkpoint keeps what was said of files that are there, each named once")
    with _executor(logs, jobs, engine, always=checkpoint is not None) as found:
        if found is None:
            yield None
            return
        from atlint.report.spread import PIECE, Crew

        yield Crew(*found, size or PIECE, checkpoint)


@contextmanager
def _executor(
    logs: list[Source], jobs: int | None, engine: str | None, *, always: bool
) -> Iterator[tuple[Executor, int] | None]:
    from atlint.workers import cluster, local

    if engine:
        with cluster.workers_of(engine, version) as found:
            yield found
        return
    if jobs is None:
        jobs = local.cores() if sum(source.size for source in logs) >= _WORTH else 1
    if not always and (jobs == 1 or not _shareable(logs)):
        yield None
        return
    with local.processes(jobs, ["atlint.report.part"]) as executor:
        yield executor, jobs


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
