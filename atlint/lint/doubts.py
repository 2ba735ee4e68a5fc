"""Where a line may not be clean, as an acceptor says it to those that explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

#: the number of members that no object should have, where a line's members are told; both as in `native/program.h`
STRANGE: Final = 255
#: the bit that flags have of what is odd itself, and not only seen by a group in doubt
ODD: Final = 1


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
    #: members, groups and guards once more, as bytes that are 0 for all others
    flags: bytes = b""
    #: what `sights` are numbers of: they are the same for the same texts as long as this is the same
    numbering: int = 0
    #: what the groups see of members that are right by themselves
    sights: bytes = b""
    #: the members that stand in the line, in its order, by their numbers; STRANGE is one that no object should have
    layout: bytes = b""
    #: where each of these begins, a strange one with its name, and where it ends: offsets in the line, of 32 bits each
    extents: bytes = b""
