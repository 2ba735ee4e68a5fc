"""Paths to bytes, of regular files only: a FIFO, a socket or a device is refused before anything is read or replaced.

Waiting for a FIFO's other end can last for ever, a device may have no end, and a device that is replaced is gone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final

#: bytes of a file that is read as a whole: a registration, a configuration, a baseline
LONGEST: Final = 64 * 1024 * 1024
#: a name that a walk was told of is no file, leads nowhere, or is gone since
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


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


def walk(folder: str, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[str, os.stat_result]]:
    """The files of wanted names below a folder, in the order of their names; no link to a folder is followed.

    Raises OSError for a folder that cannot be listed: it may hold anything, so nothing could be said of the whole.
    """
    for here, folders, names in os.walk(folder, onerror=_refused):
        folders.sort()
        for name in sorted(filter(wanted, names)):
            path = os.path.join(here, name)  # noqa: PTH118 - strings all the way
            try:
                about = os.stat(path)  # noqa: PTH116
            except OSError as error:
                _refused(error)
            else:
                if stat.S_ISREG(about.st_mode):
                    yield path, about


def _refused(error: OSError) -> None:
    if error.errno not in _NO_FILE:
        raise error


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
