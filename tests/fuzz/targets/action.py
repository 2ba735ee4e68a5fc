"""An action: the expression and the parser agree about it (law 5), and both readers of an event that has it (law 1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.fuzz.law import all_texts, parsers_agree, readers_agree, with_text

LONGEST: Final = 400
_EDITION: Final = "at-2018"
_POINTER: Final = "/payload/action"


def seeds() -> Iterator[bytes]:
    """Those of the shipped examples."""
    yield from all_texts(r"^[a-z0-9-]+\\.[a-z0-9.-]+$")


def probe(data: bytes) -> None:
    """Read a text by its grammar, and within an event."""
    text = data.decode("utf-8", "surrogateescape")
    parsers_agree("action", text)
    readers_agree(_EDITION, with_text(_EDITION, _POINTER, text))
