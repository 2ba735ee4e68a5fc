"""Reports to streams and files, each format once, from one Report."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import click

from atlint.model import AtlintError, Report
from atlint.regular import identity, replaced
from atlint.report.formats import renderer, tells_notes
from atlint.report.formats.digest import remarks
from atlint.report.printable import printable
from atlint.report.rule_page import cards


def check_outputs(outputs: Iterable[str], read: Iterable[str | None] = (), written: Iterable[str | None] = ()) -> None:
    """Refuse an unknown format, and a file that would be written over, before any work is done.

    `read` are the files that the command reads, `written` those that it writes besides `outputs`; None and "" are no
    file. Raises AtlintError.
    """
    paths = []
    for output in outputs:
        name, _, path = output.partition(":")
        renderer(name)
        paths.append(path)
    known = {identity(path): "it is read here" for path in filter(None, read)}
    for file in filter(None, (*paths, *written)):
        if why := known.get(identity(file)):
            raise AtlintError(f"{file}: {why}, and would be written over: give another file")
        known[identity(file)] = "it is written here already"


def write_report(
    report: Report, outputs: tuple[str, ...], *, quiet: bool = False, stream: TextIO | None = None
) -> None:
    """Write the report in every format asked for; `text` where none is.

    What has no file goes to `stream`, which is standard output unless that is taken. What no format has a place for,
    such as an ignore entry that has expired, is noted on standard error.
    """
    rules = cards(report.edition)
    for output in outputs or ("text",):
        name, _, path = output.partition(":")
        chunks = renderer(name)(report, rules=rules, color=not path and wants_color(), quiet=quiet)
        if path:
            write_atomically(Path(path), chunks)
        else:
            _print(chunks, stream or sys.stdout)
    if not quiet and not any(tells_notes(output.partition(":")[0], report) for output in outputs or ("text",)):
        for remark in remarks(report):
            click.echo(f"atlint: note: {printable(remark)}", err=True)


def _print(chunks: Iterator[str], stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    stream.writelines(chunk.encode(encoding, "backslashreplace").decode(encoding) for chunk in chunks)


def wants_color() -> bool:
    """Colour on a terminal only; NO_COLOR and FORCE_COLOR have the last word."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def write_atomically(path: Path, chunks: Iterable[str], *, mode: int | None = None) -> None:
    """Replace a file by new text, or leave it as it was. Raises AtlintError where it cannot be written.

    The file keeps its permissions, or gets those of a new file, unless `mode` is given.
    """
    try:
        path = replaced(path)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise AtlintError(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(chunks)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is None:
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise AtlintError(f"{path}: cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
