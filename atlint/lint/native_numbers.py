"""The numbers by which Python and `native/` speak of the same things; `native/numbers.h` is made of them."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Kind(IntEnum):
    """What may stand at a member: SCALAR is a text without quotes, ANY what services make up themselves."""

    OBJECT = 0
    STRING = 1
    STRING_ALONE = 2
    SCALAR = 3
    ANY = 4


class Split(IntEnum):
    """How a value is taken apart to texts that are looked up."""

    WHOLE = 0
    CUT = 1
    CRN = 2


class Aspect(IntEnum):
    """What a group sees: one of the facts of a text, whether a member is given, whether it stands there at all."""

    SLOT = 0
    GIVEN = 1
    TOLD = 2


class Mark(IntEnum):
    """Bits of a member's flags: it is odd itself, or a group that is in doubt sees it."""

    ODD = 1
    SEEN = 2


#: the number of members that no object should have, where a line's members are told in their order
STRANGE: Final = 255
