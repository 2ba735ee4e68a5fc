"""A file to the same file with its fixes made: streamed, every other byte copied, replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import IO, Final

from atlint import regular
from atlint.lint.editions import picker
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.fix import Mended, Wanted, mend
from atlint.lint.source import Source, lines
from atlint.model import AtlintError, Line

_CHUNK: Final = 1024 * 1024


class LeftError(AtlintError):
    """The file is left as it was, since it was written to meanwhile, or has several names."""


def several_names(source: Source) -> str:
    """Why a file that has hard links is not replaced, and what to do; empty for any other. Raises AtlintError."""
    try:
        names = os.stat(source.file).st_nlink  # noqa: PTH116 - a path is a text here
    except OSError as error:
        raise AtlintError(f"{source.path}: {error.strerror or error}") from error
    if names < 2:
        return ""
    return (
        f"{source.path}: a file with {names:,} names (hard links) is not changed, since the other names would keep "
        "what is at fault; put a copy in its place to fix it"
    )


@dataclass(frozen=True, slots=True)
class Repairs:
    """Which fixes are made: by these judges, safe ones or all, of the Problems that are wanted."""

    judges: tuple[Judge, ...]
    wanted: Wanted
    unsafe: bool = False
    #: what went through `of`
    tally: Tally = field(default_factory=Tally)

    def of(self, found: Iterable[Line]) -> Iterator[Mended]:
        """The lines that change, in order."""
        explain = {judge.plan.edition: judge.explainer.explain for judge in self.judges}
        for explanation in run(self.judges, picker(self.judges), found, self.tally):
            by = explain[explanation.plan.edition]
            mended = mend(explanation, by, unsafe=self.unsafe, wanted=self.wanted)
            if mended is not None:
                yield mended


def rewrite(source: Source, repairs: Repairs) -> Counter[str]:
    """Make the fixes in a file; gives how many by code. A link stays one, and the file that it leads to is replaced.

    A file without anything to fix is not touched. Raises AtlintError where it is compressed, or cannot be
    read or replaced, and LeftError where it was written to meanwhile or has several names; the file is then as it was.
    """
    if source.compressed:
        raise AtlintError(f"{source.path}: a compressed file is not changed; unpack it to fix it")
    target = Path(os.path.realpath(source.file))
    fixed: Counter[str] = Counter()
    with _reading(source, target) as stream:
        before = os.fstat(stream.fileno())
        copy: _Copy | None = None
        try:
            # What is appended meanwhile is not read: it could go on for ever, and the file is left alone then.
            there = takewhile(lambda line: line.offset < before.st_size, lines(replace(source, held=str(target))))
            for mended in repairs.of(there):
                if copy is None and (why := several_names(source)):
                    raise LeftError(why)
                copy = copy or _Copy(stream, target)
                line = mended.after.line
                copy.put(line.offset, len(mended.before.line.raw), line.raw)
                fixed.update(mended.codes)
            if copy is not None:
                copy.rest()
                stream.close()
                _put_in_place(source, target, copy.path, before)
        except OSError as error:
            raise AtlintError(f"{source.path}: cannot be fixed: {error.strerror or error}") from error
        finally:
            if copy is not None:
                copy.drop()
    return fixed


@contextlib.contextmanager
def _reading(source: Source, target: Path) -> Iterator[IO[bytes]]:
    try:
        stream = regular.opened(target)
    except OSError as error:
        raise AtlintError(f"{source.path}: {error.strerror or error}") from error
    with stream:
        yield stream


class _Copy:
    """The new file on its way: begun at the first change, its bytes copied from the old one but for the changes."""

    def __init__(self, old: IO[bytes], target: Path) -> None:
        # No name that a tailer's pattern, or a later run over this folder, would take for a log.
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".atlint-", suffix=".tmp")
        self.path = Path(name)
        self._new = os.fdopen(descriptor, "wb")
        self._old = old

    def put(self, offset: int, size: int, raw: bytes) -> None:
        """Copy up to `offset`, then write `raw` in place of the next `size` bytes."""
        left = offset - self._old.tell()
        while left:
            piece = self._old.read(min(left, _CHUNK))
            if not piece:
                raise OSError(None, "it has become shorter")
            self._new.write(piece)
            left -= len(piece)
        self._old.seek(size, os.SEEK_CUR)
        self._new.write(raw)

    def rest(self) -> None:
        """Copy what is left, down to the disk."""
        shutil.copyfileobj(self._old, self._new, _CHUNK)
        self._new.flush()
        os.fsync(self._new.fileno())
        self._new.close()

    def drop(self) -> None:
        """Close; remove the file where it was not put in the old one's place."""
        self._new.close()
        self.path.unlink(missing_ok=True)


def _put_in_place(source: Source, target: Path, copy: Path, before: os.stat_result) -> None:
    """Put the new file in the old one's place, with its mode and owner, unless it was written to meanwhile."""
    copy.chmod(stat.S_IMODE(before.st_mode))
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(copy, before.st_uid, before.st_gid)
    if not os.access(target, os.W_OK):
        raise AtlintError(f"{source.path}: is read-only")
    if _state(target.stat()) != _state(before):
        raise LeftError(
            f"{source.path}: was written to meanwhile and is left as it was; fix it once nothing writes to it"
        )
    copy.replace(target)
    _sync_folder(target.parent)


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _sync_folder(folder: Path) -> None:
    """Make the new name last; some systems cannot do this for a folder."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
