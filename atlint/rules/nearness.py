"""The one close member of a closed set, for suggestions: only when it is unique and close."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

#: code points of a word whose answer is remembered
_REMEMBERED: Final = 100


def near(word: str, known: Iterable[str], *, most: int = 2) -> str | None:
    """The member of `known` that `word` is a slip of; None where none or several are as close.

    Close means at most `most` edits (a swap of neighbours is one), and at most a quarter of the length:
    `kms` is no slip of `cos`.
    """
    search = _near if len(word) <= _REMEMBERED else _near.__wrapped__
    return search(word, frozenset(known), most)


@functools.lru_cache(maxsize=4096)
def _near(word: str, known: frozenset[str], most: int) -> str | None:
    best: list[str] = []
    least = min(most, max(len(word), 1) // 4) + 1
    letters = _letters(word)
    for candidate in known:
        if candidate == word or abs(len(candidate) - len(word)) >= least + 1:
            continue
        if len(letters ^ _letters(candidate)) > 2 * least:
            continue  # one edit brings in one letter, and takes one out, at the most
        edits = distance(word, candidate, least)
        if edits < least:
            best, least = [candidate], edits
        elif edits == least and best:
            best.append(candidate)
    return best[0] if len(best) == 1 else None


@functools.lru_cache(maxsize=4096)
def _letters(word: str) -> frozenset[str]:
    return frozenset(word)


def distance(one: str, other: str, enough: int = 99) -> int:
    """Optimal string alignment distance; any value above `enough` may be returned once it is passed."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > enough:
            return enough + 1
        before, last = last, row
    return last[-1]
