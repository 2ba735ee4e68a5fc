"""Texts that betray what a check looks for, and the quick search for any of them."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from typing import Final

#: what a text may end in; no occurrence of such an end reaches into a letter before it
_MARKS: Final = string.punctuation + " "


def finder(hints: Iterable[str]) -> Callable[[str], bool]:
    """A test whether any of the texts stands in another; never where there are none.

    Texts that end in the same marks, such as `oken":` and `ey":`, are looked for together.
    """
    ends: dict[str, list[str]] = {}
    for hint in hints:
        stem = hint.rstrip(_MARKS)
        mark = hint[len(stem) :]
        parted = bool(stem and mark and mark not in stem)
        ends.setdefault(mark if parted else hint, []).append(stem if parted else "")
    groups = tuple((mark, None if "" in stems else tuple(stems)) for mark, stems in ends.items())

    def found(text: str) -> bool:
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
