"""Python source to the lines on which a comment silences codes, read as flake8 reads it."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: flake8's own comments (its documentation, "Selecting and Ignoring Violations")
_LINE: Final = re.compile(r"# noqa(?::\s?(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_FILE: Final = re.compile(
    r"^\s*# flake8[:=]\s*noqa(?P<codes>:\s?[A-Z][0-9]+(?:[,\s]+[A-Z][0-9]+)*)?\s*$", re.IGNORECASE | re.MULTILINE
)
_SEPARATOR: Final = re.compile(r"[:,\s]+")


@dataclass(frozen=True, slots=True)
class Silence:
    """Where a file keeps which codes quiet."""

    #: beginnings of codes that are silenced everywhere; "" is that of all
    everywhere: tuple[str, ...]
    #: line, from 1 -> the same for that line
    lines: dict[int, tuple[str, ...]]

    def covers(self, code: str, line: int) -> bool:
        """Whether a finding of this code on this line is silenced."""
        return code.startswith((*self.everywhere, *self.lines.get(line, ())))


def silenced(text: str) -> Silence:
    """What the comments of a file say. A comment behind a string of several lines counts for all of them."""
    found: dict[int, tuple[str, ...]] = {}
    lines = text.splitlines(keepends=True)
    for first, last in _ranges(text):
        comment = _LINE.search("".join(lines[first - 1 : last]))
        if comment is not None:
            found |= dict.fromkeys(range(first, last + 1), _codes(comment["codes"]))
    return Silence(tuple(code for comment in _FILE.finditer(text) for code in _codes(comment["codes"])), found)


def _codes(named: str | None) -> tuple[str, ...]:
    return tuple(code.upper() for code in _SEPARATOR.split(named) if code) if named else ("",)


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    """The lines that one comment can speak for, from and to, by Python's own tokens."""
    first = last = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in {tokenize.ENDMARKER, tokenize.DEDENT}:
                continue
            first, last = first or token.start[0], token.end[0]
            if token.type in {tokenize.NL, tokenize.NEWLINE}:
                yield first, last
                first = 0
    except (tokenize.TokenError, SyntaxError):
        return
