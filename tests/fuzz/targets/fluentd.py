"""A configuration of fluentd, by itself and under all checks of manifests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.model import Span
from atlint.pipeline import cluster
from atlint.pipeline.fluentd import parse
from atlint.pipeline.source import Source
from atlint.report.manifests import Manifests
from tests.fuzz.files import found
from tests.fuzz.law import told

LONGEST: Final = 3_000


def seeds() -> Iterator[bytes]:
    """All configurations of the fixtures."""
    yield from found("**/*.conf")


def probe(data: bytes) -> None:
    """Parse; every place lies within the text; then judge it."""
    text = data.decode("utf-8", "surrogateescape")
    config = parse(text)
    spans: list[Span] = [fault.span for fault in config.faults]
    assert spans or config.root is not None
    for section in config.walk():
        spans += [section.tag, section.span, *(each.key.span for each in section.parameters)]
        spans += [each.value.span for each in section.parameters]
    assert all(0 <= start <= end <= len(text) for start, end in spans), spans
    manifests = Manifests(cluster.read([]), ((Source.of(text, "a.conf"), config),), ())
    told("at-2018", b"", manifests)
