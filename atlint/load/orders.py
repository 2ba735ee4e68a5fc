"""Faults on order: `500:10%` and its like to the answer that a sink gives to its n-th request."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from atlint.load.units import duration
from atlint.model import AtlintError

#: the answer that is none: the events are stored and the connection is closed, so that they are sent again
DROP: Final = 0

_ORDER: Final = re.compile(r"([2-5][0-9][0-9]|drop):(?:([0-9.]+)%|(first|every)=([0-9]{1,18})|for=([0-9.]+[a-z]+))")


@dataclass(frozen=True, slots=True)
class Order:
    """Answer `code` (or `DROP`) to a share of the requests, the first few, every n-th, or for a time.

    A request that is answered so is not stored, also where the code is 200: that sink lies.
    """

    code: int
    share: float = 0.0
    first: int = 0
    every: int = 0
    seconds: float = 0.0


def parse(text: str) -> Order:
    """`500:10%`, `503:first=5`, `429:every=10`, `500:for=20s`; `drop` in place of a code.

    Raises:
        AtlintError: for anything else.
    """
    found = _ORDER.fullmatch(text)
    if found is None or (found[2] and not _is_percentage(found[2])) or found[4] == "0":
        raise AtlintError(
            f"{text!r} is no fault: write CODE:10%, CODE:first=5, CODE:every=10 or CODE:for=20s, "
            "where CODE is an HTTP status or drop"
        )
    return Order(
        code=DROP if found[1] == "drop" else int(found[1]),
        share=float(found[2] or 0) / 100,
        first=int(found[4]) if found[3] == "first" else 0,
        every=int(found[4]) if found[3] == "every" else 0,
        seconds=duration(found[5]) if found[5] else 0.0,
    )


def _is_percentage(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) is not None and 0 < float(text) <= 100


@dataclass(slots=True)
class Orders:
    """All orders of a sink; the first that fits a request decides. The same seed gives the same answers."""

    orders: Sequence[Order] = ()
    seed: int = 0
    requests: int = 0
    _began: float | None = None
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(f"orders:{self.seed}")

    def next(self, now: float) -> int | None:
        """The code for the next request, at `now` (seconds on any clock), or None for a regular answer."""
        self.requests += 1
        if self._began is None:
            self._began = now
        for order in self.orders:
            drawn = order.share > 0 and self._random.random() < order.share
            counted = self.requests <= order.first or (order.every > 0 and self.requests % order.every == 0)
            if drawn or counted or now - self._began < order.seconds:
                return order.code
        return None
