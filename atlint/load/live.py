"""A run that is going on to one line on a terminal, drawn by a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from atlint.load.run import Progress

if TYPE_CHECKING:
    from rich.console import Console


def line(progress: Progress) -> str:
    """The counters of a run as text."""
    share = min(progress.seconds / progress.duration, 1.0) if progress.duration else 1.0
    return (
        f"{share:4.0%}  offered {progress.offered:,} of {progress.total:,}  written {progress.written:,}  "
        f"late {progress.late:,}  {progress.rate:,.0f}/s  {progress.bytes / 1e6:,.1f} MB  "
        f"{progress.files:,} files  {progress.seconds:.1f} s"
    )


@contextmanager
def live(console: Console) -> Iterator[Callable[[Progress], None]]:
    """A `progress` for `load` that keeps one line of `console` up to date, four times a second."""
    from rich.live import Live
    from rich.text import Text

    text = Text("", no_wrap=True, overflow="ellipsis")
    with Live(text, console=console, refresh_per_second=4):

        def show(progress: Progress) -> None:
            text.plain = line(progress)

        yield show
