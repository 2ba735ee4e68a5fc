from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint import Explainer, Explanation
from atlint.model import Line, Said
from atlint.plan import EDITIONS, Plan
from atlint.plan.form import acceptor
from atlint.rules import REGISTRY, time
from atlint.rules.reading import Reading

Explain = Callable[..., Explanation]

ROWS = [
    ("2017-10-19 19:07:50.32 +0000 UTC", [("AT501", "go", None, "2017-10-19T19:07:50.32+0000")]),
    ("2018-11-29T08:14:52.07Z", [("AT501", "zulu", "Z", "+0000")]),
    ("2018-11-29T08:14:52.07+00:00", [("AT501", "colon", "+00:00", "+0000")]),
    ("2018-11-29T08:14:52Z", [("AT501", "zulu", "Z", "+0000"), ("AT504", "none", "52", "52.00")]),
    ("2018-11-29T08:14:52.070+0000", [("AT504", "zeros", "070", "07")]),
    ("2018-11-29T08:14:52.071+0000", [("AT504", "long", "071", "07")]),
    ("2018-11-29T08:14:52.7+0000", [("AT504", "zeros", "7", "70")]),
    ("2018-11-29T10:14:52+0200", [("AT503", "", None, "2018-11-29T08:14:52.00+0000")]),
    ("2018-02-30T08:14:52.07+0000", [("AT502", "", "30", None)]),
    ("2018-02-30T08:14:52Z", [("AT502", "", "30", None)]),
    ("2018-13-01T08:61:52.07+0000", [("AT502", "", "13", None), ("AT502", "", "61", None)]),
    ("2018-11-29T08:14:52.07+9900", [("AT502", "offset", "+9900", None)]),
    ("2016-12-31T23:59:60.00+0000", []),
    ("timestamp", [("AT501", "", None, None)]),
    ("2018-11-29T08:14:52.07", [("AT501", "no-offset", None, None)]),
    ("1970-01-01T00:00:00.00+0000", [("AT505", "past", None, None)]),
    ("0000-01-01T00:00:00.00+0000", [("AT505", "past", None, None)]),
    ("2026-02-01T00:00:00.00+0000", [("AT505", "future", None, None)]),
    ("2026-01-31T00:59:00.00+0000", []),
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_event_time(explain: Explain, edition: str, text: str, expected: list[tuple[object, ...]]) -> None:
    found = explain(edition, lambda draft: draft.put("eventTime", text)).problems
    marked = [(p.code, p.case, text[p.within.start : p.within.end] if p.within else None, p.repair) for p in found]
    assert marked == expected


near = st.from_regex(
    r"[0-9]{3,4}[-/ ][0-9]{1,2}-[0-9]{2}[Tt _]?[0-9]{2}[:.][0-9]{2}:[0-9]{1,3}([.,][0-9]{0,4})?"
    r" ?(Z|\+0000|[+-][0-9]{2}:?[0-9]{0,2}|)",
    fullmatch=True,
)


@given(text=near | st.text(max_size=30))
def test_every_other_text_is_told(plans: dict[str, Plan], text: str) -> None:
    if acceptor("at-event-time")(text):
        return
    pointer = "/payload/eventTime"
    problems = list(time.diagnose(Reading(plans["at-2018"], {}), pointer, text))
    assert problems
    assert {problem.pointer for problem in problems} == {pointer}


def test_without_now_the_future_is_plausible(plans: dict[str, Plan], explain: Explain) -> None:
    line = explain("at-2018", lambda draft: draft.put("eventTime", "2093-01-01T00:00:00.00+0000")).line
    assert not Explainer(plans["at-2018"]).explain(Line("event.log", 1, 0, line.raw)).problems


@pytest.mark.parametrize("now", ["2018-11-29T08:14:52", "2018-12-31T23:30:00", "2016-02-29T22:59:59"])
def test_an_hour_ahead_of_the_clock_is_plausible(plans: dict[str, Plan], now: str) -> None:
    moment = dt.datetime.fromisoformat(f"{now}+00:00")
    found = {}
    ahead = (-86400, -3600, 0, 60, 3599, 3600, 3601, 3660, 7200, 86400)
    for seconds in ahead:
        text = f"{moment + dt.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.00+0000"
        reading = Reading(plans["at-2018"], {"payload": {"eventTime": text}}, now=moment.timestamp())
        check = REGISTRY["AT505"].check
        assert check is not None
        problems = list(check(reading))
        found[seconds] = bool(problems)
        for problem in problems:
            assert problem.case == "future"
            assert problem.facts == {"said": Said(text, "/payload/eventTime"), "want": f"{now}+0000"}
    assert found == {seconds: seconds > 3600 for seconds in ahead}


def test_the_year_in_which_the_tracker_began(plans: dict[str, Plan]) -> None:
    check = REGISTRY["AT505"].check
    assert check is not None
    found = {}
    for year in (1, 2015, 2016, 2017):
        reading = Reading(plans["at-2018"], {"payload": {"eventTime": f"{year:04}-06-01T00:00:00.00+0000"}})
        found[year] = [(problem.case, problem.facts["want"]) for problem in check(reading)]
    assert found == {1: [("past", 2016)], 2015: [("past", 2016)], 2016: [], 2017: []}


def test_times_of_one_minute_are_seen_once() -> None:
    reads = REGISTRY["AT505"].reads
    assert reads is not None
    reduce = reads[0].views[0].reduce
    assert reduce is not None
    texts = ("2018-11-29T08:14:52.07+0000", "2018-11-29T08:14:59.99+0000", "2018-11-29T08:15:00.00+0000", "x", 7, None)
    assert [reduce(text) for text in texts] == [
        "2018-11-29T08:14:59.99+0000",
        "2018-11-29T08:14:59.99+0000",
        "2018-11-29T08:15:59.99+0000",
        "x",
        7,
        None,
    ]
