"""A share of broken events among compliant ones: which rule each breaks, and the breaking itself."""

from __future__ import annotations

import copy
import random
from typing import Any

from atlint.plan import Plan
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope


def breakable(plan: Plan) -> tuple[Rule, ...]:
    """The rules that one event can be made to break in this plan's edition, in the order of their codes."""
    return tuple(
        rule
        for rule in REGISTRY.values()
        if rule.breaker
        and rule.scope in {Scope.LINE, Scope.EVENT}
        and rule.levels(plan.edition)
        and plan.edition not in rule.unbreakable
    )


def broken(rule: Rule, plan: Plan, event: dict[str, Any], seed: int) -> Broken:
    """What the rule's breaker makes of a compliant event, which is left as it is."""
    draft = Draft(plan, copy.deepcopy(event))
    made = rule.breaker(draft, random.Random(seed)) if rule.breaker else ""
    return made if isinstance(made, Broken) else Broken(draft.line(), made)
