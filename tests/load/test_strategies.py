from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from atlint.load.mix import breakable
from atlint.model import AtlintError
from atlint.plan import EDITIONS, compile_plan
from atlint.rules import REGISTRY
from atlint.strategies import broken, events, lines
from tests.load.events import errors, found, registration_of

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_every_event_is_clean_under_every_rule(edition: str, data: st.DataObject) -> None:
    event = data.draw(events(edition))
    assert found(edition, json.dumps(event, ensure_ascii=False).encode()) == []


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_every_spelling_of_an_event_is_clean(edition: str, data: st.DataObject) -> None:
    raw = data.draw(lines(edition))
    assert b"\n" not in raw
    assert found(edition, raw) == []


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_events_of_a_registration_are_of_its_own_actions_and_clean(edition: str, data: st.DataObject) -> None:
    registration = registration_of(edition)
    event = data.draw(events(edition, registration))
    record: dict[str, Any] = event.get("payload", event)
    assert record["action"] in registration.action_names
    assert found(edition, json.dumps(event).encode(), registration) == []


def test_a_registration_without_actions_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="declares no actions"):
        events("at-2018", registration_of("at-2018", actions=[]))


def test_an_unknown_edition_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="at-2018"):
        events("at-1999")


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_a_broken_line_has_its_fault_at_its_place_and_no_other_error(edition: str, data: st.DataObject) -> None:
    raw, code, pointer = data.draw(broken(edition))
    if b"\n" in raw or code in {"AT009", "AT011", "AT012"}:
        return
    assert (code, pointer) in found(edition, raw)
    assert errors(edition, raw) <= {code, *REGISTRY[code].companions}


def test_a_rule_that_no_event_can_break_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="AT999"):
        broken("at-2018", "AT999")


def test_events_shrink_to_something_small() -> None:
    event = find(
        events("at-2020"),
        lambda found: found["outcome"] == "failure",
        settings=settings(max_examples=400, database=None, deadline=None),
    )
    assert set(event) <= {*compile_plan("at-2020").root.required}
    assert event["target"]["name"] in ("", "0")


@pytest.mark.parametrize("edition", EDITIONS)
def test_most_rules_can_be_broken(edition: str) -> None:
    assert len(breakable(compile_plan(edition))) > 50
