"""`--max-rate CODE=0.1%`: how many findings of a rule a run may have, for its events, and still pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from atlint.model import AtlintError
from atlint.rules.selection import expand

_PERCENT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*%")


@dataclass(frozen=True, slots=True)
class Allowance:
    """The share of events, as it was written and exactly."""

    said: str
    limit: Fraction

    def covers(self, findings: int, events: int) -> bool:
        """Whether so many findings in so many events are within it; in no events none are."""
        return findings <= self.limit * events


def allowances(said: Mapping[str, str]) -> dict[str, Allowance]:
    """Allowances by code, from selector -> percentage; of several selectors the one of fewest rules counts.

    Raises AtlintError for an unknown rule and for what is no percentage.
    """
    chosen = [(expand(selector), _allowance(selector, share)) for selector, share in said.items()]
    chosen.sort(key=lambda pair: len(pair[0]), reverse=True)
    return {rule.code: allowance for rules, allowance in chosen for rule in rules}


def _allowance(selector: str, share: str) -> Allowance:
    found = _PERCENT.fullmatch(share.strip())
    if found is None:
        raise AtlintError(f"--max-rate takes RULE=SHARE with a share such as 0.1%, not {share!r} for {selector}")
    limit = Fraction(found[1]) / 100
    if limit > 1:
        raise AtlintError(f"max-rate of {selector}: {share} is more than all events; 100% is the most")
    return Allowance(share.strip(), limit)
