"""Digests to whether one was seen lately, in a table that grows to a fixed size and no further."""

from __future__ import annotations

from array import array
from typing import Final

from atlint.lint import native

#: digests that share a place; the oldest of them makes room
_WAYS: Final = 8
_LEAST: Final = 2**12
_GROWTH: Final = 8
#: digests that are looked at one by one
_FEW: Final = 256


class Window:
    """Remembers about the last `most` digests of 64 bits, 8 bytes each. Never says yes to one it was not given.

    `most` is a power of two. A digest makes room for others that fall into its place: of those within the
    last fifth of `most` hardly one in ten thousand is forgotten.
    """

    __slots__ = ("_added", "_kept", "_most", "_next")

    def __init__(self, most: int) -> None:
        self._most = most
        self._clear(min(most, _LEAST))

    def add(self, digest: int) -> bool:
        """Whether the digest was here already; from now on it is."""
        return not self.add_new(array("Q", [digest]))

    def add_new(self, digests: array[int]) -> bool:
        """Add them all, where none of them is here and none is there twice; else nothing changes.

        Many may be refused that are new: then the table is about to grow, and a few at a time are not.
        """
        if native.scan is not None and self._has_room(len(digests)):
            if not native.scan.add_new(self._kept, self._next, digests):
                return False
            self._added += len(digests)
            return True
        if native.scan is not None and len(digests) > _FEW:
            return False
        fresh = {digest or 1 for digest in digests}
        if len(fresh) < len(digests):
            return False
        kept, places = self._kept, len(self._next)
        for digest in fresh:
            start = digest % places * _WAYS
            if digest in kept[start : start + _WAYS]:
                return False
        for digest in digests:
            self._put(digest or 1)
        return True

    def _has_room(self, more: int) -> bool:
        """Whether so many can be added before the table grows."""
        return (self._added + more) * 4 <= len(self._kept) or len(self._kept) >= self._most

    def _put(self, digest: int) -> None:
        place = digest % len(self._next)
        turn = self._next[place]
        self._kept[place * _WAYS + turn] = digest
        self._next[place] = (turn + 1) % _WAYS
        self._added += 1
        if self._added * 4 > len(self._kept) and len(self._kept) < self._most:
            self._grow()

    def _clear(self, size: int) -> None:
        self._kept = array("Q", bytes(size * 8))
        self._next = bytearray(size // _WAYS)
        self._added = 0

    def _grow(self) -> None:
        before = self._kept
        self._clear(min(len(before) * _GROWTH, self._most))
        self.add_new(array("Q", filter(None, before)))
