"""A line of a log: no traceback, and law 1. The first byte picks the edition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.lint.examples import compliant
from atlint.plan import EDITIONS
from atlint.rules.draft import Draft
from atlint.rules.selection import everything
from tests.fuzz.files import found
from tests.fuzz.law import readers_agree, told

LONGEST: Final = 6_000


def seeds() -> Iterator[bytes]:
    """Compliant events of all editions, and the fixtures of the rules."""
    for index, edition in enumerate(EDITIONS):
        for event in compliant(edition):
            yield bytes([index]) + Draft(everything(edition), event).line()
    for text in found("rules/*/bad*.jsonl"):
        yield b"\x00" + text.split(b"\n")[0]


def probe(data: bytes) -> None:
    """Read the line both ways; tell what is found in the two forms that are read most."""
    if not data:
        return
    edition = EDITIONS[data[0] % len(EDITIONS)]
    raw = data[1:].replace(b"\n", b" ")
    readers_agree(edition, raw)
    told(edition, raw)
