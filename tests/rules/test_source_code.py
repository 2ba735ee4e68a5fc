"""How programs write their events: the checks over syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from atlint.rules.rule import Rule
from atlint.rules.source_checks import check
from atlint.rules.source_code import RULES
from atlint.rules.source_flow import Flow

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
    ("def a():\n    return b()\ndef b():\n    return a()\n" + LOG + "f.write(json.dumps(a(), allow_nan=False))", []),
    ("a = b\nb = a\n" + LOG + "f.write(a)", []),
    ("import xml.dom as json\n" + LOG + "f.write(json.dumps(e))", []),
    ("import os.path\n" + LOG + "f.write(os.linesep)", []),
]
#: ways to open a file below the log root for writing, and ways that are none
OPENED = [
    *(
        (f"{name}('/var/log/at/a.log', '{mode}')", mode != "r")
        for name in ("open", "io.open", "codecs.open")
        for mode in "wxar"
    ),
    ("open('/var/log/at/a.log', mode='a')", True),
    ("open(file='/var/log/at/a.log', mode='r+')", True),
    ("open('/var/log/at/a.log')", False),
    ("Path('/var/log/at/a.log').open('a')", True),
    ("Path('/var/log/at/a.log').open(mode='w')", True),
    ("Path('/var/log/at/a.log').open('r', 'a')", False),
    ("Path('/var/log/at/a.log').open()", False),
    *(
        (f"os.open('/var/log/at/a.log', os.{flag} | os.O_CREAT)", flag != "O_RDONLY")
        for flag in ("O_WRONLY", "O_RDWR", "O_APPEND", "O_RDONLY")
    ),
    ("logging.FileHandler('/var/log/at/a.log')", True),
    ("logging.handlers.WatchedFileHandler(filename='/var/log/at/a.log')", True),
    ("open('/var/log/other/a.log', 'a')", False),
]
#: ways to write to it, and ways that write elsewhere
WRITTEN = [
    *((f"f.{name}(text)", True) for name in ("write", "writelines", "write_text", "write_bytes")),
    ("f.read(text)", False),
    ("print(text, file=f)", True),
    ("print(text, f)", False),
    ("os.write(fd, text)", True),
    ("os.write(other, text)", False),
    ("os.fdopen(fd).write(text)", True),
    ("open(fd, 'w').write(text)", True),
    ("Path('/var/log/at/a.log').write_bytes(text)", True),
    ("Path('/elsewhere/a.log').write_bytes(text)", False),
]


@pytest.mark.parametrize(("call", "is_log"), OPENED)
def test_a_file_is_a_log_where_it_is_opened_for_writing(call: str, is_log: bool) -> None:
    tree = ast.parse(f"f = {call}\nf.write(text)")
    [sink] = Flow(tree).sinks()
    assert (sink.kind, sink.log) == ("write", is_log)
    assert ast.unparse(sink.call) == "f.write(text)"


@pytest.mark.parametrize(("call", "is_log"), WRITTEN)
def test_what_is_written_is_found_at_its_call(call: str, is_log: bool) -> None:
    opened = "f = open('/var/log/at/a.log', 'a')\nfd = os.open('/var/log/at/a.log', os.O_WRONLY)\n"
    found = [sink for sink in Flow(ast.parse(opened + call)).sinks() if sink.log]
    assert [ast.unparse(sink.call) for sink in found] == ([call] if is_log else [])
    assert all([ast.unparse(part) for part in sink.written] == ["text"] for sink in found)


@pytest.mark.parametrize("links", [1, 3, 40])
def test_what_stands_behind_names_is_followed_to_an_end(links: int) -> None:
    chain = "".join(f"e{n + 1} = e{n}\n" for n in range(links))
    event = "e0 = {'meta': m, 'payload': p}\n"
    found = told(f"{event}{chain}json.dump(e{links}, file)")
    assert bool(found) is (links < 8)


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_flow(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert sorted(told(text)) == sorted(expected)
