"""What differs between an old and a new state of something published, and whom it hurts."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from atlint.model import Verdict


class Weight(enum.StrEnum):
    """Breaking: events that were right are so no longer, or those who read or forward them must change.

    Compatible: what was right stays right, and more is. Cosmetic: no event is judged differently.
    """

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `where` names the field, action or registration; `was` and `now` are empty for none."""

    weight: Weight
    where: str
    message: str
    was: str = ""
    now: str = ""

    def as_json(self) -> dict[str, Any]:
        """The change with `was` and `now` null where there was or is nothing."""
        return {
            "weight": str(self.weight),
            "where": self.where,
            "message": self.message,
            "was": self.was or None,
            "now": self.now or None,
        }


def breaking(where: str, message: str, was: str = "", now: str = "") -> Change:
    """A change that breaks."""
    return Change(Weight.BREAKING, where, message, was, now)


def compatible(where: str, message: str, was: str = "", now: str = "") -> Change:
    """A change that lets more be right."""
    return Change(Weight.COMPATIBLE, where, message, was, now)


def cosmetic(where: str, message: str, was: str = "", now: str = "") -> Change:
    """A change that no event feels."""
    return Change(Weight.COSMETIC, where, message, was, now)


def narrowed(where: str, of: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    """The changes of a closed set, an empty one meaning that anything goes."""
    before, after = frozenset(old), frozenset(new)
    if before and not after:
        yield compatible(where, f"any {of} is allowed now", was=listed(before))
    elif after and not before:
        yield breaking(where, f"only some {of} is allowed now", now=listed(after))
    else:
        if gone := before - after:
            yield breaking(where, f"{of} gone", was=listed(gone))
        if added := after - before:
            yield compatible(where, f"{of} added", now=listed(added))


def listed(names: Iterable[str]) -> str:
    """Names in order, for people."""
    return ", ".join(sorted(names))


def summary(changes: Iterable[Change]) -> dict[str, int]:
    """How many there are of each weight."""
    weights = [change.weight for change in changes]
    return {str(weight): weights.count(weight) for weight in Weight}


def verdict(changes: Iterable[Change]) -> Verdict:
    """Fail where anything breaks."""
    return Verdict.FAIL if any(change.weight is Weight.BREAKING for change in changes) else Verdict.PASS


def text(changes: Iterable[Change], counted: Mapping[str, int]) -> Iterator[str]:
    """The changes for people, what breaks first."""
    changes = tuple(changes)
    for weight in Weight:
        for change in changes:
            if change.weight is weight:
                values = " -> ".join(filter(None, (change.was, change.now)))
                yield f"{weight:<10}  {change.where}: {change.message}{f': {values}' if values else ''}\n"
    total = ", ".join(f"{count:,} {name}" for name, count in counted.items())
    yield f"{verdict(changes).value}: {total}\n"
