"""A budget in ratios with wide margins, for a machine with nothing else to do: `ATLINT_BENCH=1 pytest tests/bench`."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable

import pytest

from atlint.lint.accept import compile_acceptor
from atlint.lint.explain import Explainer
from atlint.model import Line
from atlint.plan import Settings, compile_plan
from atlint.rules.selection import choose
from tests.bench.corpus import EDITION, Corpus

NOW = 1769817600.0
PLAN = compile_plan(EDITION, None, Settings(choose(EDITION)))
pytestmark = pytest.mark.skipif("ATLINT_BENCH" not in os.environ, reason="ATLINT_BENCH is not set")


def ratio(base: Callable[[], object], mine: Callable[[], object]) -> float:
    """The median of base / mine in CPU time, alternated."""
    found = []
    for _ in range(7):
        times = []
        for run in (base, mine):
            begin = time.process_time()
            run()
            times.append(time.process_time() - begin)
        found.append(times[0] / times[1])
    return statistics.median(found)


@pytest.mark.parametrize(("quickly", "least"), [(True, 1.2), (False, 0.3)], ids=["compiled", "by hand"])
def test_what_accepting_costs_beside_json_loads(quickly: bool, least: float) -> None:
    if quickly:
        pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    lines = list(Corpus(PLAN).lines(5_000))
    accept = compile_acceptor(PLAN, NOW, quickly=quickly)
    assert len(accept(lines).numbers) == len(lines)
    assert ratio(lambda: [json.loads(raw) for raw in lines], lambda: accept(lines)) > least


def test_explaining_costs_less_than_a_hundred_json_loads() -> None:
    lines = [Line("-", 1, 0, raw) for raw in Corpus(PLAN).lines(500, broken=1.0)]
    explainer = Explainer(PLAN, NOW)

    def loads() -> None:
        for line in lines:
            try:
                json.loads(line.raw)
            except ValueError:
                continue

    assert ratio(loads, lambda: [explainer.explain(line) for line in lines]) > 0.01


def test_the_corpus_is_what_it_says() -> None:
    explainer = Explainer(PLAN, NOW)
    for raw in Corpus(PLAN).lines(200):
        assert explainer.explain(Line("-", 1, 0, raw)).problems == ()
    assert list(Corpus(PLAN, 7).lines(20)) == list(Corpus(PLAN, 7).lines(20))
