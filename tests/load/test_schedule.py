import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load import schedule
from atlint.load.schedule import Schedule
from atlint.model import AtlintError

RATES = st.integers(1, 5000) | st.sampled_from([0.1, 2.5, 33.3])
DURATIONS = st.sampled_from([0.25, 1, 3, 7.5, 30])
SHAPES = ["constant", "ramp", "burst", "burst:500ms", "poisson"]


def made(text: str, rate: float, duration: float, seed: int = 3) -> Schedule:
    return schedule.parse(text, rate=rate, duration=duration, seed=seed)


@pytest.mark.parametrize("text", SHAPES)
@given(rate=RATES, duration=DURATIONS)
def test_every_shape_offers_rate_times_duration_in_order(text: str, rate: float, duration: float) -> None:
    if rate * duration < 1:
        with pytest.raises(AtlintError, match="offer no event"):
            made(text, rate, duration)
        return
    shape = made(text, rate, duration)
    offsets = list(shape)
    assert len(offsets) == shape.count == int(round(rate * duration, 9))
    assert offsets[0] >= 0
    assert offsets[-1] <= duration == shape.duration
    assert all(earlier <= later for earlier, later in pairwise(offsets))
    assert offsets == list(shape)


def test_constant_is_exact() -> None:
    assert list(schedule.constant(8, 0.5)) == [0, 0.125, 0.25, 0.375]


def test_decimal_rates_are_exact() -> None:
    assert schedule.constant(0.1, 30).count == 3
    assert schedule.constant(1e6, 0.07).count == 70_000


@given(st.integers(1, 100))
def test_a_ramp_has_a_quarter_in_its_first_half(scale: int) -> None:
    offsets = list(schedule.ramp(4 * scale, 10))
    assert abs(sum(at < 5 for at in offsets) - 10 * scale) <= 1


def test_a_burst_is_silent_for_nine_tenths() -> None:
    offsets = list(schedule.burst(1000, 3))
    assert all(at % 1 < 0.1 + 1e-9 for at in offsets)
    assert [sum(int(at) == second for at in offsets) for second in range(3)] == [1000, 1000, 1000]


def test_poisson_depends_on_its_seed_and_spreads() -> None:
    one, same, other = (list(schedule.poisson(2000, 5, seed=seed)) for seed in (1, 1, 2))
    assert one == same != other
    halves = sum(at < 2.5 for at in one)
    assert 4600 < halves < 5400
    gaps = [later - earlier for earlier, later in pairwise(one)]
    mean = sum(gaps) / len(gaps)
    spread = sum((gap - mean) ** 2 for gap in gaps) / len(gaps) / mean**2
    assert 0.9 < spread < 1.1  # an exponential's variance is its mean squared; even spacing has none


EVENT_TIMES = {
    "2017-10-19 19:07:50.32 +0000 UTC": 0.0,
    "2017-10-19T19:07:51.32+0000": 1.0,
    "2017-10-19T21:07:52.32+02:00": 2.0,
    "2017-10-19T19:07:53.320Z": 3.0,
    "2017-10-19T19:07:54.32": 4.0,
}


def test_replay_takes_the_intervals_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "old.log"
    events = [{"payload": {"eventTime": at}} for at in reversed(EVENT_TIMES)]
    events += [{"eventTime": "2017-10-19T19:07:55.32Z"}, {"eventTime": "yesterday"}, {"eventTime": 3}, {}]
    events += [{"eventTime": "2017-13-19T19:07:55Z"}]
    log.write_text("not json\n[1]\n" + "".join(json.dumps(event) + "\n" for event in events))
    shape = schedule.replay(log)
    assert list(shape) == pytest.approx([*EVENT_TIMES.values(), 5.0], abs=1e-5)
    assert (shape.count, shape.text) == (6, "replay:old.log")
    assert shape.duration == pytest.approx(5.0)
    assert schedule.parse(f"replay:{log}", rate=None, duration=2.5, seed=0).count == 3


def test_replay_of_nothing(tmp_path: Path) -> None:
    log = tmp_path / "old.log"
    log.write_text("{}\n")
    with pytest.raises(AtlintError, match="no event time"):
        schedule.replay(log)


@pytest.mark.parametrize(
    ("text", "rate", "duration", "says"),
    [
        ("sine", 1, 1, "not a schedule"),
        ("ramp:3s", 1, 1, "not a schedule"),
        ("replay:", 1, 1, "not a schedule"),
        ("constant", None, 1, "needs a rate"),
        ("constant", 1, None, "needs a rate"),
        ("constant", 0, 1, "above zero"),
        ("constant", 1, -1, "above zero"),
        ("constant", float("inf"), 1, "finite"),
        ("constant", float("nan"), 1, "finite"),
        ("burst:0s", 1, 1, "above zero"),
    ],
)
def test_faults_of_usage(text: str, rate: float | None, duration: float | None, says: str) -> None:
    with pytest.raises(AtlintError, match=says):
        schedule.parse(text, rate=rate, duration=duration, seed=0)
