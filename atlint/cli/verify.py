"""`atlint verify`: what became of every event of a load."""

from __future__ import annotations

from pathlib import Path

import click

from atlint.cli.options import listed, named, reporting, worded
from atlint.model import AtlintError


@click.command("verify", short_help="Compare what was written with what was delivered.")
@named("manifests", metavar="MANIFEST", nargs=1)
@named("delivered", metavar="FILE...", nargs=-1, required=True)
@worded("--also", "more", metavar="MANIFEST", multiple=True, help="Another shard's manifest; repeatable.")
@click.option("--allow-duplicates", is_flag=True, help="Events that came more than once are no fault: at least once.")
@reporting("Repeatable: text, json and the others.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings only.")
def command(
    manifests: str,
    delivered: tuple[str, ...],
    more: tuple[str, ...],
    allow_duplicates: bool,  # noqa: FBT001 - click passes flags so
    output: tuple[str, ...],
    quiet: bool,  # noqa: FBT001 - as above
) -> int:
    """Compare a manifest with the lines that were delivered: files, folders, a sink's store, or - for standard input.

    Exit code 1 where any event was lost, duplicated, reordered, truncated, corrupted or misrouted, or where
    foreign lines were found. Exit code 3 where all that the manifest records has arrived, and the manifest itself
    lacks events that were written. What a load wrote last before it was killed counts as sent where it came.
    """
    from atlint.cli.output import check_outputs, write_report
    from atlint.load.verify import verify

    outputs = listed(output)
    if (manifests, *more, *delivered).count("-") > 1:
        raise AtlintError("standard input is given twice: name a file for one of them")
    check_outputs(outputs, (manifests, *more, *delivered))
    report = verify(
        [Path(manifests), *map(Path, more)], [Path(path) for path in delivered], allow_duplicates=allow_duplicates
    )
    write_report(report, outputs, quiet=quiet)
    return report.exit_code
