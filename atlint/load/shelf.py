"""Delivered lines to a store on disk: whole and safe before anybody is told that they arrived."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from atlint import regular
from atlint.load.fault import refusal
from atlint.load.store import torn, wrap

#: how much of the end of a store is looked at for a torn line, in bytes
_TAIL: Final = 1 << 20


@dataclass(slots=True)
class Shelf:
    """The store of a sink, open for appending; safe to use from several threads."""

    path: Path
    #: lines put so far
    count: int = 0
    _fd: int = -1
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Open or create the file. A torn last line, which was never acknowledged, is cut off.

        Raises:
            AtlintError: where the system refuses.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            regular.check(self._fd)
            self._size = os.fstat(self._fd).st_size
            self._mend()
        except OSError as error:
            raise refusal("open the store", self.path, error) from error

    def put(self, lines: Sequence[bytes], received: float) -> None:
        """Append the lines, all or none, and return when they are on the disk.

        Raises:
            OSError: where the system refuses; then none of them is in the store.
        """
        data = b"".join([wrap(line, received) for line in lines])
        with self._lock:
            done = 0
            try:
                while done < len(data):
                    done += os.write(self._fd, data[done:] if done else data)
                os.fsync(self._fd)
            except OSError:
                # a file that cannot even shrink ends in a torn line, which its readers pass over
                with contextlib.suppress(OSError):
                    os.ftruncate(self._fd, self._size)
                raise
            self._size += len(data)
            self.count += len(lines)

    def close(self) -> None:
        """Close the file, once the line that is being put is whole."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def _mend(self) -> None:
        begin = max(0, self._size - _TAIL)
        tail = os.pread(self._fd, _TAIL, begin)
        rest = tail[tail.rfind(b"\n") + 1 :]
        if not rest:
            return
        if torn(rest):
            self._size -= len(rest)
            os.ftruncate(self._fd, self._size)
        else:
            self._size += os.write(self._fd, b"\n")
