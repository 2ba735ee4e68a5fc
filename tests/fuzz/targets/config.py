"""`atlint.toml`: a frozen Config whose choices and ignore entries can be used, or an error that names the key."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from atlint.config import load
from atlint.lint.suppress import Suppressions
from atlint.model import AtlintError
from atlint.rules.selection import Choice, choose
from tests.fuzz.files import written

LONGEST: Final = 2_000


def seeds() -> Iterator[bytes]:
    """One with every key, and one with a slip."""
    yield (
        b'edition = "at-2018"\nselect = ["AT3"]\nextend-select = ["AT011"]\nignore = ["AT310", '
        b'{rule = "AT301", service = "svc*", path = "logs/**", reason = "known", until = 2026-12-31}]\n'
        b'fail-on = "warning"\noutput = ["json"]\nsamples = true\nshow-values = false\nbaseline = "b.json"\n'
        b'verbs = ["frob"]\n[severity]\nAT301 = "info"\n[max-rate]\nAT301 = "0.1%"\n[aliases]\na = ["b"]\n'
    )
    yield b'selekt = ["AT3"]\n'


def probe(data: bytes) -> None:
    """Read it and use it."""
    try:
        found = load(written("atlint.toml", data))
        choose("at-2018", Choice(found.select, found.ignore, found.extend_select, found.severity))
        kept = Suppressions(found.entries, datetime.date(2026, 1, 1))
    except AtlintError:
        return
    kept.covers("AT310", service="svc", action="svc.a.create", pointer="/payload", path="logs/a.log")
