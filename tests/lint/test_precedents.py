"""What is told again is what all rules tell, whatever else a line holds; and what is remembered is bounded."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from atlint.lint import native
from atlint.lint.accept import compile_parts
from atlint.lint.engine import Judge
from atlint.lint.explain import Explainer, Explanation
from atlint.lint.precedents import Precedents
from atlint.load.mix import breakable
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule
from atlint.rules.selection import Choice, everything
from tests.lint.edges import NOW, SELECTIONS, crossed, events, plan_of

pytestmark = pytest.mark.skipif(native.scan is None, reason="only the compiled acceptor names its doubts")


def siblings(plan: Plan, draw: random.Random, count: int) -> Iterator[bytes]:
    """Lines with one and the same fault each few in a row, its members in one order, and other values around it."""
    goods = events(plan, draw, 12)
    for rule in breakable(plan):
        assert rule.breaker is not None
        draft = Draft(plan, copy.deepcopy(draw.choice(goods)))
        broken = rule.breaker(draft, draw)
        if isinstance(broken, Broken):
            continue
        for _ in range(count):
            child = draft.value if draw.random() < 0.3 else crossed(draft.value, draw.choice(goods), draw)
            yield json.dumps(child, separators=(",", ":"), ensure_ascii=False).encode()


def told(judge: Judge, raw: bytes) -> Explanation:
    """As a run has it: with the acceptor's doubts."""
    return judge.explainer.explain(Line("-", 1, 0, raw), judge.accept((raw,)).doubts.get(0))


def patient(judge: Judge) -> Judge:
    """One that looks at every line, however seldom that brings anything."""
    assert judge.explainer.precedents is not None
    judge.explainer.precedents._credit = 10**9
    return judge


@pytest.mark.parametrize("choice", SELECTIONS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_what_is_told_again_is_what_all_rules_tell(edition: str, choice: Choice) -> None:
    plan, draw = plan_of(edition, choice), random.Random(f"{edition}{choice}")
    judge, full, again = patient(Judge(plan, NOW)), Explainer(plan, NOW), 0
    for raw in siblings(plan, draw, 8):
        found, want = told(judge, raw), full.explain(Line("-", 1, 0, raw))
        assert found.problems == want.problems, raw
        assert found.who == want.who, raw
        assert found.stated("eventTime") == want.stated("eventTime"), raw
        again += found.said is not None
    assert again > (0 if choice == Choice(select=("AT0",)) else 40)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_precedent_is_of_no_use_to_a_line_that_differs_in_what_was_looked_at(edition: str) -> None:
    """Any member of a line that has a precedent is changed: what is told is what the rules tell of it then."""
    plan, draw = everything(edition), random.Random(edition)
    judge, full = patient(Judge(plan, NOW)), Explainer(plan, NOW)
    for raw in siblings(plan, draw, 1):
        event = json.loads(raw)
        for path in places(event):
            changed = copy.deepcopy(event)
            holder: Any = changed
            for token in path[:-1]:
                holder = holder[token]
            holder[path[-1]] = draw.choice([None, 1, True, "x", "", [], {}, {"a": 1}, ["x"], 1.0, -0.0])
            spelt = json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode()
            for line in (raw, spelt, raw, spelt):
                assert told(judge, line).problems == full.explain(Line("-", 1, 0, line)).problems, line


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_groups_see_of_right_members_is_looked_at(edition: str) -> None:
    """A second fault among values that are right by themselves is told of beside one that has a precedent."""
    plan, draw, compared = everything(edition), random.Random(edition), 0
    judge, full, breakers = patient(Judge(plan, NOW)), Explainer(plan, NOW), {r.code: r for r in breakable(plan)}
    for good in events(plan, draw, 6):
        for group in compiled_groups(plan):
            for first, second in itertools.permutations(breakers.keys() & group, 2):
                raws = [raw for raw in broken_by(plan, good, [breakers[first], breakers[second]], draw) if raw]
                for raw in (raws[0], raws[0], raws[0], raws[-1]) if raws else ():
                    assert told(judge, raw).problems == full.explain(Line("-", 1, 0, raw)).problems, raw
                    compared += 1
    assert compared > 100


def compiled_groups(plan: Plan) -> list[set[str]]:
    """The codes of the rules that compare the same members."""
    parts = compile_parts(plan, NOW)
    assert parts is not None
    return [{one.rule.code for one in group.asked} for group in parts.groups]


def broken_by(plan: Plan, good: dict[str, Any], rules: list[Rule], draw: random.Random) -> Iterator[bytes]:
    """The event behind each breaker, one after the other; no more where one does not work on what is left."""
    draft = Draft(plan, copy.deepcopy(good))
    for rule in rules:
        assert rule.breaker is not None
        try:
            broken = rule.breaker(draft, draw)
        except (AttributeError, TypeError, ValueError, KeyError, IndexError):
            return
        if not isinstance(broken, Broken):
            yield json.dumps(draft.value, separators=(",", ":"), ensure_ascii=False).encode()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places(child, (*path, key))


def faulty(severity: str, name: str = "x", **more: str) -> bytes:
    """An event of at-2018 whose severity is none, or that has more members than it should."""
    plan = everything("at-2018")
    event = copy.deepcopy(events(plan, random.Random(1), 1)[0])
    event["payload"]["severity"] = severity
    event["payload"]["target"]["name"] = name
    return json.dumps(event | more, separators=(",", ":")).encode()


def again(judge: Judge, raw: bytes) -> bool:
    return told(judge, raw).said is not None


def test_the_third_of_its_kind_is_told_of_by_precedent() -> None:
    judge = Judge(everything("at-2018"), NOW)
    assert [again(judge, faulty("info", str(number))) for number in range(4)] == [False, False, True, True]
    assert [again(judge, faulty("none")) for _ in range(2)] == [False, True]


def test_names_that_no_object_should_have_are_looked_at_with_their_values() -> None:
    judge = Judge(everything("at-2018"), NOW)
    one, other = faulty("normal", extra="a"), faulty("normal", extra="b")
    assert [again(judge, raw) for raw in (one, one, one, other, other)] == [False, False, True, False, True]
    assert again(judge, faulty("normal", more="a")) is False


def test_an_event_that_is_told_of_by_precedent_is_read_when_it_is_asked_for() -> None:
    judge, raw = Judge(everything("at-2018"), NOW), faulty("info")
    found = [told(judge, raw) for _ in range(3)][-1]
    assert found.said is not None
    assert found.event
    assert found.reading is not None
    assert found.reading.value == json.loads(raw)
    assert found.scanned is not None
    assert found.who == told(Judge(everything("at-2018"), NOW), raw).who


def test_what_is_remembered_is_bounded() -> None:
    """However many lines of however many kinds: precedents are forgotten before they are many or large."""
    judge = patient(Judge(everything("at-2018"), NOW))
    precedents = judge.explainer.precedents
    assert precedents is not None
    for number in range(3_000):
        again(judge, faulty(f"s{number}"))
    assert 0 < precedents._kept <= 2_048
    for number in range(700):
        again(judge, faulty(f"{number:0900}"))
    assert 0 < precedents._bytes <= 2**19
    again(judge, faulty("x" * 2_000))
    assert not again(judge, faulty("x" * 2_000))


def test_lines_that_all_differ_are_seldom_looked_at() -> None:
    """What never brings anything is tried for one line of sixteen, until it does."""
    judge = Judge(everything("at-2018"), NOW)
    precedents = judge.explainer.precedents
    assert precedents is not None
    for number in range(400):
        again(judge, faulty(f"s{number}"))
    assert precedents._kept < 300
    assert any(again(judge, faulty("info")) for _ in range(64))
    assert all(again(judge, faulty("info")) for _ in range(64))


def test_without_doubts_nothing_is_told_again() -> None:
    judge, raw = Judge(everything("at-2018"), NOW), faulty("info")
    assert all(judge.explainer.explain(Line("-", 1, 0, raw)).said is None for _ in range(4))
    assert isinstance(judge.explainer.precedents, Precedents)
