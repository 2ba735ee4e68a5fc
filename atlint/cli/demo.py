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
    from atlint.cli.output import write_report  # noqa: PLC0415 - keeps `--help` quick
    from atlint.lint.source import find  # noqa: PLC0415 - as above
    from atlint.report.check import Options, check_sources  # noqa: PLC0415 - as above

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
    from atlint.lint.examples import compliant  # noqa: PLC0415 - keeps `--help` quick
    from atlint.report.check import DEFAULT_EDITION  # noqa: PLC0415 - as above
    from atlint.report.rule_page import everything  # noqa: PLC0415 - as above
    from atlint.rules import REGISTRY  # noqa: PLC0415 - as above
    from atlint.rules.draft import Draft  # noqa: PLC0415 - as above
    from atlint.rules.rule import Broken  # noqa: PLC0415 - as above

    draw = random.Random(2018)  # noqa: S311 - a demonstration, no secret
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
