from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint.plain import value_of
from atlint.model import Span
from atlint.places import Places, nearby
from atlint.pointer import Member, Scan, scan

KEYS = st.text(max_size=6) | st.sampled_from(["a/b", "a~b", 'say "x"', "\\", "é", "{", "]", "0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1) | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
SPELLINGS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")])


@given(st.dictionaries(KEYS, VALUES, max_size=5), SPELLINGS, st.booleans(), st.sampled_from(["", " ", "\t "]))
def test_places_that_are_asked_for_are_those_of_a_whole_scan(
    value: dict[str, object], marks: tuple[str, str], ascii_only: bool, before: str
) -> None:
    text = before + json.dumps(value, separators=marks, ensure_ascii=ascii_only)
    whole = scan(text)
    assert isinstance(whole, Scan)
    for pointer in reversed(list(whole.members)):
        places = Places(text)
        assert places[pointer] == whole.members[pointer]
        assert f"{pointer}/nothing" not in places
    assert dict(Places(text)) == whole.members
    assert len(Places(text)) == len(whole.members)


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.integers(0, 200), st.integers(1, 50))
def test_near_a_span_are_the_members_that_it_touches(value: dict[str, object], start: int, length: int) -> None:
    text = json.dumps(value)
    whole = scan(text)
    assert isinstance(whole, Scan)
    span = Span(min(start, len(text) - 1), min(start, len(text) - 1) + length)
    assert sorted(nearby(Places(text))(span)) == touched(whole, span)
    assert sorted(nearby(whole.members)(span)) == touched(whole, span)


def touched(whole: Scan, span: Span) -> list[tuple[str, Member]]:
    members = whole.members.items()
    return sorted((p, m) for p, m in members if m.value.start < span.end and span.start < m.value.end)


@given(st.lists(st.tuples(st.sampled_from("ab"), VALUES), min_size=1, max_size=5), st.integers(0, 120))
def test_near_a_span_of_a_line_with_keys_twice_too(pairs: list[tuple[str, object]], start: int) -> None:
    inner = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs)
    text = f'{{"a":{{{inner}}},"b":[{{{inner}}}],"a":{{{inner}}}}}'
    whole = scan(text)
    assert isinstance(whole, Scan)
    span = Span(min(start, len(text) - 1), min(start, len(text) - 1) + 7)
    assert sorted(nearby(whole.members)(span)) == touched(whole, span)


@pytest.mark.parametrize("depth", [7, 8, 9, 10, 40, 85])
def test_what_lies_deep_is_found_too(depth: int) -> None:
    text = '{"a":' + '{"b":[' * (depth // 2) + "7" + "]}" * (depth // 2) + ',"c":1}'
    whole = scan(text)
    assert isinstance(whole, Scan)
    assert value_of(text.encode()) is not None
    assert Places(text)["/c"] == whole.members["/c"]
    assert dict(Places(text)) == whole.members


@pytest.mark.parametrize(
    "text", ['{"a":"' + "\\\\" * 40_000 + '"}', '{"a":[' + "[]," * 30_000 + "1]}", '{"a":"' + "{[" * 40_000 + '"}']
)
def test_a_long_value_is_passed_over_in_one_step(text: str) -> None:
    whole = scan(text)
    assert isinstance(whole, Scan)
    assert Places(text)["/a"] == whole.members["/a"]
