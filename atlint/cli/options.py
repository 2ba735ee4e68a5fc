"""The options that every checking command shares, and how they and a configuration file become `check.Options`."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from atlint.model import AtlintError, Severity

if TYPE_CHECKING:
    from atlint.config import Config
    from atlint.report.check import Options

_F = TypeVar("_F", bound=Callable[..., Any])
NEVER = "never"

_SHARED = (
    click.option("--edition", metavar="EDITION", help="at-2018 (default), at-2019, at-2020, at-2025 or auto."),
    click.option("--registration", metavar="FILE", help="The registration that events must agree with."),
    click.option("--select", metavar="RULES", multiple=True, help="Apply these rules: codes, prefixes, names or ALL."),
    click.option("--ignore", metavar="RULES", multiple=True, help="Do not apply these."),
    click.option("--extend-select", metavar="RULES", multiple=True, help="Apply these too."),
    click.option("--severity", metavar="RULE=LEVEL", multiple=True, help="Weigh a rule as error, warning, info or off."),
    click.option("--fail-on", metavar="LEVEL", help="Exit with 1 from this severity on: error (default), warning, info, never."),
    click.option("--output", "-o", metavar="FORMAT[:FILE]", multiple=True, help="Repeatable: text, concise, json, jsonl, sarif, junit, github, gitlab, markdown."),
    click.option("--samples", is_flag=True, help="Placeholders and masked values are advice: for documents and fixtures."),
    click.option("--show-values", is_flag=True, help="Show sensitive values instead of masking them."),
    click.option("--allow-empty", is_flag=True, help="Nothing to judge is a pass."),
    click.option("--now", metavar="TIME", help="RFC 3339 in UTC: the time to judge by."),
    click.option("--config", metavar="FILE", help="Use this configuration file."),
    click.option("--isolated", is_flag=True, help="Use no configuration file."),
    click.option("--quiet", "-q", is_flag=True, help="Print findings only."),
)  # fmt: skip


def shared(command: _F) -> _F:
    """Add the shared options to a command."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Comma-separated and repeated values as one list."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def configuration(given: dict[str, Any]) -> Config:
    """The configuration that counts: the named one, the nearest, or none. Raises AtlintError."""
    from atlint import config

    if given["isolated"]:
        return config.Config()
    if given["config"]:
        return config.load(Path(given["config"]))
    found = config.find(Path.cwd())
    return config.load(found) if found else config.Config()


def severities(given: Iterable[str]) -> dict[str, str]:
    """`CODE=LEVEL` pairs. Raises AtlintError for anything else."""
    found = {}
    for pair in listed(given):
        rule, equals, level = pair.partition("=")
        if not equals:
            raise AtlintError(f"--severity takes RULE=LEVEL, such as AT104=warning, not {pair!r}")
        found[rule.strip()] = level.strip()
    return found


def threshold(name: str) -> Severity | None:
    """`--fail-on`; None for never. Raises AtlintError."""
    if name == NEVER:
        return None
    try:
        return Severity(name or Severity.ERROR)
    except ValueError:
        levels = ", ".join([*map(str, Severity), NEVER])
        raise AtlintError(f"--fail-on takes {levels}, not {name!r}") from None


def instant(text: str | None) -> float:
    """RFC 3339 in UTC to seconds since the epoch; the clock's time where nothing is given. Raises AtlintError."""
    if not text:
        return time.time()
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]00:00)", text):
        raise AtlintError(f"--now takes a time in UTC such as 2026-01-31T12:00:00Z, not {text!r}")
    try:
        return datetime.datetime.fromisoformat(text.upper()).timestamp()
    except ValueError as error:
        raise AtlintError(f"--now: {text!r}: {error}") from None


def options_of(given: dict[str, Any], config: Config) -> Options:
    """The command line over the configuration file. Raises AtlintError."""
    from atlint.plan.registration import load
    from atlint.report.check import DEFAULT_EDITION, Options
    from atlint.rules.selection import Choice

    path = given["registration"] or config.registration
    registration = load(Path(path)) if path else None
    edition = given["edition"] or config.edition or (registration.edition if registration else DEFAULT_EDITION)
    return Options(
        edition=edition,
        registration=registration,
        choice=Choice(
            select=listed(given["select"]) or config.select,
            ignore=(*config.ignore, *listed(given["ignore"])),
            extend_select=(*config.extend_select, *listed(given["extend_select"])),
            severity={**config.severity, **severities(given["severity"])},
            samples=given["samples"] or config.samples,
        ),
        verbs=config.verbs,
        aliases=config.aliases,
        entries=config.entries,
        fail_on=threshold(given["fail_on"] or config.fail_on),
        now=instant(given["now"]),
        show_values=given["show_values"] or config.show_values,
        explain_only=given.get("explain_only", False),
        allow_empty=given["allow_empty"],
    )
