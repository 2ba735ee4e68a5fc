"""The numbers that Python and `native/` have in common, as C has them."""

from __future__ import annotations

from collections.abc import Iterator

from atlint.lint.native_numbers import STRANGE, Aspect, Kind, Mark, Split
from tests.generated.page import Page

_ENUMS = (Kind, Split, Aspect, Mark)


def pages() -> Iterator[Page]:
    """The header."""
    yield "native/numbers.h", "\n".join(_header()) + "\n"


def _header() -> Iterator[str]:
    yield from (
        "/* Made of `atlint/lint/native_numbers.py` by `python -m tests.generated --write`; do not edit. */",
        "#ifndef ATLINT_NUMBERS_H",
        "#define ATLINT_NUMBERS_H",
        "",
        f"#define STRANGE {STRANGE}",
        "",
    )
    for enum in _ENUMS:
        yield f"typedef enum {{ {', '.join(f'{one.name} = {one.value}' for one in enum)} }} {enum.__name__};"
    yield from ("", "#endif")
