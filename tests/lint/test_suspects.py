"""What the suspects tell is what all rules tell, problem by problem, whatever was seen before."""

from __future__ import annotations

import random

import pytest

from atlint.lint.engine import Judge
from atlint.lint.explain import Explainer
from atlint.model import Line
from atlint.plan import EDITIONS
from atlint.plan.registration import Registration
from atlint.rules.selection import Choice
from tests.lint.edges import NOW, REGISTERED, SELECTIONS, breakings, lines, plan_of


def same(judge: Judge, full: Explainer, raw: bytes) -> int:
    """How many problems all rules tell, and the suspects as well, before and after the acceptor's look, and by it."""
    line = Line("-", 1, 0, raw)
    want = full.explain(line).problems
    assert judge.explainer.explain(line).problems == want, raw
    doubts = judge.accept((raw,)).doubts.get(0)
    assert judge.explainer.explain(line).problems == want, raw
    assert judge.explainer.explain(line, doubts).problems == want, raw
    return len(want)


@pytest.mark.parametrize("choice", SELECTIONS)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("registration", [None, REGISTERED], ids=["alone", "registered"])
def test_suspects_tell_what_all_rules_tell(edition: str, choice: Choice, registration: Registration | None) -> None:
    plan = plan_of(edition, choice, registration)
    judge, full, draw = Judge(plan, NOW), Explainer(plan, NOW), random.Random(f"{edition}{choice}{registration}")
    told = [same(judge, full, raw) for raw in lines(plan, draw, 25) if raw.strip()]
    assert any(told)


@pytest.mark.parametrize("choice", SELECTIONS[:4])
@pytest.mark.parametrize("edition", EDITIONS)
def test_faults_upon_faults_are_told_alike(edition: str, choice: Choice) -> None:
    plan = plan_of(edition, choice)
    judge, full, draw = Judge(plan, NOW), Explainer(plan, NOW), random.Random(f"{edition}{choice}")
    told = [same(judge, full, raw) for raw in breakings(plan, draw, 40) if raw.strip()]
    assert any(told)
