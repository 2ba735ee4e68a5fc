"""Which edition a line is of, by its shape: the fallback for logs whose edition nobody named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from atlint.lint.engine import Judge
from atlint.model import Line
from atlint.plan import Plan
from atlint.pointer import Scan, scan

AUTO = "auto"


def detect(plans: Sequence[Plan], value: object) -> int:
    """The index of the plan whose edition an event has the shape of; the last one where none fits.

    An event fits an edition when it has all root keys that mark it and none of those that rule it out; of
    several that fit, the one whose root names most of the event's keys, and of these the first.
    """
    keys = set(value) if isinstance(value, dict) else set()
    best, most = len(plans) - 1, -1
    for index, plan in enumerate(plans):
        has, lacks = plan.shape
        if has <= keys and not lacks & keys:
            known = len(keys & set(plan.root.members))
            if known > most:
                best, most = index, known
    return best


def picker(judges: Sequence[Judge]) -> Callable[[Line], Judge]:
    """Picks a line's judge by its shape; a line that is no event goes to the first judge."""
    plans = [judge.plan for judge in judges]

    def pick(line: Line) -> Judge:
        if len(judges) == 1:
            return judges[0]
        found = scan(line.text.strip("\ufeff\r"))
        if not isinstance(found, Scan):
            return judges[0]
        return judges[detect(plans, found.value)]

    return pick
