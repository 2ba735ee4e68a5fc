"""How programs write their events: the checks over syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from atlint.rules.rule import Rule
from atlint.rules.source_checks import check
from atlint.rules.source_code import RULES

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "rules"
#: how often each bad fixture shows its rule: every way in it is found
WAYS = {"AT801": 6, "AT802": 7, "AT803": 4, "AT804": 2, "AT805": 3, "AT806": 2}
#: a log of events, for programs that write to it
LOG = "f = open(f'/var/log/at/{pod}.log', 'a')\n"


def told(text: str) -> list[tuple[str, str, int]]:
    return [(problem.code, problem.case, node.lineno) for problem, node in check(ast.parse(text))]  # type: ignore[attr-defined]  # every node told of has a place


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_way_to_break_a_rule_is_found(rule: Rule) -> None:
    found = told((FIXTURES / rule.code / "bad.py").read_text())
    assert {code for code, _, _ in found} - {"AT806"} <= {rule.code}
    assert sum(code == rule.code for code, _, _ in found) == WAYS[rule.code]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_near_neighbours_are_left_alone(rule: Rule) -> None:
    assert told((FIXTURES / rule.code / "good.py").read_text()) == []
