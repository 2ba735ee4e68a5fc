"""Law 7: a fix is idempotent, removes its finding, adds none, and touches only its own bytes."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from atlint.lint import Explanation
from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.lint.fix import applied, fix_of, mend
from atlint.model import Fix, Line, Problem
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

NOW = 1769817600.0
JUDGES = {edition: Judge(everything(edition), NOW) for edition in EDITIONS}
DRAWS = 15
RULES = [
    (rule, edition)
    for rule in REGISTRY.values()
    for edition in EDITIONS
    if rule.fixes and rule.scope is Scope.EVENT and rule.levels(edition) and edition not in rule.unbreakable
]
WORKER = "crn:v1:bluemix:public:containers-kubernetes:dal10:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:6e4c93cd"
SOURCE = "crn:v1:bluemix:public:kms:us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:9c4e17d2-60fb-4a85-b9d3-2e78f05c1a6b::"
#: faults that no breaker makes, each at a role of the edition's first example
SPELT: tuple[tuple[str, str, str, str, Any], ...] = (
    ("AT103", "warning-spelling", "at-2020", "initiator/host/addressType", "ipv4"),
    ("AT103", "error-spelling", "at-2018", "outcome", " SUCCESS\n"),
    ("AT103", "error-spelling", "at-2018", "severity", "Normal"),
    ("AT104", "near-miss", "at-2018", "requestdata", '{"a": 1}'),
    ("AT111", "", "at-2018", "target/name", " k\u00fcbe \ud83d\ude00 "),
    ("AT111", "", "at-2018", "target/name", " \ud800"),
    ("AT215", "spelling", "at-2018", "initiator/typeURI", "service/Security/Account/User"),
    ("AT212", "", "at-2018", "target/typeURI", "containers-kuberentes/worker"),
    ("AT301", "cut", "at-2020", "logSourceCRN", SOURCE[:-1]),
    ("AT301", "instance", "at-2018", "target/id", f"{WORKER.rpartition(':')[0]}:worker:w3"),
    ("AT306", "", "at-2018", "target/id", f"{WORKER.replace('a/', '')}:worker:w3"),
    ("AT307", "capitals", "at-2018", "target/id", f"{WORKER.replace('3f1b', '3F1B')}:worker:w3"),
    ("AT501", "colon", "at-2018", "eventTime", "2018-11-29T08:14:52.07+00:00"),
    ("AT501", "zulu", "at-2018", "eventTime", "2018-11-29T08:14:52.07Z"),
    ("AT501", "blank", "at-2018", "eventTime", "2018-11-29T08:14:52.07 +0000"),
    ("AT501", "short", "at-2018", "eventTime", "2018-11-29T08:14:52.07+00"),
    ("AT501", "seconds", "at-2018", "eventTime", "2018-11-29T08:14+0000"),
    ("AT501", "digits", "at-2018", "eventTime", "2018-11-29T8:14:52.07+0000"),
    ("AT501", "slashes", "at-2018", "eventTime", "2018/11/29T08:14:52.07+0000"),
    ("AT504", "zeros", "at-2018", "eventTime", "2018-11-29T08:14:52.0+0000"),
    ("AT521", "service-name", "at-2018", "initiator/id", "ServiceId-08d2f6c1-7a94-4e35-b1c0-59e8d3f7a246"),
    ("AT522", "brackets", "at-2018", "initiator/host/address", "[2001:db8::7]"),
    ("AT522", "zone", "at-2018", "initiator/host/address", "2001:db8::7%eth0"),
    ("AT531", "twice", "at-2018", "requestData", '"{\\"a\\": 1}"'),
)
FAULTS = [pytest.param(f"{rule.code} by its breaker", edition, id=f"{rule.code}-{edition}") for rule, edition in RULES]
FAULTS += [
    pytest.param(f"{code} {case} {index}", edition, id=f"{code}-{case}-{edition}-{index}")
    for index, (code, case, edition, _, _) in enumerate(SPELT)
]
#: rules with a fix that shows with a registration only
REGISTERED = {"AT208", "AT407"}


def explain(line: Line, edition: str) -> Explanation:
    return JUDGES[edition].explainer.explain(line)


def faulty(fault: str, edition: str) -> Iterator[Line]:
    code, _, which = fault.partition(" ")
    if which == "by its breaker":
        yield from broken_lines(REGISTRY[code], edition)
        return
    _, _, _, role, value = SPELT[int(which.rpartition(" ")[2])]
    draft = Draft(everything(edition), next(compliant(edition)))
    draft.put(role, value)
    yield Line("a.log", 1, 0, json.dumps(draft.value).encode())


def broken_lines(rule: Rule, edition: str) -> Iterator[Line]:
    draw = random.Random(f"{rule.code} {edition}")
    goods = list(compliant(edition))
    for number in range(1, DRAWS + 1):
        draft = Draft(everything(edition), copy.deepcopy(draw.choice(goods)))
        assert rule.breaker is not None
        made = rule.breaker(draft, draw)
        yield Line("a.log", number, 0, made.raw if isinstance(made, Broken) else draft.line())


def offers(explanation: Explanation) -> Iterator[tuple[Problem, Fix]]:
    for problem in explanation.problems:
        fix = fix_of(explanation, problem)
        if fix is not None:
            yield problem, fix


def told(explanation: Explanation) -> Counter[tuple[str, str]]:
    return Counter((problem.code, problem.pointer) for problem in explanation.problems)


def made(line: Line, fix: Fix, edition: str) -> Explanation:
    raw = applied(line.text, fix.edits).encode("utf-8", "surrogateescape")
    return explain(line._replace(raw=raw), edition)


@pytest.mark.parametrize(("fault", "edition"), FAULTS)
def test_a_fix_removes_its_finding_and_adds_none(fault: str, edition: str) -> None:
    for line in faulty(fault, edition):
        before = explain(line, edition)
        for problem, fix in offers(before):
            after = made(line, fix, edition)
            gone = told(before) - told(after)
            assert (problem.code, problem.pointer) in gone, (line.text, fix)
            assert not told(after) - told(before), (line.text, after.line.text, after.problems)


@pytest.mark.parametrize(("fault", "edition"), FAULTS)
def test_a_fix_touches_its_own_bytes_alone(fault: str, edition: str) -> None:
    for line in faulty(fault, edition):
        before = explain(line, edition)
        for problem, fix in offers(before):
            place = before.scanned.members[problem.pointer]
            own = place.key if problem.key else place.value
            for edit in fix.edits:
                assert own.start <= edit.span.start <= edit.span.end <= own.end
            after = made(line, fix, edition).line.text
            assert after.startswith(line.text[: own.start])
            assert after.endswith(line.text[own.end :])


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize(("fault", "edition"), FAULTS)
def test_mending_twice_is_mending_once(fault: str, edition: str, *, unsafe: bool) -> None:
    def again(line: Line) -> Explanation:
        return explain(line, edition)

    for line in faulty(fault, edition):
        mended = mend(again(line), again, unsafe=unsafe, wanted=lambda *_: True)
        left = mended.after if mended else again(line)
        assert not any(unsafe or fix.safe for _, fix in offers(left)), (line.text, left.line.text)
        assert mend(left, again, unsafe=unsafe, wanted=lambda *_: True) is None
        if mended is not None:
            assert again(mended.after.line).problems == mended.after.problems
            assert sum(told(mended.after).values()) < sum(told(mended.before).values())


def test_no_fix_goes_untested() -> None:
    """A rule that says it has a fix, and no fault that shows it, would make the law hold over nothing."""
    shown = {
        problem.code
        for param in FAULTS
        for line in faulty(*param.values)
        for problem, _ in offers(explain(line, param.values[1]))
    }
    assert shown == {rule.code for rule, _ in RULES} - REGISTERED


@pytest.mark.parametrize(("code", "case", "edition", "role", "value"), SPELT)
def test_a_slip_is_told_with_its_fix(code: str, case: str, edition: str, role: str, value: Any) -> None:
    draft = Draft(everything(edition), next(compliant(edition)))
    draft.put(role, value)
    found = explain(Line("a.log", 1, 0, json.dumps(draft.value).encode()), edition)
    assert (code, case) in {(problem.code, problem.case) for problem, _ in offers(found)}, found.problems


@pytest.mark.parametrize("edition", EDITIONS)
@given(draw=st.data())
def test_several_faults_are_mended_together(edition: str, draw: st.DataObject) -> None:
    """Whatever faults meet in one line, the mended one is an event, and no finding of the line is new."""
    fixable = [rule for rule, other in RULES if other == edition]
    rules = draw.draw(st.lists(st.sampled_from(fixable), min_size=2, max_size=4))
    seed = random.Random(draw.draw(st.integers(0, 2**32)))
    draft = Draft(everything(edition), copy.deepcopy(seed.choice(list(compliant(edition)))))
    for rule in rules:
        try:
            rule.breaker(draft, seed)
        except LookupError:  # a breaker is made for compliant events: not every fault leaves what the next one breaks
            reject()
    line = Line("a.log", 1, 0, draft.line())

    def again(line: Line) -> Explanation:
        return explain(line, edition)

    before = again(line)
    mended = mend(before, again, unsafe=True, wanted=lambda *_: True)
    if mended is not None:
        assert mended.after.reading is not None
        assert mend(mended.after, again, unsafe=True, wanted=lambda *_: True) is None
        assert again(mended.after.line).problems == mended.after.problems
