"""What rules declare to read is all they read: a check finds something where, and only where, a clause leaves it."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from atlint.load.chooser import Dice
from atlint.load.compose import compose
from atlint.load.mix import breakable
from atlint.load.world import world_of
from atlint.plan import EDITIONS, Plan
from atlint.pointer import escape
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.hints import finder
from atlint.rules.reading import Reading
from atlint.rules.reads import EACH_STRING, Clause, View, apart, left, projected, segments, together
from atlint.rules.rule import Broken, Rule
from atlint.rules.selection import everything

NOW = 1769817600.0
CHECKED = [rule for rule in REGISTRY.values() if rule.check]


def fires(rule: Rule, plan: Plan, event: Any) -> bool:
    assert rule.check is not None
    return any(True for _ in rule.check(Reading(plan, event, json.dumps(event, ensure_ascii=False), NOW)))


def strings(value: Any, pointer: str = "") -> Any:
    """Each string alone in an event."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from ({key: alone} for alone in strings(child, f"{pointer}/{escape(key)}"))
    elif isinstance(value, list):
        for child in value:
            yield from ([alone] for alone in strings(child, pointer))


def remains(plan: Plan, event: Any, clause: Clause) -> Any:
    """The events that a clause leaves."""
    if clause.views[0].role == EACH_STRING:
        yield from strings(event)
        return
    reading = Reading(plan, event)
    values = {view.role: left(view, of(reading, view.role)) for view in clause.views}
    if not clause.within:
        yield projected(plan, values)
        return
    one, other = (of(reading, view.role) for view in clause.views)
    found = clause.views[0].reduce and clause.views[0].reduce(one)
    if isinstance(found, str) and isinstance(other, str) and found in other:
        yield projected(plan, {clause.views[0].role: one, clause.views[1].role: other})


def of(reading: Reading, role: str) -> Any:
    return reading.value.get(role[1:]) if role.startswith("/") else reading.raw(role)  # type: ignore[union-attr]


def samples(plan: Plan, draw: random.Random, count: int) -> Any:
    """Compliant events, and what breakers make of them, one after the other on the same event."""
    world, rules = world_of(plan), [rule.breaker for rule in breakable(plan)]
    for _ in range(count):
        event = compose(plan, Dice(draw), world)
        yield event
        draft = Draft(plan, copy.deepcopy(event))
        for breaker in draw.sample(rules, 3):
            try:
                made = breaker(draft, draw) if breaker else ""
            except (AttributeError, TypeError, ValueError, KeyError, IndexError):
                break  # breakers are made for compliant events, and this one is no longer
            if isinstance(made, Broken):
                break
            if draft.value.get("time", 0) is not None:  # AT016 fires for a null too, which no schema lets stand
                yield copy.deepcopy(draft.value)


@pytest.mark.parametrize("edition", EDITIONS)
def test_clauses_leave_what_checks_see(edition: str) -> None:
    plan, draw = everything(edition), random.Random(edition)
    fired = set()
    for event in samples(plan, draw, 60):
        for rule in CHECKED:
            if rule.reads is None or not rule.levels(edition):
                continue
            whole = fires(rule, plan, event)
            parts = [fires(rule, plan, rest) for clause in rule.reads for rest in remains(plan, event, clause)]
            assert whole == any(parts), (rule.code, event)
            if whole:
                fired.add(rule.code)
    assert len(fired) > 20


@pytest.mark.parametrize("edition", EDITIONS)
def test_hints_and_quiet_tests_are_never_wrong(edition: str) -> None:
    plan, draw = everything(edition), random.Random(edition)
    for event in samples(plan, draw, 60):
        for rule in CHECKED:
            if not rule.levels(edition):
                continue
            if rule.hints and fires(rule, plan, event):
                text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
                assert "\\u" in text or finder(rule.hints)(text), (rule.code, text)
            for clause in rule.reads or ():
                for rest in remains(plan, event, clause) if clause.quiet or clause.hints else ():
                    if not fires(rule, plan, rest):
                        continue
                    text = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
                    assert not clause.hints or clause.within or "\\u" in text or finder(clause.hints)(text), text
                    if clause.quiet:
                        assert not any(clause.quiet(text) for text in only(rest)), (rule.code, rest)


def only(value: Any) -> Any:
    """The strings of an event that holds one."""
    while isinstance(value, dict | list) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    yield value


@pytest.mark.parametrize(
    ("hints", "text", "found"),
    [
        ((), "anything", False),
        (("oken=", "ey="), "monkey=1", True),
        (("oken=", "ey="), "oke=y", False),
        (('oken":', "xxx", "://"), '{"tokens":1}', False),
        (('oken":', "xxx", "://"), '{"token":1}', True),
        (("a=b=",), "a=b=c", True),
        (("a==",), "ba===", True),
        (("==",), "a=b", False),
        (("@",), "a@b", True),
        (("@",), "ab", False),
        (("@", "ey="), "monkey=1", True),
        (("@", "%40"), "a%40b", True),
        (("@", "%40"), "a%4b", False),
        (("ab",), "a", False),
        (("ab",), "xaby", True),
        (("ab", "cd"), "xcdy", True),
        (("a=", "b="), "c= b=", True),
        (("a=", "b="), "c= d=", False),
        (("a=", "="), "c=", True),
        (("a ", "b:"), "a: b ", False),
        (("-", "]"), "]", True),
        (("^",), "a", False),
    ],
)
def test_a_finder_finds_what_stands_there(hints: tuple[str, ...], text: str, found: object) -> None:
    assert finder(hints)(text) is found is any(hint in text for hint in hints)


def test_clauses_keep_what_they_are_given() -> None:
    def quiet(*_: Any) -> bool:
        return True

    one = segments("target/id", "service", filled=("resource",))
    assert one == View("target/id", segments=("service",), filled=("resource",))
    assert together("action", one, quiet=quiet, hints=("x",)) == (Clause((View("action"), one), quiet, ("x",)),)
    assert apart("action", one, quiet=quiet, hints=("x",)) == (
        Clause((View("action"),), quiet, ("x",)),
        Clause((one,), quiet, ("x",)),
    )
    assert apart("action") == together("action") == (Clause((View("action"),), None, ()),)
