"""`atlint load`: paced load into log files, and the truth about every event."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from atlint.cli.options import instant, listed, named, reporting, worded
from atlint.load.identity import MOST_FILES
from atlint.model import AtlintError

if TYPE_CHECKING:
    from atlint.load.manifest import Run
    from atlint.load.run import Progress
    from atlint.load.scenarios import Scenario
    from atlint.load.supply import Supply
    from atlint.plan import Plan


#: digits of a shard's number
_LONGEST_SHARD: Final = 9
#: the first second that no date has a name for any more, since the epoch
_END_OF_TIME: Final = 253_402_300_800


@click.command("load", short_help="Write paced load into log files.")
@named("folder", metavar="DIR", required=False)
@click.option("--rate", type=float, metavar="N", help="Events a second, for all pods together.")
@worded("--duration", metavar="TIME", help="How long, such as 30s or 5m.")
@click.option("--schedule", default="constant", help="constant (default), ramp, burst, poisson or replay:FILE.")
@click.option(
    "--pods",
    type=click.IntRange(1, MOST_FILES),
    default=1,
    help="How many uniquely named files to write, as pods would.",
)
@worded("--shard", metavar="I/N", default="1/1", help="This process's share of a run that several work on.")
@worded("--rotate", metavar="SIZE|TIME", help="Rotate at a size such as 50MB, after a time, or 50MB,1m.")
@click.option("--rotation", type=click.Choice(["rename", "copytruncate"]), default="rename", help="How to rotate.")
@worded("--scenario", metavar="NAME", help="Do to the files what hurts real tailers; --scenarios lists them.")
@click.option("--scenarios", is_flag=True, help="List the scenarios and end.")
@worded("--manifest", metavar="FILE", help="Where the truth goes; DIR.manifest.jsonl otherwise.")
@worded("--metrics", metavar="FILE|PORT", help="For Prometheus: a text file, or a port on loopback.")
@worded("--mix", metavar="MIX", help="Shares, such as compliant=97,AT310=3.")
@worded("--edition", metavar="EDITION", help="at-2018 (default), at-2019, at-2020 or at-2025.")
@worded("--registration", metavar="FILE", help="Load with this service's own actions.")
@click.option("--seed", type=int, default=0, help="The same seed and --now give the same bytes.")
@worded("--now", metavar="TIME", help="RFC 3339 in UTC: the time of the first event.")
@click.option("--jobs", type=int, metavar="N", help="Processes that make the events, ahead of their time; 1 otherwise.")
@worded("--engine", metavar="dask://HOST:PORT", help="Make them on the workers of this dask cluster.")
@reporting("Repeatable: text, json and the others.")
def command(**given: Any) -> int:
    """Write paced load into log files below DIR.

    Ends on a whole line with a complete manifest, also at SIGINT and SIGTERM. Late events are counted, never
    re-timed.
    """
    from atlint.cli.output import check_outputs, write_report
    from atlint.load import manifest, rotation, schedule, units
    from atlint.load.run import load, stopping
    from atlint.load.scenarios import SCENARIOS, scenario
    from atlint.load.writer import Writer

    if given["scenarios"]:
        for known in SCENARIOS.values():
            click.echo(f"{known.name:20} {known.summary}")
        return 0
    if not given["folder"]:
        raise AtlintError("name the folder to write below, such as /var/log/at")
    outputs = listed(given["output"])
    check_outputs(outputs, (given["registration"],), (given["manifest"],))
    plan, service = plan_of(given)
    shard, shards = share(given["shard"])
    run = manifest.Run(_version(), plan.digest, plan.edition, given["seed"], instant(given["now"]), shard, shards)
    duration = units.duration(given["duration"]) if given["duration"] else None
    timed = schedule.parse(given["schedule"], rate=given["rate"], duration=duration, seed=given["seed"])
    in_time(run, timed.duration)
    acted = scenario(given["scenario"]) if given["scenario"] else None
    folder, pods, first = Path(given["folder"]), given["pods"], (shard - 1) * given["pods"]
    names = files(acted, folder, service, run.id, pods, first)
    method = rotation.Method(given["rotation"])
    turned = rotation.parse(given["rotate"], method=method) if given["rotate"] else None
    truth = Path(given["manifest"] or f"{folder}.{run.id}.manifest.jsonl")
    click.echo(f"run {run.id}: seed {run.seed}, now {run.instant}, manifest {truth}", err=True)
    with (
        supplied(plan, given, much=False) as supply,
        stopping() as stop,
        _shown(given["metrics"], run.id) as progress,
    ):
        report = load(
            supply,
            timed,
            Writer(folder, names, turned, first),
            manifest.Manifest(truth),
            run=run,
            scenario=acted,
            stop=stop,
            progress=progress,
        )
    write_report(report, outputs)
    return report.exit_code


def _version() -> str:
    from atlint import __version__

    return __version__


def plan_of(given: dict[str, Any]) -> tuple[Plan, str]:
    """The Plan to generate from, with every rule that the edition has, and the service's name for files."""
    from atlint.pipeline.registration_file import sound_registration_of
    from atlint.report.check import DEFAULT_EDITION
    from atlint.rules.selection import everything

    registration = sound_registration_of(Path(given["registration"])) if given["registration"] else None
    edition = given["edition"] or (registration.edition if registration else DEFAULT_EDITION)
    return everything(edition, registration), registration.service if registration else "atlint-load"


@contextlib.contextmanager
def supplied(plan: Plan, given: dict[str, Any], *, much: bool) -> Iterator[Supply]:
    """Where the events come from: this process, or the workers of --jobs or --engine. Raises AtlintError."""
    from atlint.cli.crew import workers_of
    from atlint.load.sample import sampler
    from atlint.load.supply import Elsewhere, Here

    source = functools.partial(sampler, plan.edition, plan.registration, given["seed"], given["mix"] or "")
    known = source()  # what is wrong with it is told before any worker starts
    with workers_of(given["jobs"], given["engine"], "atlint.load.sample", much=much) as found:
        yield Elsewhere(*found, source) if found else Here(known)


def in_time(run: Run, seconds: float) -> None:
    """Raises AtlintError where a run would go on to times that no date has a name for."""
    if run.now + seconds >= _END_OF_TIME:
        raise AtlintError(f"--now {run.instant}: {seconds:g} s later the year 9999 is over; begin earlier")


def share(text: str) -> tuple[int, int]:
    """`I/N` with 1 <= I <= N. Raises AtlintError."""
    one, slash, whole = text.partition("/")
    known = all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_SHARD for part in (one, whole))
    if slash and known and 1 <= int(one) <= int(whole):
        return int(one), int(whole)
    raise AtlintError(
        f"--shard takes I/N with I from 1 to N, such as 1/4, and N of {_LONGEST_SHARD} digits at most, not {text!r}"
    )


def files(acted: Scenario | None, folder: Path, service: str, run: str, pods: int, first: int) -> tuple[str, ...]:
    """The names of the log files, relative to the folder."""
    from atlint.load.writer import pod_files

    if acted is not None:
        return acted.files(folder.resolve().name, service, run, pods, first=first)
    return pod_files(service, run, pods, first=first)


@contextlib.contextmanager
def _shown(target: str | None, run: str) -> Iterator[Callable[[Progress], None]]:
    """Progress to a terminal and to Prometheus, as asked."""
    with contextlib.ExitStack() as stack:
        told: list[Callable[[Progress], None]] = []
        if sys.stderr.isatty():
            from rich.console import Console

            from atlint.load.live import live

            told.append(stack.enter_context(live(Console(stderr=True))))
        if target:
            from atlint.load.metrics import metrics

            told.append(stack.enter_context(metrics(target, run)))

        def tell(progress: Progress) -> None:
            for one in told:
                one(progress)

        yield tell
