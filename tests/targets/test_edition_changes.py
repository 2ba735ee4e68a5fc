from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from atlint.model import Severity
from atlint.plan import EDITIONS, Node, Plan, compile_plan
from atlint.targets.edition_changes import compare

OLD = compile_plan("at-2018")


def differing(role: str, **fields: Any) -> Plan:
    """The at-2018 Plan with a field's node changed."""
    pointer = OLD.pointer(role)

    def copied(node: Node) -> Node:
        members = {name: copied(member) for name, member in node.members.items()}
        return dataclasses.replace(node, members=members, **(fields if node.pointer == pointer else {}))

    return dataclasses.replace(OLD, root=copied(OLD.root))


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_does_not_differ_from_itself(edition: str) -> None:
    assert not list(compare(compile_plan(edition), compile_plan(edition)))


@pytest.mark.parametrize(
    ("role", "fields", "forth", "back"),
    [
        ("outcome", {"choices": ("success",)}, "breaking", "compatible"),
        ("outcome", {"choices": None}, "compatible", "breaking"),
        ("reason/reasonCode", {"types": frozenset({"number", "string"})}, "compatible", "breaking"),
        ("reason/reasonCode", {"maximum": 499}, "breaking", "compatible"),
        ("reason/reasonCode", {"minimum": 200}, "breaking", "compatible"),
        ("target/id", {"form": ""}, "compatible", "breaking"),
        ("initiator/host", {"missing": Severity.ERROR}, "breaking", "compatible"),
        ("reason/reasonType", {"missing": Severity.INFO}, "compatible", "compatible"),
        ("reason", {"closed": False}, "compatible", "breaking"),
        ("requestData", {"forbidden": True}, "breaking", "compatible"),
        ("target/name", {"description": "other words"}, "cosmetic", "cosmetic"),
        ("target/name", {"min_length": 3}, "breaking", "compatible"),
    ],
)
def test_each_change_has_its_weight(role: str, fields: dict[str, Any], forth: str, back: str) -> None:
    new = differing(role, **fields)
    for old, other, weight in ((OLD, new, forth), (new, OLD, back)):
        found = list(compare(old, other))
        assert [str(change.weight) for change in found] == [weight], found
        assert found[0].where.startswith(role)


def test_what_is_gone_breaks_and_what_is_added_does_not() -> None:
    without = {name: node for name, node in OLD.node("/payload").members.items() if name != "requestData"}
    payload = dataclasses.replace(OLD.root.members["payload"], members=without)
    root = dataclasses.replace(OLD.root, members={**OLD.root.members, "payload": payload})
    new = dataclasses.replace(OLD, root=root)
    assert [(str(c.weight), c.where) for c in compare(OLD, new)] == [("breaking", "requestData")]
    assert [(str(c.weight), c.where) for c in compare(new, OLD)] == [("compatible", "requestData")]


def test_moving_the_record_is_one_change() -> None:
    found = list(compare(compile_plan("at-2019"), compile_plan("at-2020")))
    assert sum(change.where == "the record" for change in found) == 1
    assert not any(change.where in {"action", "target/id", "eventTime"} for change in found)


def test_the_flat_format_takes_shorter_lines() -> None:
    (line,) = [change for change in compare(OLD, compile_plan("at-2020")) if change.where == "line"]
    assert (str(line.weight), line.was, line.now) == ("breaking", "512,000", "16,384")
