"""`atlint diff`: what changed between two registrations, or two editions, and whom it breaks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atlint.cli.options import listed, named, reporting
from atlint.model import AtlintError

if TYPE_CHECKING:
    from atlint.targets.change import Change

FORMATS = ("text", "json")


@click.command("diff", short_help="Tell breaking changes between two registrations or editions.")
@named("old", metavar="OLD")
@named("new", metavar="NEW")
@reporting("Repeatable: text (default) or json.")
def command(old: str, new: str, output: tuple[str, ...]) -> int:
    """Tell breaking changes from others, between two registration files or two editions such as at-2018.

    Breaking: events, searches or deployments that were right are so no longer. Exit with 1 if anything is.
    """
    from atlint.cli.output import check_outputs, write_atomically
    from atlint.targets.change import verdict

    outputs = listed(output) or ("text",)
    for name in outputs:
        if name.partition(":")[0] not in FORMATS:
            raise AtlintError(
                f"unknown output format {name.partition(':')[0]!r} for diff: choose {' or '.join(FORMATS)}"
            )
    check_outputs(outputs, (old, new))
    changes = tuple(_changes(old, new))
    for name in outputs:
        form, _, path = name.partition(":")
        chunks = _json(old, new, changes) if form == "json" else _text(changes)
        if path:
            write_atomically(Path(path), chunks)
        else:
            sys.stdout.writelines(chunks)
    return verdict(changes).exit_code


def _changes(old: str, new: str) -> Iterator[Change]:
    """Raises AtlintError where the two cannot be compared."""
    from atlint.pipeline.registration_file import registration_of
    from atlint.plan import EDITIONS, compile_plan
    from atlint.targets import edition_changes, registration_changes

    kinds = [name in EDITIONS for name in (old, new)]
    if all(kinds):
        return edition_changes.compare(compile_plan(old), compile_plan(new))
    if any(kinds):
        edition, other = (old, new) if kinds[0] else (new, old)
        raise AtlintError(
            f"{edition} is an edition and {other} is not: compare two editions ({', '.join(EDITIONS)}) or two "
            "registration files"
        )
    for name in (old, new):
        if not Path(name).exists():
            raise AtlintError(
                f"{name}: there is no such file, nor such an edition; the editions are {', '.join(EDITIONS)}"
            )
    return registration_changes.compare(registration_of(Path(old)), registration_of(Path(new)))


def _text(changes: tuple[Change, ...]) -> Iterator[str]:
    from atlint.report.printable import printable
    from atlint.targets.change import summary, text

    for line in text(changes, summary(changes)):
        yield f"{printable(line[:-1])}\n"


def _json(old: str, new: str, changes: tuple[Change, ...]) -> Iterator[str]:
    from atlint import __version__
    from atlint.targets.change import summary, verdict

    head = {
        "atlint": __version__,
        "old": old,
        "new": new,
        "verdict": str(verdict(changes)),
        "summary": summary(changes),
    }
    yield json.dumps({**head, "changes": [change.as_json() for change in changes]}, indent=2) + "\n"
