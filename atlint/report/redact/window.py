"""The part of a line around a fault, and the columns to underline; no piece of what is masked is in it."""

from __future__ import annotations

from typing import Final

from atlint.model import Snippet, Span
from atlint.report.printable import printable
from atlint.report.redact.masks import masked

#: code points of a line that are shown before a fault, and behind it
_AROUND: Final = 70


def bounds(text: str, place: Span) -> tuple[int, int, int, int]:
    """Where a window begins and ends, and what of it is marked, before any mask is looked at."""
    first, last = place
    end = max(last, first + 1) + _AROUND
    last = min(last, first + 2 * _AROUND)
    return max(first - _AROUND, 0), min(end, len(text), last + _AROUND), first, last


def window(text: str, masks: list[tuple[Span, str]], place: Span) -> Snippet:
    """A window that never begins or ends within a masked value, so that no piece of one is shown."""
    start, end, first, last = bounds(text, place)
    for (begin, behind), _ in masks:
        if begin < start < behind:
            start = begin
        if begin < end < behind:
            end = behind
        if begin < first < behind:
            first = begin
        if begin < last < behind:
            last = behind
    head = printable(masked(text, start, first, masks))
    middle = printable(masked(text, first, last, masks))
    tail = printable(masked(text, last, end, masks))
    head, tail = ("..." if start else "") + head, tail + ("..." if end < len(text) else "")
    return Snippet(head + middle + tail, len(head), len(head) + max(len(middle), 1))
