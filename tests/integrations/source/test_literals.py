"""Events in Python source: found where they stand, judged by what is known, and by nothing else."""

from __future__ import annotations

import ast
import copy
import random
from typing import Any

import pytest

from atlint.integrations.source import find
from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.model import AtlintError
from atlint.plan import EDITIONS
from atlint.report.check import Options, judges_of
from atlint.rules.selection import everything

NOW = 1769817600.0
JUDGES = {edition: [Judge(everything(edition), NOW)] for edition in EDITIONS}
GOOD = next(iter(compliant("at-2018")))
ACTION = GOOD["payload"]["action"]


def found(text: str, edition: str = "at-2018") -> list[tuple[str, int, int, str]]:
    return [
        (one.code, one.place.line, one.place.column, one.pointer)
        for one in find(text, "service.py", JUDGES[edition])
        if not one.code.startswith("AT8")
    ]


def event(**payload: Any) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    made["payload"] |= payload
    return made


class Code:
    """Python code where a value should stand."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def test_a_compliant_literal_is_clean() -> None:
    assert found(f"EVENT = {GOOD!r}\n") == []


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and where that stood."""
    head, _, tail = text.partition("¦")
    return head + tail, head.count("\n") + 1, len(head) - (head.rfind("\n") + 1) + 1


OTHERS = {key: value for key, value in GOOD["payload"].items() if key != "outcome"}
WRONG = [
    pytest.param("E = {'meta': M, 'payload': {**REST, 'outcome': ¦'sucess'}}", id="display"),
    pytest.param("E = {'meta': M, 'payload': dict(REST, outcome=¦'sucess')}", id="dict"),
    pytest.param("E = dict(payload=Payload(outcome=¦'sucess', **REST))", id="calls"),
    pytest.param("def f():\n    p = {'outcome': ¦'sucess', **REST}\n    send({'meta': M, 'payload': p})", id="name"),
    pytest.param("BAD = 'suc' + 'ess'\nE = {'payload': {**REST, 'outcome': ¦BAD}}", id="constant"),
    pytest.param(
        "class Outcome(Enum):\n    GOOD = 'sucess'\nE = {'payload': {**REST, 'outcome': ¦Outcome.GOOD.value}}",
        id="enum",
    ),
    pytest.param("E = Event(action=A, outcome=¦'sucess', severity=S, target=T)", id="record"),
    pytest.param("# é ü\nE = f('ö', {'payload': {'é': 1, 'outcome': ¦'sucess', **REST}})", id="columns"),
    pytest.param("""E = '{"payload": {"outcome": ¦"sucess"}}'""", id="json"),
    pytest.param(r"""E = '{"payload": {"\x61ction": "a.b.c", "outc\u006fme": ¦"suc\u0065ss"}}'""", id="json-escapes"),
    pytest.param("""E = (b'{"payload": '\n     b'{"outcome": ¦"sucess"}}')""", id="json-pieces"),
    pytest.param('''E = """{"payload": {\n  "outcome": ¦"sucess"}}"""''', id="json-lines"),
    pytest.param("""E = f'{{"payload": {{"n": {n}, "a": "{a["x"]}", "outcome": ¦"sucess"}}}}'""", id="json-fields"),
    pytest.param("""E = '{"payload": {"action": "%s", "outcome": ¦"sucess"}}' % action""", id="json-percent"),
    pytest.param("""E = '{{"payload": {{"x": {}, "outcome": ¦"sucess"}}}}'.format(x)""", id="json-format"),
    pytest.param("""T = '{"payload": {"action": "%s", "outcome": "%s"}}'\nE = ¦T % (a, 'sucess')""", id="json-name"),
]


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_is_told_at_its_place(text: str) -> None:
    source, line, column = marked(text)
    told = [one for one in found(source) if one[0] == "AT103"]
    assert told == [("AT103", line, column, "/payload/outcome")]


PARTS = [
    ("'crn:v1:bluemix:publc:x:us-south:a/' + account + ':i::'", "AT303", 16),
    ("f'crn:v1:bluemix:publc:{service}:{place}:a/{account}:{i}:worker:{w}'", "AT303", 17),
    ("f'crn:v1:{cname}:publc:x:us-south:a/{account}:i::'", "AT303", 17),
    ("'crn:v1:bluemix:p\\x75blc:x:us-south:a/{}:i::'.format(account)", "AT303", 16),
]


@pytest.mark.parametrize(("expression", "code", "offset"), PARTS)
def test_known_parts_of_a_crn_are_judged(expression: str, code: str, offset: int) -> None:
    target = copy.deepcopy(GOOD["payload"]["target"]) | {"id": Code(expression)}
    text = f"E = {event(target=target)!r}"
    column = text.index(expression) + offset + 1
    assert [one[:3] for one in found(text) if one[0] == code] == [(code, 1, column)]


SILENT = [
    "E = {'payload': P}",
    "E = requests.post(url, payload={'id': 1})",
    "E = {'payload': {'id': 1}, 'status': 2}",
    "E = f(action='x', outcome='y', severity='z')",
    "def f():\n    '''{\"payload\": {\"outcome\": \"x\"}}'''",
    "E = {'payload': {**REST, 'outcome': OUTCOME}, 'meta': M}",
    "E = {'payload': {**REST, 'outcome': OTHER if good else 'success'}, 'meta': M}",
    "E = {'payload': {**REST, 'action': 'a.' + ('b' if good else 'c')}, 'meta': M}",
    "E = {'payload': {**REST, 'outcome': 'success' if good else 'failure', **CODE}, 'meta': M}",
    # which outcome goes with which code is not known
    "E = f(payload={**R, 'outcome': 'success' if a else 'failure', 'reason': {'reasonCode': 500 if b else 200}})",
    "E = {'payload': {'outcome': 'x'} if a else {'outcome': 'y'}, 'meta': M}\nE['payload']['outcome'] = o",
    "O = 'x'\nO = 'y'\nE = {'payload': {**REST, 'outcome': O}, 'meta': M}",
    "def f(o):\n    e = {'payload': {**REST, 'outcome': 'pendin'}, 'meta': M}\n    e['payload']['outcome'] = o",
    "class A:\n    def f(self, e):\n        self.e = {'payload': {}, 'meta': M}\n        self.e['payload'].update(e)",
    "E = {'payload': {**REST, 'action': f'{service}.{what}'}, 'meta': M}",
    "E = {'payload': {**REST, 'eventTime': f'{day}T{clock}'}, 'meta': M}",
    "E = {'payload': {**REST, 'outcome': '{²}'.format('x')}, 'meta': M}",
    f"E = {{'payload': {{**REST, 'outcome': '{{{'1' * 5_000}}}'.format('x')}}, 'meta': M}}",
    "E = Event(action=a, outcome=b, severity=c, reason=r, logger=l)",
    'E = \'{"payload": {"action": "%s", "outcome": "{outcome}", "eventTime": 1\'',
    "a = a + 'x'\nE = {'payload': {**REST, 'action': a}, 'meta': M}",
]


@pytest.mark.parametrize("text", SILENT)
def test_what_is_not_known_is_not_judged(text: str) -> None:
    assert found(text) == []


def test_missing_fields_are_told_of_complete_literals_alone() -> None:
    payload = {key: value for key, value in GOOD["payload"].items() if key != "severity"}
    whole = {**GOOD, "payload": payload}
    assert [one[0] for one in found(f"E = {whole!r}")] == ["AT101"]
    assert found(f"E = {whole!r}\nE['payload']['severity'] = s()") == []
    assert found(f"E = {whole!r}\nE['payload'] |= more") == []
    rest = Code("{**rest, " + repr(payload)[1:])
    assert found(f"E = { {**GOOD, 'payload': rest}!r}") == []


@pytest.mark.parametrize(
    "later",
    [
        "E = given()\nE['payload']['severity'] = s()",
        "E = given()\nE['payload'].update(more)",
        "E: dict = given()\nE['payload'] |= more",
        "if E := self.given():\n    E['payload']['severity'] = s()",
        "E = {**given(), 'payload': {**given()['payload'], 'severity': s()}}",
    ],
)
def test_what_a_function_gives_may_be_filled_in_by_its_callers(later: str) -> None:
    payload = {key: value for key, value in GOOD["payload"].items() if key != "severity"}
    given = f"def given():\n    return { {**GOOD, 'payload': payload}!r}\n"
    named = f"{given.replace('return', 'e =')}    return e\n"
    for text in (given, named):
        assert [one[0] for one in found(f"{text}E = given()")] == ["AT101"]
        assert found(text + later) == []


BRANCHES = [
    pytest.param("E = {'meta': M, 'payload': {**REST, 'outcome': 'success' if ok else ¦'failed'}}", id="second"),
    pytest.param("E = {'meta': M, 'payload': {**REST, 'outcome': ¦'failed' if bad else 'success'}}", id="first"),
    pytest.param("E = {'meta': M, 'payload': {**REST, 'outcome': o if a else ¦'failed' if b else p}}", id="nested"),
    pytest.param("O = 'success' if ok else 'failed'\nE = {'payload': {**REST, 'outcome': ¦O}}", id="name"),
    pytest.param("E = Event(action=A, outcome='success' if ok else ¦'failed', severity=S, target=T)", id="record"),
    pytest.param(
        "E = {'meta': M, 'payload': {**REST, 'outcome': 'success'} if a else {'outcome': ¦'failed'}}", id="object"
    ),
    pytest.param(
        "P = {'outcome': ¦'failed'} if a else {'outcome': 'success'}\nE = {'meta': M, 'payload': P}", id="objects"
    ),
    pytest.param("E = {'meta': M, 'payload': {'outcome': ¦'failed'}} if a else None", id="whole"),
]


@pytest.mark.parametrize("text", BRANCHES)
def test_each_branch_is_a_value_that_may_be_written(text: str) -> None:
    source, line, column = marked(text)
    assert [one for one in found(source) if one[0] == "AT103"] == [("AT103", line, column, "/payload/outcome")]


def test_both_branches_are_told_of() -> None:
    text = "E = {'meta': M, 'payload': {**REST, 'outcome': 'ok' if good else 'failed', 'severity': 'low'}}"
    told = [(pointer, text[column - 1 :].split("'")[1]) for code, _, column, pointer in found(text) if code == "AT103"]
    assert told == [("/payload/outcome", "ok"), ("/payload/outcome", "failed"), ("/payload/severity", "low")]


def test_a_branch_is_held_against_what_is_sure() -> None:
    reason = {"reasonCode": 200, "reasonType": "OK"}
    text = (
        f"E = {event(outcome=Code(chr(39) + 'success' + chr(39) + ' if ok else ' + repr('failure')), reason=reason)!r}"
    )
    assert [code for code, *_ in found(text)] == ["AT513"]


def test_choices_beyond_number_are_not_followed_for_ever() -> None:
    value = "{'x': 1 if a else 2}"
    for _ in range(12):
        value = f"{{'x': {value}, 'y': {value}}}" if len(value) < 20_000 else value
    assert found(f"E = {{'meta': M, 'payload': {{'outcome': 'success', 'tags': [{value}], **REST}}}}") != []
    chain = "a0 = 'x' if c else 'y'\n" + "".join(f"a{n + 1} = a{n} if c else a{n}\n" for n in range(30))
    assert found(f"{chain}E = {{'meta': M, 'payload': {{'outcome': a30, **REST}}}}") == []
    assert len(found(f"{chain}E = {{'meta': M, 'payload': {{'outcome': a3, **REST}}}}")) == 2


def opaque(value: Any, draw: random.Random) -> Any:
    """The value with some of its parts replaced by what cannot be known."""
    if draw.random() < 0.15:
        return Code(draw.choice(["unknown()", f"({opaque(value, draw)!r} if unknown() else {value!r})"]))
    if isinstance(value, dict):
        made = {key: opaque(child, draw) for key, child in value.items()}
        if draw.random() < 0.3:
            for key in draw.sample(sorted(made), draw.randint(0, len(made))):
                del made[key]
            return Code("{**unknown(), " + repr(made)[1:])
        return made
    if isinstance(value, list):
        return [opaque(child, draw) for child in value]
    if isinstance(value, str) and value and draw.random() < 0.3:
        start = draw.randrange(len(value))
        end = draw.randrange(start, len(value)) + 1
        return Code(f"{value[:start]!r} + unknown() + {value[end:]!r}")
    return value


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_false_is_said_of_compliant_events(edition: str) -> None:
    draw = random.Random(edition)
    goods = list(compliant(edition))
    for _ in range(100):
        good = opaque(draw.choice(goods), draw)
        if isinstance(good, Code) and not good.text.startswith("{"):
            continue
        text = f"E = {good!r}\n"
        assert found(text, edition) == [], text


@pytest.mark.parametrize("edition", ["at-2018", "at-2020"])
def test_the_edition_is_known_by_the_shape(edition: str) -> None:
    text = f"E = {next(iter(compliant(edition)))!r}"
    judges = judges_of(Options(edition="auto", now=NOW))
    assert [one.code for one in find(text, "service.py", judges)] == []


def test_source_that_is_not_python_is_an_error() -> None:
    with pytest.raises(AtlintError, match=r"service\.py: not Python"):
        list(find("payload = (", "service.py", JUDGES["at-2018"]))


@pytest.mark.parametrize(
    "text",
    [
        "a0 = 'x'\n" + "".join(f"a{n + 1} = a{n} + a{n}\n" for n in range(90)) + "E = {'payload': {'action': a90}}",
        "a0 = {'x': 1}\n" + "".join(f"a{n + 1} = {{'x': a{n}, 'y': a{n}}}\n" for n in range(40))
        + "E = {'payload': {'action': 'a', 'requestData': a40}}",
        "E = {'payload': " + "{'action': " * 80 + "1" + "}" * 81,
        'E = \'{"payload": ' + "[" * 300 + "]" * 300 + "}'",
    ],
)  # fmt: skip
def test_hostile_source_does_no_harm(text: str) -> None:
    ast.parse(text)
    list(find(text, "service.py", JUDGES["at-2018"]))
