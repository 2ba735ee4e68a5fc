"""Every line that a real fluentd drops, alters or chokes on is told as a fault of the line.

One row for each kind of line that was measured; what the tailer made of it stands beside it.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.model import Report, Severity
from atlint.plan import EDITIONS
from atlint.report.check import Options, check_lines
from atlint.rules.draft import Draft
from atlint.rules.selection import Choice, everything

NOW = 1769817600.0
PLAN = everything("at-2018")
FIRST, SECOND, THIRD = (Draft(PLAN, event).line() for event in list(compliant("at-2018"))[:3])
HEAD, TAIL = FIRST[:300], FIRST[300:]


def with_name(literal: bytes) -> bytes:
    """The first event with these bytes for the value of target.name."""
    draft = Draft(PLAN, copy.deepcopy(next(iter(compliant("at-2018")))))
    draft.put("target/name", "NAME")
    return draft.line().replace(b'"NAME"', literal)


def with_member(member: bytes) -> bytes:
    """The first event with one more root member."""
    return FIRST[:-1] + b"," + member + b"}"


def nested(depth: int) -> bytes:
    """A line that is `depth` levels deep, itself the first."""
    return with_member(b'"x":' + b"[" * (depth - 1) + b"]" * (depth - 1))


def checked(raw: bytes, edition: str = "at-2018", *select: str) -> Report:
    options = Options(edition=edition, now=NOW, choice=Choice(select=select or ("AT0",)))
    return check_lines(from_bytes(raw, "a.log"), options, files=("a.log",))


def row(raw: bytes, *found: tuple[int, str], id: str) -> Any:  # noqa: A002 - pytest's own word
    return pytest.param(raw, found, id=id)


LOST = [
    row(with_member(b""), (1, "AT003"), id="a comma before the bracket: dropped"),
    row(b"not json", (1, "AT003"), id="no JSON: dropped"),
    row(FIRST + SECOND, (1, "AT013"), id="two events in one line: both dropped"),
    row(FIRST + b" xyz", (1, "AT003"), id="an event and a word: dropped"),
    row(FIRST + b",", (1, "AT003"), id="an event and a comma: dropped"),
    row(HEAD, (1, "AT003"), id="cut short: dropped, or delivered as what is left"),
    row(b"null", (1, "AT004"), id="null: dropped"),
    row(b"false", (1, "AT004"), id="false: dropped"),
    *(
        row(raw, (1, "AT004"), id=f"{raw.decode()}: delivered, and no record")
        for raw in (b"123", b'"str"', b"true", b"[1,2]", b"[]", b"1.5", b'[{"e":1}]')
    ),
    row(b"[" + FIRST + b"," + SECOND + b"]", (1, "AT004"), id="an array of events: not taken apart"),
    row(HEAD + b"\n" + SECOND, (1, "AT003"), id="a writer that died in a line and closed it"),
    row(HEAD + SECOND, (1, "AT013"), id="half a line and the next writer's: both lost"),
    row(TAIL + SECOND, (1, "AT013"), id="the other half, behind a rotation"),
    row(b"\xef\xbb\xbf" + FIRST, (1, "AT002"), id="a byte order mark: the first event dropped"),
    row((FIRST + b"\n").decode().encode("utf-16-le")[:-1], (1, "AT001"), id="UTF-16, little end first: NULs"),
    row((FIRST + b"\n").decode().encode("utf-16-be")[:-1], (1, "AT001"), id="UTF-16, big end first: NULs"),
    row(FIRST.decode().encode("utf-16"), (1, "AT001"), id="UTF-16 with its mark: every line dropped"),
    row(with_name('"Zürich"'.encode("latin-1")), (1, "AT001"), id="Latin-1: dropped, or a poisoned chunk"),
    row(with_name(b'"a\xc3"'), (1, "AT001"), id="half a character: the same"),
    row(with_name(rb'"\ud800"'), (1, "AT014"), id="half a pair: dropped, or a question mark"),
    row(with_name(b'"\xed\xa0\x80"'), (1, "AT001"), id="half a pair in raw bytes: a poisoned chunk"),
    row(with_name(b'"a\x00b"'), (1, "AT015"), id="a raw NUL: dropped"),
    row(with_name(b'"a\tb"'), (1, "AT015"), id="a raw tab: depends on the parser"),
    row(with_name(b'"a\x1bb"'), (1, "AT015"), id="a raw escape: the same"),
    row(FIRST[:-2] + b',"outcome":"failure"}}', (1, "AT005"), id="a key twice: the last one wins, unsaid"),
    row(with_member(b'"meta":{}'), (1, "AT005"), id="a key twice at the root: the same"),
    row(with_name(b"NaN"), (1, "AT003"), id="NaN: a poisoned chunk"),
    row(with_name(b"Infinity"), (1, "AT003"), id="Infinity: the same"),
    row(with_name(b"-Infinity"), (1, "AT003"), id="-Infinity: the same"),
    row(with_name(b"1e400"), (1, "AT006"), id="a number that becomes infinite: the same"),
    row(with_name(b"-1e400"), (1, "AT006"), id="and its negative"),
    row(with_name(b"18446744073709551616"), (1, "AT006"), id="above 64 bits: the whole batch is lost"),
    row(with_name(b"-9223372036854775809"), (1, "AT006"), id="below 64 bits: the same"),
    row(b"/* x */" + FIRST, (1, "AT003"), id="a comment before: accepted, and no JSON"),
    row(FIRST[:-1] + b"/*x*/}", (1, "AT003"), id="a comment within: the same"),
    row(nested(101), (1, "AT007"), id="101 levels: the serialiser refuses the chunk"),
    row(nested(128), (1, "AT007"), id="128 levels: the chunk is set aside, neighbours with it"),
    row(nested(10_000), (1, "AT007"), id="10,000 levels: the worker dies"),
    row(nested(100_000), (1, "AT007"), id="100,000 levels: no file is read any more"),
    row(with_name(b'"' + b"n" * 600_000 + b'"'), (1, "AT008"), id="600 kB: larger than the buffer's chunk"),
    row(with_name(b'"' + b"n" * 3_000_000 + b'"'), (1, "AT008"), id="3 MB: the same"),
    row(with_member(b'"time":"2018-11-29T01:02:03"'), (1, "AT016"), id="a root key time: removed"),
    *(
        row(with_member(b'"time":' + value), (1, "AT016"), id=f"a root key time with {value.decode()}: dropped")
        for value in (b'"2018-11-29 01:02:03"', b"1", b"null", b"{}", b"true")
    ),
    row(json.dumps(json.loads(FIRST), indent=2).encode(), (1, "AT012"), id="printed over lines: each dropped"),
    row(json.dumps(json.loads(FIRST), indent=0).encode(), (1, "AT012"), id="the same without indents"),
    row(FIRST + b"\r" + SECOND + b"\r", (1, "AT010"), id="CR for line ends: nothing is ever read"),
]
#: what does no harm here, or makes noise: line feeds included
NOISE = [
    row(FIRST + b"\n\n" + SECOND + b"\n", (2, "AT011"), id="an empty line: a warning of the tailer's"),
    row(FIRST + b"\n  \n" + SECOND + b"\n", (2, "AT011"), id="blanks alone: the same"),
    row(FIRST + b"\n\t\n" + SECOND + b"\n", (2, "AT011"), id="a tab alone: the same"),
    row(FIRST + b"\r\n", (1, "AT010"), id="CR with LF: harmless to this tailer"),
    row(FIRST + b"\n" + SECOND, (2, "AT009"), id="no line feed at the end: held back until it comes"),
    row(with_member(b'"":1') + b"\n", (1, "AT017"), id="an empty key: delivered as it is"),
]
FINE = [
    pytest.param(b"{}", id="an empty object is delivered"),
    pytest.param(with_name(rb'"a\u0000b"'), id="an escaped NUL"),
    pytest.param(with_name(b"18446744073709551615"), id="the largest integer"),
    pytest.param(with_name(b"-9223372036854775808"), id="the least"),
    pytest.param(with_name(b"123456789.123456789123"), id="a fraction that loses digits"),
    pytest.param(nested(100), id="100 levels"),
    pytest.param(with_name(b'"' + b"n" * 9_000 + b'"'), id="9 kB: read in two pieces"),
    pytest.param(with_member(b'"@timestamp":1'), id="the tracker's own key"),
    pytest.param(with_member(b'"tag":1'), id="a key that the tailer has another use for"),
    pytest.param(with_name('"日本語 😀"'.encode()), id="characters of every length"),
    pytest.param(with_name(rb'"\ud83d\ude00"'), id="a whole pair"),
    pytest.param(with_name(b'{"time":1}'), id="a key time that is not at the root"),
    pytest.param(b" \t" + FIRST + b"  ", id="blanks around the event"),
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("raw", "found"), LOST)
def test_a_line_that_is_lost_is_an_error(raw: bytes, found: tuple[tuple[int, str], ...], edition: str) -> None:
    report = checked(raw + b"\n", edition)
    errors = [(item.place.line, item.code) for item in report.findings if item.severity is Severity.ERROR]
    if not (edition != "at-2018" and (1, "AT008") in errors):  # later editions have smaller lines
        assert tuple(dict.fromkeys(errors)) == found
    assert found[0] in errors
    assert report.exit_code == 1


@pytest.mark.parametrize(("raw", "found"), NOISE)
def test_a_line_that_is_noise_is_told(raw: bytes, found: tuple[tuple[int, str], ...]) -> None:
    report = checked(raw)
    assert tuple((item.place.line, item.code) for item in report.findings) == found
    assert report.exit_code == 0


@pytest.mark.parametrize("raw", FINE)
def test_a_line_that_comes_through_is_no_fault_of_the_line(raw: bytes) -> None:
    assert [item.code for item in checked(raw + b"\n").findings] == []


@pytest.mark.parametrize("raw", [row.values[0] for row in LOST])
def test_the_neighbours_of_a_lost_line_are_judged(raw: bytes) -> None:
    """One bad line hides neither the line before it nor the one behind it."""
    whole = checked(SECOND + b"\n" + raw + b"\n" + THIRD + b"\n")
    ahead = checked(SECOND + b"\n" + raw + b"\n")
    assert ahead.summary["events"] >= ahead.summary["clean"] >= 1
    assert whole.summary["events"] == ahead.summary["events"] + 1
    assert whole.summary["clean"] == ahead.summary["clean"] + 1
    assert whole.summary["by_rule"] == ahead.summary["by_rule"]
    assert all(found.place.line > 1 for found in whole.findings)
