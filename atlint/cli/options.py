"""The options that every checking command shares, and how they and a configuration file become `check.Options`."""

from __future__ import annotations

import contextlib
import datetime
import functools
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from atlint.model import AtlintError, Severity
from atlint.report.formats import FORMATS

if TYPE_CHECKING:
    from atlint.config import Config
    from atlint.lint.across import Tailer
    from atlint.plan.registration import Registration
    from atlint.report.check import Options

_F = TypeVar("_F", bound=Callable[..., Any])
_V = TypeVar("_V")
NEVER = "never"
#: the variable that the service token comes from; it is never an argument
TOKEN = "ATLINT_SERVICE_TOKEN"  # noqa: S105 - a variable's name
#: files that a note names
_MOST_NAMED = 3


def _said(ctx: click.Context, param: click.Parameter, value: _V) -> _V:
    """Refuse a value that says nothing, as a script's unset variable does: it would count as if it were not given."""
    given = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
    for word in value if isinstance(value, tuple) else (value,):
        if given and isinstance(word, str) and not word.strip(" ,"):
            raise click.BadParameter("it is empty: say what is meant, or leave it out")
    return value


def _written(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for output in listed(_said(ctx, param, value)):
        form, colon, path = output.partition(":")
        if colon and not path:
            raise click.BadParameter(f"{output} names no file: {form}:FILE writes to one, {form} to standard output")
    return value


def reporting(about: str) -> Callable[[_F], _F]:
    """The option of every command that ends in a report."""
    return click.option("--output", "-o", metavar="FORMAT[:FILE]", multiple=True, callback=_written, help=about)


#: an option, and an argument, whose value are words
worded = functools.partial(click.option, callback=_said)
named = functools.partial(click.argument, callback=_said)

_SHARED = (
    worded("--edition", metavar="EDITION", help="at-2018 (default), at-2019, at-2020, at-2025 or auto."),
    worded("--registration", metavar="FILE", help="The registration that events must agree with."),
    worded("--select", metavar="RULES", multiple=True, help="Apply these rules: codes, prefixes, names or ALL."),
    worded("--ignore", metavar="RULES", multiple=True, help="Do not apply these."),
    worded("--extend-select", metavar="RULES", multiple=True, help="Apply these too."),
    worded("--severity", metavar="RULE=LEVEL", multiple=True, help="Weigh a rule as error, warning, info or off."),
    worded(
        "--fail-on", metavar="LEVEL", help="Exit with 1 from this severity on: error (default), warning, info, never."
    ),
    worded(
        "--max-rate",
        metavar="RULE=SHARE",
        multiple=True,
        help="Findings of a rule do not fail the run up to this share of the events, such as AT104=0.1%.",
    ),
    reporting(f"Repeatable: {', '.join(FORMATS)}."),
    click.option(
        "--samples",
        is_flag=True,
        help="For documents and fixtures: placeholders are advice; what they leave out is no fault.",
    ),
    click.option("--show-values", is_flag=True, help="Show sensitive values instead of masking them."),
    click.option("--allow-empty", is_flag=True, help="Nothing to judge is a pass."),
    worded("--now", metavar="TIME", help="RFC 3339 in UTC: the time to judge by."),
    worded("--config", metavar="FILE", help="Use this configuration file."),
    click.option("--isolated", is_flag=True, help="Use no configuration file."),
    click.option("--quiet", "-q", is_flag=True, help="Print findings only."),
)

_MENDING = (
    click.option("--fix", is_flag=True, help="Make the fixes that change spelling and no meaning, then check."),
    click.option(
        "--unsafe-fixes", is_flag=True, help="Make those fixes too that may change a meaning; with --diff show them."
    ),
    click.option(
        "--diff", is_flag=True, help="Print what --fix would change, and change nothing; exit with 1 if anything would."
    ),
)
_ADOPTING = (
    worded("--baseline", metavar="FILE", help="Findings that stand in this file do not count."),
    worded("--write-baseline", metavar="FILE", help="Write all findings to this file, and exit with 0."),
    click.option(
        "--tighten", is_flag=True, help="Take out of the baseline what no longer occurs; it only ever shrinks."
    ),
)


def shared(command: _F) -> _F:
    """Add the options of every command that judges."""
    return _with(command, _SHARED)


def mending(command: _F) -> _F:
    """Add the options of a command that can repair what it reads."""
    return _with(command, _MENDING)


def adopting(command: _F) -> _F:
    """Add the options by which a team takes up the tool gradually."""
    return _with(command, _ADOPTING)


def _with(command: _F, options: Iterable[Callable[[_F], _F]]) -> _F:
    for option in reversed(tuple(options)):
        command = option(command)
    return command


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Comma-separated and repeated values as one list."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def once(paths: Sequence[str]) -> dict[str, list[str]]:
    """What a summary says of files that were found more than once: a note, and nothing where there are none."""
    if not paths:
        return {}
    more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
    return {"notes": [f"found again, and not judged twice: {', '.join(paths[:_MOST_NAMED])}{more}"]}


def is_of_cluster(name: str) -> bool:
    """Whether a folder's file of this name is a manifest, or a configuration of fluentd."""
    from atlint.lint.source import Kind, is_judged, kind_of

    return is_judged(name) and kind_of(name) is not Kind.LOG


def configuration(given: dict[str, Any], start: Path | None = None) -> Config:
    """The configuration that counts: the named one, the nearest to `start`, or none.

    Raises AtlintError, and UsageError where one is named and none is wanted.
    """
    from atlint import config

    if given["isolated"] and given["config"]:
        raise click.UsageError("--config names a configuration and --isolated uses none: choose one")
    if given["isolated"]:
        return config.Config()
    if given["config"]:
        return config.load(Path(given["config"]))
    found = config.find(start or Path.cwd())
    return config.load(found) if found else config.Config()


def pairs(option: str, form: str, example: str, given: Iterable[str]) -> dict[str, str]:
    """`RULE=VALUE` pairs, `form` being what the value is called. Raises AtlintError for anything else."""
    found = {}
    for pair in listed(given):
        rule, equals, value = pair.partition("=")
        if not equals:
            raise AtlintError(f"{option} takes RULE={form}, such as {example}, not {pair!r}")
        found[rule.strip()] = value.strip()
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


def _tailer(paths: tuple[str, ...], registration: Registration | None) -> Tailer | None:
    """What fluentd's configuration in the manifests reads. Raises AtlintError where there is none in them."""
    if not paths:
        return None
    from atlint.lint.source import find
    from atlint.pipeline.collected import Collected
    from atlint.pipeline.names import names
    from atlint.pipeline.registration_facts import logs_of
    from atlint.report.manifests import read, tailer_of

    tailer = tailer_of(read(find(paths, is_of_cluster)))
    if not tailer.sources:
        raise AtlintError(f"{', '.join(paths)}: no configuration of fluentd that reads files is in it")
    return Collected(tailer, logs_of(registration) if registration else names().roots[0])


def _registration(given: dict[str, Any], config: Config) -> Registration | None:
    """The registration that is named, or else the configuration's. Raises AtlintError."""
    from atlint.config import blamed

    path = given["registration"] or config.registration
    if not path:
        return None
    from atlint.pipeline.registration_file import registration_of

    with contextlib.nullcontext() if given["registration"] else blamed(config, "registration"):
        return registration_of(Path(path))


def options_of(given: dict[str, Any], config: Config) -> Options:
    """The command line over the configuration file. Raises AtlintError."""
    from atlint.config import blamed
    from atlint.lint.editions import AUTO
    from atlint.plan import known_edition
    from atlint.report.check import DEFAULT_EDITION, Options
    from atlint.report.rate import allowances
    from atlint.rules.selection import Choice

    registration = _registration(given, config)
    edition = given["edition"] or config.edition or (registration.edition if registration else DEFAULT_EDITION)
    with contextlib.nullcontext() if given.get("kube") else blamed(config, "kube"):
        tailer = _tailer(given.get("kube") or config.kube, registration)
    return Options(
        edition=known_edition(edition, AUTO),
        registration=registration,
        choice=Choice(
            select=listed(given["select"]),
            ignore=listed(given["ignore"]),
            extend_select=listed(given["extend_select"]),
            severity=pairs("--severity", "LEVEL", "AT104=warning", given["severity"]),
            samples=given["samples"] or config.samples,
            below=config.choice,
        ),
        verbs=config.verbs,
        aliases=config.aliases,
        entries=config.entries,
        rates=allowances({**config.max_rate, **pairs("--max-rate", "SHARE", "AT104=0.1%", given["max_rate"])}),
        fail_on=threshold(given["fail_on"] or config.fail_on),
        now=instant(given["now"]),
        show_values=given["show_values"] or config.show_values,
        tailer=tailer,
        explain_only=given.get("explain_only", False),
        allow_empty=given["allow_empty"],
    )
