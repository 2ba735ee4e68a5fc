from __future__ import annotations

from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.lint.timings import ACCEPT, DECODE, SHAPE, Timings
from atlint.plan import Settings, compile_plan
from atlint.rules.draft import Draft
from atlint.rules.selection import Choice, choose


def test_each_stage_and_each_selected_rule_has_its_cost() -> None:
    plan = compile_plan("at-2018", None, Settings(choose("at-2018", Choice(select=("AT310", "AT202")))))
    good = Draft(plan, next(iter(compliant("at-2018")))).line()
    timings = Timings(Judge(plan))
    timings.see(from_bytes(good + b"\n" + good.replace(b'"outcome"', b'"colour"') + b"\n\nnonsense\n"))
    calls = {cost.name: cost.calls for cost in timings.costs()}
    assert calls == {ACCEPT: 4, DECODE: 2, SHAPE: 1, "AT310": 1, "AT202": 1}
    assert [cost.seconds for cost in timings.costs()] == sorted((c.seconds for c in timings.costs()), reverse=True)
