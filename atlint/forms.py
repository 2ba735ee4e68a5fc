r"""The first bytes of a file to the form that it is in, where that is not lines of UTF-8.

The marks are those of the formats' own documents: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.1, bzip2's
`BZh` with the digits of pi, APPNOTE.TXT 4.3.7 (zip), and the Unicode Standard 23.8 (byte order marks). No event begins
like one of them. A mark of UTF-16 counts where an ASCII character follows it, as it does before an event, so that two
stray bytes at the beginning of a log do not pass for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Form:
    """What a file is, as people call it; `packed` where it is no text in any encoding."""

    name: str
    packed: bool = False


GZIP: Final = Form("gzip", packed=True)
ZSTD: Final = Form("zstd", packed=True)
_MARKS: Final = (
    (rb"\x1f\x8b\x08", GZIP),
    (rb"\x28\xb5\x2f\xfd", ZSTD),
    (rb"BZh[1-9]1AY&SY", Form("bzip2", packed=True)),
    (rb"\xfd7zXZ\x00", Form("xz", packed=True)),
    (rb"PK\x03\x04", Form("zip", packed=True)),
    (rb"\xff\xfe\x00\x00|\x00\x00\xfe\xff", Form("UTF-32")),
    (rb"\xff\xfe(?:[\x01-\x7f]\x00|\Z)|\xfe\xff(?:\x00[\x01-\x7f]|\Z)", Form("UTF-16")),
    (rb"\{\x00[\x01-\x7f]\x00", Form("UTF-16LE")),
    (rb"\x00\{\x00[\x01-\x7f]", Form("UTF-16BE")),
)
_ANY: Final = re.compile(b"|".join(b"(%b)" % mark for mark, _ in _MARKS))
#: bytes by which every form is known
LEAST: Final = 10


def form_of(head: bytes) -> Form | None:
    """The form of a file that begins like this; None for lines of text."""
    found = _ANY.match(head)
    return _MARKS[found.lastindex - 1][1] if found and found.lastindex else None
