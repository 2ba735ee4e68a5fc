"""Paths to bytes, of regular files only: a FIFO, a socket or a device is refused before anything is read or replaced.

Waiting for a FIFO's other end can last for ever, a device may have no end, and a device that is replaced is gone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final

#: bytes of a file that is read as a whole: a registration, a configuration, a baseline
LONGEST: Final = 64 * 1024 * 1024


def opened(path: Path | str) -> BufferedReader:
    """A file, open for reading. Raises OSError, also for what is no regular file; never waits."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        check(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return BufferedReader(FileIO(descriptor))


def read(path: Path | str) -> bytes:
    """All bytes of a file. Raises OSError, also for what is no regular file, and for more than `LONGEST`."""
    with opened(path) as stream:
        data = stream.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise OSError(errno.EFBIG, f"larger than {LONGEST >> 20} MiB, which is more than anybody reads")
    return data


def check(file: int | Path) -> None:
    """Raises OSError where a descriptor or a path is there and is neither a regular file nor a folder."""
    mode = os.stat(file).st_mode  # noqa: PTH116 - a descriptor too
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "not a file: a FIFO, a socket and a device are neither read nor replaced")


def identity(path: str) -> tuple[int, int] | str:
    """What is the same for one file by whatever name; for one that is not there, or a URL, where it would be."""
    try:
        about = os.stat(path)  # noqa: PTH116 - of a URL, Path makes something else
    except (OSError, ValueError):
        return os.path.realpath(path)
    return about.st_dev, about.st_ino


def replaced(path: Path) -> Path:
    """The file that writing to `path` replaces: a link stays one. Raises OSError where that is no regular file."""
    with contextlib.suppress(FileNotFoundError):
        check(path)
    return Path(os.path.realpath(path))
