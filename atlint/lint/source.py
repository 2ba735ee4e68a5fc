"""Paths to lines: files, folders, standard input, compressed or not, in constant memory whatever they hold."""

from __future__ import annotations

import contextlib
import enum
import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from atlint import regular
from atlint.lint import remote
from atlint.model import AtlintError, Line

#: bytes of a line that are kept: no edition's event of this size is delivered, so the rest would be of no use, and
#: what is told of places takes a hundred times the memory of the line
LONGEST: Final = 520_000
_CHUNK: Final = 1024 * 1024
#: bytes of a remote file that are asked for at a time
_AHEAD: Final = 4 * 1024 * 1024
_LOG: Final = re.compile(r"\.(log|log\..+|jsonl|ndjson)(\.gz|\.zst)?$")
#: the name under which standard input is given and reported
STANDARD_INPUT: Final = "-"


class Kind(enum.Enum):
    """What a file holds, by its name (design 7)."""

    LOG = "log"
    MANIFEST = "manifest"
    CONFIGURATION = "configuration"


def kind_of(name: str) -> Kind:
    """What a file of this name is judged as; any unknown name is an event log."""
    ending = name.lower()
    if ending.endswith((".yaml", ".yml")):
        return Kind.MANIFEST
    return Kind.CONFIGURATION if ending.endswith(".conf") else Kind.LOG


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. `size` is in bytes on disk, 0 where it is not known."""

    path: str
    size: int = 0
    #: where the bytes are, if not at `path`: standard input that was put by
    held: str = ""
    #: found in a folder rather than named
    walked: bool = False
    #: where the object storage of a URL is asked, if not at its usual place
    endpoint: str = ""

    @property
    def kind(self) -> Kind:
        """What it is judged as."""
        return kind_of(self.path)

    @property
    def file(self) -> str:
        """The path to open."""
        return self.held or self.path

    @property
    def remote(self) -> bool:
        """Whether it is behind a URL."""
        return remote.is_url(self.file)

    @property
    def compressed(self) -> bool:
        """Whether the bytes are those of a .gz or .zst."""
        return self.path.endswith((".gz", ".zst"))


def is_log(name: str) -> bool:
    """Whether a folder's file of this name is an event log (design 7)."""
    return _LOG.search(name) is not None


def is_judged(name: str) -> bool:
    """Whether a folder's file of this name is judged: an event log, YAML, or a configuration of fluentd."""
    return is_log(name) or kind_of(name) is not Kind.LOG


def find(paths: tuple[str, ...], wanted: Callable[[str], bool] = is_judged, *, endpoint: str = "") -> Iterator[Source]:
    """The sources behind the paths, folders walked in the order of their names, without following links to folders.

    A URL names a file, a prefix or a glob; `endpoint` is the URL of the object storage that is asked.
    Raises AtlintError for a path that is missing, unreadable, or no file and no folder.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield Source(path)
            continue
        if remote.is_url(path):
            for url, size, walked in remote.find(path, endpoint, wanted):
                yield Source(url, size, walked=walked, endpoint=endpoint)
            continue
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - the mode's kinds are asked for
        except OSError as error:
            raise AtlintError(f"{path}: {error.strerror or error}") from error
        if stat.S_ISDIR(mode):
            yield from _walk(path, wanted)
        elif stat.S_ISREG(mode):
            yield Source(path, os.path.getsize(path))  # noqa: PTH202 - strings all the way
        else:
            raise AtlintError(f"{path}: not a file or a folder; pipe it to standard input and name - instead")


def _walk(folder: str, wanted: Callable[[str], bool]) -> Iterator[Source]:
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(here, name)  # noqa: PTH118 - strings all the way
            if wanted(name) and Path(path).is_file():
                yield Source(path, os.path.getsize(path), walked=True)  # noqa: PTH202 - as above


@contextlib.contextmanager
def opened(source: Source, ahead: int = _AHEAD) -> Iterator[IO[bytes]]:
    """The source's bytes, decompressed. Raises AtlintError where they cannot be read.

    Of a remote file so many bytes are asked for `ahead`.
    """
    if source.file == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(_raw(source, ahead))
            if source.compressed:
                stream = stack.enter_context(_unpacked(stream, source.path))
        except OSError as error:
            raise AtlintError(f"{source.path}: {error.strerror or error}") from error
        yield stream


def _raw(source: Source, ahead: int) -> IO[bytes]:
    if source.remote:
        return remote.opened(source.file, source.endpoint, ahead)
    return regular.opened(source.file)


def _unpacked(stream: IO[bytes], path: str) -> IO[bytes]:
    if path.endswith(".zst"):
        return _open_zst(stream, path)
    try:
        from isal import igzip
    except ImportError:
        return cast("IO[bytes]", gzip.open(stream, "rb"))
    return cast("IO[bytes]", igzip.open(stream, "rb"))  # type: ignore[no-untyped-call]


def _failures() -> tuple[type[Exception], ...]:
    """What reading a stream may raise."""
    found = (*remote.failures(), EOFError, zlib.error)
    isal = sys.modules.get("isal.isal_zlib")
    return found if isal is None else (*found, isal.error)


def _open_zst(stream: IO[bytes], path: str) -> IO[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
        except ImportError:
            raise AtlintError(f"{path}: reading .zst needs the extra: pip install 'atlint[zst]'") from None
    return cast("IO[bytes]", zstd.open(stream, "rb"))


def stamp(source: Source) -> str:
    """What is another as soon as the file is another or has other bytes. Raises AtlintError."""
    if source.remote:
        return remote.stamp(source.file, source.endpoint)
    try:
        found = os.stat(source.file)  # noqa: PTH116 - a path is a text here
    except OSError as error:
        raise AtlintError(f"{source.path}: {error.strerror}") from error
    return f"{found.st_dev}-{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"


def lines(source: Source, progress: Callable[[int], None] | None = None) -> Iterator[Line]:
    """The lines of a source, without their line feeds. `progress` is told the bytes read so far."""
    with opened(source) as stream:
        yield from _lines(stream, source, progress)


def lines_from(source: Source, offset: int, number: int = 1) -> Iterator[Line]:
    """The lines of a file that is not compressed from this byte on, where the line of that number begins."""
    with opened(source) as stream:
        stream.seek(offset)
        yield from _lines(stream, source, None, offset, number)


def _lines(
    stream: IO[bytes], source: Source, progress: Callable[[int], None] | None, offset: int = 0, first: int = 1
) -> Iterator[Line]:
    for number, (raw, size, dropped) in enumerate(_pieces(stream, source), first):
        ended = raw.endswith(b"\n") if not dropped else size > len(raw) + dropped
        yield Line(source.path, number, offset, raw[:-1] if ended and not dropped else raw, ended, dropped)
        offset += size
        if progress is not None:
            progress(offset)


def from_bytes(raw: bytes, path: str = STANDARD_INPUT) -> Iterator[Line]:
    """The lines of a text that is at hand, as if it were a file called `path`."""
    yield from _lines(io.BytesIO(raw), Source(path), None)


def _pieces(stream: IO[bytes], source: Source) -> Iterator[tuple[bytes, int, int]]:
    """Each line with its size in the file, and how many of its bytes were passed over."""
    readline = stream.readline
    while True:
        try:
            raw = readline(LONGEST + 1)
            size, ended = len(raw), False
            if size > LONGEST and not raw.endswith(b"\n"):
                while not ended and (more := readline(_CHUNK)):
                    size += len(more)
                    ended = more.endswith(b"\n")
        except _failures() as error:
            raise AtlintError(f"{source.path}: cannot be read to its end: {error}") from error
        if not raw:
            return
        yield raw, size, size - len(raw) - ended
