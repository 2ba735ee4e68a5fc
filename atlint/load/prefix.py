"""Whether a line that is not JSON is the beginning of one that would be: told by completing it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

#: strings as a whole, brackets, and the quote of a string that does not end
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]|"', re.DOTALL)
#: what may be missing behind a cut outside of a string: nothing, a value, a member, the rest of a word
_OUTSIDE: Final = ("", "0", ":0", '"":0', "rue", "ue", "e", "alse", "lse", "se", "ull", "ll", "l")
#: what may be missing of an escape behind a cut within a string
_ESCAPE: Final = ("", '"', "0", "00", "000", "0000")
_CLOSE: Final = {"[": "]", "{": "}"}


def is_prefix(raw: bytes) -> bool:
    """Whether something can follow `raw` so that the whole is one JSON object (RFC 8259)."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = raw[: error.start].decode()
    if not text.lstrip().startswith("{"):
        return False
    open_brackets: list[str] = []
    within = False
    for token in _TOKEN.finditer(text):
        if token[0] in _CLOSE:
            open_brackets.append(token[0])
        elif token[0] == '"':
            within = True
            break
        elif token[0] in {"]", "}"} and (not open_brackets or _CLOSE[open_brackets.pop()] != token[0]):
            return False
    closing = "".join(_CLOSE[bracket] for bracket in reversed(open_brackets))
    return bool(open_brackets) and any(_is_json(text + rest + closing) for rest in _rests(within=within))


def _rests(*, within: bool) -> Iterator[str]:
    if not within:
        yield from _OUTSIDE
        return
    for escape in _ESCAPE:
        yield f'{escape}"'
        yield f'{escape}":0'


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
