"""Several broken lines to one finding, where they are one event printed over several lines."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from atlint.lint.explain import Explanation
from atlint.model import Problem, Span

#: strings, those of Python among them: what it prints of a dict is no JSON, and may still be one line; and brackets
_TOKENS: Final = re.compile(r""" "(?:[^"\\]++|\\.)*+"? | '(?:[^'\\]++|\\.)*+'? | [{}\[\]] """, re.VERBOSE)
#: lines of one event that are held back before giving up
_MOST_HELD: Final = 2_000
#: bytes of them
_MOST_BYTES: Final = 512 * 1024
#: what a line of a pretty-printed event is found to be, taken for itself
_BROKEN: Final = frozenset({"AT003", "AT004", "AT011", "AT013"})


@dataclass(slots=True)
class Stitcher:
    """Holds the lines of an object that is still open; lets go of them as they were when it does not close."""

    held: list[Explanation] = field(default_factory=list)
    depth: int = 0
    #: bytes that are held
    size: int = 0
    #: numbers of lines that hold an event, and of which nothing is told, since they are a piece of another; if asked
    swallowed: list[int] | None = None

    def feed(self, explanation: Explanation) -> Iterator[Explanation]:
        """Take the next explained line; yield what is ready, in order."""
        if self.held:
            yield from self._go_on(explanation)
        elif self._opens(explanation):
            self.held, self.depth = [explanation], _depth(explanation.line.text)
            self.size = len(explanation.line.raw)
        elif explanation.problems:
            yield explanation

    def flush(self) -> Iterator[Explanation]:
        """Let go of all that is held."""
        held, self.held = deque(self.held), []
        while held:
            if held[0].problems:
                yield held[0]
            held.popleft()

    def _opens(self, explanation: Explanation) -> bool:
        if explanation.event or not explanation.plan.selected("AT012"):
            return False
        text = explanation.line.text
        return (
            text.lstrip("\ufeff \t").startswith("{")
            and "unterminated-string" not in {problem.case for problem in explanation.problems}
            and _depth(text) > 0
        )

    def _go_on(self, explanation: Explanation) -> Iterator[Explanation]:
        event = explanation.event and not any(
            problem.code == "AT101" and problem.pointer.count("/") == 1 for problem in explanation.problems
        )
        full = len(self.held) >= _MOST_HELD or self.size >= _MOST_BYTES
        if event or full or explanation.line.path != self.held[0].line.path:
            yield from self.flush()
            yield from self.feed(explanation)
            return
        self.held.append(explanation)
        self.size += len(explanation.line.raw)
        self.depth += _depth(explanation.line.text)
        if self.depth <= 0:
            held, self.held = self.held, []
            if self.swallowed is not None:
                self.swallowed.extend(piece.line.number for piece in held if piece.event)
            yield from _joined(held)


def _joined(held: list[Explanation]) -> Iterator[Explanation]:
    """The event's first line with AT012; of the others only what is not a mere piece of it."""
    first, last = held[0], held[-1]
    text = first.line.text
    found = Problem("AT012", "", "", {"lines": last.line.number - first.line.number + 1}, span=Span(0, len(text)))
    for explanation in held:
        rest = tuple(problem for problem in explanation.problems if problem.code not in _BROKEN)
        kept = (found, *rest) if explanation is first else rest
        if kept and (not explanation.event or explanation is first):
            yield Explanation(explanation.line, explanation.plan, kept)


def _depth(text: str) -> int:
    """How many more brackets open than close, those in strings left out."""
    depth = 0
    for token in _TOKENS.finditer(text):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
    return depth
