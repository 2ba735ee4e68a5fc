"""`atlint check`: lint event logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from atlint.cli.options import configuration, listed, options_of, shared

if TYPE_CHECKING:
    from atlint.lint.source import Source

#: bytes of input from which a terminal is shown a progress bar
_BIG = 50_000_000


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@shared
@click.option("--explain-only", is_flag=True, help="Do not use the fast acceptor; for comparison.")
@click.option("--statistics", is_flag=True, hidden=True, help="Counts by rule are always part of the summary.")
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Lint event logs: files, folders, or - for standard input.

    In a folder the files of these names are read: .log, .log.*, .jsonl, .ndjson, each also as .gz or .zst.
    """
    from atlint.cli.output import check_formats, write_report
    from atlint.lint.source import find
    from atlint.report.check import check_sources

    config = configuration(given)
    options = options_of(given, config)
    outputs = listed(given["output"]) or config.output
    check_formats(outputs)
    sources = tuple(find(paths))
    with _progress(sources) as tell:
        report = check_sources(sources, options, tell)
    write_report(report, outputs, quiet=given["quiet"])
    return report.exit_code


@contextmanager
def _progress(sources: tuple[Source, ...]) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error, for big inputs on a terminal."""
    total = sum(source.size for source in sources if not source.compressed)
    if total < _BIG or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        last = lines = before = 0

        def tell(offset: int) -> None:
            nonlocal last, lines, before
            if offset < last:
                before += last
            last, lines = offset, lines + 1
            if lines % 5000 == 0:
                bar.update(task, completed=before + offset)

        yield tell
