"""The tests of a rule fail when its check is emptied: fixtures and breakers see that nothing is told any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from atlint.lint.engine import Judge
from atlint.model import Problem
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.rules import REGISTRY
from atlint.rules.rule import Rule, Scope
from tests import test_constitution, test_laws
from tests.integrations.source import test_rules as source_rules
from tests.pipeline import test_rules as pipeline_rules

NOW = test_laws.NOW
CHECKED = [
    pytest.param(rule, edition, id=rule.code)
    for rule in REGISTRY.values()
    for edition in [next(edition for edition in EDITIONS if rule.levels(edition) and edition not in rule.unbreakable)]
    if rule.check is not None
]
#: the schema, the line scanner and the readers of whole files speak for these: they are emptied by leaving them out
SPOKEN = [
    pytest.param(rule, edition, id=rule.code)
    for rule in REGISTRY.values()
    for edition in [next(edition for edition in EDITIONS if rule.levels(edition) and edition not in rule.unbreakable)]
    if rule.check is None and rule.scope is not Scope.REGISTRATION
]


@pytest.fixture
def emptied() -> Iterator[Callable[[Rule], None]]:
    """A way to take the check of a rule away until the test ends."""
    before = {}

    def empty(rule: Rule) -> None:
        before[rule] = rule.check
        object.__setattr__(rule, "check", _nothing)

    yield empty
    for rule, check in before.items():
        object.__setattr__(rule, "check", check)


def _nothing(_reading: object) -> Iterator[Problem]:
    return iter(())


def law(rule: Rule, edition: str) -> None:
    """What holds the rule to its breaker and, where a line can show it, to its fixtures."""
    if rule.scope is Scope.CLUSTER:
        pipeline_rules.test_breakers_break_exactly_their_rule(rule, edition)
    elif rule.scope is Scope.SOURCE:
        source_rules.test_breakers_break_exactly_their_rule(rule, edition)
    else:
        test_laws.test_breakers_break_exactly_their_rule(rule, edition)
        if rule.scope not in test_constitution.OF_FILES:
            test_constitution.test_fixtures_say_what_they_should(rule)


@pytest.mark.parametrize(("rule", "edition"), CHECKED)
def test_an_emptied_check_fails_the_law(
    rule: Rule, edition: str, emptied: Callable[[Rule], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    law(rule, edition)  # it holds as long as the check is there
    emptied(rule)
    monkeypatch.setitem(test_laws.JUDGES, edition, Judge(test_laws.everything(edition), NOW))
    with pytest.raises(AssertionError):
        law(rule, edition)


@pytest.mark.parametrize(("rule", "edition"), SPOKEN)
def test_a_rule_that_is_left_out_fails_the_law(rule: Rule, edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(edition: str, registration: Registration | None = None) -> Plan:
        levels = {each.code: each.levels(edition) for each in REGISTRY.values() if each.levels(edition)}
        del levels[rule.code]
        return compile_plan(edition, registration, Settings(levels))

    law(rule, edition)  # it holds as long as the rule is there
    judge = Judge(without(edition), NOW)
    monkeypatch.setitem(test_laws.JUDGES, edition, judge)
    monkeypatch.setitem(source_rules.JUDGES, edition, [judge])
    monkeypatch.setattr(test_laws, "everything", without)
    monkeypatch.setattr(pipeline_rules, "everything", without)
    with pytest.raises(AssertionError):
        law(rule, edition)
