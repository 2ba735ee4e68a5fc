"""The text of a parameter to what fluentd makes of it, and to what a person would read there.

fluentd's readers are unanchored searches, so a text with a fraction, a sign, a long unit or no number at all
gives some value without a word of warning; the two sides differ exactly there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from atlint.model import Json

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES: Final = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_NUMBER: Final = r"[-+]?(?:[0-9]+(?:_[0-9]+)*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?"
_RUBY_FLOAT: Final = re.compile(rf"\s*({_NUMBER})")
_RUBY_INTEGER: Final = re.compile(r"\s*([-+]?[0-9]+(?:_[0-9]+)*)")
_QUANTITY: Final = re.compile(rf"({_NUMBER})\s*([a-zA-Z]*)")
_QUANTITIES: Final = re.compile(rf"(?>{_NUMBER}\s*[a-zA-Z]*\s*)++")
_GROUPED: Final = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+")
#: units as people write them, in seconds
_SPOKEN_SECONDS: Final[Mapping[str, float]] = {
    "": 1,
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 604800),
}
#: units as people write them, in bytes; fluentd and its users count in 1024 whichever way they spell it
_SPOKEN_BYTES: Final[Mapping[str, float]] = {"": 1, "b": 1, "byte": 1, "bytes": 1} | {
    spelling: size for unit, size in _BYTES.items() for spelling in (unit, unit + "b", unit + "i", unit + "ib")
}
_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "t", ""})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", "f"})
#: Python refuses to read longer integers, and nobody means them
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Value:
    """Both readings of one text; seconds, bytes, a truth value, an integer or a list of texts.

    `read` is None where fluentd refuses the text, `meant` is None where it says nothing of that kind.
    """

    read: Json
    meant: Json

    @property
    def differs(self) -> bool:
        """Whether fluentd takes it for something else than it says, or refuses what it says."""
        return self.meant is None or self.read is None or self.read != self.meant


def read(kind: str, text: str) -> Value:
    """Read `text` as one of `KINDS`. Raises KeyError for any other kind."""
    return KINDS[kind](text[:_LONGEST] if kind != "array" else text)


def seconds(text: str) -> Value:
    """A time: the first of s, m, h, d found behind digits anywhere decides, else the leading number."""
    for unit, size in _SECONDS.items():
        if found := re.search(rf"([0-9]+){unit}", text):
            return Value(int(found[1]) * size, _spoken(text, _SPOKEN_SECONDS))
    return Value(_tidy(_leading_float(text)), _spoken(text, _SPOKEN_SECONDS))


def size(text: str) -> Value:
    """A size in bytes: the first of k, m, g, t found behind digits decides, else the leading integer."""
    for unit, factor in _BYTES.items():
        if found := re.search(rf"([0-9]+){unit}", text, re.IGNORECASE):
            return Value(int(found[1]) * factor, _spoken(text, _SPOKEN_BYTES))
    return Value(_leading_integer(text), _spoken(text, _SPOKEN_BYTES))


def boolean(text: str) -> Value:
    """A truth value: lower-case words only, and a parameter without a value is true."""
    known = {"true": True, "yes": True, "": True, "false": False, "no": False}
    spoken = text.strip().lower()
    meant = True if spoken in _TRUE else False if spoken in _FALSE else None
    return Value(known.get(text), meant)


def integer(text: str) -> Value:
    """An integer: the leading digits, and 0 where there are none."""
    return Value(_leading_integer(text), _spoken(text, {"": 1}))


def array(text: str) -> Value:
    """A list of texts: JSON where it starts with a bracket, else what stands between commas."""
    if text.lstrip().startswith("["):
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            return Value(None, None)
        texts: list[Json] = [member if isinstance(member, str) else json.dumps(member) for member in members]
        return Value(texts, texts)
    parts: list[Json] = [part.strip() for part in text.split(",") if part.strip()]
    return Value(parts, parts)


KINDS: Final[Mapping[str, Callable[[str], Value]]] = {
    "time": seconds,
    "size": size,
    "bool": boolean,
    "integer": integer,
    "array": array,
}


def _spoken(text: str, units: Mapping[str, float]) -> Json:
    """The sum of the quantities that the text is made of; None where it is made of anything else."""
    stripped = text.strip()
    if _GROUPED.fullmatch(stripped):
        stripped = stripped.replace(",", "")
    if not _QUANTITIES.fullmatch(stripped):
        return None
    total = 0.0
    for number, unit in _QUANTITY.findall(stripped):
        if unit.lower() not in units:
            return None
        total += float(number.replace("_", "")) * units[unit.lower()]
    return _tidy(total)


def _tidy(number: float) -> Json:
    return int(number) if number.is_integer() else number


def _leading_float(text: str) -> float:
    found = _RUBY_FLOAT.match(text)
    return float(found[1].replace("_", "")) if found else 0.0


def _leading_integer(text: str) -> int:
    found = _RUBY_INTEGER.match(text)
    return int(found[1].replace("_", "")) if found else 0
