"""A Problem to the edit that repairs it: by span, all other text untouched."""

from __future__ import annotations

import json

from atlint.lint.explain import Explanation
from atlint.model import Edit, Fix, Problem
from atlint.rules import REGISTRY


def fix_of(explanation: Explanation, problem: Problem) -> Fix | None:
    """The repair that a Problem offers; None where it has none or its place is not a value."""
    rule = REGISTRY[problem.code]
    case = rule.cases.get(problem.case) or rule.cases[""]
    if problem.repair is None or not case.fix or explanation.scanned is None:
        return None
    if problem.pointer not in explanation.scanned.members:
        return None
    text = json.dumps(problem.repair, ensure_ascii=False, allow_nan=False)
    if problem.within is not None:
        text = text[1:-1]
    title = case.help.partition(":")[0].partition(";")[0] if case.help and "{" not in case.help else f"repair {rule.name}"
    return Fix(title, (Edit(explanation.place(problem), text),), safe=case.fix == "safe")
