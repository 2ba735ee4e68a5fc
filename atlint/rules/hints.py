"""Texts that betray what a check looks for, and the quick search for any of them."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection
from typing import Final

#: what a text may end in; no occurrence of such an end reaches into a letter before it
_MARKS: Final = string.punctuation + " "


def finder(hints: Collection[str]) -> Callable[[str], bool]:
    """A test whether any of the texts stands in another; never where there are none.

    Single characters are one class; texts that end alike, such as `oken":` and `ey":`, are looked for together.
    """
    ends: dict[str, list[str]] = {}
    letters = "".join(sorted({hint for hint in hints if len(hint) == 1}))
    any_letter = re.compile(f"[{re.escape(letters)}]").search if letters else _never
    for hint in hints:
        if len(hint) == 1:
            continue
        stem = hint.rstrip(_MARKS)
        mark = hint[len(stem) :]
        parted = bool(stem and mark and mark not in stem)
        ends.setdefault(mark if parted else hint, []).append(stem if parted else "")
    groups = tuple((mark, None if "" in stems else tuple(stems)) for mark, stems in ends.items())

    def found(text: str) -> bool:
        if any_letter(text):
            return True
        for mark, stems in groups:
            if mark in text:
                if stems is None:
                    return True
                *before, _ = text.split(mark)
                for piece in before:
                    if piece.endswith(stems):
                        return True
        return False

    return found


def _never(_text: str) -> None:
    """There is no such letter."""
