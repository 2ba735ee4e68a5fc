from __future__ import annotations

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.plan.form import acceptor
from atlint.rules import instant

ROWS = [
    ("2017-10-19 19:07:50.32 +0000 UTC", "go", "2017-10-19T19:07:50.32+0000"),
    ("2017-10-19 19:07:50.320449 +0200 CEST m=+0.004", "go", "2017-10-19T17:07:50.320449+0000"),
    ("2018-11-29T08:14:52Z", "zulu", "2018-11-29T08:14:52.00+0000"),
    ("2018-11-29T08:14:52.07+00:00", "colon", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29T08:14:52.07-0000", "minus", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29T08:14:52.07+00", "short", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29 08:14:52.070000+00:00", "space", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29T08.14.52.07+0000", "misprint", "2018-11-29T08:14:52.07+0000"),
    ("2018/11/29 08:14:52 GMT", "slashes", "2018-11-29T08:14:52.00+0000"),
    ("20181129T081452Z", "compact", "2018-11-29T08:14:52.00+0000"),
    ("2018-11-29T08:14:52,07+0000", "comma", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29t08:14:52.07z", "lower", "2018-11-29T08:14:52.07+0000"),
    ("2018-1-9T8:14:52.07+0000", "digits", "2018-01-09T08:14:52.07+0000"),
    ("2018-11-29T08:14+0000", "seconds", "2018-11-29T08:14:00.00+0000"),
    ("2018-11-29T08:14:52.07 +0000", "blank", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29T08:14:52.07 UTC", "zone", "2018-11-29T08:14:52.07+0000"),
    ("2018-11-29T08:14:52.07", "no-offset", None),
    ("2018-11-29 08:14:52 CEST", "no-offset", None),
    ("2018-11-29", "date", None),
    ("1543479292", "epoch", "2018-11-29T08:14:52.00+0000"),
    ("1543479292.3", "epoch", "2018-11-29T08:14:52.30+0000"),
    ("1543479292327", "epoch", "2018-11-29T08:14:52.327+0000"),
    ("Thu, 29 Nov 2018 08:14:52 GMT", "mail", "2018-11-29T08:14:52.00+0000"),
    ("Thu Nov 29 08:14:52 UTC 2018", "ctime", "2018-11-29T08:14:52.00+0000"),
    ("Thu Nov 29 08:14:52 CET 2018", "ctime", None),
    ("2016-12-31T23:59:60.00+0000", "", "2016-12-31T23:59:60.00+0000"),
    ("2017-01-01T08:59:60.00+0900", "", None),
    ("2018-11-29T01:30:00.00+0200", "", "2018-11-28T23:30:00.00+0000"),
    ("0001-01-01T00:00:00.00+0100", "", None),
]


@pytest.mark.parametrize(("text", "form", "canonical"), ROWS)
def test_forms_of_a_time(text: str, form: str, canonical: str | None) -> None:
    time = instant.read(text)
    assert time is not None
    assert (time.forms[0] if time.forms else "") == form
    assert time.canonical == canonical


@pytest.mark.parametrize(
    "text", ["", "timestamp", "12345", "123456", "1234567", "2018", "١٥٤٣٤٧٩٢٩٢", "2018-11-29T", "2018-11/29T08:14:52Z"]
)
def test_what_is_no_time(text: str) -> None:
    assert instant.read(text) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2018-02-30T08:14:52.07+0000", ["30"]),
        ("2000-02-29T08:14:52.07+0000", []),
        ("1900-02-29T08:14:52.07+0000", ["29"]),
        ("2018-13-32T25:60:61.07+0000", ["13", "32", "25", "60", "61"]),
        ("2018-11-29T24:00:00.00+0000", ["24"]),
        ("2018-11-29T11:59:60.00+0000", ["60"]),
        ("0000-02-29T08:14:52.07+0000", []),
    ],
)
def test_impossible_parts(text: str, parts: list[str]) -> None:
    time = instant.read(text)
    assert time is not None
    assert [part.text for part, _ in time.impossible] == parts


@given(st.from_regex(instant._ISO, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_a_canonical_time_reads_as_itself(text: str) -> None:
    time = instant.read(text)
    if time is None or time.canonical is None:
        return
    again = instant.read(time.canonical)
    assert again is not None
    assert again.forms == ()
    assert again.canonical == time.canonical
    if len(again.parts["fraction"].text) == 2:
        assert acceptor("at-event-time")(time.canonical)


@pytest.mark.parametrize("year", [1900, 1999, 2000, 2016, 2018, 2020, 2023, 2100])
def test_days_are_those_of_the_calendar(year: int) -> None:
    assert [instant.days_of(year, month) for month in range(1, 13)] == [
        calendar.monthrange(year, month)[1] for month in range(1, 13)
    ]


def test_the_year_before_the_first_had_a_leap_day() -> None:
    assert instant.days_of(0, 2) == 29
