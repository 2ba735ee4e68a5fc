"""A line to its digest: of the canonical JSON (keys sorted, no blanks), of the raw bytes where it is no JSON.

Two spellings of one JSON value have one digest; any other difference changes it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final, NoReturn

import msgspec

#: how the header of a manifest names the function
ALGORITHM: Final = "blake2b-128"

_fast_decode: Final = msgspec.json.Decoder().decode
_fast_encode: Final = msgspec.json.Encoder(order="sorted").encode


def _no_number(text: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(text)


_decode: Final = json.JSONDecoder(parse_constant=_no_number).decode
_encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def canonical(raw: bytes) -> bytes | None:
    """The canonical JSON of a line, or None where it is not JSON (bad UTF-8, a BOM and NaN included).

    What msgspec refuses although it is JSON (a lone surrogate, a number beyond a double) goes the slow way:
    msgspec refuses it in every spelling, so that one value never gets two forms.
    """
    try:
        return _fast_encode(_fast_decode(raw))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        return _encode(_decode(raw.decode())).encode()
    except (ValueError, RecursionError):
        return None


def digest(raw: bytes) -> str:
    """32 hexadecimal digits for a line without its line feed."""
    form = canonical(raw)
    return hashlib.blake2b(raw if form is None else form, digest_size=16).hexdigest()
