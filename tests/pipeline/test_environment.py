"""What Kubernetes makes of a container's `env`, by the rules of its API reference (EnvVar, Container.command)."""

from __future__ import annotations

import pytest

from atlint.pipeline import document
from atlint.pipeline.environment import Variable, variables
from atlint.pipeline.node import Mapping

POD = "{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}"
NODE = "{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}"
KEY = "{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}"


def last(*listed: str, more: str = "") -> Variable:
    (found,) = document.read(f"env: [{', '.join(listed)}]\n{more}".encode(), "x.yaml").documents
    assert isinstance(found.root, Mapping)
    return list(variables(found.root))[-1]


def of(value: str) -> str:
    return f"{{name: X, value: '{value}'}}"


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ((of("a"),), "a"),
        (("{name: X, value: 7}",), "7"),
        (("{name: A, value: a}", of("/$(A)/$(A).log")), "/a/a.log"),
        (("{name: A, value: a}", "{name: B, value: $(A)b}", of("$(B)")), "ab"),
        (("{name: A, value: a}", "{name: A, value: b}", of("$(A)")), "b"),
        (("{name: A, value: a}", of("$$(A)")), "$(A)"),
        (("{name: A, value: a}", of("$$$(A)")), "$a"),
        (("{name: A, value: a}", of("$A ${A} $(A")), "$A ${A} $(A"),
        ((of("$"),), "$"),
        ((of("$$"),), "$"),
    ],
)
def test_what_the_manifest_says_all_of(listed: tuple[str, ...], text: str) -> None:
    found = last(*listed)
    assert (found.text, found.value, found.alike, found.undefined) == (text, text, True, ())


@pytest.mark.parametrize(
    ("listed", "text", "alike"),
    [
        ((POD, of("$(POD).log")), "$(POD).log", False),
        ((POD, "{name: A, value: a-$(POD)}", of("$(A).log")), "a-$(POD).log", False),
        ((NODE, of("$(NODE).log")), "$(NODE).log", True),
        ((NODE, POD, of("$(NODE)/$(POD).log")), "$(NODE)/$(POD).log", False),
        ((KEY, of("$(KEY).log")), "$(KEY).log", False),
        ((of("$(KMS_SERVICE_HOST).log"),), "$(KMS_SERVICE_HOST).log", False),
        ((of("$(KMS_PORT_80_TCP).log"),), "$(KMS_PORT_80_TCP).log", False),
    ],
)
def test_what_only_the_cluster_knows(listed: tuple[str, ...], text: str, *, alike: bool) -> None:
    found = last(*listed)
    assert (found.text, found.value, found.alike, found.undefined) == (text, None, alike, ())


def test_a_reference_to_nothing_stays_as_it_is() -> None:
    found = last(of("$(POD)-$(A).log"), POD, of("$(POD)-$(A).log"))
    assert (found.text, found.undefined) == ("$(POD)-$(A).log", ("A",))
    found = last(of("$(POD).log"), POD.replace("POD", "OTHER"), of("$(POD).log"))
    assert (found.value, found.alike, found.undefined) == ("$(POD).log", True, ("POD",))


def test_what_comes_from_elsewhere() -> None:
    found = last(POD)
    assert (found.text, found.value, found.field, found.alike) == (None, None, "metadata.name", False)
    found = last(of("$(POD).log"), more="envFrom: [{configMapRef: {name: c}}]\n")
    assert (found.text, found.value, found.alike, found.undefined) == ("$(POD).log", None, False, ())


def test_doubling_over_and_over_comes_to_an_end() -> None:
    listed = [f"{{name: A{number}, value: $(A{number - 1})$(A{number - 1})}}" for number in range(1, 60)]
    found = last("{name: A0, value: xxxxxxxx}", *listed)
    assert found.text is None or len(found.text) < 5000
