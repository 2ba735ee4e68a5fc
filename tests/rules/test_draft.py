"""What breakers change events with."""

from __future__ import annotations

import json

import pytest

from atlint.rules.draft import Draft
from atlint.rules.selection import everything


def of(value: dict[str, object], edition: str = "at-2018") -> Draft:
    return Draft(everything(edition), value)


def test_a_role_is_put_where_the_edition_has_it() -> None:
    for edition, record in (("at-2018", "/payload"), ("at-2020", "")):
        draft = of({}, edition)
        assert draft.put("target/name", "k1") == f"{record}/target/name"
        assert draft.put("target/id", 7) == f"{record}/target/id"
        target = {"name": "k1", "id": 7}
        assert draft.value == ({"payload": {"target": target}} if record else {"target": target})
        assert draft.get("target/name") == "k1"
        assert draft.get("target/other") is None


def test_a_place_in_a_list_is_replaced() -> None:
    draft = of({"payload": {"tags": ["a", "b"]}})
    assert draft.put("tags/1", "c") == "/payload/tags/1"
    assert draft.value == {"payload": {"tags": ["a", "c"]}}
    assert draft.get("tags/1") == "c"


def test_what_is_dropped_need_not_be_there() -> None:
    draft = of({"payload": {"target": {"name": "k1", "id": "x"}}})
    for _ in range(2):
        assert draft.drop("target/name") == "/payload/target/name"
        assert draft.drop("initiator/name") == "/payload/initiator/name"
        assert draft.value == {"payload": {"target": {"id": "x"}}}


@pytest.mark.parametrize(
    ("segment", "there"),
    [
        ("version", "crn:NEW:b:c:d:e:f:g:h:i:j"),
        ("cname", "crn:a:NEW:c:d:e:f:g:h:i:j"),
        ("resource_type", "crn:a:b:c:d:e:f:g:NEW:i:j"),
        ("resource", "crn:a:b:c:d:e:f:g:h:NEW"),
    ],
)
def test_one_segment_of_a_crn(segment: str, there: str) -> None:
    draft = of({"payload": {"target": {"id": "crn:a:b:c:d:e:f:g:h:i:j"}}})
    assert draft.put_segment("target/id", segment, "NEW") == "/payload/target/id"
    assert draft.get("target/id") == there


@pytest.mark.parametrize(
    ("action", "parts"),
    [
        ("kms.secrets.read", ("kms", "secrets", "read")),
        ("kms.secrets.key.read", ("kms", "secrets.key", "read")),
        ("kms.secrets", ("example-service", "thing", "read")),
        (None, ("example-service", "thing", "read")),
    ],
)
def test_the_parts_of_the_action_or_those_of_an_example(action: object, parts: tuple[str, str, str]) -> None:
    assert of({"payload": {"action": action}}).act() == parts


@pytest.mark.parametrize(
    ("message", "then"),
    [
        ("K: read k -failure", "K: read k"),
        ("K: read k -pending", "K: read k"),
        ("K: read k", "K: read k"),
        (None, None),
        (7, 7),
    ],
)
def test_a_success_in_all_that_says_so(message: object, then: object) -> None:
    draft = of({"payload": {"message": message}})
    draft.succeed()
    assert draft.value["payload"] == {"message": then, "outcome": "success", "reason": {"reasonCode": 200}}


def test_a_line_is_as_short_as_can_be() -> None:
    raw = of({"a": "ü", "b": [1, 2]}).line()
    assert raw == '{"a":"ü","b":[1,2]}'.encode()
    assert json.loads(raw) == {"a": "ü", "b": [1, 2]}
