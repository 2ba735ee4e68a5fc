"""Findings that are packed are those that were kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.model import Edit, Finding, Fix, Place, Severity, Snippet, Span
from atlint.report.findings import Findings
from atlint.report.formats.group import groups, in_order

TEXTS = st.text(max_size=12)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(["AT101", "AT205"]),
    TEXTS,
    st.sampled_from(list(Severity)),
    TEXTS,
    st.builds(Place, st.sampled_from(["a.log", "b.log"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    TEXTS,
    TEXTS,
    st.sampled_from(["0123", "4567"]),
    st.integers(1, 3),
    st.none() | st.builds(Fix, TEXTS, st.just((Edit(Span(1, 2), '"é"'),)), st.booleans()),
    TEXTS,
    st.none() | st.builds(Snippet, TEXTS, st.integers(0, 5), st.integers(0, 5)),
)


@given(st.lists(FINDINGS, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_they_are_the_same_however_they_are_kept(found: list[Finding], packed: list[bool]) -> None:
    kept = Findings()
    for finding, small in zip(found, packed, strict=False):
        kept.keep(finding, packed=small)
    assert list(kept) == found
    assert kept == tuple(found)
    assert kept[1:] == found[1:]
    assert kept != [*found, None]
    assert not found or kept != [replace(found[0], name=found[0].name + "x"), *found[1:]]
    assert list(kept.sorted(in_order)) == sorted(found, key=in_order)
    parts = kept.parted(lambda finding: finding.code)
    assert [list(part) for part in parts] == [
        [finding for finding in found if finding.code == code] for code in dict.fromkeys(f.code for f in found)
    ]
    assert groups(kept) == groups(found)


@given(FINDINGS)
def test_what_is_like_the_first_takes_little_room(first: Finding) -> None:
    long = replace(first, snippet=Snippet("".join(map(chr, range(40, 240))), 0, 1))
    kept = Findings()
    kept.keep(long)
    kept.keep(replace(long, place=replace(long.place, line=77)), packed=True)
    assert len(kept._held[1]._rest) < 100  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("places", "messages", "said"),
    [
        ("a1", "x", ""),
        ("a1 a9", "xx", "2 times, lines 1 to 9"),
        ("a1 a9", "xy", "2 times, lines 1 to 9, not all in these words"),
        ("a4 a4 a4", "xxx", "3 times, all in line 4"),
        ("a0 a0", "xy", "2 times, not all in these words"),
        ("a1 b2", "xx", "2 times in 2 files"),
        ("a1 b2", "xy", "2 times in 2 files, not all in these words"),
    ],
)
def test_a_group_says_where_it_is_and_whether_its_first_speaks_for_all(places: str, messages: str, said: str) -> None:
    found = [
        Finding("AT103", "", Severity.ERROR, message, Place(place[0], int(place[1]), 1, 2), "", "", "0123")
        for place, message in zip(places.split(), messages, strict=True)
    ]
    (group,) = groups(found)
    assert group.times == said
