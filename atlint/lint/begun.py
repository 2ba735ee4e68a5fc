"""A stream without a name, such as standard input: its first bytes say what it holds, and are read once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import IO, Any, Final

from atlint.forms import LEAST

#: bytes that are asked for at a time, and after which it is not waited for a line that says something
_PIECE: Final = 16 * 1024
_ENOUGH: Final = 64 * 1024
#: lines that begin YAML, JSON and pages alike, and say nothing yet
_NOTHING_YET: Final = re.compile(r"(?:[ \t]*+(?:#[^\n]*|---[^\n]*|%[^\n]*|```[^\n]*|ya?ml|\{)?[ \t\r]*+\n)*+")
_KEY: Final = re.compile(r"""(?:- +)*["']?[\w.-]+["']?[ \t]*:(?=[ \t\r\n]|\Z)""")
#: what Kubernetes objects and registrations have at the margin; no line of an event log begins so
_OBJECT: Final = re.compile(
    r"""^(?:- +)?["']?(?:apiVersion[ "'\t]*:|registrations[ \t]*:|userCopy[ \t]*:|edition[ \t]*:[ \t]*["']?at-)""",
    re.MULTILINE,
)
#: an object in JSON, as `kubectl get -o json` has it
_JSON: Final = re.compile(r"""\s*\{\s*"(?:apiVersion|kind)"\s*:""")
_CONFIGURATION: Final = re.compile(r"[ \t]*(?:<(?:source|match|filter|worker|system|label)\b|@include\b)")


def head(stream: IO[bytes]) -> bytes:
    """The first bytes: as many as a form of packing shows in, and a line that says what the text is."""
    more, found = reading(stream), b""
    while (len(found) < LEAST or (len(found) < _ENOUGH and not _says(found))) and (block := more(_PIECE)):
        found += block
    return found


def reading(stream: IO[bytes]) -> Callable[[int], bytes]:
    """Reads so many bytes at most; what is typed or piped is not waited for."""
    return stream.read1 if isinstance(stream, io.BufferedReader) else stream.read


def _text(found: bytes) -> tuple[str, int]:
    """The text, and where its first line begins that may say something."""
    text = found.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    passed = _NOTHING_YET.match(text)
    return text, passed.end() if passed else 0


def _says(found: bytes) -> bool:
    """Whether what is there tells a manifest from a log: a key at the margin may belong to either."""
    text, begun = _text(found)
    if "\n" not in text[begun:]:
        return len(text) - begun > _PIECE
    return not _KEY.match(text, begun) or _OBJECT.search(text, begun) is not None


def likeness(found: bytes) -> str:
    """How the name of a file that begins with these bytes would end: `.yaml`, `.conf`, or `.log` for all else."""
    text, begun = _text(found)
    if _JSON.match(text):
        return ".yaml"
    if _CONFIGURATION.match(text, begun):
        return ".conf"
    return ".yaml" if _KEY.match(text, begun) and _OBJECT.search(text, begun) else ".log"


class Begun(io.RawIOBase):
    """A stream of which the first bytes were read already; it stays open when this one is closed."""

    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        self._head = first
        self._more = reading(stream)

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from what was read, then from the stream; gives how many bytes."""
        piece = self._head[: len(buffer)] or self._more(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)
