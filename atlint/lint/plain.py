"""JSON text to its value, where it is surely free of blemishes: quick, and never wrong where it answers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

#: what decoders raise for what is no JSON text: bytes that are not UTF-8 have an exception of their own
NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ANY: Final = msgspec.json.Decoder()
#: writes the value again, with as many double quotes as it has
_WRITTEN: Final = msgspec.json.Encoder()
#: packs as the tailer does, which cannot pack greater integers either
_WITHIN_64_BITS: Final = msgspec.msgpack.Encoder()
#: levels that the tailer takes are 100; few enough are left for what is around
_DEEPEST: Final = 90


def value_of(raw: bytes) -> tuple[Any] | None:
    """The value of JSON text, in a tuple, where no key stands twice and no number is beyond 64 bits.

    None for all other text, and for some that is as good. Double quotes are counted: the value has fewer than
    the text when it is written again, where a key stands twice. An escape that hides a quote would spoil the count.
    """
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST or b"u0022" in raw:
        return None
    found = decoded(raw)
    if found is None:
        return None
    try:
        _WITHIN_64_BITS.encode(found[0])
    except OverflowError:
        return None
    return found if raw.count(b'"') == _WRITTEN.encode(found[0]).count(b'"') else None


def decoded(raw: bytes) -> tuple[Any] | None:
    """The value of JSON text, in a tuple; of a key that stands twice the last. None for all other text."""
    try:
        return (_ANY.decode(raw),)
    except NOT_JSON:
        return None
