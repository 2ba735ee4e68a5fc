"""Delivered lines that are not as they were sent, a few of each kind: which line of which file, and which event."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

#: examples of each kind that are told
TOLD: Final = 20
#: and that are kept, since events of which some turn up in a better state are dropped again
KEPT: Final = 10_000
#: the kinds, in the order of the summary; losses have no line, and are told of by `losses`
KINDS: Final = ("duplicated", "reordered", "truncated", "corrupted", "misrouted", "foreign")


@dataclass(slots=True)
class Examples:
    """The first of each kind that were met."""

    _kept: dict[str, dict[Hashable, dict[str, Any]]] = field(default_factory=lambda: {kind: {} for kind in KINDS})

    def add(self, kind: str, identity: Hashable, example: dict[str, Any]) -> None:
        """Keep an example where there is room; `identity` names it to `drop`."""
        kept = self._kept[kind]
        if len(kept) < KEPT:
            kept[identity] = {"kind": kind, **example}

    def drop(self, kind: str, identity: Hashable) -> None:
        """Forget an example: its event arrived in a better state after all."""
        self._kept[kind].pop(identity, None)

    def records(self) -> list[dict[str, Any]]:
        """The first few of each kind as plain JSON, kind by kind."""
        return [example for kept in self._kept.values() for example in islice(kept.values(), TOLD)]
