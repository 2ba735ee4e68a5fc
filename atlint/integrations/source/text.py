"""A Python file to offsets: where a node stands, and where each character of a string literal was written."""

from __future__ import annotations

import ast
import bisect
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from atlint.model import Span

#: a decoded character, None for a replacement field, and the code points of the file that it comes from
Character: TypeAlias = tuple[str | None, Span]

_BETWEEN: Final = re.compile(r"(?:[ \t\f\n]|\\\n|#[^\n]*|[()])*")
_OPENING: Final = re.compile(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
_ESCAPE: Final = re.compile(
    r"\\(?:(\n)|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]+)\}|([\\'\"abfnrtv]))"
)
_LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(slots=True)
class SourceText:
    """The text of one file, line ends as LF. Offsets count code points from its beginning."""

    text: str
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Find the lines, as Python counts them."""
        self.text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def span(self, node: ast.AST) -> Span:
        """The node's code points. `ast` counts the columns in bytes of UTF-8."""
        return Span(
            self._offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0)),
            self._offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)),
        )

    def _offset(self, line: int, column: int) -> int:
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        text = self.text[start:end]
        return start + (column if text.isascii() else len(text.encode()[:column].decode(errors="ignore")))

    def where(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def end_column(self, span: Span) -> int:
        """The first column behind a span; behind its line, where it goes on to the next."""
        _, column = self.where(span.start)
        ends = self.text.find("\n", span.start)
        return column + max(min(span.end, ends if ends >= 0 else len(self.text)) - span.start, 1)

    def characters(self, span: Span) -> list[Character] | None:
        """The characters of the adjacent string literals that the span holds; None where it holds other things."""
        found: list[Character] = []
        at = span.start
        while (at := _after(_BETWEEN, self.text, at)) < span.end:
            opening = _OPENING.match(self.text, at)
            if opening is None:
                return None
            try:
                at = _literal(self.text, opening, found)
            except (IndexError, KeyError, ValueError):
                return None
        return found


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _literal(text: str, opening: re.Match[str], found: list[Character]) -> int:
    """Add the characters of one literal; returns the offset behind it."""
    prefix, quote = opening[1].lower(), opening[2]
    at = opening.end()
    while not text.startswith(quote, at):
        char, end = _character(text, at, prefix)
        found += ((one, Span(at, end)) for one in ([None] if char is None else char))
        at = end
    return at + len(quote)


def _character(text: str, at: int, prefix: str) -> tuple[str | None, int]:
    char = text[at]
    if char == "\\" and "r" not in prefix:
        escape = _ESCAPE.match(text, at)
        return ("\\", at + 1) if escape is None else (_decoded(escape), escape.end())
    if "f" in prefix and char in "{}":
        return (char, at + 2) if text[at + 1] == char else (None, _field_end(text, at))
    return char, at + 1


def _decoded(escape: re.Match[str]) -> str:
    newline, octal, x, u, capital_u, name, letter = escape.groups()
    if newline:
        return ""
    if octal:
        return chr(int(octal, 8))
    if name:
        return unicodedata.lookup(name)
    code = x or u or capital_u
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _field_end(text: str, at: int) -> int:
    """The offset behind a replacement field that begins at `at`."""
    depth = 0
    for start, char in _outside_strings(text, at):
        depth += (char in "{[(") - (char in "}])")
        if not depth:
            return start + 1
    raise ValueError(text)


def _outside_strings(text: str, at: int) -> Iterator[tuple[int, str]]:
    while True:
        char = text[at]
        if char in "\"'":
            at = text.index(char, at + 1) + 1
        else:
            yield at, char
            at += 1
