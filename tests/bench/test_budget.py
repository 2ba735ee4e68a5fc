"""A budget in lines of Python that are run for each line of a log: as many on a busy machine as on an idle one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

from atlint.lint import native
from atlint.lint.accept import compile_acceptor
from atlint.lint.explain import Explainer
from atlint.lint.source import Source
from atlint.model import Line
from atlint.plan import Settings, compile_plan
from atlint.report.check import Options, check_sources
from atlint.rules.selection import choose
from tests.bench.corpus import EDITION, Corpus

NOW: Final = 1769817600.0
PLAN: Final = compile_plan(EDITION, None, Settings(choose(EDITION)))
#: lines by which memories are filled before it is counted
WARM: Final = 2_000


def steps(run: Callable[[], object]) -> int:
    """How many lines of Python are run."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def further(path: Path, lines: Sequence[bytes]) -> float:
    """The steps of a check for each line behind the first WARM ones."""
    counts = []
    for last in (WARM, len(lines)):
        path.write_bytes(b"".join(raw + b"\n" for raw in lines[:last]))
        counts.append(steps(lambda: check_sources([Source(str(path))], Options(edition=EDITION, now=NOW))))
    return (counts[1] - counts[0]) / (len(lines) - WARM)


@pytest.mark.parametrize("quickly", [True, False], ids=["compiled", "by hand"])
def test_what_it_takes_to_accept_a_line(quickly: bool) -> None:
    most = 20 if quickly and native.scan is not None else 170
    lines = list(Corpus(PLAN).lines(3 * WARM))
    accept = compile_acceptor(PLAN, NOW, quickly=quickly)
    assert len(accept(lines[:WARM]).numbers) == WARM
    assert steps(lambda: accept(lines[WARM:])) < most * 2 * WARM


@pytest.mark.parametrize(
    ("broken", "by", "compiled", "by_hand"),
    [
        (0.0, "", 40, 350),
        (0.05, "", 200, 620),
        (1.0, "", 3_000, 4_800),
        (1.0, "AT108", 1_500, 2_900),
    ],
    ids=["clean", "one in twenty is broken", "each is broken in another way", "each is broken by one rule"],
)
def test_what_it_takes_to_check_a_line(tmp_path: Path, broken: float, by: str, compiled: int, by_hand: int) -> None:
    lines = list(Corpus(PLAN).lines(2 * WARM, broken=broken, by=by))
    assert further(tmp_path / "all.log", lines) < (by_hand if native.scan is None else compiled)


def test_a_fault_that_is_met_again_takes_a_fraction_of_a_new_one(tmp_path: Path) -> None:
    lines = [raw.replace(b'"severity"', b'"severities"') for raw in Corpus(PLAN).lines(2 * WARM)]
    assert further(tmp_path / "all.log", lines) < (1_600 if native.scan is None else 400)


def test_the_corpus_is_what_it_says() -> None:
    explainer = Explainer(PLAN, NOW)
    for raw in Corpus(PLAN).lines(200):
        assert explainer.explain(Line("-", 1, 0, raw)).problems == ()
    assert list(Corpus(PLAN, 7).lines(20)) == list(Corpus(PLAN, 7).lines(20))
