"""What an editor has open: its text, what it holds, and where in it things stand by the editor's own count."""

from __future__ import annotations

import enum
import re
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Final, TypeAlias

from atlint.lint.source import Kind, is_log, is_packed, kind_of
from atlint.model import Span
from atlint.rules.source_code import HINTS
from atlint.rules.source_flow import RECORD

#: what the protocol takes for the end of a line
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_EVENT: Final = re.compile("|".join(map(re.escape, sorted({*RECORD, "payload", "meta", "logSourceCRN"}))))
#: names that editors give to languages, and the name of a file of each
_ENDINGS: Final[Mapping[str, str]] = {
    "python": ".py", "yaml": ".yaml", "jsonl": ".jsonl", "ndjson": ".ndjson", "log": ".log",
}  # fmt: skip
_MARK: Final = "\ufeff"

#: a line and a character from 0, as the protocol has them
Position: TypeAlias = dict[str, int]
#: `start` and `end` of a range
Range: TypeAlias = dict[str, Position]


class Holds(enum.Enum):
    """What a document is judged as."""

    LOG = "log"
    CLUSTER = "cluster"
    PYTHON = "python"


@dataclass(frozen=True)
class Document:
    """One version of a text. Offsets count its code points.

    `units` is what the editor counts the characters of a line in: "utf-8", "utf-16" or "utf-32".
    """

    path: str
    text: str
    language: str = ""
    units: str = "utf-16"

    @property
    def name(self) -> str:
        """A name that tells its kind: the file's, or one by the language where the file has not been named yet."""
        ending = _ENDINGS.get(self.language, "")
        return self.path if not ending or PurePath(self.path).suffix else self.path + ending

    @property
    def holds(self) -> Holds | None:
        """What it is judged as; None for all that is nothing of ours.

        A log without one word that an event has is the log of another program.
        """
        name = self.name.lower()
        if name.endswith((".py", ".pyi")):
            return Holds.PYTHON if _EVENT.search(self.text) or any(map(self.text.__contains__, HINTS)) else None
        if kind_of(name) is not Kind.LOG:
            return Holds.CLUSTER
        judged = is_log(name) and not is_packed(name)
        return Holds.LOG if judged and _EVENT.search(self.text) else None

    @cached_property
    def plain(self) -> str:
        """The text as a file can hold it: what is no character is replaced by one that says so."""
        return _SURROGATE.sub("\ufffd", self.text)

    @property
    def skipped(self) -> int:
        """The byte order mark, where readers of this kind pass over it."""
        return int(self.holds is not Holds.LOG and self.text.startswith(_MARK))

    @cached_property
    def _starts(self) -> Sequence[int]:
        return array("q", [0, *(found.end() for found in _BREAK.finditer(self.text))])

    @cached_property
    def _log_starts(self) -> Sequence[int]:
        return array("q", [0, *(found.end() for found in re.finditer("\n", self.text))])

    def offset_of(self, line: int, column: int) -> int:
        """The offset of a finding's line and column, both from 1. The lines of a log end with a line feed only."""
        starts = self._log_starts if self.holds is Holds.LOG else self._starts
        start = starts[min(line, len(starts)) - 1]
        return min(start + column - 1 + (self.skipped if line == 1 else 0), len(self.text))

    def line_of(self, offset: int) -> tuple[int, Span]:
        """The number of a log's line, from 1, and the span of its text without its line feed."""
        line = bisect_right(self._log_starts, offset)
        start = self._log_starts[line - 1]
        end = self._log_starts[line] - 1 if line < len(self._log_starts) else len(self.text)
        return line, Span(start, end)

    def position(self, offset: int) -> Position:
        """Where the editor sees an offset."""
        line = bisect_right(self._starts, offset)
        return {"line": line - 1, "character": self._units(self.text[self._starts[line - 1] : offset])}

    def range(self, span: Span) -> Range:
        """Where the editor sees a span."""
        return {"start": self.position(span.start), "end": self.position(span.end)}

    def offset(self, position: Position) -> int:
        """The offset that an editor means; what lies beyond a line's end, or the last line, is that end."""
        line = position["line"]
        if line >= len(self._starts):
            return len(self.text)
        at = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        left = position["character"]
        for char in self.text[at:end].rstrip("\r\n"):
            left -= self._units(char)
            if left < 0:
                break
            at += 1
        return at

    def _units(self, text: str) -> int:
        if text.isascii() or self.units == "utf-32":
            return len(text)
        if self.units == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)
