"""JSON text to its value, where it is surely free of blemishes: quick, and never wrong where it answers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from atlint.model import Json

_ANY: Final = msgspec.json.Decoder()
#: levels that the tailer takes are 100; few enough are left for what is around
_DEEPEST: Final = 90


def value_of(raw: bytes) -> tuple[Any] | None:
    """The value of JSON text, in a tuple, where no key stands twice and no number is beyond 64 bits.

    None for all other text, and for some that is as good. Double quotes are counted: the value has fewer than
    the text where a key stands twice. An escape that hides a quote would spoil the count.
    """
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST or b"u0022" in raw:
        return None
    try:
        value = _ANY.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    quotes = _quotes(value)
    return (value,) if quotes is not None and raw.count(b'"') == quotes else None


def _quotes(value: Json) -> int | None:
    """How many double quotes the value has when it is written; None where an integer is beyond 64 bits."""
    if isinstance(value, str):
        return 2 + value.count('"')
    if isinstance(value, dict):
        total = 0
        for key, child in value.items():
            inner = _quotes(child)
            if inner is None:
                return None
            total += 2 + key.count('"') + inner
        return total
    if isinstance(value, list):
        total = 0
        for child in value:
            inner = _quotes(child)
            if inner is None:
                return None
            total += inner
        return total
    return None if type(value) is int and not -(2**63) <= value < 2**63 else 0
