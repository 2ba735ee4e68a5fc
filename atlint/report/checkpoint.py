"""What was said of the pieces of logs, kept in a file: a run that was broken off goes on where it was.

The file begins with one line of JSON that says which run it is of. Behind it stands one record for each piece that
was judged, in order: its length and its digest, then the piece and its `Part`, packed. A record that was torn by
the end of a process is cut off when the file is opened again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import pickle
import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final, TypeAlias, cast

from atlint import __version__, regular
from atlint.lint.baseline import Baseline, Known
from atlint.lint.engine import Tally
from atlint.lint.passage import Passage
from atlint.lint.source import stamp
from atlint.model import AtlintError, Edit, Finding, Fix, Place, Severity, Snippet, Span
from atlint.report.collect import Group
from atlint.report.findings import Findings
from atlint.report.part import Part, Piece

_FORMAT: Final = 2
#: bytes of what a record holds, and the beginning of their digest
_HEAD: Final = struct.Struct("<Q16s")
_LONGEST_LINE: Final = 4_096
#: all that a record may be made of: nothing of a file is executed, whoever wrote it
_KINDS: Final = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        *(Part, Passage, Tally, Group, Findings, Baseline, Known),
        *(Finding, Place, Snippet, Span, Fix, Edit, Severity),
        *(Counter, array, cast("Any", array("B")).__reduce_ex__(3)[0]),
    )
}

#: path, what tells one state of the file from another, and the bytes of it
Name: TypeAlias = tuple[str, str, int, int | None]


@dataclass(slots=True)
class Checkpoint:
    """An open file of parts. `now` is that of the run that began it, in seconds since the epoch."""

    path: str
    now: float
    _stream: IO[bytes]
    #: where the record of each piece begins
    _at: dict[Name, int] = field(default_factory=dict)
    _stamps: dict[str, str] = field(default_factory=dict)

    def part(self, piece: Piece) -> Part | None:
        """What was said of a piece; None where that is not known."""
        at = self._at.get(self._name(piece))
        if at is None:
            return None
        self._stream.seek(at)
        found = _record(self._stream)
        return None if found is None else found[1]

    def keep(self, piece: Piece, part: Part) -> None:
        """Put by what was said of a piece, unless it is here. Raises AtlintError where it cannot be written."""
        name = self._name(piece)
        if name in self._at:
            return
        packed = zlib.compress(pickle.dumps((name, part), protocol=5), 1)
        try:
            at = self._stream.seek(0, os.SEEK_END)
            self._stream.write(_HEAD.pack(len(packed), _digest(packed)) + packed)
            self._stream.flush()
        except OSError as error:
            raise AtlintError(f"{self.path}: {error.strerror}") from error
        self._at[name] = at

    def _name(self, piece: Piece) -> Name:
        source = piece.source
        if source.path not in self._stamps:
            self._stamps[source.path] = stamp(source)
        return source.path, self._stamps[source.path], piece.start, piece.end

    def load(self) -> None:
        """Find the records; what stands behind the last whole one is cut off."""
        while True:
            at = self._stream.tell()
            found = _record(self._stream)
            if found is None:
                break
            self._at[found[0]] = at
        self._stream.truncate(at)


@contextmanager
def opened(path: str, run: str, now: float) -> Iterator[Checkpoint]:
    """The checkpoint of a run, made where there is none. `run` tells runs apart, as `run_of` does.

    Raises AtlintError where the file is of another run, is none of ours, or is in use.
    """
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(_open(path))
        except OSError as error:
            raise AtlintError(f"{path}: {error.strerror}") from error
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AtlintError(f"{path}: another run keeps its parts in this file") from None
        first = stream.readline(_LONGEST_LINE)
        if not first:
            stream.write(json.dumps({"checkpoint": _FORMAT, "run": run, "now": now}).encode() + b"\n")
            stream.flush()
        else:
            now = _begun(path, first, run)
        checkpoint = Checkpoint(path, now, stream)
        checkpoint.load()
        yield checkpoint


def run_of(facts: Iterable[object]) -> str:
    """What tells runs apart that say different things of the same piece, as hexadecimal digits."""
    return hashlib.sha256(repr((__version__, *facts)).encode("utf-8", "surrogatepass")).hexdigest()


def _open(path: str) -> IO[bytes]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        regular.check(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "r+b")


def _begun(path: str, first: bytes, run: str) -> float:
    try:
        about = json.loads(first)
        found, now, format_ = about["run"], about["now"], about["checkpoint"]
    except (ValueError, TypeError, KeyError):
        raise AtlintError(f"{path}: this is no checkpoint; nothing was written to it") from None
    if found != run or format_ != _FORMAT or not isinstance(now, float):
        raise AtlintError(
            f"{path}: this is the checkpoint of another run: of other rules or options, another registration, "
            "baseline or version of atlint; name another file, or delete this one to begin anew"
        )
    return now


def _record(stream: IO[bytes]) -> tuple[Name, Part] | None:
    """The record that begins here; None where no whole one does."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    size, digest = _HEAD.unpack(head)
    packed = stream.read(min(size, _left(stream)))
    if len(packed) < size or _digest(packed) != digest:
        return None
    try:
        name, part = _Unpacker(io.BytesIO(zlib.decompress(packed))).load()
    except (pickle.UnpicklingError, zlib.error, ValueError, TypeError, EOFError, AttributeError, LookupError):
        return None
    return (name, part) if isinstance(name, tuple) and isinstance(part, Part) else None


def _left(stream: IO[bytes]) -> int:
    return os.fstat(stream.fileno()).st_size - stream.tell()


def _digest(packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=16).digest()


class _Unpacker(pickle.Unpickler):
    """Makes nothing but what a record is made of."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """The kind of that name. Raises UnpicklingError for any other."""
        kind = _KINDS.get((module, name))
        if kind is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a record")
        return cast("Callable[..., Any]", kind)
