"""What atlint promises, one law after the other. Read this first."""

from __future__ import annotations

import copy
import json
import random
import string
from collections.abc import Iterable
from typing import Any

import jsonschema
import lark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlint.lint import Explainer
from atlint.lint.accept import accepts, compile_acceptor
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.explain import level
from atlint.lint.source import from_bytes
from atlint.model import Line, Problem, Severity, Verdict
from atlint.pipeline.fluentd import parse
from atlint.pipeline.tailer import Tailer
from atlint.plan import EDITIONS, Plan, form
from atlint.plan.grammar import load, parser
from atlint.plan.registration import Action, Region, Registration
from atlint.report.check import Options, check_lines
from atlint.report.formats import FORMATS
from atlint.report.rule_page import cards
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import Choice, everything
from atlint.rules.shape import walk
from atlint.strategies import broken, events, lines
from atlint.targets.jsonschema import bundle

NOW = 1769817600.0
JUDGES = {edition: Judge(everything(edition), NOW) for edition in EDITIONS}
EXPLAINERS = {edition: Explainer(everything(edition), NOW) for edition in EDITIONS}
ACCEPT = {edition: compile_acceptor(everything(edition), NOW) for edition in EDITIONS}
#: rules that speak only where a registration says what was declared
REGISTERED = {"AT208", "AT407"}
#: the stock configuration's files
STOCK = "<source>\n@type tail\npath /var/log/at/**/*.log*\nexclude_path /var/log/at/**/*.gz\n</source>"
TAILER = Tailer.of([parse(STOCK)])
#: the law holds for each of these; a breaker for every edition that has its rule
BREAKABLE = [
    pytest.param(rule, edition, id=f"{rule.code}-{edition}")
    for rule in REGISTRY.values()
    for edition in EDITIONS
    if rule.levels(edition)
    # tests/integrations/source, tests/pipeline and tests/readiness hold the law for these
    and rule.scope not in {Scope.SOURCE, Scope.CLUSTER, Scope.REGISTRATION}
    and (edition not in rule.unbreakable or rule.code in REGISTERED)
]
each_edition = pytest.mark.parametrize("edition", EDITIONS)


def fitting(event: dict[str, Any], edition: str) -> Registration:
    """A registration that the event agrees with in all it says."""
    reading = Reading(everything(edition), event)
    action = reading.action()
    assert action is not None
    assert action.service is not None
    meta = reading.raw("meta") or {}
    space = meta.get("serviceProviderProjectId", "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32")
    return Registration(
        edition=edition,
        service=meta.get("serviceProviderName", action.service.text),
        display_name="Service",
        aliases=(action.service.text,),
        user_copy="account",
        logs="",
        regions=(Region("production", meta.get("serviceProviderRegion", "ng"), "", space, ""),),
        actions=(Action(action.text, "", "", ()),),
    )


def found_in(raw: bytes, edition: str, registration: Registration | None = None, path: str = "") -> list[Problem]:
    """All Problems of a whole file; where it lies is asked only of one that has a path."""
    judge = Judge(everything(edition, registration), NOW) if registration else JUDGES[edition]
    tailer = TAILER if path else None
    explained = run([judge], lambda _line: judge, from_bytes(raw, path or "-"), Tally(), tailer=tailer)
    return [problem for explanation in explained for problem in explanation.problems]


def explained(raw: bytes, edition: str) -> tuple[Problem, ...]:
    return EXPLAINERS[edition].explain(Line("-", 1, 0, raw)).problems


def mutated(raw: bytes, draw: st.DataObject) -> bytes:
    """A line with one to three bytes or tokens changed."""
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(raw)))
        piece = draw.draw(
            st.sampled_from([b"", b'"', b",", b"}", b"\\", b" ", b"0", b"null", b"\xff", b"a", b":", b'{"a":1}'])
        )
        raw = raw[:at] + piece + raw[at + draw.draw(st.integers(0, 2)) :]
    return raw.replace(b"\n", b"")


# 1 -- accept(line) if and only if explain(line) has nothing to say


@each_edition
@given(draw=st.data())
def test_accepted_lines_have_no_finding(edition: str, draw: st.DataObject) -> None:
    raw = draw.draw(lines(edition))
    if draw.draw(st.booleans()):
        raw = mutated(raw, draw)
    if accepts(ACCEPT[edition], raw):
        assert explained(raw, edition) == ()


@each_edition
@given(draw=st.data())
def test_broken_lines_are_never_accepted(edition: str, draw: st.DataObject) -> None:
    raw, code, _ = draw.draw(broken(edition))
    for line in raw.split(b"\n"):
        if explained(line, edition):
            assert not accepts(ACCEPT[edition], line), code


@given(raw=st.binary(max_size=200))
def test_random_bytes_are_never_accepted(raw: bytes) -> None:
    assert not accepts(ACCEPT["at-2018"], raw)


@each_edition
def test_plain_compliant_lines_take_the_fast_way(edition: str) -> None:
    plan = everything(edition)
    taken = [accepts(ACCEPT[edition], Draft(plan, event).line()) for event in compliant(edition)]
    assert all(taken)


# 2 -- every compliant event is clean under the strictest selection


@each_edition
@given(draw=st.data())
def test_compliant_events_are_clean(edition: str, draw: st.DataObject) -> None:
    raw = draw.draw(lines(edition))
    assert explained(raw, edition) == ()


@each_edition
def test_shipped_examples_are_clean(edition: str) -> None:
    for event in compliant(edition):
        assert explained(Draft(everything(edition), event).line(), edition) == ()


def broken_by(rule: Rule, edition: str, good: dict[str, Any], draw: random.Random) -> tuple[Plan, Broken]:
    """What a rule's breaker makes of an event, and the Plan that it is made for: with a registration, if it asks it."""
    plan = everything(edition, fitting(good, edition) if rule.code in REGISTERED else None)
    draft = Draft(plan, copy.deepcopy(good))
    assert rule.breaker is not None
    made = rule.breaker(draft, draw)
    return plan, made if isinstance(made, Broken) else Broken(draft.line(), made)


# 3 -- what a breaker makes is told as its rule, where it says, and nothing else is an error


@pytest.mark.parametrize(("rule", "edition"), BREAKABLE)
def test_breakers_break_exactly_their_rule(rule: Rule, edition: str) -> None:
    plan, draw = everything(edition), random.Random(rule.code)
    goods = list(compliant(edition))
    for _ in range(8):
        for_it, made = broken_by(rule, edition, draw.choice(goods), draw)
        found = found_in(made.raw + b"\n" * made.terminated, edition, for_it.registration, made.path)
        mine = [problem.pointer for problem in found if problem.code == rule.code]
        assert made.pointer in mine, (made.raw, found)
        errors = {problem.code for problem in found if level(plan, problem) is Severity.ERROR}
        assert errors <= {rule.code, *rule.companions}, (made.raw, found)


# 5 -- the flattened expression and lark agree near the language

GRAMMARS = [
    pytest.param(name, rule, id=f"{name}-{rule or 'start'}") for name, rule in sorted({*form.GRAMMARS.values()})
]


@pytest.mark.parametrize(("name", "rule"), GRAMMARS)
@settings(max_examples=60)
@given(draw=st.data())
def test_expression_and_parser_agree(name: str, rule: str, draw: st.DataObject) -> None:
    grammar = load(name)
    text = draw.draw(
        st.from_regex(grammar.pattern(rule), fullmatch=True, alphabet=string.printable).filter(lambda t: len(t) < 120)
    )
    if draw.draw(st.booleans()):
        at = draw.draw(st.integers(0, len(text)))
        text = text[:at] + draw.draw(st.sampled_from(["", ":", ".", "-", "A", "0", " ", "/"])) + text[at + 1 :]
    matches = grammar.pattern(rule).fullmatch(text) is not None
    try:
        parser(grammar, rule or grammar.start).parse(text)
    except lark.UnexpectedInput:
        assert not matches, text
        assert grammar.explain(text, rule).words
    else:
        assert matches, text


# 9 -- the verdict does not depend on the format


@given(draw=st.data())
@settings(max_examples=20)
def test_every_format_tells_the_same_report(draw: st.DataObject) -> None:
    raw = b"\n".join(draw.draw(st.lists(lines("at-2018") | broken("at-2018").map(lambda b: b[0]), max_size=3)))
    report = check_lines(from_bytes(raw, "a.log"), Options(now=NOW), files=("a.log",))
    before = (report.verdict, report.exit_code)
    for name, render in FORMATS.items():
        text = "".join(render(report, rules=cards("at-2018")))
        assert text or name in {"concise", "jsonl", "github"}
    assert (report.verdict, report.exit_code) == before


# 10 -- nothing to judge is never a pass


@pytest.mark.parametrize("raw", [b"", b"\n", b"  \n\n\t\n"])
@pytest.mark.parametrize("fail_on", [*Severity, None])
def test_nothing_is_never_a_pass(raw: bytes, fail_on: Severity | None) -> None:
    report = check_lines(from_bytes(raw), Options(fail_on=fail_on, choice=Choice(ignore=("AT011",))), files=("-",))
    assert report.verdict is Verdict.NO_EVIDENCE
    assert report.exit_code == 3


# 11 -- no input ends in a traceback, nor in a secret on the screen

HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda child: st.lists(child, max_size=3) | st.dictionaries(st.text(), child, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


def planted(event: dict[str, Any], value: Any, path: Iterable[str]) -> dict[str, Any]:
    box: Any = event
    *head, last = path
    for step in head:
        box = box.setdefault(step, {})
        if not isinstance(box, dict):
            return event
    box[last] = value
    return event


@each_edition
@given(draw=st.data())
def test_no_input_is_too_much(edition: str, draw: st.DataObject) -> None:
    raw = draw.draw(HOSTILE | st.builds(lambda line: line, lines(edition)))
    if draw.draw(st.booleans()):
        raw = mutated(raw, draw)
    report = check_lines(
        from_bytes(raw), Options(edition=edition, now=NOW, choice=Choice(select=("ALL",))), files=("-",)
    )
    for render in FORMATS.values():
        for chunk in render(report, rules=cards(edition)):
            chunk.encode()


SECRET = "hunter2-" + "q7Zk9" * 5


@each_edition
@given(draw=st.data())
def test_no_sensitive_value_is_shown(edition: str, draw: st.DataObject) -> None:
    plan = everything(edition)
    hidden = [node.pointer for node in plan.root.walk() if node.sensitive and "*" not in node.pointer]
    event = draw.draw(events(edition))
    pointer = draw.draw(st.sampled_from(hidden))
    planted(
        event,
        draw.draw(st.sampled_from([SECRET, f" {SECRET}", f"<{SECRET}>", f"{SECRET}\x07", {SECRET: SECRET}])),
        pointer[1:].split("/"),
    )
    raw = json.dumps(event).encode()
    if draw.draw(st.booleans()):
        raw = mutated(raw, draw)
    report = check_lines(
        from_bytes(raw), Options(edition=edition, now=NOW, choice=Choice(select=("ALL",))), files=("-",)
    )
    for name, render in FORMATS.items():
        text = "".join(render(report, rules=cards(edition)))
        assert SECRET not in text, name


# 12 -- an independent validator agrees about the shape


@each_edition
@given(draw=st.data())
def test_an_independent_validator_agrees(edition: str, draw: st.DataObject) -> None:
    event = draw.draw(events(edition))
    if draw.draw(st.booleans()):
        mutate_value(event, draw)
    plan = everything(edition)
    validator = jsonschema.Draft202012Validator(bundle(plan), format_checker=FORMATS_CHECKED)
    ours = list(walk(Reading(plan, event)))
    theirs = [error.message for error in validator.iter_errors(event)]
    assert bool(ours) == bool(theirs), (ours, theirs)


def mutate_value(event: dict[str, Any], draw: st.DataObject) -> None:
    """Change, remove or add one member anywhere."""
    box: Any = event
    while True:
        inner = [child for child in box.values() if isinstance(child, dict) and child]
        if not inner or draw.draw(st.booleans()):
            break
        box = draw.draw(st.sampled_from(inner))
    key = draw.draw(st.sampled_from([*box, "colour", "eventType", "@version", "service_provider_name"]))
    if draw.draw(st.booleans()):
        box.pop(key, None)
    else:
        box[key] = draw.draw(
            st.sampled_from(
                [None, True, 7, 99, 600, 200.5, "", "x", " success", [], ["a", "b"], {}, {"a": 1}, "crn:v1"]
            )
        )


FORMATS_CHECKED = jsonschema.FormatChecker(formats=())
for _name, _test in form.CODED.items():
    FORMATS_CHECKED.checks(_name)(lambda value, test=_test: not isinstance(value, str) or bool(test(value)))
