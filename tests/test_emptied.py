"""The tests of a rule fail when its check is emptied: fixtures and breakers see that nothing is told any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atlint.lint.engine import Judge
from atlint.model import Item, Problem, Verdict
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.readiness.items import Teller
from atlint.rules import REGISTRY
from atlint.rules.rule import Rule, Scope
from tests import test_constitution, test_laws
from tests.integrations.source import test_rules as source_rules
from tests.pipeline import test_rules as pipeline_rules
from tests.readiness import test_verdict as readiness_rules

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
#: these are told as items of a registration's report: emptied by an item that is always ready
TOLD = [pytest.param(rule, id=rule.code) for rule in REGISTRY.values() if rule.scope is Scope.REGISTRATION]


def test_every_rule_is_emptied_in_one_way() -> None:
    assert sorted(param.id for param in (*CHECKED, *SPOKEN, *TOLD)) == sorted(REGISTRY)


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


@pytest.mark.parametrize("rule", TOLD)
def test_an_item_that_is_always_ready_fails_the_law(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def law(folder: Path) -> None:
        folder.mkdir()
        for seed in range(4):
            readiness_rules.test_every_breaker_breaks_its_rule(folder, rule, seed)

    def item(tell: Teller, code: str, state: Verdict, *said: str) -> Item:
        return told(tell, code, Verdict.READY if code == rule.code else state, *said)

    law(tmp_path / "as it is")  # it holds as long as the item can fail
    told = Teller._item
    monkeypatch.setattr(Teller, "_item", item)
    with pytest.raises(AssertionError):
        law(tmp_path / "emptied")
