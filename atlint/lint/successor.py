"""A file to its successor: written beside it, and put in its place as a whole, or not at all.

A link stays one, and the file that it leads to is replaced, with its mode and its owner. A file that has several names,
that nobody may write to, or that was written to meanwhile is left as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from atlint import regular
from atlint.lint.source import Source
from atlint.model import AtlintError

_CHUNK: Final = 1024 * 1024


class LeftError(AtlintError):
    """The file is left as it is, since it was written to meanwhile, or has several names."""


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
class Original:
    """A file that may get a successor: open for reading, and as it was when it was opened."""

    source: Source
    #: where the file itself lies
    target: Path
    stream: IO[bytes]
    before: os.stat_result

    @contextlib.contextmanager
    def successor(self) -> Iterator[Successor]:
        """The new file on its way, in place once the block ends well.

        Raises LeftError and AtlintError where the old one is to be left as it is, and OSError.
        """
        if why := several_names(self.source):
            raise LeftError(why)
        # No name that a tailer's pattern, or a later run over this folder, would take for a log.
        descriptor, name = tempfile.mkstemp(dir=self.target.parent, prefix=".atlint-", suffix=".tmp")
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as new:
                yield Successor(self.stream, new)
                shutil.copyfileobj(self.stream, new, _CHUNK)
                new.flush()
                os.fsync(new.fileno())
            self.stream.close()
            self._put_in_place(path)
        finally:
            path.unlink(missing_ok=True)

    def _put_in_place(self, new: Path) -> None:
        new.chmod(stat.S_IMODE(self.before.st_mode))
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(new, self.before.st_uid, self.before.st_gid)
        if not os.access(self.target, os.W_OK):
            raise AtlintError(f"{self.source.path}: is read-only")
        if _state(self.target.stat()) != _state(self.before):
            raise LeftError(
                f"{self.source.path}: was written to meanwhile and is left as it was; fix it once nothing writes to it"
            )
        new.replace(self.target)
        _sync_folder(self.target.parent)


@dataclass(frozen=True, slots=True)
class Successor:
    """The new file on its way: its bytes are those of the old one, but for the changes."""

    _old: IO[bytes]
    _new: IO[bytes]

    def put(self, offset: int, size: int, raw: bytes) -> None:
        """Copy up to `offset` of the old file, then write `raw` in place of its next `size` bytes."""
        left = offset - self._old.tell()
        while left:
            piece = self._old.read(min(left, _CHUNK))
            if not piece:
                raise OSError(None, "it has become shorter")
            self._new.write(piece)
            left -= len(piece)
        self._old.seek(size, os.SEEK_CUR)
        self._new.write(raw)


@contextlib.contextmanager
def original(source: Source) -> Iterator[Original]:
    """A file, open for reading. Raises AtlintError where it cannot be read, or replaced within the block."""
    target = Path(os.path.realpath(source.file))
    try:
        stream = regular.opened(target)
    except OSError as error:
        raise AtlintError(f"{source.path}: {error.strerror or error}") from error
    with stream:
        try:
            yield Original(source, target, stream, os.fstat(stream.fileno()))
        except OSError as error:
            raise AtlintError(f"{source.path}: cannot be fixed: {error.strerror or error}") from error


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
