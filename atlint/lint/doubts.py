"""Where a line may not be clean, as an acceptor says it to those that explain."""

from __future__ import annotations

from typing import NamedTuple


class Doubts(NamedTuple):
    """Where a line may not be clean; all else of it is, if it is JSON in which no key stands twice.

    Members are numbered as `Box.numbered` has them, of objects the names alone being meant; groups and guards as
    `Parts` has them. Each has a byte, which is 0 for what is clean, and of members else made of each `Mark`.
    """

    members: bytes
    groups: bytes
    guards: bytes
    #: whether no key stands twice and no number is beyond 64 bits, if the line is JSON
    plain: bool
    #: what `sights` are numbers of: they are the same for the same texts as long as this is the same
    numbering: int = 0
    #: what the groups see of members that are right by themselves
    sights: bytes = b""
    #: the members that stand in the line, in its order, by their numbers; STRANGE is one that no object should have
    layout: bytes = b""
    #: where each of these begins, a strange one with its name, and where it ends: offsets in the line, of 32 bits each
    extents: bytes = b""
