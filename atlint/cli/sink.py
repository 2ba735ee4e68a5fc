"""`atlint sink`: a stand-in for the tracker."""

from __future__ import annotations

import os
from pathlib import Path

import click

from atlint.cli.options import TOKEN, worded


@click.command("sink", short_help="Stand in for the tracker, on loopback.")
@worded("--listen", default="127.0.0.1:8321", metavar="HOST:PORT", help="tcp://HOST:PORT takes lines over TCP.")
@worded("--store", required=True, metavar="FILE", help="What was acknowledged is appended here, durably.")
@worded("--fail", multiple=True, metavar="ORDER", help="Faults: 500:10%, 503:first=5, 429:every=10, 500:for=20s.")
@worded("--delay", default="0s", metavar="TIME", help="How long each answer takes, such as 50ms.")
@click.option("--seed", type=int, default=0, help="Of the faults by percentage.")
@click.option("--anywhere", is_flag=True, help="Allow an address that is not loopback.")
def command(listen: str, store: str, fail: tuple[str, ...], delay: str, seed: int, anywhere: bool) -> int:  # noqa: FBT001 - click passes flags so
    """Listen as the tracker does, on loopback, until SIGINT or SIGTERM.

    With the variable ATLINT_SERVICE_TOKEN set, requests without that token are answered with 401 Unauthorized.
    """
    from atlint.load.run import stopping
    from atlint.load.sink import sink
    from atlint.load.units import duration

    found = sink(
        listen,
        Path(store),
        fail=fail,
        delay=duration(delay),
        token=os.environ.get(TOKEN) or None,
        seed=seed,
        anywhere=anywhere,
    )
    click.echo(f"listening at {found.address}, storing in {store}", err=True)
    with stopping() as stop:
        found.serve(stop)
    return 0
