"""The scanner that knows places agrees with Python's own `json`: same texts, same values, and every place is right."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final

from atlint.model import Json
from atlint.pointer import Scan, resolve, scan
from tests.fuzz.files import found
from tests.fuzz.law import all_texts

LONGEST: Final = 2_000
#: what the scanner makes of a number too long for anybody
_DIGITS: Final = 4_000


def seeds() -> Iterator[bytes]:
    """Lines with faults of JSON, and pieces of all kinds of values."""
    yield from (text.split(b"\n")[0] for text in found("rules/AT0*/*.jsonl"))
    yield from all_texts(r"\\|\{")
    yield from (b'{"a":[1,-0.5e+3,true,false,null,"\\u00e9\\n"],"a":{"":{}}}', b"[1e999,123456789012345678901]")


def probe(data: bytes) -> None:
    """Read a text both ways."""
    text = data.decode("utf-8", "surrogateescape")
    ours = scan(text)
    try:
        theirs = json.loads(text, strict=False, parse_constant=_refuse, parse_int=_integer)
    except (ValueError, RecursionError):
        assert not isinstance(ours, Scan), text
        assert 0 <= ours.offset <= len(text)
        return
    if not isinstance(ours, Scan):
        assert ours.kind == "depth", (text, ours)
        return
    assert _same(ours.value, theirs), (text, ours.value, theirs)
    if any(blemish.kind == "duplicate-key" for blemish in ours.blemishes):
        return
    for pointer, member in ours.members.items():
        piece = json.loads(text[slice(*member.value)], strict=False, parse_int=_integer)
        assert _same(piece, resolve(ours.value, pointer)), (text, pointer)


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _integer(digits: str) -> int:
    return 0 if len(digits) > _DIGITS else int(digits)


def _same(one: Json, other: Json) -> bool:
    """Equal in kind as well: 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(_same, one.values(), other.values()))
    return one == other
