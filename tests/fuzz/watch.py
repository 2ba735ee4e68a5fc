"""A probe that also holds time: no input may take more than a second of CPU for each kilobyte."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SECONDS_A_KILOBYTE: Final = 1.0


@dataclass(slots=True)
class Watch:
    """`slowest` is in CPU seconds a kilobyte begun, as `clock` has them."""

    probe: Callable[[bytes], None]
    clock: Callable[[], float] = time.process_time
    runs: int = 0
    slowest: float = 0.0

    def __call__(self, data: bytes) -> None:
        """Probe; raises TimeoutError where it took too long, and took so again."""
        self.runs += 1
        rate = self._rate(data)
        if rate > SECONDS_A_KILOBYTE:
            rate = self._rate(data)  # the first run of a place also compiles what it needs
        self.slowest = max(self.slowest, rate)
        if rate > SECONDS_A_KILOBYTE:
            raise TimeoutError(f"{len(data)} bytes took {rate:.1f} s a kilobyte")

    def _rate(self, data: bytes) -> float:
        begun = self.clock()
        self.probe(data)
        return (self.clock() - begun) / max(len(data) / 1000, 1.0)
