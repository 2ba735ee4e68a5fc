"""Mended lines to a unified diff: one hunk a line, no lines around it, since each line is an event of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from atlint.lint import Explanation
from atlint.lint.fix import Mended
from atlint.report.printable import printable
from atlint.report.redact import Redactor

_UNTERMINATED = "\\ No newline at end of file\n"


def unified(path: str, mended: Iterable[Mended], redactor: Redactor) -> Iterator[str]:
    """The diff of one file; nothing where no line changes.

    Sensitive values are masked, equal ones alike. With `show_values` the lines stand as they are, credentials
    aside, bytes that are not UTF-8 as lone surrogates (PEP 383), and `patch` takes the diff.
    """
    for index, line in enumerate(mended):
        if not index:
            yield f"--- {printable(path)}\n+++ {printable(path)}\n"
        number = line.before.line.number
        yield f"@@ -{number} +{number} @@\n"
        yield from _side("-", line.before, redactor)
        yield from _side("+", line.after, redactor)


def _side(sign: str, explanation: Explanation, redactor: Redactor) -> Iterator[str]:
    yield f"{sign}{redactor.line(explanation)}\n"
    if not explanation.line.terminated:
        yield _UNTERMINATED
