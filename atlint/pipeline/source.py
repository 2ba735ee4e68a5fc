"""A file's text with its lines, and maps from a text decoded out of it back to its places."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from atlint.model import Place, Span

_BREAK: Final = re.compile(r"\r\n|\r|\n")
#: a byte that is no UTF-8, as decoding with `surrogateescape` leaves it
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_UTF16: Final = ("\udcff\udcfe", "\udcfe\udcff")


class Mark(NamedTuple):
    """A point in a file for people: line and column from 1, in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text cannot be read as what it claims to be. `span` counts code points of that text.

    `kind` names the case, `message` says it in one sentence, and `expected` lists in words what could
    have stood there.
    """

    kind: str
    message: str
    span: Span
    expected: tuple[str, ...] = ()


def undecoded(text: str) -> Fault | None:
    """Why the bytes of a text that was decoded with `surrogateescape` are no UTF-8; None where they are."""
    wrong = _UNDECODED.search(text)
    if wrong is None:
        return None
    if text.startswith(_UTF16):
        return Fault("encoding", "the file is UTF-16, and only UTF-8 is read here", Span(0, 0), ("UTF-8",))
    byte = ord(wrong[0]) - 0xDC00
    return Fault("encoding", f"the byte 0x{byte:02X} is not UTF-8 here", Span(*wrong.span()), ("UTF-8",))


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The text of one file, without its byte order mark; lines end with LF, CRLF or CR."""

    path: str
    text: str = field(repr=False)
    _starts: Sequence[int] = field(repr=False)

    @classmethod
    def of(cls, text: str, path: str) -> Source:
        """Count the lines of `text` once."""
        starts = array("q", [0])
        starts.extend(match.end() for match in _BREAK.finditer(text))
        return cls(path, text, starts)

    def mark(self, offset: int) -> Mark:
        """Line and column of a code point; an offset behind the end counts as the end."""
        at = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, at)
        return Mark(line, at - self._starts[line - 1] + 1)

    def place(self, span: Span) -> Place:
        """The place of a span; where it covers several lines, `end_column` is the end of its first."""
        line, column = self.mark(span.start)
        last, end_column = self.mark(span.end)
        if last != line:
            ended = _BREAK.search(self.text, span.start)
            end_column = column + (ended.start() if ended else len(self.text)) - span.start
        return Place(self.path, line, column, end_column)


@dataclass(frozen=True, slots=True, eq=False)
class OffsetMap:
    """Where each code point of an inner text stands in the outer text that it was decoded from.

    Code point `i` comes from `[starts[i], ends[i])` of the outer text; `origin` is where an empty inner
    text stands.
    """

    starts: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)
    origin: int

    @classmethod
    def straight(cls, start: int, end: int) -> OffsetMap:
        """The map of a text that stands in the outer one as it is, at `[start, end)`."""
        return cls(range(start, end), range(start + 1, end + 1), start)

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, index: int) -> int:
        """The outer offset of code point `index`; behind the last one, the end of the last one."""
        if index < len(self.starts):
            return self.starts[index]
        return self.ends[-1] if self.ends else self.origin

    def span(self, inner: Span) -> Span:
        """The outer code points that a range of inner ones comes from."""
        start = self.at(inner.start)
        if inner.end <= inner.start or not self.ends:
            return Span(start, start)
        return Span(start, self.ends[min(inner.end, len(self.ends)) - 1])

    def cut(self, inner: Span) -> OffsetMap:
        """The map of the part `inner` of the inner text."""
        part = slice(inner.start, inner.end)
        return OffsetMap(self.starts[part], self.ends[part], self.at(inner.start))

    def compose(self, inner: OffsetMap) -> OffsetMap:
        """The map of a text taken out of this map's inner text, straight to the outer text."""
        starts = array("q", (self.at(offset) for offset in inner.starts))
        ends = array("q", (self.span(Span(end - 1, end)).end for end in inner.ends))
        return OffsetMap(starts, ends, self.at(inner.origin))


class Decoder:
    """Collects a decoded text and its map, piece by piece."""

    __slots__ = ("_ends", "_outer", "_pieces", "_starts")

    def __init__(self, outer: str) -> None:
        self._outer = outer
        self._pieces: list[str] = []
        self._starts = array("q")
        self._ends = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    def copy(self, start: int, end: int) -> None:
        """Take `[start, end)` of the outer text as it is."""
        self._pieces.append(self._outer[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def put(self, text: str, start: int, end: int) -> None:
        """Append `text`, each code point of which comes from the whole of `[start, end)`."""
        self._pieces.append(text)
        for _ in text:
            self._starts.append(start)
            self._ends.append(end)

    def text(self) -> str:
        """What was collected so far."""
        return "".join(self._pieces)

    def offsets(self, origin: int) -> OffsetMap:
        """The map of what was collected; `origin` is where it stands if it is empty."""
        return OffsetMap(self._starts, self._ends, origin)
