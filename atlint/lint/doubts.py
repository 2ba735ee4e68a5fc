"""Where a line may not be clean, as an acceptor says it to those that explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Doubts(NamedTuple):
    """Where a line may not be clean; all else of it is, if it is JSON in which no key stands twice.

    `members` are numbered as `Box.numbered` has them, of objects the names alone being meant; `groups` and `guards` as
    `Parts` has them.
    """

    members: Sequence[int]
    groups: Sequence[int]
    guards: Sequence[int]
    #: whether no key stands twice and no number is beyond 64 bits, if the line is JSON
    plain: bool
