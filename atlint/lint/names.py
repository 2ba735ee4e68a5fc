"""Resources to the words under which each was first named, in a table of fixed size."""

from __future__ import annotations

from array import array
from typing import Final

from atlint.lint import native

#: names that share a place; the oldest of them makes room
_WAYS: Final = 8


class Names:
    """Remembers about the last `most` names, each by its tail, a digest of 64 bits, with the head that it first had.

    `most` is a power of two; names make room for each other as digests do in a `lint.window.Window`.
    """

    __slots__ = ("_firsts", "_kept", "_turns")

    def __init__(self, most: int) -> None:
        self._kept = array("Q", bytes(8 * most))
        self._firsts: list[str | None] = [None] * most
        self._turns = bytearray(most // _WAYS)

    def first(self, tail: int, head: str) -> str:
        """The head that it first had: this one where it was not here; from now on it is."""
        tail = tail or 1
        place = tail % len(self._turns)
        start = place * _WAYS
        for at in range(start, start + _WAYS):
            if self._kept[at] == tail:
                return self._firsts[at] or head
        turn = self._turns[place]
        self._kept[start + turn] = tail
        self._firsts[start + turn] = head
        self._turns[place] = (turn + 1) % _WAYS
        return head

    def all_as_before(self, tails: array[int], heads: list[str | None]) -> bool:
        """Add them all, where none is here under another head by then; else nothing changes. None is no head."""
        if native.scan is not None:
            return native.scan.all_as_before(self._kept, self._firsts, self._turns, tails, heads)  # type: ignore[no-any-return]
        before = self._kept[:], self._firsts[:], self._turns[:]
        if all(head is None or self.first(tail, head) == head for tail, head in zip(tails, heads, strict=True)):
            return True
        self._kept, self._firsts, self._turns = before
        return False
