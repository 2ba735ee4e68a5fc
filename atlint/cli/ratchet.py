"""`--baseline`, `--write-baseline` and `--tighten`: which baseline a run goes by, and what becomes of its file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atlint.model import AtlintError, Report, Verdict

if TYPE_CHECKING:
    from atlint.config import Config
    from atlint.lint.baseline import Baseline


def baseline_of(given: dict[str, Any], config: Config) -> Baseline | None:
    """The baseline to go by: a fresh one that records, the one that is named, or none. Raises AtlintError."""
    from atlint.config import blamed
    from atlint.lint.baseline import Baseline, load

    path = given["baseline"] or config.baseline
    if given["write_baseline"]:
        if given["tighten"]:
            raise AtlintError("--write-baseline writes all anew and --tighten takes away: choose one")
        return Baseline(given["write_baseline"], recording=True)
    if given["tighten"] and not path:
        raise AtlintError("--tighten needs --baseline FILE, or a baseline in the configuration")
    with contextlib.nullcontext() if given["baseline"] else blamed(config, "baseline"):
        return load(Path(path)) if path else None


def keep(baseline: Baseline, report: Report, *, tighten: bool, quiet: bool) -> int:
    """Write the baseline where that was asked for; gives the least exit code.

    Over nothing to judge no baseline is written: it would know of no finding, or lose them all.
    """
    from atlint.cli.output import write_atomically

    wanted = baseline.recording or (tighten and baseline.idle)
    if not wanted or report.verdict is Verdict.NO_EVIDENCE:
        return 0
    path = Path(baseline.path)
    if baseline.recording:
        write_atomically(path, baseline.text())
        _note(f"{path}: written, {_entries(len(baseline.known))}", quiet=quiet)
        return 0
    idle = _entries(len(baseline.idle))
    if not os.access(path, os.W_OK):
        _note(f"{path}: could lose {idle}, and is not writable here: run --tighten where it is", quiet=False)
        return Verdict.FAIL.exit_code
    write_atomically(path, baseline.tightened().text())
    _note(f"{path}: {idle} removed, which no log holds any more", quiet=quiet)
    return 0


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def _note(text: str, *, quiet: bool) -> None:
    from atlint.report.printable import printable

    if not quiet:
        click.echo(f"atlint: {printable(text)}", err=True)
