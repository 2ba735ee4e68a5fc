"""A share of broken events among compliant ones: which rule each breaks, and the breaking itself."""

from __future__ import annotations

import copy
import json
import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from atlint.model import AtlintError
from atlint.plan import Plan
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import expand

COMPLIANT: Final = "compliant"
#: the range of the numbers that `Mix.code` takes
RANGE: Final = 1 << 32
#: rules that compare an event with a registration: there is nothing to break without one
_REGISTERED: Final = frozenset({"AT208", "AT407"})


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of compliant events and of such that break a rule. `codes` and `bounds` go together."""

    #: None for compliant
    codes: tuple[str | None, ...]
    #: upper bounds of the shares within RANGE, growing; the last is RANGE
    bounds: tuple[int, ...]

    def code(self, number: int) -> str | None:
        """The rule that the event with this number breaks; numbers even over RANGE give the shares."""
        return self.codes[bisect_right(self.bounds, number)]


def parse(text: str, plan: Plan) -> Mix:
    """`compliant=97,AT310=2,AT401=1`: shares of any sum; rules by code or name.

    Raises AtlintError for an unknown rule (with a suggestion), a rule that no event of the edition can break,
    and shares that are no numbers, negative, or all zero.
    """
    allowed = {rule.code for rule in (*breakable(plan), *_spanning(plan))}
    shares: dict[str | None, float] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, share = (part.strip() for part in pair.partition("="))
        code = None if name == COMPLIANT else _code(name, plan, allowed)
        if not equals or code in shares:
            raise AtlintError(f"--mix takes each share once, such as compliant=97,AT310=2, not {pair!r}")
        shares[code] = _share(name, share)
    total = sum(shares.values())
    if not 0 < total < float("inf"):
        raise AtlintError(f"--mix {text!r} leaves nothing to make: give at least one share above zero")
    kept = {code: share for code, share in shares.items() if share}
    bounds = [round(bound / total * RANGE) for bound in accumulate(kept.values())]
    return Mix(tuple(kept), (*bounds[:-1], RANGE))


def _code(name: str, plan: Plan, allowed: set[str]) -> str:
    rules = expand(name)
    if len(rules) > 1:
        raise AtlintError(f"--mix takes rules, one by one: {name} stands for {len(rules)} of them")
    code = rules[0].code
    if code not in allowed:
        raise AtlintError(f"--mix: no event of {plan.edition} can be made to break {code}{_reason(code, plan)}")
    return code


def _reason(code: str, plan: Plan) -> str:
    if REGISTRY[code].scope not in {Scope.LINE, Scope.EVENT}:
        return f": it is about a whole {REGISTRY[code].scope}"
    if code in _REGISTERED and plan.registration is None:
        return " without a --registration"
    return ""


def _share(name: str, text: str) -> float:
    try:
        share = float(text.removesuffix("%"))
    except ValueError:
        share = -1
    if not 0 <= share < float("inf"):
        raise AtlintError(f"--mix: the share of {name} must be a number from 0 up, not {text!r}")
    return share


def breakable(plan: Plan) -> tuple[Rule, ...]:
    """The rules that one event can be made to break under this plan, in the order of their codes."""
    return tuple(rule for rule in _of(plan) if rule.scope in {Scope.LINE, Scope.EVENT})


def _spanning(plan: Plan) -> Iterator[Rule]:
    """The rules on lines as such that one event breaks by becoming several lines, or none."""
    return (rule for rule in _of(plan) if rule.scope is Scope.STREAM and rule.family == "AT0")


def _of(plan: Plan) -> Iterator[Rule]:
    for rule in REGISTRY.values():
        registered = plan.registration is not None or rule.code not in _REGISTERED
        if rule.breaker and rule.levels(plan.edition) and plan.edition not in rule.unbreakable and registered:
            yield rule


def broken(rule: Rule, plan: Plan, event: dict[str, Any], seed: int) -> Broken:
    """What the rule's breaker makes of a compliant event, which is left as it is."""
    draft = Draft(plan, copy.deepcopy(event))
    made = rule.breaker(draft, random.Random(seed)) if rule.breaker else ""
    return made if isinstance(made, Broken) else Broken(draft.line(), made)


def broken_line(code: str, plan: Plan, raw: bytes, seed: int) -> bytes:
    """The bytes of a compliant line once it breaks the rule: several lines where the rule is about such."""
    return broken(REGISTRY[code], plan, json.loads(raw), seed).raw
