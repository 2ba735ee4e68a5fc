"""What a rule's page shows as bad is bad: run as users run it, it gives the finding, and its place is on the page."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from atlint.integrations.source import find
from atlint.lint.engine import Judge
from atlint.report.rule_example import Made, example, made_of, problems_of
from atlint.rules import REGISTRY
from atlint.rules.readiness_rules import UNPROVEN
from atlint.rules.rule import Rule, Scope
from tests.pipeline.test_rules import found_in
from tests.readiness import test_verdict as readiness
from tests.readiness.case import BOTH, Case, failing, unproven

RULES = list(REGISTRY.values())
#: what is said of these needs more than the file that is shown: the module that calls, the whole case
UNSAID = {Scope.SOURCE, Scope.REGISTRATION}


def codes(made: Made, folder: Path) -> set[str]:
    """The rules that have something to say of an example, whatever its file is."""
    scope, broken = made.rule.scope, made.broken
    if scope is Scope.SOURCE:
        return {found.code for found in find(broken.raw.decode(), "service.py", [Judge(made.plan)])}
    if scope is Scope.CLUSTER:
        tracked = made.rule.code == "AT710"
        return {found.problem.code for found in found_in(broken.raw, made.plan.edition, tracked=tracked)}
    if scope is Scope.REGISTRATION:
        report = readiness.broken(Case(folder, BOTH), made.rule, random.Random(made.rule.code))
        return unproven(report) if made.rule.code in UNPROVEN else failing(report)
    return {problem.code for _, problem in problems_of(made)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_is_shown_as_bad_gives_the_finding(rule: Rule, tmp_path: Path) -> None:
    assert rule.code in codes(made_of(rule), tmp_path)
    said = re.findall("^> .+", example(rule), re.MULTILINE)
    assert len(said) == 1 or (not said and rule.scope in UNSAID)


@pytest.mark.parametrize("rule", [rule for rule in RULES if "```text" in example(rule)], ids=lambda rule: rule.code)
def test_the_fault_is_on_the_page(rule: Rule) -> None:
    """Each mark stands below the very text that is at fault, and only what is a whole line has none."""
    made = made_of(rule)
    found = [(one.line, one.place(problem)) for one, problem in problems_of(made) if problem.code == rule.code]
    parts = [(line, place) for line, place in found if place != (0, len(line.text))]
    lines = example(rule).split("\n")
    marks = [(lines[at - 1], line) for at, line in enumerate(lines) if line.strip() and not line.strip(" ^")]
    assert len(marks) == len(parts)
    for (above, mark), (line, place) in zip(marks, parts, strict=True):
        marked = above[mark.index("^") : len(mark)]
        assert marked == line.text[place.start : place.end] or marked.startswith("\\") or not marked
        assert above.startswith(f"{line.number}: ") or made.broken.raw.count(b"\n") == 0


def test_of_many_lines_some_are_shown() -> None:
    """Those of a burst: the first, the ones with which too many are there, and the time in each."""
    lines = re.findall(r"^(?:(\d+): .*\"eventTime\":\"2018|(\.\.\.)$)", example(REGISTRY["AT603"]), re.MULTILINE)
    assert [number or gap for number, gap in lines] == ["1", "2", "3", "...", "101", "...", "251"]
