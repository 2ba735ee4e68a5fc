"""`atlint demo`: see it work, with nothing to prepare."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

#: rules whose breakers make the demonstration's bad events, with how many of each
_FAULTS = (("AT310", 3), ("AT501", 2), ("AT401", 1), ("AT101", 1), ("AT003", 1))
_EVENTS = 25
#: 2018-11-29T08:00:00Z, the time of the first event
_BEGIN = 1543478400.0


@click.command("demo", short_help="Check a small log that has faults, and show the report.")
def command() -> int:
    """Write a small log of good and bad events below a temporary folder, check it, and show the report."""
    from atlint.cli.output import write_report
    from atlint.lint.source import find
    from atlint.report.check import Options, check_sources

    with tempfile.TemporaryDirectory(prefix="atlint-demo-") as folder:
        path = Path(folder, "events.log")
        path.write_bytes(log())
        click.echo(f"$ atlint check {path}\n")
        report = check_sources(find((str(path),)), Options())
        write_report(report, ("text",))
    click.echo("\nThat log held faults on purpose. Your own: atlint check /var/log/at")
    return 0


def log() -> bytes:
    """Compliant events, and some that the rules' own breakers have broken, one a line."""
    from atlint.load.mix import broken_line
    from atlint.load.sample import Sampler
    from atlint.load.source import Stamp
    from atlint.report.check import DEFAULT_EDITION
    from atlint.rules.selection import everything

    plan = everything(DEFAULT_EDITION)
    faults = [code for code, times in _FAULTS for _ in range(times)]
    stamps = [Stamp(seq, 0, _BEGIN + seq) for seq in range(_EVENTS)]
    lines = [made.raw for made in Sampler(plan, seed=2018).events("00002018", stamps)]
    for seq, code in zip(range(1, _EVENTS, 3), faults, strict=False):
        lines[seq] = broken_line(code, plan, lines[seq], seed=seq)
    return b"\n".join(lines) + b"\n"
