"""What the tests of the generator share: strict plans, a registration, and what is found in a line."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from atlint.lint import Explainer
from atlint.model import Line, Severity
from atlint.plan import Plan, Settings, compile_plan
from atlint.plan.form import acceptor
from atlint.plan.registration import from_value
from atlint.rules import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlint.plan import Node
    from atlint.plan.registration import Registration

#: 2026-01-31: later than every time that is made here
NOW = 1769817600.0
#: 2018-11-29T08:00:00Z
THEN = 1543478400.0
GREETER = {
    "edition": "at-2018",
    "service": {"name": "greeter", "displayName": "Greeter"},
    "userCopy": "space",
    "registrations": [
        {
            "environment": "production",
            "region": "eu-de",
            "endpoint": "https://activity-tracker.eu-de.bluemix.net",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "71316c2f90d84e5ab3c7d1e08f42a965",
        }
    ],
    "actions": [
        {
            "action": "greeter.greeting.wave",
            "target": "greeter/greeting",
            "severity": "warning",
            "outcomes": ["success"],
        },
        {
            "action": "greeter.greeting-card.delete",
            "target": "greeter/greeting/card",
            "outcomes": ["success", "failure"],
        },
    ],
}


def registration_of(edition: str, **changes: Any) -> Registration:
    return from_value({**GREETER, "edition": edition, **changes})


@functools.cache
def strict(edition: str, registration: Registration | None = None) -> Plan:
    """Every rule of the edition, those that are off by default included."""
    levels = {rule.code: rule.levels(edition) for rule in REGISTRY.values() if rule.levels(edition)}
    return compile_plan(edition, registration, Settings(levels))


@functools.cache
def explainer(edition: str, registration: Registration | None = None) -> Explainer:
    return Explainer(strict(edition, registration), NOW)


def found(edition: str, raw: bytes, registration: Registration | None = None) -> list[tuple[str, str]]:
    """Code and pointer of everything that is found in a line."""
    problems = explainer(edition, registration).explain(Line("event.log", 1, 0, raw)).problems
    return [(problem.code, problem.pointer) for problem in problems]


def errors(edition: str, raw: bytes, registration: Registration | None = None) -> set[str]:
    """The codes of what is found at error level."""
    judge = explainer(edition, registration)
    problems = judge.explain(Line("event.log", 1, 0, raw)).problems
    return {problem.code for problem in problems if judge.level(problem) is Severity.ERROR}


def strays(node: Node, value: Any) -> Iterator[str]:
    """The places where a value lies outside of its node's domain: nothing that the strategies could draw."""
    if node.forbidden or not node.takes(value) or not _in_domain(node, value):
        yield node.pointer
    elif isinstance(value, dict):
        yield from (f"{node.pointer}/{name}" for name in {*node.required} - {*value})
        yield from (f"{node.pointer}/{name}" for name in {*value} - {*node.members} if node.closed)
        for name in {*value} & {*node.members}:
            yield from strays(node.members[name], value[name])
    elif isinstance(value, list) and node.items:
        for child in value:
            yield from strays(node.items, child)


def _in_domain(node: Node, value: Any) -> bool:
    if isinstance(value, list):
        return node.min_items <= len(value) <= (node.max_items or len(value))
    if isinstance(value, str):
        formed = not node.form or not value or bool(acceptor(node.form)(value))
        return formed and len(value) >= node.min_length and value in (node.choices or (value,))
    if isinstance(value, int | float) and node.minimum is not None:
        return node.minimum <= value <= (node.maximum or value)
    return True
