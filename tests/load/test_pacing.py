from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load.pacing import LATE, NAP, TICK, Lateness, paced, wait_until


@dataclass
class FalseClock:
    """Time passes by sleeping, and by whatever a test adds."""

    now: float = 100.0
    naps: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1e9 + self.now

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= NAP
        self.naps.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Due:
    offset: float


def never() -> bool:
    return False


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0, 0.02))
def test_all_that_is_due_is_sent_in_order_and_nothing_early(offsets: list[float], cost: float) -> None:
    clock, sent, before = FalseClock(), [], 0.0
    for batch in paced(map(Due, sorted(offsets)), clock=clock, start=100.0, stop=never):
        now = clock.now - 100.0
        assert all(due.offset <= now for due in batch)
        # whoever was due when the batch before was through waited for no more than a tick
        assert now <= max(batch[0].offset, before) + TICK + 2e-6
        sent += [due.offset for due in batch]
        clock.now += cost
        before = clock.now - 100.0
    assert sent == sorted(offsets)


def test_a_stall_is_caught_up_at_once_and_counted() -> None:
    clock, lateness, batches = FalseClock(), Lateness(), []
    events = [Due(n / 1000) for n in range(200)]
    for batch in paced(events, clock=clock, start=100.0, stop=never):
        lateness.add([due.offset for due in batch], clock.now - 100.0)
        batches.append(len(batch))
        if len(batches) == 50:
            clock.now += 0.05
    assert max(batches) >= 49
    assert lateness.count == 200
    assert 35 <= lateness.late <= 41
    assert lateness.most == pytest.approx(0.05, abs=0.002)
    assert (lateness.quantile(0.5) or 1) <= 0.001


def test_a_source_slower_than_the_schedule_is_late_and_never_retimed() -> None:
    clock, lateness = FalseClock(), Lateness()

    def slow() -> Iterator[Due]:
        for n in range(1000):
            clock.now += 0.001
            yield Due(n / 5000)

    for batch in paced(slow(), clock=clock, start=100.0, stop=never):
        lateness.add([due.offset for due in batch], clock.now - 100.0)
    assert lateness.count == 1000
    assert lateness.most == pytest.approx(0.8, rel=0.05)
    assert lateness.late > 900


def test_batches_are_bounded() -> None:
    clock = FalseClock()
    sizes = [len(batch) for batch in paced([Due(0)] * 100, clock=clock, start=100.0, stop=never, batch=10)]
    assert max(sizes) == 10
    assert sum(sizes) == 100


def test_stop_is_heard_while_waiting() -> None:
    clock = FalseClock()
    stop = lambda: clock.now > 101  # noqa: E731 - a name for the one condition
    assert sum(len(batch) for batch in paced([Due(0), Due(1000)], clock=clock, start=100.0, stop=stop)) == 1
    assert clock.now < 101.2
    wait_until(1000, clock=clock, start=100.0, stop=stop)
    assert clock.now < 101.2


def test_wait_until_waits() -> None:
    clock = FalseClock()
    wait_until(2.5, clock=clock, start=100.0, stop=never)
    assert clock.now == pytest.approx(102.5)


def test_late_means_more_than_ten_milliseconds() -> None:
    lateness = Lateness()
    lateness.add([0.0, 0.5], LATE)
    assert lateness.late == 0
    lateness.add([0.0], LATE + 0.0001)
    assert lateness.late == 1
    assert lateness.quantile(1) == LATE + 0.0001


def test_no_events_have_no_lateness() -> None:
    assert Lateness().quantile(0.5) is None


def test_lateness_beyond_the_table() -> None:
    lateness = Lateness()
    lateness.add([0.0] * 3, 7.5)
    assert lateness.quantile(0.5) == lateness.quantile(1) == 7.5
