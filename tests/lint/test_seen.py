"""Times as seconds since the epoch."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint.seen import seconds

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: hundredths of a second from the epoch to the year 10,000
MOST = 253_402_300_800 * 100


@given(st.integers(0, MOST - 1))
def test_a_time_is_the_instant_that_it_names(hundredths: int) -> None:
    """Asked twice: the second time its minute is remembered."""
    time = EPOCH + dt.timedelta(milliseconds=10 * hundredths)
    text = f"{time:%Y-%m-%dT%H:%M:%S}.{hundredths % 100:02}+0000"
    assert seconds(text) == seconds(text) == pytest.approx(hundredths / 100, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2019-04-30T23:59:59.00+0000", True),
        ("2020-02-29T00:00:00.00+0000", True),
        ("2019-02-29T00:00:00.00+0000", False),
        ("2019-04-31T00:00:00.00+0000", False),
        ("2019-04-00T00:00:00.00+0000", False),
        ("2019-13-01T00:00:00.00+0000", False),
        ("2019-00-01T00:00:00.00+0000", False),
        ("2019-04-01T24:00:00.00+0000", False),
        ("2019-04-01T23:60:00.00+0000", False),
        ("0000-04-01T23:00:00.00+0000", False),
    ],
)
def test_no_clock_shows_any_other(text: str, is_one: bool) -> None:
    assert (seconds(text) is not None) == is_one
