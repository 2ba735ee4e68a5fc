"""Durations and sizes as people write them, to seconds and bytes."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from atlint.model import AtlintError

#: events a second: far beyond what one machine writes. What is due is counted one by one between two writes, in 0.1 to
#: 0.2 us each, since a poisson schedule knows its times only so; at higher rates a run would count and hear no signal
MOST_RATE: Final = 10_000_000
#: the longest time that is meant, in seconds: a hundred years of 365 days
_LONGEST: Final = 100 * 365 * 86_400
#: the largest size that is meant, in bytes
_LARGEST: Final = 10**15
#: digits of a number that count, and letters of it that an error shows
_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")
_SECONDS: Final = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
_BYTES: Final = {
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}


def _number(digits: str) -> Fraction:
    """Of so many digits that Python would not read them, enough to be more than any bound."""
    whole, _, part = digits.partition(".")
    return Fraction(f"{whole.lstrip('0')[:_SHOWN] or '0'}.{part[:_SHOWN] or '0'}")


def duration(text: str) -> float:
    """Seconds in `8s`, `2m`, `1h`, `250ms`, `1.5s`.

    Raises:
        AtlintError: for anything else, a bare number included: it would not say which unit was meant; and for more
            than a hundred years.
    """
    found = _NUMBER.fullmatch(text.strip())
    unit = _SECONDS.get(found[2]) if found else None
    if found is None or unit is None:
        raise AtlintError(f"{text!r} is not a duration: write a number and one of {', '.join(_SECONDS)}, like 8s")
    seconds = _number(found[1]) * unit
    if seconds > _LONGEST:
        raise AtlintError(f"{text[:_SHOWN]!r} is longer than a hundred years: {_LONGEST // 86_400}d is the most")
    return float(seconds)


def size(text: str) -> int:
    """Bytes in `1300KB`, `50MB` (decimal) or `4KiB`, `1MiB` (binary).

    Raises:
        AtlintError: for anything else, for a part of a byte and for nothing at all.
    """
    found = _NUMBER.fullmatch(text.strip())
    unit = _BYTES.get(found[2]) if found else None
    if found is None or unit is None:
        raise AtlintError(f"{text!r} is not a size: write a number and one of {', '.join(_BYTES)}, like 50MB")
    value = _number(found[1]) * unit
    if value > _LARGEST:
        raise AtlintError(f"{text[:_SHOWN]!r} is larger than any file: 1000000GB is the most")
    if value.denominator != 1 or value < 1:
        raise AtlintError(f"{text!r} is not a whole number of bytes above zero")
    return int(value)
