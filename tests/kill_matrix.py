"""Runs every breaker and tells which rules fire: `python -m tests.kill_matrix` ends with 1 where one survives."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from atlint.integrations.source import find
from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.lint.explain import level
from atlint.model import Severity
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.rule import Rule, Scope
from tests import test_laws
from tests.pipeline import test_rules as cluster_rules
from tests.readiness.case import BOTH, Case
from tests.readiness.test_verdict import broken as broken_case

#: how often each breaker is run, on events that are drawn
DRAWS: Final = 4
Fired = Mapping[str, Severity]


@dataclass(frozen=True, slots=True)
class Kill:
    """What one rule's breaker did: how often its rule fired, and which others did at least once."""

    rule: Rule
    edition: str
    times: int
    #: code -> the reason that the rule gives for its companion
    errors: Mapping[str, str]
    others: tuple[str, ...]


def matrix() -> Iterator[Kill]:
    """A row for each rule, in the first edition that has it and can be broken."""
    for rule in REGISTRY.values():
        edition = next(
            name
            for name in EDITIONS
            if rule.levels(name) and (name not in rule.unbreakable or rule.code in test_laws.REGISTERED)
        )
        draw = random.Random(rule.code)
        yield _kill(rule, edition, [_fired(rule, edition, draw) for _ in range(DRAWS)])


def _kill(rule: Rule, edition: str, fired: list[Fired]) -> Kill:
    besides = {code: severity for each in fired for code, severity in each.items() if code != rule.code}
    errors = {code for code, severity in besides.items() if severity is Severity.ERROR}
    reason = "another item of the same case, which follows" if rule.scope is Scope.REGISTRATION else "no reason given"
    return Kill(
        rule,
        edition,
        sum(rule.code in each for each in fired),
        {code: rule.companions.get(code, reason) for code in sorted(errors)},
        tuple(sorted(besides.keys() - errors)),
    )


def _fired(rule: Rule, edition: str, draw: random.Random) -> Fired:
    if rule.scope is Scope.REGISTRATION:
        return _readiness(rule, draw)
    good = draw.choice(list(compliant(edition)))
    plan, made = test_laws.broken_by(rule, edition, good, draw)
    if rule.scope is Scope.SOURCE:
        return {one.code: one.severity for one in find(made.raw.decode(), "service.py", [Judge(plan)])}
    if rule.scope is Scope.CLUSTER:
        sightings = cluster_rules.found_in(made.raw, edition, tracked=rule.code == "AT710")
        problems = [one.problem for one in sightings]
    else:
        raw = made.raw + b"\n" * made.terminated
        problems = test_laws.found_in(raw, edition, plan.registration, made.path)
    return {problem.code: weight for problem in problems if (weight := level(plan, problem)) is not None}


def _readiness(rule: Rule, draw: random.Random) -> Fired:
    """Of a whole case: the items that are not ready, and those that are not shown."""
    with tempfile.TemporaryDirectory() as folder:
        report = broken_case(Case(Path(folder), BOTH), rule, draw)
    return {item.code: _ITEM[item.state.exit_code] for item in report.items if item.state.exit_code}


#: not ready, and not enough evidence
_ITEM: Final = {1: Severity.ERROR, 3: Severity.INFO}


def main() -> int:
    """Print the matrix."""
    survivors = 0
    for kill in matrix():
        survivors += kill.times < DRAWS
        besides = ", ".join([*kill.errors, *(f"({code})" for code in kill.others)])
        sys.stdout.write(
            f"{kill.rule.code} {kill.edition} {kill.times}/{DRAWS} {kill.rule.name}: {besides or 'alone'}\n"
        )
    sys.stdout.write(f"{len(REGISTRY)} breakers, {survivors} survive\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
