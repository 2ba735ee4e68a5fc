from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint import Explainer, Explanation
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.plan.form import acceptor
from atlint.rules import time
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
