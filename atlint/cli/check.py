"""`atlint check`: lint event logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from atlint.cli.options import adopting, configuration, listed, mending, named, once, options_of, shared, worded

if TYPE_CHECKING:
    from atlint.lint.baseline import Baseline
    from atlint.lint.source import Source
    from atlint.report.check import Options

#: bytes of input from which a terminal is shown a progress bar
_BIG = 50_000_000
#: bytes by which it moves on
_STEP = 1_000_000


@click.command("check", short_help="Lint event logs, manifests and fluentd's configuration.")
@named("paths", nargs=-1, required=True, metavar="PATH...")
@shared
@mending
@adopting
@worded(
    "--kube",
    multiple=True,
    metavar="PATH",
    help="The cluster's manifests, or fluentd's configuration: say which files are read (AT607); repeatable.",
)
@click.option(
    "--jobs",
    type=int,
    metavar="N",
    help="Processes to judge with: by default one for each core that it may use, one for little input.",
)
@worded("--engine", metavar="dask://HOST:PORT", help="Judge on the workers of this dask cluster.")
@worded("--piece", metavar="SIZE", help="Bytes of a log that one process is given at a time: 8MiB by default.")
@worded(
    "--checkpoint",
    metavar="FILE",
    help="Keep what was said of each piece, and go on from there where a run was broken off.",
)
@worded("--endpoint-url", metavar="URL", help="Where s3:// is asked: the endpoint of IBM Cloud Object Storage.")
@click.option("--timings", is_flag=True, help="Say on standard error what each stage and rule costs, over some lines.")
@click.option("--explain-only", is_flag=True, help="Do not use the fast acceptor; for comparison.")
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Lint event logs, manifests and fluentd's configuration: files, folders, or - for standard input.

    In a folder the files of these names are read: .log, .log.*, .jsonl, .ndjson, each also as .gz or .zst; .yaml and
    .yml that hold Kubernetes objects or a registration; .conf that is fluentd's. Any other file that is named is
    judged as an event log; standard input as what it begins like (helm template CHART | atlint check -), and it may
    be packed by gzip or zstd. Manifests that are given together are also held against each other.

    With --fix the report tells what remains. Standard input, mended, goes to standard output, and the report to
    standard error. Do not fix a log that is still written to, or that a tailer still reads: the file is replaced. One
    that has several names (hard links) is left as it was.
    """
    from atlint.cli import mend
    from atlint.cli.output import check_outputs
    from atlint.cli.ratchet import baseline_of
    from atlint.lint.source import find

    config = configuration(given)
    options = options_of(given, config)
    outputs = listed(given["output"]) or config.output
    mend.check_flags(given)
    given["fix"] = given["fix"] or (given["unsafe_fixes"] and not given["diff"])
    baseline = baseline_of(given, config)
    repeated: list[str] = []
    sources = tuple(find(paths, endpoint=given["endpoint_url"] or "", repeated=repeated.append))
    more = once(repeated)
    known = [config.path, given["registration"] or config.registration]
    if not given["write_baseline"]:  # one that is written anew is not read
        known.append(given["baseline"] or config.baseline)
    check_outputs(outputs, (*known, *(source.path for source in sources)), (given["write_baseline"],))
    if not (given["fix"] or given["diff"]):
        return _check(sources, options, outputs, baseline, given, more)
    with mend.put_by(sources) as sources:
        if given["diff"]:
            return mend.show(
                sources, options, more.get("notes", ()), unsafe=given["unsafe_fixes"], quiet=given["quiet"]
            )
        fixed = mend.fix(sources, options, unsafe=given["unsafe_fixes"])
        stream = sys.stderr if any(source.held for source in sources) else None
        return _check(sources, options, outputs, baseline, given, {**more, "fixed": fixed}, stream=stream)


def _check(
    sources: tuple[Source, ...],
    options: Options,
    outputs: tuple[str, ...],
    baseline: Baseline | None,
    given: dict[str, Any],
    more: dict[str, Any],
    *,
    stream: TextIO | None = None,
) -> int:
    """Judge, report, and keep the baseline; gives the exit code."""
    from atlint.cli import timings
    from atlint.cli.crew import crew_of
    from atlint.cli.output import write_report
    from atlint.cli.ratchet import keep
    from atlint.report.check import check_sources

    asked = (given["jobs"], given["engine"], given["piece"], given["checkpoint"])
    with crew_of(sources, *asked) as crew, _progress(sources) as tell:
        report = check_sources(sources, options, tell, baseline=baseline, more=more, crew=crew)
    write_report(report, outputs, quiet=given["quiet"], stream=stream)
    if given["timings"]:
        timings.show(sources, options)
    least = 0 if baseline is None else keep(baseline, report, tighten=given["tighten"], quiet=given["quiet"])
    return max(report.exit_code, least)


@contextmanager
def _progress(sources: tuple[Source, ...]) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error, for big inputs on a terminal."""
    size = sum(source.size for source in sources)
    if size < _BIG or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with ExitStack() as stack:
        bar = Progress(console=Console(stderr=True), transient=True)
        # what a compressed log holds is known when it is read
        task = bar.add_task("checking", total=None if any(source.compressed for source in sources) else size)
        last = before = shown = 0

        def tell(offset: int) -> None:
            nonlocal last, before, shown
            if not bar.live.is_started:  # it is a thread, and workers are begun where there is none
                stack.enter_context(bar)
            if offset < last:
                before += last
            last = offset
            if before + offset - shown >= _STEP:
                shown = before + offset
                bar.update(task, completed=shown)

        yield tell
