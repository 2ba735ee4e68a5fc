"""A baseline: one that is read says the same when it is written and read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.lint.baseline import Baseline, Known, load
from atlint.model import AtlintError, Severity
from tests.fuzz.files import written

LONGEST: Final = 2_000


def seeds() -> Iterator[bytes]:
    """What atlint itself writes."""
    keys = {
        ("AT310", "svc", "svc.a.create", "/payload/severity", "text"): Known(Severity.ERROR, 3),
        ("AT011", "", "", "", ""): Known(Severity.INFO),
    }
    for known in ({}, keys):
        yield "".join(Baseline("b", dict(known)).text()).encode()


def probe(data: bytes) -> None:
    """Read, write, read."""
    try:
        found = load(written("baseline.json", data))
    except AtlintError:
        return
    text = "".join(found.text()).encode()
    again = load(written("baseline.json", text))
    assert again.known == found.known
    assert "".join(again.text()).encode() == text
