"""When each event is meant to be written: pure functions of time, from the number of an event to an offset.

Every schedule but a replay offers exactly rate x duration events; the shapes differ only in where they lie.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from atlint.load.identity import MOST_EVENTS
from atlint.load.replay import event_times
from atlint.load.units import MOST_RATE
from atlint.load.units import duration as parse_duration
from atlint.model import AtlintError

#: the part of a burst's period in which there is load
_BUSY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Schedule:
    """`count` intended offsets, ascending, in seconds from the start, all below or at `duration`."""

    #: as the manifest's header tells it
    text: str
    count: int
    #: seconds that the run lasts, also where the last event is earlier
    duration: float
    #: the offsets from the first on, each time anew
    times: Callable[[], Iterator[float]]

    def __iter__(self) -> Iterator[float]:
        return self.times()


def offered(rate: float, duration: float) -> int:
    """Rate x duration, exactly: computed with the decimal numbers that were asked for.

    Raises:
        AtlintError: where not even one event would be offered, or more than MOST_EVENTS, or faster than MOST_RATE.
    """
    if not (math.isfinite(rate) and math.isfinite(duration)):
        raise AtlintError(f"a rate of {rate:g} for {duration:g} s: both must be finite numbers")
    if rate <= 0 or duration <= 0:
        raise AtlintError(f"a rate of {rate:g} for {duration:g} s: both must be above zero")
    if rate > MOST_RATE:
        raise AtlintError(f"a rate of {rate:g} events a second: {MOST_RATE:,} are the most")
    count = int(Fraction(str(rate)) * Fraction(str(duration)))
    if not count:
        raise AtlintError(f"{rate:g} events a second for {duration:g} s offer no event: make one of them larger")
    if count > MOST_EVENTS:
        raise AtlintError(f"{rate:g} events a second for {duration:g} s: {MOST_EVENTS:,} are the most of one run")
    return count


def constant(rate: float, duration: float) -> Schedule:
    """An event every 1/rate seconds, the first at once."""
    count = offered(rate, duration)
    return Schedule("constant", count, duration, lambda: (n / rate for n in range(count)))


def ramp(rate: float, duration: float) -> Schedule:
    """From standing still to twice the rate in a straight line, so that `rate` is the mean."""
    count = offered(rate, duration)
    return Schedule("ramp", count, duration, lambda: (duration * math.sqrt(n / count) for n in range(count)))


def burst(rate: float, duration: float, *, period: float = 1.0) -> Schedule:
    """All events of each `period` within its first tenth, then silence: ten times the rate against nothing."""
    if not period > 0:
        raise AtlintError(f"a burst every {period:g} s: the period must be above zero")
    count = offered(rate, duration)

    def times() -> Iterator[float]:
        for n in range(count):
            whole, part = divmod(n / rate, period)
            yield whole * period + part * _BUSY

    return Schedule(f"burst:{period:g}s", count, duration, times)


def poisson(rate: float, duration: float, *, seed: int) -> Schedule:
    """Arrivals of a Poisson process, given that exactly rate x duration of them fall into the duration.

    Given their number, the arrivals of a Poisson process are sorted uniform draws; they are drawn in order,
    each from the distribution of the least of those that remain.
    """
    count = offered(rate, duration)

    def times() -> Iterator[float]:
        draw = random.Random(f"poisson:{seed}").random
        at = 0.0
        for left in range(count, 0, -1):
            at += (duration - at) * -math.expm1(math.log1p(-draw()) / left)
            yield at

    return Schedule("poisson", count, duration, times)


def replay(path: Path, *, duration: float | None = None) -> Schedule:
    """The intervals between a log's own event times, sorted; those beyond `duration` are left out.

    Raises:
        AtlintError: where no line of the log has an event time that can be read.
    """
    found = sorted(event_times(path))
    if not found:
        raise AtlintError(f"{path} has no event time to replay: it needs lines with an eventTime")
    offsets = [at - found[0] for at in found]
    if duration is not None:
        offsets = [at for at in offsets if at <= duration]
    return Schedule(f"replay:{path.name}", len(offsets), duration or offsets[-1], lambda: iter(offsets))


def parse(text: str, *, rate: float | None, duration: float | None, seed: int) -> Schedule:
    """The schedule that `constant`, `ramp`, `burst`, `burst:PERIOD`, `poisson` or `replay:FILE` names.

    Raises:
        AtlintError: for another name, or where rate or duration is missing and the schedule needs it.
    """
    name, _, rest = text.partition(":")
    if name == "replay" and rest:
        return replay(Path(rest), duration=duration)
    if name not in {"constant", "ramp", "burst", "poisson"} or (rest and name != "burst"):
        raise AtlintError(
            f"{text!r} is not a schedule: use constant, ramp, burst, burst:PERIOD, poisson or replay:FILE"
        )
    if rate is None or duration is None:
        raise AtlintError(f"the schedule {name} needs a rate and a duration: give --rate and --duration")
    if name == "constant":
        return constant(rate, duration)
    if name == "ramp":
        return ramp(rate, duration)
    if name == "burst":
        return burst(rate, duration, period=parse_duration(rest) if rest else 1.0)
    return poisson(rate, duration, seed=seed)
