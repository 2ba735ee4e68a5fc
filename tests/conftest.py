"""What all tests share: Hypothesis at a pace for every day, and a compliant event to change.

`ATLINT_EXAMPLES=5000 pytest` looks harder.
"""

from __future__ import annotations

import contextlib
import copy
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from atlint.lint import Explainer, Explanation
from atlint.lint.examples import compliant
from atlint.model import Line
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken

settings.register_profile(
    "atlint",
    max_examples=int(os.environ.get("ATLINT_EXAMPLES", "25")),
    deadline=None,  # these machines are noisy: no test depends on seconds
    derandomize=bool(os.environ.get("CI")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # the same reason
)
settings.load_profile("atlint")

#: 2026-01-31: later than every time in the examples
NOW = 1769817600.0


def strict_plan(edition: str, registration: Registration | None = None) -> Plan:
    """A Plan with every rule of the edition."""
    levels = {rule.code: rule.levels(edition) for rule in REGISTRY.values() if rule.levels(edition)}
    return compile_plan(edition, registration, Settings(levels))


def living() -> dict[int, int]:
    """The processes that have not ended, and their parents."""
    found: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[:2]
            if state != "Z":
                found[int(path.parent.name)] = int(parent)
    return found


def below(pid: int) -> set[int]:
    """The living processes that a process has started, and those that these have started."""
    parents = living()
    found: set[int] = set()
    new = {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def ended(pids: set[int]) -> bool:
    """Whether these processes, children of another one, end by themselves; waits for it."""
    end = time.monotonic() + 60
    while pids & living().keys() and time.monotonic() < end:
        time.sleep(0.05)
    return not pids & living().keys()


@pytest.fixture(scope="session")
def plans() -> dict[str, Plan]:
    return {edition: strict_plan(edition) for edition in EDITIONS}


@pytest.fixture
def explain(plans: dict[str, Plan]) -> Callable[..., Explanation]:
    """`explain(edition, change, registration=None, which=0)`: what is found after `change(draft)`.

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
