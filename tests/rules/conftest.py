"""What every table of a rule family needs: a compliant event, a change to it, and what is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint import Explainer, Explanation
from atlint.lint.examples import compliant
from atlint.model import Line
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken

#: 2026-01-31: later than every time in the examples
NOW = 1769817600.0


def strict_plan(edition: str, registration: Registration | None = None) -> Plan:
    """A Plan with every rule of the edition."""
    levels = {rule.code: rule.levels(edition) for rule in REGISTRY.values() if rule.levels(edition)}
    return compile_plan(edition, registration, Settings(levels))


@pytest.fixture(scope="session")
def plans() -> dict[str, Plan]:
    return {edition: strict_plan(edition) for edition in EDITIONS}


@pytest.fixture
def explain(plans: dict[str, Plan]) -> Callable[..., Explanation]:
    """`explain(edition, change, registration=None, which=0)`: what is found in a compliant event once `change(draft)` is done.

    `change` may return the bytes of the line, or a `Broken`.
    """

    def run(
        edition: str,
        change: Callable[[Draft], Any],
        registration: Registration | None = None,
        which: int = 0,
    ) -> Explanation:
        plan = strict_plan(edition, registration) if registration else plans[edition]
        draft = Draft(plan, copy.deepcopy(list(compliant(edition))[which]))
        made = change(draft)
        raw = made.raw if isinstance(made, Broken) else made if isinstance(made, bytes) else draft.line()
        return Explainer(plan, NOW).explain(Line("event.log", 1, 0, raw))

    return run
