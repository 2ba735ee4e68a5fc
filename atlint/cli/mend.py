"""`--fix` and `--diff`: files and standard input to the same with their fixes made, or to what would change."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atlint.lint.source import STANDARD_INPUT, Kind, Source, copy
from atlint.model import AtlintError, Verdict

if TYPE_CHECKING:
    from atlint.lint.fix import Mended
    from atlint.lint.rewrite import Repairs
    from atlint.report.check import Options


def check_flags(given: dict[str, Any]) -> None:
    """Refuse combinations that contradict each other. Raises AtlintError."""
    for name in ("write_baseline", "tighten", "output"):
        if given["diff"] and given[name]:
            raise AtlintError(f"--diff writes nothing but the diff: leave --{name.replace('_', '-')} out")


@contextmanager
def put_by(sources: Iterable[Source]) -> Iterator[tuple[Source, ...]]:
    """The sources with standard input, if it is among them, put by in a file that can be mended."""
    sources = tuple(sources)
    if all(source.path != STANDARD_INPUT for source in sources):
        yield sources  # no folder, which would stay where the process is killed
        return
    with tempfile.TemporaryDirectory(prefix="atlint-") as folder:
        held = os.path.join(folder, "input")  # noqa: PTH118 - a source's place is a string
        yield tuple(_held(source, held) if source.path == STANDARD_INPUT else source for source in sources)


def _held(source: Source, held: str) -> Source:
    with Path(held).open("wb") as stream:
        copy(source, stream)
    return replace(source, held=held)


def fix(sources: Iterable[Source], options: Options, *, unsafe: bool) -> int:
    """Make the fixes; gives how many. Standard input, mended, goes to standard output.

    A file that is compressed, has several names, or was written to meanwhile is left as it was, and a note says so.
    """
    from atlint.lint.rewrite import rewrite
    from atlint.lint.successor import LeftError
    from atlint.report import fence

    repairs = _repairs(options, unsafe=unsafe)
    fixed = 0
    for source in sources:
        if source.compressed or source.remote:
            _note(f"{source.path}: a {_unfit(source)} file is not changed; {_advice(source)} to fix it")
            continue
        try:
            if source.kind is Kind.LOG:
                fixed += rewrite(source, repairs).total()
            elif _mends_fences(repairs, source):
                fixed += fence.rewrite(source)
        except LeftError as error:
            _note(str(error))
        if source.path == STANDARD_INPUT:
            with Path(source.file).open("rb") as stream:
                shutil.copyfileobj(stream, sys.stdout.buffer)
    return fixed


def show(sources: Iterable[Source], options: Options, notes: Iterable[str] = (), *, unsafe: bool, quiet: bool) -> int:
    """Print what `fix` would change, and the notes below it unless `quiet`.

    Gives the exit code: 1 where anything would change, 3 where there is nothing to judge.
    """
    from atlint.lint.source import lines
    from atlint.lint.successor import several_names
    from atlint.report import fence
    from atlint.report.patch import unified

    repairs = _repairs(options, unsafe=unsafe)
    fixed: Counter[str] = Counter()
    files = others = 0
    left = list[str]()
    out = sys.stdout.buffer
    for source in sources:
        if source.compressed or source.remote:
            _note(f"{source.path}: a {_unfit(source)} file is not changed; {_advice(source)} to fix it")
            continue
        before = fixed.total()
        if source.kind is Kind.LOG:
            counted = _counted(repairs.of(lines(source)), fixed)
            for chunk in unified(source.path, counted, _redactor(source, options)):
                out.write(chunk.encode("utf-8", "surrogateescape"))
        else:
            chunks = list(fence.patch(source)) if _mends_fences(repairs, source) else []
            out.write("".join(chunks).encode("utf-8", "surrogateescape"))
            fixed[fence.CODE] += bool(chunks)
            others += 1
        if fixed.total() > before:
            files += 1
            left += filter(None, (several_names(source),))
    out.flush()  # the same order on a terminal and in a file
    for why in left:
        _note(why)
    if not quiet:
        for note in notes:
            _note(note)
        _say(fixed, files, options)
    if fixed.total():
        return 1
    judged = repairs.tally.events + repairs.tally.unreadable + others
    return 0 if judged or options.allow_empty else Verdict.NO_EVIDENCE.exit_code


def _unfit(source: Source) -> str:
    return "remote" if source.remote else "compressed"


def _advice(source: Source) -> str:
    return "fetch it" if source.remote else "unpack it"


def _mends_fences(repairs: Repairs, source: Source) -> bool:
    """Whether the one fix of manifests is selected, and this file is a manifest."""
    return source.kind is Kind.MANIFEST and repairs.judges[0].plan.selected("AT701")


def _say(fixed: Counter[str], files: int, options: Options) -> None:
    if not fixed.total():
        _note("nothing would be fixed")
        return
    codes = ", ".join(f"{code} {count:,}" for code, count in sorted(fixed.items()) if count)
    findings, places = _number(fixed.total(), "finding"), _number(files, "file")
    _note(f"would fix {findings} in {places}: {codes}")
    if not options.show_values:
        _note("sensitive values are masked; with --show-values they are shown, and patch takes the diff")


def _number(count: int, of: str) -> str:
    return f"{count:,} {of}{'s' * (count != 1)}"


def _counted(mended: Iterable[Mended], fixed: Counter[str]) -> Iterator[Mended]:
    for line in mended:
        fixed.update(line.codes)
        yield line


def _redactor(source: Source, options: Options) -> Any:
    """One key for a file, so that equal values stay equal in its diff."""
    from atlint.report.redact import Redactor

    with Path(source.file).open("rb") as stream:
        key = hashlib.blake2b(stream.readline(1 << 20), digest_size=32).digest()
    return Redactor(key, options.show_values)


def _repairs(options: Options, *, unsafe: bool) -> Repairs:
    from atlint.lint.rewrite import Repairs
    from atlint.report.check import judges_of, not_ignored

    return Repairs(tuple(judges_of(options)), not_ignored(options), unsafe)


def _note(text: str) -> None:
    from atlint.report.printable import printable

    click.echo(f"atlint: {printable(text)}", err=True)
