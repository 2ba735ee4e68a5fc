"""What is said of odd values, at both sides of all that the rules tell apart; kept in files as `test_said` keeps it.

`fixtures/odd.json` has the values: of one field, in `values`, and of several, in `together`; `{"$": "gone"}`
removes a field. They are put into an edition's first example, after `usual`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pytest

from atlint.lint.examples import compliant
from atlint.lint.explain import Explainer
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.report.rule_page import everything
from atlint.rules.draft import Draft
from tests.plan.test_plan import KMS
from tests.rules.test_said import ROOT, kept, told
from tests.test_constitution import NOW

ODD: Final = json.loads((ROOT / "fixtures" / "odd.json").read_text(encoding="utf-8"))
GONE: Final = {"$": "gone"}
PLANS: Final = [everything(edition) for edition in EDITIONS]
REGISTERED: Final = [everything(edition, KMS) for edition in EDITIONS]

Changes = Mapping[str, Any]


def changed(plan: Plan, changes: Changes) -> Draft | None:
    """The event with its changes; None where the edition has no place for one of them."""
    draft = Draft(plan, next(compliant(plan.edition)))
    for role, value in ODD["usual"].items():
        if draft.get(role) is not None:
            draft.put(role, value)
    for role, value in changes.items():
        first = role.partition("/")[0]
        if first in {"meta", "payload"} and first not in plan.root.members:
            return None
        if value == GONE:
            draft.drop(role)
        else:
            draft.put(role, value)
    return draft


def found(plan: Plan, changes: Changes) -> Iterator[str]:
    draft = changed(plan, changes)
    if draft is not None:
        raw = json.dumps(draft.value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        yield from told(plan, Explainer(plan, NOW).explain(Line("a.log", 1, 0, raw)))


def page(rows: Sequence[Changes], plans: Sequence[Plan]) -> str:
    """Each row, and what is told of it: in the first edition, and in others where that differs."""
    lines = []
    for changes in rows:
        lines.append("; ".join(f"{role}: {shown(value)}" for role, value in changes.items()))
        before: list[str] = []
        for plan in plans:
            said = list(found(plan, changes))
            plain = [line.replace(" /payload/", " /") for line in said]
            if plain != before:
                lines += [f" {plan.edition}", *(said or ["  nothing"])]
            before = plain
    return "\n".join(lines) + "\n"


def shown(value: Any) -> str:
    text = "gone" if value == GONE else json.dumps(value)
    return text if len(text) < 500 else f"{text[:60]} ... ({len(text)} in all)"


@pytest.mark.parametrize("role", ODD["values"])
def test_odd_values(role: str) -> None:
    rows = [{role: value} for value in (*ODD["values"][role], GONE)]
    kept(f"odd/{role.replace('/', '.')}.txt", page(rows, PLANS))


@pytest.mark.parametrize("name", ODD["together"])
def test_values_that_do_not_go_together(name: str) -> None:
    kept(f"odd/{name.replace(' ', '-')}.txt", page(ODD["together"][name], PLANS))


@pytest.mark.parametrize("role", ["action", "target/typeURI", "severity", "meta/serviceProviderName"])
def test_odd_values_under_a_registration(role: str) -> None:
    rows = [{role: value} for value in ODD["values"][role]]
    kept(f"odd/registered.{role.replace('/', '.')}.txt", page(rows, REGISTERED))
