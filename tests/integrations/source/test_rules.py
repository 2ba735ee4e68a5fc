"""Family AT8 as users meet it: laws 3 and the fixtures, over whole files of Python."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest

from atlint.integrations.source import find
from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.model import Severity
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

FIXTURES = Path(__file__).parents[3] / "fixtures" / "rules"
RULES = [rule for rule in REGISTRY.values() if rule.scope is Scope.SOURCE]
JUDGES = {edition: [Judge(everything(edition))] for edition in EDITIONS}


def codes(text: str, edition: str = "at-2018") -> set[str]:
    return {one.code for one in find(text, "service.py", JUDGES[edition])}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_fixtures_say_what_they_should(rule: Rule) -> None:
    folder = FIXTURES / rule.code
    assert rule.code in codes((folder / "bad.py").read_text())
    assert rule.code not in codes((folder / "good.py").read_text())


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_breakers_break_exactly_their_rule(rule: Rule, edition: str) -> None:
    draw = random.Random(rule.code)
    for _ in range(12):
        event = draw.choice(list(compliant(edition)))
        assert rule.breaker is not None
        made = rule.breaker(Draft(everything(edition), copy.deepcopy(event)), draw)
        assert isinstance(made, Broken)
        found = list(find(made.raw.decode(), "service.py", JUDGES[edition]))
        assert rule.code in {one.code for one in found}
        assert {one.code for one in found if one.severity is Severity.ERROR} <= {rule.code}
