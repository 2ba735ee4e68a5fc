"""`atlint demo`: see it work, with nothing to prepare."""

from __future__ import annotations

import copy
import random
import tempfile
from pathlib import Path

import click

#: rules whose breakers make the demonstration's bad events, with how many of each
_FAULTS = (("AT310", 3), ("AT501", 2), ("AT401", 1), ("AT101", 1), ("AT003", 1))


@click.command("demo")
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
    from atlint.lint.examples import compliant
    from atlint.report.check import DEFAULT_EDITION
    from atlint.report.rule_page import everything
    from atlint.rules import REGISTRY
    from atlint.rules.draft import Draft
    from atlint.rules.rule import Broken

    draw = random.Random(2018)
    plan = everything(DEFAULT_EDITION)
    good = list(compliant(DEFAULT_EDITION))
    lines = [Draft(plan, event).line() for event in good * 3]
    for code, times in _FAULTS:
        for _ in range(times):
            draft = Draft(plan, copy.deepcopy(draw.choice(good)))
            breaker = REGISTRY[code].breaker
            broken = breaker(draft, draw) if breaker else ""
            lines.append(broken.raw if isinstance(broken, Broken) else draft.line())
    draw.shuffle(lines)
    return b"\n".join(lines) + b"\n"
