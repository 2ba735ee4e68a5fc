"""`atlint generate`: compliant events to standard output."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from atlint.cli.load import in_time, plan_of, share, supplied
from atlint.cli.options import instant, worded
from atlint.load.identity import MOST_EVENTS
from atlint.model import AtlintError

if TYPE_CHECKING:
    from atlint.plan import Plan


#: events from which further processes are worth their start
_WORTH: Final = 300_000


@click.command("generate", short_help="Write events to standard output, one a line.")
@click.option(
    "--count", "-n", type=click.IntRange(0, MOST_EVENTS), help="How many events, over all shards; 10 otherwise."
)
@click.option("--seed", type=int, default=0, help="The same seed and --now give the same bytes.")
@worded("--now", metavar="TIME", help="RFC 3339 in UTC: the time of the first event.")
@worded("--shard", metavar="I/N", default="1/1", help="This process's part of the whole, which keeps its order.")
@worded("--mix", metavar="MIX", help="Shares of broken events, such as compliant=97,AT310=2,AT401=1.")
@click.option(
    "--boundary", is_flag=True, help="The edge cases of the edition instead, all of them unless --count says."
)
@worded("--edition", metavar="EDITION", help="at-2018 (default), at-2019, at-2020 or at-2025.")
@worded("--registration", metavar="FILE", help="Events of this service's own actions.")
@worded("--manifest", metavar="FILE", help="The truth about every event, for atlint verify.")
@click.option(
    "--jobs",
    type=int,
    metavar="N",
    help="Processes to make events with: by default one for each core that it may use, one for few events.",
)
@worded("--engine", metavar="dask://HOST:PORT", help="Make them on the workers of this dask cluster.")
def command(**given: Any) -> int:
    """Write events to standard output, one a line.

    Each event is clean under every rule, unless --mix says which share breaks which. 10,000 of them are of one
    second: a thousand and more together exceed what at-2018 allows a service in a minute, which AT603 tells of.

    The shards 1/N to N/N one after the other are byte for byte the whole, and so is what any number of processes makes.
    """
    plan, _ = plan_of(given)
    shard, shards = share(given["shard"])
    (_edges if given["boundary"] else _stream)(plan, given, shard, shards)
    return 0


def _edges(plan: Plan, given: dict[str, Any], shard: int, shards: int) -> None:
    from atlint.load.boundary import boundary
    from atlint.load.emit import part

    for name in ("mix", "manifest"):
        if given[name]:
            raise AtlintError(f"--boundary and --{name} do not go together: edge cases are compliant and carry no run")
    cases = list(islice(boundary(plan), given["count"]))
    for at in part(len(cases), shard, shards):
        sys.stdout.buffer.write(cases[at] + b"\n")


def _stream(plan: Plan, given: dict[str, Any], shard: int, shards: int) -> None:
    from atlint import __version__
    from atlint.load.emit import STEP, emit, part
    from atlint.load.manifest import Manifest, Run

    count = 10 if given["count"] is None else given["count"]
    run = Run(__version__, plan.digest, plan.edition, given["seed"], instant(given["now"]), shard, shards)
    in_time(run, count * STEP)
    manifest = Manifest(Path(given["manifest"])) if given["manifest"] else None
    with supplied(plan, given, much=len(part(count, shard, shards)) >= _WORTH) as supply:
        emit(supply, run, count, sys.stdout.buffer.write, manifest)
