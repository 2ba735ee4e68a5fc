"""Paths to lines: files, folders, standard input, compressed or not, in constant memory whatever they hold."""

from __future__ import annotations

import contextlib
import enum
import io
import itertools
import os
import re
import stat
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from atlint import regular
from atlint.forms import GZIP, ZSTD, form_of
from atlint.lint import remote
from atlint.lint.batch import BATCH, MOST_BYTES, Batch
from atlint.lint.begun import Begun, head, likeness, reading
from atlint.lint.unpacking import failures, gunzipped, unzstded
from atlint.model import AtlintError, Line

#: bytes of a line that are kept: no edition's event of this size is delivered, so the rest would be of no use, and
#: what is told of places takes a hundred times the memory of the line
LONGEST: Final = 520_000
#: bytes that are read at first
_LEAST: Final = 16 * 1024
#: bytes of a remote file that are asked for at a time
_AHEAD: Final = 4 * 1024 * 1024
#: how the names of a folder's files end that are judged: event logs, where `*` is any text, the same packed, and others
_LOGS: Final = (".log", ".log.*", ".jsonl", ".ndjson")
_PACKED: Final = (".gz", ".zst")
_MANIFESTS: Final = (".yaml", ".yml")
_CONFIGURATION: Final = ".conf"
_LOG: Final = re.compile(f"({'|'.join(_LOGS)})({'|'.join(_PACKED)})?$".replace(".", r"\.").replace("*", ".+"))
_OTHERS: Final = f"{', '.join(_MANIFESTS)} and {_CONFIGURATION}"
#: the same in words
JUDGED: Final = f"{', '.join(_LOGS[:-1])} and {_LOGS[-1]}, also as {' or '.join(_PACKED)}, {_OTHERS}"
#: the name under which standard input is given and reported
STANDARD_INPUT: Final = "-"


class Kind(enum.Enum):
    """What a file holds, by its name."""

    LOG = "log"
    MANIFEST = "manifest"
    CONFIGURATION = "configuration"


def kind_of(name: str) -> Kind:
    """What a file of this name is judged as; any unknown name is an event log."""
    ending = name.lower()
    if ending.endswith(_MANIFESTS):
        return Kind.MANIFEST
    return Kind.CONFIGURATION if ending.endswith(_CONFIGURATION) else Kind.LOG


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
    #: bytes of standard input that were read already, and how the name of a file that begins so would end
    first: bytes = b""
    like: str = ""

    @property
    def kind(self) -> Kind:
        """What it is judged as."""
        return kind_of(self.like or self.path)

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
        return is_packed(self.path)


def is_packed(name: str) -> bool:
    """Whether a file of this name is unpacked to be read."""
    return name.endswith(_PACKED)


def is_log(name: str) -> bool:
    """Whether a folder's file of this name is an event log."""
    return _LOG.search(name) is not None


def is_judged(name: str) -> bool:
    """Whether a folder's file of this name is judged: an event log, YAML, or a configuration of fluentd."""
    return is_log(name) or kind_of(name) is not Kind.LOG


def find(
    paths: tuple[str, ...],
    wanted: Callable[[str], bool] = is_judged,
    *,
    endpoint: str = "",
    repeated: Callable[[str], object] = lambda _: None,
) -> Iterator[Source]:
    """The sources behind the paths, folders walked in the order of their names, no link to a folder followed.

    A URL names a file, a prefix or a glob; `endpoint` is the URL of the object storage that is asked. What is found
    more than once, by whatever name, comes once, and `repeated` is told each further name: judged again, all its
    events would be repeats.
    Raises AtlintError for a path that is missing, unreadable, or no file and no folder.
    """
    seen = set[tuple[object, ...]]()
    for source, identity in _found(paths, wanted, endpoint):
        if identity in seen:
            repeated(source.path)
        else:
            seen.add(identity)
            yield source


def _found(
    paths: tuple[str, ...], wanted: Callable[[str], bool], endpoint: str
) -> Iterator[tuple[Source, tuple[object, ...]]]:
    """Each source, and what it is known by under any name."""
    given = None
    for path in paths:
        if path == STANDARD_INPUT:
            given = given or _standard_input()
            yield given, (path,)
            continue
        if remote.is_url(path):
            for url, size, walked in remote.find(path, endpoint, wanted):
                yield Source(url, size, walked=walked, endpoint=endpoint), (url,)
            continue
        about = _about(path)
        if stat.S_ISDIR(about.st_mode):
            yield from _walk(path, wanted)
        elif stat.S_ISREG(about.st_mode):
            yield Source(path, about.st_size), _known_by(path)
        else:
            raise AtlintError(f"{path}: not a file or a folder; pipe it to standard input and name - instead")


def _walk(folder: str, wanted: Callable[[str], bool]) -> Iterator[tuple[Source, tuple[object, ...]]]:
    try:
        for path, about in regular.walk(folder, wanted):
            yield Source(path, about.st_size, walked=True), _known_by(path)
    except OSError as error:
        raise AtlintError(f"{error.filename}: {error.strerror or error}") from error


def _about(path: str) -> os.stat_result:
    try:
        return os.stat(path)  # noqa: PTH116 - strings all the way
    except OSError as error:
        raise AtlintError(f"{path}: {error.strerror or error}") from error


def _known_by(path: str) -> tuple[object, ...]:
    """One file is two where its names say that it holds two kinds of things."""
    return kind_of(path), regular.identity(path)


@contextlib.contextmanager
def opened(source: Source, ahead: int = _AHEAD) -> Iterator[IO[bytes]]:
    """The source's bytes, decompressed. Raises AtlintError where they cannot be read.

    Of a remote file so many bytes are asked for `ahead`. Standard input has no name that says how it is packed: its
    first bytes do.
    """
    with contextlib.ExitStack() as stack:
        try:
            stream = _input(source.first) if source.file == STANDARD_INPUT else stack.enter_context(_raw(source, ahead))
            if source.compressed:
                zst = source.path.endswith(".zst")
                stream = stack.enter_context(unzstded(stream, source.path) if zst else gunzipped(stream))
        except OSError as error:
            raise AtlintError(f"{source.path}: {error.strerror or error}") from error
        yield stream


def _raw(source: Source, ahead: int) -> IO[bytes]:
    if source.remote:
        return remote.opened(source.file, source.endpoint, ahead)
    return regular.opened(source.file)


def _given() -> IO[bytes]:
    if sys.stdin is None:
        raise AtlintError(f"{STANDARD_INPUT}: standard input is closed")
    return sys.stdin.buffer


def _standard_input() -> Source:
    """Standard input, which is judged as what it begins like."""
    try:
        first = head(_given())
    except OSError as error:
        raise AtlintError(f"{STANDARD_INPUT}: {error.strerror or error}") from error
    return Source(STANDARD_INPUT, first=first, like=likeness(first))


def _input(first: bytes) -> IO[bytes]:
    """Standard input, decompressed where its first bytes are those of gzip or zstd."""
    given = _given()
    first = first or head(given)
    form = form_of(first)
    begun = io.BufferedReader(Begun(first, given), MOST_BYTES)
    if form is GZIP:
        return gunzipped(begun)
    return unzstded(begun, STANDARD_INPUT) if form is ZSTD else begun


def beginning(source: Source) -> list[bytes]:
    """The first whole lines, which are read again later; none of packed standard input. Raises AtlintError."""
    if source.file == STANDARD_INPUT:
        first = b"" if form_of(source.first) else source.first
    else:
        with opened(source, _LEAST) as stream:
            first = next(_blocks(stream, source), b"")
    *whole, rest = first.split(b"\n")
    return whole or [rest]


def unpacked(source: Source) -> Iterator[bytes]:
    """The source's bytes as they come, decompressed. Raises AtlintError where they cannot be read."""
    with opened(source) as stream:
        yield from _blocks(stream, source)


def copy(source: Source, to: IO[bytes]) -> None:
    """Write the source's bytes, decompressed. Raises AtlintError where they cannot be read."""
    to.writelines(unpacked(source))


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
    for batch in read(source, progress):
        yield from batch


def read(source: Source, progress: Callable[[int], None] | None = None) -> Iterator[Batch]:
    """The same by so many as are judged at a time."""
    with opened(source) as stream:
        yield from _batches(stream, source, progress)


def read_from(
    source: Source,
    offset: int,
    number: int = 1,
    end: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Batch]:
    """The same from this byte on, and to before the line that begins at `end`. A compressed file is unpacked so far."""
    with opened(source) as stream:
        stream.seek(offset)
        yield from _until(end, _batches(stream, source, progress, offset, number))


def read_held(
    source: Source, held: bytes, begin: int, offset: int, number: int = 1, end: int | None = None
) -> Iterator[Batch]:
    """The same of bytes of the source that are at hand, from its byte `begin` on."""
    stream = io.BytesIO(held)
    stream.seek(offset - begin)
    yield from _until(end, _batches(stream, source, None, offset, number))


def _until(end: int | None, found: Iterator[Batch]) -> Iterator[Batch]:
    for batch in found:
        if end is None or batch.end < end:
            yield batch
        else:
            yield batch if batch.end == end else batch.part(0, bisect_left(batch.offsets, end))
            return


def from_bytes(raw: bytes, path: str = STANDARD_INPUT) -> Iterator[Line]:
    """The lines of a text that is at hand, as if it were a file called `path`."""
    for batch in _batches(io.BytesIO(raw), Source(path), None):
        yield from batch


def _batches(
    stream: IO[bytes], source: Source, progress: Callable[[int], None] | None, offset: int = 0, number: int = 1
) -> Iterator[Batch]:
    for raws, terminated, dropped in _pieces(stream, source, offset):
        batch = Batch(source.path, raws, number, offset, terminated, dropped)
        yield batch
        number, offset = batch.numbers.stop, batch.end
        if progress is not None:
            progress(offset)


def _pieces(stream: IO[bytes], source: Source, offset: int) -> Iterator[tuple[list[bytes], bool, int]]:
    """Lines that follow each other, whether the last has a line feed, and how many of its bytes were passed over.

    What is no text, from its beginning on, is one line: the line feeds that happen to be in it end none.
    """
    blocks = _blocks(stream, source)
    first = next(blocks, b"")
    if offset == 0 and form_of(first):
        yield [first], False, sum(map(len, blocks))
        return
    rest = b""
    for block in itertools.chain((first,), blocks):
        text = rest + block
        while True:
            *whole, rest = text.split(b"\n")
            for raws in _few(whole):
                if len(raws[-1]) > LONGEST:
                    yield [raws[-1][: LONGEST + 1]], True, len(raws[-1]) - LONGEST - 1
                else:
                    yield raws, True, 0
            if len(rest) <= LONGEST:
                break
            kept, dropped, text, ended = _passed_over(rest, blocks)
            rest = b""
            yield [kept], ended, dropped
    if rest:
        yield [rest], False, 0


def _few(raws: list[bytes]) -> Iterator[list[bytes]]:
    """Lines by so many as are judged at a time; one that is too long is alone."""
    long = (
        [row for row, raw in enumerate(raws) if len(raw) > LONGEST] if max(map(len, raws), default=0) > LONGEST else ()
    )
    first = 0
    for row in (*long, len(raws)):
        yield from (raws[at : min(at + BATCH, row)] for at in range(first, row, BATCH))
        yield from ([raw] for raw in raws[row : row + 1])
        first = row + 1


def _passed_over(rest: bytes, blocks: Iterator[bytes]) -> tuple[bytes, int, bytes, bool]:
    """The kept bytes of a line that is too long, how many were not kept, what follows it, and whether it ended."""
    kept, dropped = rest[: LONGEST + 1], len(rest) - LONGEST - 1
    for block in blocks:
        at = block.find(b"\n")
        if at >= 0:
            return kept, dropped + at, block[at + 1 :], True
        dropped += len(block)
    return kept, dropped, b"", False


def _blocks(stream: IO[bytes], source: Source) -> Iterator[bytes]:
    """The bytes by a few thousand at first, and then by more: some want one line only."""
    size = _LEAST
    read = reading(stream) if source.file == STANDARD_INPUT else stream.read
    while True:
        try:
            block = read(size)
        except (*remote.failures(), *failures()) as error:
            raise AtlintError(f"{source.path}: cannot be read to its end: {error}") from error
        if not block:
            return
        yield block
        size = min(size * 2, MOST_BYTES)
