"""Turns any text into text that a terminal, a log viewer or an XML parser shows and never obeys."""

from __future__ import annotations

import re

#: C0 and C1 controls, bidirectional and other invisible controls (Unicode 15, 23.2 and UAX 9), the line
#: and paragraph separators, surrogates, and the noncharacters that XML 1.0 forbids
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _visible(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    return _SHORT.get(char) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")


def printable(text: str) -> str:
    r"""Return `text` on one line with every unprintable character spelt out, as `\x1b` or `\u202e`.

    A backslash stays as it is, so that applying this twice changes nothing more.
    """
    return text if text.isprintable() else _UNPRINTABLE.sub(_visible, text)


def encodable(text: str) -> str:
    r"""Return `text` with only its surrogates spelt out, so that UTF-8 can carry it."""
    return _SURROGATE.sub(_visible, text)
