"""`atlint ready`: is a service fit to be registered?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atlint.cli.options import configuration, instant, is_of_cluster, listed, named, once, reporting, worded
from atlint.model import ENVIRONMENTS, STAGING, AtlintError

if TYPE_CHECKING:
    from atlint.config import Config
    from atlint.plan.registration import Registration
    from atlint.report.check import Options


@click.command("ready", short_help="Judge whether a service is ready to be registered.")
@named("file", metavar="REGISTRATION")
@click.option(
    "--environment",
    type=click.Choice(ENVIRONMENTS),
    default=STAGING,
    help=f"What to register for; {STAGING} comes first, and is the default.",
)
@worded("--region", default="", metavar="REGION", help="Judge this region alone, such as ng.")
@worded("--logs", multiple=True, metavar="PATH", help="Event logs of a test: files or folders; repeatable.")
@worded("--kube", multiple=True, metavar="PATH", help="The cluster's manifests: files or folders; repeatable.")
@worded("--staging", metavar="EVIDENCE", help="The evidence that a run at stage1 has written.")
@worded("--evidence", metavar="OUT", help="Write the evidence of this run.")
@worded("--issue", metavar="OUT", help="Write the text of the registration issue.")
@worded(
    "--max-error-rate",
    default="0%",
    metavar="SHARE",
    help="Lines that may have errors, blank ones left out: 0% (default).",
)
@worded("--select", metavar="RULES", multiple=True, help="Apply these rules: codes, prefixes, names or ALL.")
@worded("--ignore", metavar="RULES", multiple=True, help="Do not apply these.")
@reporting("Repeatable: text, json, junit, markdown.")
@click.option(
    "--jobs",
    type=int,
    metavar="N",
    help="Processes to judge the logs with: by default one for each core that it may use, one for little input.",
)
@worded("--now", metavar="TIME", help="RFC 3339 in UTC: the time to judge by.")
@worded("--config", metavar="FILE", help="Use this configuration file.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--quiet", "-q", is_flag=True, help="Print what is not ready only.")
def command(file: str, **given: Any) -> int:
    """Judge whether a service is ready to be registered: its registration, events, cluster and staging.

    Below the items the text tells of five faults of each rule, and says how many there are besides; the other formats
    tell of each.

    Exit codes: 0 ready, 1 not ready, 2 wrong usage or no registration at all, 3 not enough evidence.
    """
    from atlint.cli.crew import crew_of
    from atlint.cli.output import check_outputs, write_atomically, write_report
    from atlint.lint.source import find, is_log
    from atlint.pipeline.registration_file import judged
    from atlint.readiness.evidence import evidence
    from atlint.readiness.verdict import Asked, judged_of, ready
    from atlint.targets.issue import issue

    config = configuration(given)
    outputs = listed(given["output"]) or config.output
    found = judged(Path(file))
    registration = found.registration
    options = _options(given, config, registration)
    repeated: list[str] = []
    asked = Asked(
        environment=given["environment"],
        region=given["region"],
        logs=tuple(find(given["logs"], is_log, repeated=repeated.append)),
        kube=tuple(find(given["kube"], is_of_cluster, repeated=repeated.append)),
        bound=_share(given["max_error_rate"]),
        staging=Path(given["staging"]) if given["staging"] else None,
        options=options,
        notes=(*once(repeated).get("notes", ()), *(() if registration else _unwritten(given))),
    )
    read = (file, given["staging"], config.path, *(source.path for source in (*asked.logs, *asked.kube)))
    check_outputs(outputs, read, (given["evidence"], given["issue"]))
    with crew_of(asked.logs, given["jobs"]) as crew:
        report = ready(found, asked, crew)
    write_report(report, outputs, quiet=given["quiet"])
    if registration is None:
        return report.exit_code
    text = issue(registration, judged_of(registration, asked.environment, asked.region))
    if given["evidence"]:
        made = evidence(report, registration, asked.environment, options.now, asked.bound)
        write_atomically(Path(given["evidence"]), [made])
    if given["issue"]:
        write_atomically(Path(given["issue"]), [text])
    if _on_screen(outputs) and not given["quiet"]:
        click.echo(f"\nThe registration issue, to paste {_when(report.exit_code)}:\n\n{text}", nl=False)
    return report.exit_code


def _unwritten(given: dict[str, Any]) -> Iterator[str]:
    """What is not written where there is no registration to write it of."""
    for name in ("evidence", "issue"):
        if given[name]:
            yield f"--{name}: {given[name]} was not written, since there is no registration yet"


def _when(code: int) -> str:
    return "once this is ready" if code else "now"


def _on_screen(outputs: Iterable[str]) -> bool:
    """Whether the only thing on standard output is for people."""
    printed = [output for output in outputs if ":" not in output]
    return printed == ["text"] or not tuple(outputs)


def _share(text: str) -> Fraction:
    """A percentage. Raises AtlintError for anything else."""
    number = text.strip().removesuffix("%")
    if not text.strip().endswith("%") or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?", number):
        raise AtlintError(f"--max-error-rate takes a share such as 0.1%, not {text!r}")
    if Fraction(number) > 100:
        raise AtlintError(f"--max-error-rate: {text.strip()} is more than all lines; 100% is the most")
    return Fraction(number) / 100


def _options(given: dict[str, Any], config: Config, registration: Registration | None) -> Options:
    """The options of the linter: edition and registration are those of the file. Raises AtlintError."""
    from atlint.plan import EDITIONS
    from atlint.report.check import Options
    from atlint.rules.selection import Choice

    return Options(
        edition=registration.edition if registration else EDITIONS[0],
        registration=registration,
        choice=Choice(
            select=listed(given["select"]),
            ignore=listed(given["ignore"]),
            below=replace(config.choice, samples=False),
        ),
        verbs=config.verbs,
        aliases=config.aliases,
        entries=config.entries,
        now=instant(given["now"]),
    )
