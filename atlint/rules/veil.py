"""A string with an innocent letter for each code point of which something was already told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atlint.rules.reading import Reading


def veiled(reading: Reading, pointer: str, text: str) -> str:
    """`text` as it would be if all that was told of it were mended; offsets stay the same."""
    letters = list(text)
    for span in reading.spoilt.get(pointer, ()):
        if span is not None:
            letters[span.start : span.end] = "x" * (span.end - span.start)
    return "".join(letters)
