"""YAML with positions: what PyYAML reads, with places that are right, and the checks of manifests on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from atlint.pipeline import cluster, document
from atlint.pipeline.node import Mapping, Node, Scalar, walk
from atlint.pipeline.registration_file import is_registration
from atlint.report.manifests import Manifests
from tests.fuzz.files import found
from tests.fuzz.law import told

LONGEST: Final = 3_000


def seeds() -> Iterator[bytes]:
    """The manifests of the fixtures."""
    yield from found("**/*.yaml", LONGEST)


def probe(data: bytes) -> None:
    """Read, compare, and judge."""
    stream = document.read(data, "a.yaml")
    size = len(stream.source.text)
    for fault in stream.faults:
        assert 0 <= fault.span.start <= fault.span.end <= size, fault
    for each in stream.documents:
        for node in walk(each.root) if each.root is not None else ():
            assert 0 <= node.span.start <= node.span.end <= size, node
            if isinstance(node, Scalar):
                assert len(stream.offsets(node)) == len(node.value), node
    if not stream.faults:
        theirs = list(yaml.compose_all(stream.source.text, Loader=yaml.CSafeLoader))
        roots = [each.root for each in stream.documents]
        assert len(theirs) == len(roots)
        for one, other in zip(roots, theirs, strict=True):
            assert one is None or _texts(one) == _composed(other), data
    fenced = document.read(data, "a.yaml", fence=True)
    manifests = (
        Manifests(cluster.read([]), (), (fenced,))
        if is_registration(fenced)
        else Manifests(cluster.read([fenced]), (), ())
    )
    told("at-2018", b"", manifests)


def _texts(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return [(entry.key.value, _texts(entry.value)) for entry in node.entries]
    return [_texts(item) for item in node.items]


def _composed(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.MappingNode):
        return [(key.value, _composed(value)) for key, value in node.value]
    return [_composed(item) for item in node.value]
