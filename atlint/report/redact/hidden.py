"""One line to what is hidden of it: found once, however many faults there are, and masked where it is shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import Final

from atlint.lint import Explanation
from atlint.model import Snippet, Span
from atlint.report.redact import places
from atlint.report.redact.masks import together
from atlint.report.redact.secrets import apart_from_words
from atlint.report.redact.window import bounds, window
from atlint.report.redact.words import Redactor

#: code points of a secret that is looked for in sentences: shorter ones stand in words
_LEAST: Final = 4


class Hidden:
    """What is hidden of one line."""

    __slots__ = ("_firsts", "_masks", "_redactor", "_secrets", "_spans", "explanation", "text")

    def __init__(self, redactor: Redactor, explanation: Explanation) -> None:
        """Look at the whole line: a secret that crosses a window's border must not show there."""
        self.explanation = explanation
        self.text = explanation.line.text
        self._redactor = redactor
        found, otherwise = redactor.secret_places(self.text)
        self._secrets = [*apart_from_words(self.text, found)]
        self._secrets += (secret for _, held in otherwise for secret in held)
        #: all masks, where they are not made window by window
        self._masks: list[tuple[Span, str]] | None = None
        #: otherwise what is hidden together, in order, and of what overlaps the part that a mask is made of
        self._spans: list[Span] = []
        self._firsts: dict[Span, Span] = {}
        scanned = explanation.scanned
        if redactor.show_values or scanned is None:
            self._masks = redactor.masks(explanation)
        else:
            spans = places.sensitive(explanation.plan, self.text, scanned)
            spans += [*found, *(span for span, _ in otherwise)]
            self._spans, self._firsts = together(spans)

    def sentence(self, text: str) -> str:
        """A sentence without the line's secrets: a part of a value may lack what a secret is known by."""
        for secret in self._secrets:
            if len(secret) >= _LEAST and secret in text:
                text = text.replace(secret, self._redactor.mask(secret))
        return text

    def snippet(self, place: Span) -> Snippet:
        """The line around a fault, with all that is sensitive masked, and the columns to underline."""
        return window(self.text, self._near(*bounds(self.text, place)[:2]), place)

    def _near(self, start: int, end: int) -> list[tuple[Span, str]]:
        """The masks that have a code point in common with a part of the line, each at its full length."""
        if self._masks is not None:
            return self._masks
        last = bisect_left(self._spans, end, key=itemgetter(0))
        near = self._spans[bisect_right(self._spans, start, hi=last, key=itemgetter(1)) : last]
        parts = [self._firsts.get(span, span) for span in near]
        return [(span, self._redactor.mask(self.text[s:e])) for span, (s, e) in zip(near, parts, strict=True)]
