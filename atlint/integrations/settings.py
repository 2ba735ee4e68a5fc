"""What a user set for a tool that asks atlint, over the nearest configuration file, to `check.Options`."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterable
from pathlib import Path

from atlint import config
from atlint.lint.editions import AUTO
from atlint.model import AtlintError, Severity
from atlint.pipeline.registration_file import registration_of
from atlint.plan import known_edition
from atlint.report.check import DEFAULT_EDITION, Options
from atlint.rules.selection import Choice, choose

#: what is said where nothing reaches the threshold
_NEVER = "never"


def options(
    *,
    edition: str = "",
    registration: str = "",
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    start: Path | None = None,
) -> Options:
    """The options by which `atlint check` would judge, looking for a configuration file from `start` upward.

    Raises AtlintError for what cannot be read, and for an unknown edition, rule or severity.
    """
    path = config.find(start or Path.cwd())
    found = config.load(path) if path else config.Config()
    with contextlib.nullcontext() if registration else config.blamed(found, "registration"):
        file = registration or found.registration
        declared = registration_of(Path(file)) if file else None
    choice = Choice(select=tuple(select), ignore=tuple(ignore), samples=found.samples, below=found.choice)
    # what makes no sense is told before the first file; the Plan is compiled where there is one to judge
    choose("", choice)
    return Options(
        edition=known_edition(edition or found.edition or (declared.edition if declared else DEFAULT_EDITION), AUTO),
        registration=declared,
        choice=choice,
        verbs=found.verbs,
        aliases=found.aliases,
        entries=found.entries,
        fail_on=threshold(found.fail_on or Severity.ERROR),
        now=time.time(),
        show_values=found.show_values,
    )


def threshold(name: str) -> Severity | None:
    """The least severity that counts; None for never. Raises AtlintError for another word."""
    if name == _NEVER:
        return None
    try:
        return Severity(name)
    except ValueError:
        raise AtlintError(f"{', '.join(Severity)} or {_NEVER} is expected, not {name!r}") from None


def with_threshold(chosen: Options, name: str) -> Options:
    """The same options with another threshold, where one is given."""
    return dataclasses.replace(chosen, fail_on=threshold(name)) if name else chosen
