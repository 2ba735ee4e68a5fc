"""What is said of a raw line before it is an event: its size, and where it is not one object."""

from __future__ import annotations

import pytest

from atlint.model import Line, Span
from atlint.plan import EDITIONS
from atlint.rules.line import limits, read
from atlint.rules.selection import everything
from tests.rules.test_odd import BEFORE, BEHIND


@pytest.mark.parametrize("edition", EDITIONS)
def test_how_long_a_line_may_be(edition: str) -> None:
    most, near = limits(edition)
    assert (most, near) == ((512_000, 16_384) if edition == "at-2018" else (16_384, 14_336))
    sizes = {near - 1: None, near: "close", most: "close", most + 1: ""}
    found = {}
    for size in sizes:
        _, _, problems = read(everything(edition), Line("a.log", 1, 0, b"{}".ljust(size)))
        found[size] = next((problem.case for problem in problems if problem.code == "AT008"), None)
        assert all(problem.facts == {"size": size, "most": most} for problem in problems)
    assert found == sizes


def test_what_was_dropped_of_a_line_counts() -> None:
    line = Line("a.log", 1, 0, b"\xef\xbb\xbf{}\xff\r", dropped=20_000)
    reading, scanned, problems = read(everything("at-2020"), line)
    assert (reading, scanned) == (None, None)
    assert [(problem.code, problem.facts["size"]) for problem in problems] == [("AT008", 20_007)]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"{}", []),
        (b"{}\r", [("AT010", "crlf", Span(2, 3))]),
        (b"\xef\xbb\xbf{}", [("AT002", "", Span(0, 1))]),
        (b"{} \xff\xfe", [("AT001", "", Span(3, 5))]),
        (b"{} \xed\xa0\x80\xff", [("AT001", "surrogate", Span(3, 7))]),
        (b"[]", [("AT004", "array", Span(0, 2))]),
        (b" 17", [("AT004", "", Span(1, 3))]),
        (b'{"a":1,"a":2}', [("AT005", "", Span(7, 10))]),
        (b'{"a":"\x01"}', [("AT015", "", Span(6, 7))]),
        (b'{"a":"\\ud800"}', [("AT014", "", Span(6, 12))]),
        (b"{}\r{}", [("AT010", "alone", Span(2, 3))]),
        (b"{}\r{}\r", [("AT010", "alone", Span(2, 3))]),
        (b"{\r}x", [("AT003", "extra-data", Span(3, 4))]),
        (b"x\r", [("AT010", "crlf", Span(1, 2)), ("AT003", "unexpected", Span(0, 1))]),
        (b"\x01{}", [("AT015", "outside", Span(0, 1))]),
        (b"{'a': 1}", [("AT003", "python", Span(1, 2))]),
        (b"\xef\xbb\xbf{'a\\'b': 1}", [("AT002", "", Span(0, 1)), ("AT003", "python", Span(2, 3))]),
        (b"{'a': '{\"meta\": {}, \"payload\": {}}'}", [("AT003", "python", Span(1, 2))]),
        (b"{'a':1}", [("AT003", "single-quote", Span(1, 2))]),
        (b"{'a", [("AT003", "single-quote", Span(1, 2))]),
        (b"{\"a\": 'b'}", [("AT003", "single-quote", Span(6, 7))]),
        (b"Nov 29 host: {}", [("AT003", "prefix", Span(0, 3))]),
        (b"Nov 29 host: {", [("AT003", "unexpected", Span(0, 3))]),
    ],
)
def test_what_is_no_plain_object(raw: bytes, told: list[tuple[str, str, Span]]) -> None:
    _, _, problems = read(everything("at-2018"), Line("a.log", 1, 0, raw))
    assert [(problem.code, problem.case, problem.span) for problem in problems] == told


def test_only_a_key_that_comes_again_is_told_at_its_key() -> None:
    raw = b'{"a":1,"a":2,"b":"\\ud800","c":"\x01","d":1e999}'
    _, _, problems = read(everything("at-2018"), Line("a.log", 1, 0, raw))
    assert {problem.case for problem in problems} == {""}
    assert {problem.code: problem.key for problem in problems} == {
        "AT005": True,
        "AT006": False,
        "AT014": False,
        "AT015": False,
    }


def test_another_event_is_looked_for_at_some_places_only() -> None:
    for before in BEFORE:
        for behind in BEHIND:
            _, _, problems = read(everything("at-2018"), Line("a.log", 1, 0, (before + behind).encode()))
            for problem in problems:
                assert isinstance(problem.case, str)
                assert problem.span is not None
                if problem.code == "AT013":
                    assert (before + behind)[problem.span.start] == "{"
                    assert problem.span.end == problem.span.start + 1
