"""`--jobs`: who shares the work of a check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from atlint.model import AtlintError

if TYPE_CHECKING:
    from atlint.lint.source import Source
    from atlint.report.spread import Crew

#: bytes of logs from which further processes are worth their start
_WORTH: Final = 24_000_000


@contextmanager
def crew_of(sources: tuple[Source, ...], jobs: int | None) -> Iterator[Crew | None]:
    """A crew of so many processes; by default as many as there are cores, and none for little input."""
    from atlint.lint.source import Kind
    from atlint.workers import local

    if jobs is not None and jobs < 1:
        raise AtlintError(f"--jobs takes a number from 1, not {jobs}")
    logs = [source for source in sources if source.kind is Kind.LOG]
    if jobs is None:
        jobs = local.cores() if sum(source.size for source in logs) >= _WORTH else 1
    if jobs == 1 or not logs:
        yield None
        return
    from atlint.report.spread import Crew, shareable

    if not shareable(logs):
        yield None
        return
    with local.processes(jobs, ["atlint.report.part"]) as executor:
        yield Crew(executor, jobs)
