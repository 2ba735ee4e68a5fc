from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint.places import CompiledPlaces, Places, besides, places_of
from atlint.lint.plain import value_of
from atlint.pointer import Scan, scan

#: in the first ones are keys that a pointer spells otherwise than the text does
KEYS = st.text(max_size=6) | st.sampled_from(["a/b", "a~b", 'say "x"', "\\", "é", "{", "]", "0"])
PLAIN_KEYS = st.sampled_from(["a", "b", "ab", "é", "\U0001f680", "{", "]", "0", "1", "01", "", ":", " "])


def events_with(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1) | KEYS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=20,
    )
    return st.dictionaries(keys, values, max_size=5)


VALUES = events_with(KEYS)
EVENTS = events_with(PLAIN_KEYS) | VALUES
SPELLINGS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")])


@pytest.fixture(params=[True, False], ids=["compiled", "by hand"], scope="module")
def quickly(request: pytest.FixtureRequest) -> bool:
    if request.param:
        pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    return bool(request.param)


@given(value=EVENTS, marks=SPELLINGS, ascii_only=st.booleans(), before=st.sampled_from(["", " ", "\t "]))
def test_places_that_are_asked_for_are_those_of_a_whole_scan(
    value: dict[str, Any], marks: tuple[str, str], ascii_only: bool, before: str, quickly: bool
) -> None:
    text = before + json.dumps(value, separators=marks, ensure_ascii=ascii_only) + before
    whole = scan(text)
    assert isinstance(whole, Scan)
    for pointer in reversed(list(whole.members)):
        places = places_of(text, quickly=quickly)
        assert places[pointer] == whole.members[pointer]
        for other in (
            f"{pointer}/nothing",
            f"{pointer}/",
            f"{pointer}/00",
            f"{pointer}/9",
            f"{pointer}x",
            f"x{pointer}",
        ):
            assert places.get(other) == whole.members.get(other)
            assert (other in places) == (other in whole.members)
    assert dict(places_of(text, quickly=quickly)) == whole.members
    assert len(places_of(text, quickly=quickly)) == len(whole.members)


@given(value=EVENTS, draw=st.randoms(use_true_random=False))
def test_besides_some_there_are_all_others(value: dict[str, Any], draw: Random, quickly: bool) -> None:
    text = json.dumps(value, ensure_ascii=False)
    whole = scan(text)
    assert isinstance(whole, Scan)
    some = {pointer for pointer in whole.members if draw.random() < 0.5}
    others = sorted((p, m.start, m.end) for p, m in whole.members.items() if p not in some)
    assert sorted(besides(places_of(text, quickly=quickly), some)) == others
    assert sorted(besides(whole.members, some)) == others


@given(events_with(PLAIN_KEYS))
def test_texts_with_plain_keys_are_taken_in_one_pass(value: dict[str, Any]) -> None:
    pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    assert isinstance(places_of(json.dumps(value, ensure_ascii=False)), CompiledPlaces)


@pytest.mark.parametrize(
    "text", ['{"a/b":1}', '{"a~b":1}', '{"\\u0061":1}', '{"a":"\ud800"}', '{"a":' + "[" * 200 + "]" * 200 + "}"]
)
def test_other_texts_are_left_to_the_places_by_hand(text: str) -> None:
    assert isinstance(places_of(text), Places)


@given(EVENTS, st.integers(0, 200), st.text('{}[]:,"\\ 0ant~/\x00é\U0001f680\ud800', max_size=3), st.integers(0, 3))
def test_text_that_is_no_json_does_no_harm(value: dict[str, Any], at: int, other: str, less: int) -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    whole = json.dumps(value, ensure_ascii=False)
    text = whole[:at] + other + whole[at + less :]
    try:
        places = native.Places(text)
    except ValueError:
        return
    found = places.besides(set())
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(places.at(pointer) is not None for pointer, _, _ in found)
    for odd in (other, f"/{other}", "/\ud800", "//", "/0/0"):
        places.at(odd)
    assert places.besides({pointer for pointer, _, _ in found}) == []


@given(EVENTS)
def test_text_that_breaks_off_is_not_taken(value: dict[str, Any]) -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    text = json.dumps(value, ensure_ascii=False)
    for end in range(len(text)):
        with pytest.raises(ValueError, match="not taken"):
            native.Places(text[:end])


@pytest.mark.parametrize("wrong", [b"{}", None, 7])
def test_only_text_is_taken(wrong: Any) -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    with pytest.raises(TypeError):
        native.Places(wrong)
    with pytest.raises(TypeError):
        native.Places("{}").at(wrong)
    with pytest.raises(SystemError):
        native.Places("{}").besides(wrong)


def test_a_pointer_longer_than_the_stack_has_room_for() -> None:
    pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    text = json.dumps({"k" * 2_000: [[{"m" * 700: 1}]] * 12})
    whole = scan(text)
    assert isinstance(whole, Scan)
    assert dict(places_of(text)) == whole.members


def test_without_memory_there_is_an_exception() -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    hooks = pytest.importorskip("_testcapi")
    text = json.dumps({"k" * 600: [{"a": 1}] * 100})
    failed = 0
    for allocation in range(1, 400):
        try:
            hooks.set_nomemory(allocation, allocation + 1)
            places = native.Places(text)
            places.besides({""})
            places.at("/" + "k" * 600 + "/7/a")
        except MemoryError:
            failed += 1
        finally:
            hooks.remove_mem_hooks()
    assert failed > 100


@pytest.mark.parametrize("depth", [7, 8, 9, 10, 40, 85])
def test_what_lies_deep_is_found_too(depth: int, quickly: bool) -> None:
    text = '{"a":' + '{"b":[' * (depth // 2) + "7" + "]}" * (depth // 2) + ',"c":1}'
    whole = scan(text)
    assert isinstance(whole, Scan)
    assert value_of(text.encode()) is not None
    assert places_of(text, quickly=quickly)["/c"] == whole.members["/c"]
    assert dict(places_of(text, quickly=quickly)) == whole.members


@pytest.mark.parametrize(
    "text", ['{"a":"' + "\\\\" * 40_000 + '"}', '{"a":[' + "[]," * 30_000 + "1]}", '{"a":"' + "{[" * 40_000 + '"}']
)
def test_a_long_value_is_passed_over_in_one_step(text: str, quickly: bool) -> None:
    whole = scan(text)
    assert isinstance(whole, Scan)
    assert places_of(text, quickly=quickly)["/a"] == whole.members["/a"]
