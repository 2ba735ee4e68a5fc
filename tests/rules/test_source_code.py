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
WAYS = {"AT801": 5, "AT802": 5, "AT803": 4, "AT804": 2, "AT805": 3, "AT806": 2}


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


LOG = "f = open(f'/var/log/at/{pod}.log', 'a')\n"
CASES = [
    (LOG + "f.write(json.dumps(e, allow_nan=True))", [("AT806", "", 2)]),
    ("import json as j\n" + LOG + "f.write(j.dumps(e))", [("AT806", "", 3)]),
    ("import ujson as json\n" + LOG + "f.write(json.dumps(e))", []),
    (LOG + "f.write(orjson.dumps(e, option=orjson.OPT_INDENT_2))", [("AT803", "", 2)]),
    ("with open('/var/log/at/a.log', 'a') as f:\n    json.dump(e, f)", [("AT801", "", 1), ("AT805", "dump", 2)]),
    ("def f(p):\n    with open(p, 'w') as f:\n        json.dump(e, f)", []),
    ("e = {'meta': m, 'payload': p}\nb = io.StringIO()\njson.dump(e, b)", []),
    ("e = {'meta': m, 'payload': p}\njson.dump(e, file)", [("AT805", "dump", 2)]),
    ("e = {'meta': m, 'payload': p}\nprint(json.dumps(e, allow_nan=False), file=sys.stderr)", []),
    ("fd = os.open(f'/var/log/at/{p}.log', os.O_WRONLY)\nos.write(fd, json.dumps(e).encode())", [("AT806", "", 2)]),
    ("def f(path):\n    path = path + 'x'\n    open(path, 'a')", []),
    ("open(a, b).open(c)(d)(*e, **f)", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_flow(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert sorted(told(text)) == sorted(expected)
