"""How fast lines are made: by the sampler, `compose` and Hypothesis in one run, so that their ratios mean something.

    python -m tests.bench.bench_generate [EVENTS]

Prints events for each second of CPU, the best of several rounds, for each edition.
"""

from __future__ import annotations

import json
import random
import sys
import time
import warnings
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from atlint.load.chooser import Dice
from atlint.load.compose import compose
from atlint.load.sample import Sampler
from atlint.load.source import Stamp
from atlint.load.world import world_of
from atlint.plan import EDITIONS, compile_plan
from atlint.strategies import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlint.plan import Plan

ROUNDS = 3
DRAWN = 100


def best(make: Callable[[], int], rounds: int = ROUNDS) -> tuple[float, int]:
    """Seconds of CPU of the quickest round, and what `make` returned."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        total = make()
        found.append((time.process_time() - start, total))
    return min(found)


def sampled(plan: Plan, count: int) -> tuple[float, float, int]:
    """Seconds for the first `count` events of a new sampler, for as many of a running one, and their bytes."""
    stamps = [Stamp(seq, 0, 1543478400 + seq / 10_000) for seq in range(count)]
    first, _ = best(lambda: sum(len(made.raw) for made in Sampler(plan, 1).events("0badcafe", stamps)))
    source = Sampler(plan, 1)
    steady, size = best(lambda: sum(len(made.raw) for made in source.events("0badcafe", stamps)), ROUNDS + 1)
    return first, steady, size


def composed(plan: Plan, count: int) -> float:
    """Seconds for events of `compose`, encoded."""
    world, draw = world_of(plan), Dice(random.Random(1))
    return best(lambda: sum(len(json.dumps(compose(plan, draw, world))) for _ in range(count)))[0]


def drawn(edition: str, count: int) -> float:
    """Seconds for lines that Hypothesis draws, with the settings that tests have by default."""

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(lines(edition))
    def draw(raw: bytes) -> None:
        assert raw

    def make() -> int:
        draw()
        return count

    return best(make, 1)[0]


def main(count: int) -> None:
    """Print a line for each edition."""
    warnings.simplefilter("ignore")
    say(["edition", "sampler/s", "from start", "bytes", "compose/s", "hypothesis/s", "sampler : hypothesis"])
    for edition in EDITIONS:
        plan = compile_plan(edition)
        first, steady, size = sampled(plan, count)
        slow, strategy, fast = 2000 / composed(plan, 2000), DRAWN / drawn(edition, DRAWN), count / steady
        numbers = [f"{fast:,.0f}", f"{count / first:,.0f}", f"{size / count:.0f}", f"{slow:,.0f}"]
        say([edition, *numbers, f"{strategy:,.1f}", f"{fast / strategy:,.0f}"])


def say(cells: list[str]) -> None:
    """One line of the table."""
    sys.stdout.write("".join(f"{cell:>14}" for cell in cells) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
