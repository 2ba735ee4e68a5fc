from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint.source import from_bytes
from atlint.model import Severity
from atlint.report.check import Options, check_lines
from atlint.report.timeline import MOST_COLUMNS, MOST_MINUTES, Timeline

#: years 1 and 9999
FIRST, LAST = -1_035_593_280, 4_223_371_679


def timeline(minutes: Iterable[int | None], severity: Severity = Severity.ERROR) -> Timeline:
    found = Timeline()
    for minute in minutes:
        found.saw(minute, severity)
    return found


@pytest.mark.parametrize(
    ("minutes", "seconds", "columns"),
    [
        ([0], 60, 1),
        ([0, 59], 60, 60),
        ([0, 60], 300, 13),
        ([0, 60 * 24 * 365], 604800, 53),
        ([FIRST, LAST], 525600 * 60 * 256, 40),
    ],
)
def test_columns_are_few_and_of_a_round_width(minutes: list[int], seconds: int, columns: int) -> None:
    summary = timeline(minutes).summary()
    assert (summary["seconds"], len(summary["columns"])) == (seconds, columns)


@given(st.lists(st.none() | st.integers(FIRST, LAST) | st.integers(0, 500), max_size=150))
def test_no_finding_is_lost(minutes: list[int | None]) -> None:
    found = timeline(minutes)
    summary = found.summary()
    if not summary:
        assert found.undated == len(minutes)
        return
    assert sum(map(sum, summary["columns"])) + summary["strays"] + summary["undated"] == len(minutes)
    assert 1 <= len(summary["columns"]) <= MOST_COLUMNS
    assert summary["strays"] <= len(minutes) // 50


def test_one_wrong_clock_does_not_squeeze_the_rest() -> None:
    summary = timeline([*range(1000, 1050)] * 4 + [FIRST]).summary()
    assert (summary["seconds"], summary["strays"], summary["start"]) == (60, 1, "1970-01-01T16:40:00Z")


def test_minutes_are_bounded() -> None:
    found = timeline(range(MOST_MINUTES + 7))
    found.saw(3, Severity.INFO)
    assert found.summary()["undated"] == 7
    assert sum(column[Severity.INFO.rank] for column in found.summary()["columns"]) == 1


@pytest.mark.parametrize(
    ("time", "start"),
    [
        ('"2018-11-29T08:14:52.07+0000"', "2018-11-29T08:14:00Z"),
        ('"2018-11-29T10:14:52+02:00"', "2018-11-29T08:14:00Z"),
        ('"2018-11-29 08:14:52"', "2018-11-29T08:14:00Z"),
        ('"soon"', None),
        ('"0001-01-01T00:00:00+23:00"', "0001-01-01T00:00:00Z"),
        ("1543479292", None),
        (f'"{"9" * 10_000}"', None),
    ],
)
def test_the_time_is_that_of_the_event(time: str, start: str | None) -> None:
    raw = f'{{"meta":{{}},"payload":{{"eventTime":{time}}}}}\n'.encode()
    report = check_lines(from_bytes(raw), Options(now=1769817600.0))
    found = report.summary["timeline"]
    assert found.get("start") == start
    assert not found or sum(map(sum, found["columns"])) == sum(report.summary["by_rule"].values())
