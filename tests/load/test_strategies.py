from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from atlint.lint import Explainer
from atlint.load.mix import breakable
from atlint.model import AtlintError, Line, Severity
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import from_value
from atlint.rules import REGISTRY
from atlint.strategies import broken, events, lines

if TYPE_CHECKING:
    from atlint.plan.registration import Registration

NOW = 1769817600.0
SPACE = {
    "edition": "at-2018",
    "service": {"name": "greeter", "displayName": "Greeter"},
    "userCopy": "space",
    "registrations": [
        {
            "environment": "production",
            "region": "eu-de",
            "endpoint": "https://activity-tracker.eu-de.bluemix.net",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "71316c2f90d84e5ab3c7d1e08f42a965",
        }
    ],
    "actions": [
        {
            "action": "greeter.greeting.wave",
            "target": "greeter/greeting",
            "severity": "warning",
            "outcomes": ["success"],
        },
        {
            "action": "greeter.greeting-card.delete",
            "target": "greeter/greeting/card",
            "outcomes": ["success", "failure"],
        },
    ],
}


@functools.cache
def strict(edition: str, registration: Registration | None = None) -> Plan:
    levels = {rule.code: rule.levels(edition) for rule in REGISTRY.values() if rule.levels(edition)}
    return compile_plan(edition, registration, Settings(levels))


def found(plan: Plan, raw: bytes) -> list[tuple[str, str, str]]:
    problems = Explainer(plan, NOW).explain(Line("event.log", 1, 0, raw)).problems
    return [(problem.code, problem.case, problem.pointer) for problem in problems]


many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_every_event_is_clean_under_every_rule(edition: str, data: st.DataObject) -> None:
    event = data.draw(events(edition))
    assert found(strict(edition), json.dumps(event, ensure_ascii=False).encode()) == []


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_every_spelling_of_an_event_is_clean(edition: str, data: st.DataObject) -> None:
    raw = data.draw(lines(edition))
    assert b"\n" not in raw
    assert found(strict(edition), raw) == []


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_events_of_a_registration_are_of_its_own_actions_and_clean(edition: str, data: st.DataObject) -> None:
    registration = from_value({**SPACE, "edition": edition})
    event = data.draw(events(edition, registration))
    record: dict[str, Any] = event.get("payload", event)
    assert record["action"] in registration.action_names
    assert found(strict(edition, registration), json.dumps(event).encode()) == []


def test_a_registration_without_actions_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="declares no actions"):
        events("at-2018", from_value({**SPACE, "actions": []}))


def test_an_unknown_edition_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="at-2018"):
        events("at-1999")


@pytest.mark.parametrize("edition", EDITIONS)
@many
@given(data=st.data())
def test_a_broken_line_has_its_fault_at_its_place_and_no_other_error(edition: str, data: st.DataObject) -> None:
    plan = strict(edition)
    raw, code, pointer = data.draw(broken(edition))
    if b"\n" in raw or code in {"AT009", "AT011", "AT012"}:
        return
    problems = found(plan, raw)
    assert (code, pointer) in [(found_code, place) for found_code, _, place in problems]
    others = {found_code for found_code, case, _ in problems if plan.levels[found_code].get(case) is Severity.ERROR}
    assert others <= {code, *REGISTRY[code].companions}


def test_a_rule_that_no_event_can_break_is_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="AT999"):
        broken("at-2018", "AT999")


def test_events_shrink_to_something_small() -> None:
    event = find(
        events("at-2020"),
        lambda found: found["outcome"] == "failure",
        settings=settings(max_examples=2000, database=None, deadline=None),
    )
    assert set(event) <= {*compile_plan("at-2020").root.required}
    assert event["target"]["name"] == "0"


@pytest.mark.parametrize("edition", EDITIONS)
def test_most_rules_can_be_broken(edition: str) -> None:
    assert len(breakable(compile_plan(edition))) > 50
