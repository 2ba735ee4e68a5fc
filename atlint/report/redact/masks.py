"""Masks in a text: which of them become one, and the text with them in the place of what they hide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from atlint.model import Span

#: what a mask shows, or what it is made of
Shown = TypeVar("Shown", str, Span)


def mask(text: str, key: bytes) -> str:
    """What stands for a sensitive text: equal for equal ones under one key, of which 64 bytes count."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=4)
    return f"[masked:{digest.hexdigest()}]"


def merged(masks: Iterable[tuple[Span, Shown]], of_several: Shown | None = None) -> list[tuple[Span, Shown]]:
    """Masks in order; those that overlap become one, which shows `of_several`, or else what its first one shows."""
    found, behind = list[tuple[Span, Shown]](), 0
    for one in sorted(masks):
        start, end = one[0]
        if start >= behind:
            found.append(one)
            behind = end
        elif end > behind:
            span, shown = found[-1]
            found[-1] = Span(span.start, end), of_several or shown
            behind = end
    return found


def together(spans: list[Span]) -> tuple[list[Span], dict[Span, Span]]:
    """Spans, sorted here, those that overlap as one; and the first one of each such. A line may have very many."""
    found, firsts, behind = list[Span](), dict[Span, Span](), 0
    spans.sort()
    for span in spans:
        if span.start >= behind:
            found.append(span)
            behind = span.end
        elif span.end > behind:
            first = found[-1]
            found[-1] = Span(first.start, span.end)
            firsts[found[-1]] = firsts.pop(first, first)
            behind = span.end
    return found, firsts


def masked(text: str, start: int, end: int, masks: list[tuple[Span, str]]) -> str:
    """A part of a text with those masks that are wholly in it."""
    if not masks:
        return text[start:end]
    pieces, at = list[str](), start
    for (first, last), shown in masks:
        if at <= first and last <= end:
            pieces += text[at:first], shown
            at = last
    pieces.append(text[at:end])
    return "".join(pieces)
