"""`--timings`: a table of what each stage and rule costs, on standard error."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from atlint.lint.source import Source
    from atlint.report.check import Options

#: lines from the beginning of each log that are judged once more for it
_LINES: Final = 20_000


def show(sources: tuple[Source, ...], options: Options) -> None:
    """Judge the first lines of each log part by part, and print CPU time by stage and rule, the dearest first."""
    from atlint.lint.editions import picker
    from atlint.lint.source import STANDARD_INPUT, Kind, lines
    from atlint.lint.timings import Timings
    from atlint.report.check import judges_of

    judges = judges_of(options)
    pick = picker(judges)
    clocks = {judge.plan.edition: Timings(judge) for judge in judges}
    for source in sources:
        if source.kind is Kind.LOG and source.path != STANDARD_INPUT:
            for line in islice(lines(source), _LINES):
                clocks[pick(line).plan.edition].see((line,))
    totals: defaultdict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for clock in clocks.values():
        for cost in clock.costs():
            seconds, calls = totals[cost.name]
            totals[cost.name] = seconds + cost.seconds, calls + cost.calls
    click.echo("stage or rule   CPU ms      calls   us a call", err=True)
    for name, (seconds, calls) in sorted(totals.items(), key=lambda item: -item[1][0]):
        click.echo(f"{name:<12}{seconds * 1e3:>10.1f}{calls:>11,}{seconds / calls * 1e6:>12.1f}", err=True)
