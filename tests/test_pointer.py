from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.model import Span
from atlint.pointer import Fault, Scan, escape, inside, parent, resolve, scan, tokens, told

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda child: st.lists(child, max_size=4) | st.dictionaries(st.text(), child, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_reads_what_json_writes_and_knows_every_place(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    found = scan(text)
    assert isinstance(found, Scan)
    assert found.value == value
    assert found.end == len(text)
    assert not found.blemishes
    for pointer, member in found.members.items():
        part = resolve(value, pointer)
        assert json.loads(text[member.value.start : member.value.end]) == part
        if member.key is not None:
            assert json.loads(text[member.key.start : member.key.end]) == list(tokens(pointer))[-1]
        if isinstance(part, str):
            for at, char in enumerate(part):
                place = inside(text, member.value, Span(at, at + 1))
                assert json.loads(f'"{text[place.start : place.end]}"') == char


@given(VALUES, st.data())
def test_agrees_with_json_on_damaged_text(value: Any, draw: st.DataObject) -> None:
    text = json.dumps(value)
    at = draw.draw(st.integers(0, len(text)))
    piece = draw.draw(st.sampled_from(["", *"{}[],:\"\\1e-.atn \t\x01'/"]))
    text = text[:at] + piece + text[at + draw.draw(st.integers(0, 1)) :]

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        wanted = json.loads(text, parse_constant=refuse)
    except ValueError:
        found = scan(text)
        assert isinstance(found, Fault) or found.blemishes
    else:
        found = scan(text)
        assert isinstance(found, Scan)
        assert found.value == wanted


@pytest.mark.parametrize(
    ("text", "kind", "offset"),
    [
        ('{"a":1,}', "trailing-comma", 7),
        ("[1,]", "trailing-comma", 3),
        ("{a:1}", "unquoted-key", 1),
        ("{'a':1}", "single-quote", 1),
        ('{"a":NaN}', "not-a-number", 5),
        ('{"a":-Infinity}', "not-a-number", 5),
        ('{"a":1', "unexpected-end", 6),
        ("", "unexpected-end", 0),
        ('{"a":"x', "unterminated-string", 7),
        ('{"a":"x\\', "unterminated-string", 8),
        ('{"a":"\\u12', "unterminated-string", 10),
        ('{"a":"\\x"}', "bad-escape", 6),
        ('{"a":"\\uZZZZ"}', "bad-escape", 6),
        ('{"a":01}', "bad-number", 5),
        ('{"a":1.}', "bad-number", 5),
        ('{"a":tru}', "unexpected", 5),
        ('{"a":1}{"b":2}', "extra-data", 7),
        ('{"a" 1}', "unexpected", 5),
        ('{"a":1 "b":2}', "unexpected", 7),
        ("// x", "comment", 0),
        ('{"a":1 /* x */}', "comment", 7),
        ('{"a":\x00}', "control-character", 5),
        ("[" * 101 + "]" * 101, "depth", 100),
    ],
)
def test_names_the_first_fault(text: str, kind: str, offset: int) -> None:
    found = scan(text)
    assert isinstance(found, Fault)
    assert (found.kind, found.offset) == (kind, offset)
    assert found.expected


@pytest.mark.parametrize(
    ("text", "kind", "pointer", "marked"),
    [
        ('{"a":1,"a":2}', "duplicate-key", "/a", '"a"'),
        ('{"b":{"a":1,"\\u0061":2}}', "duplicate-key", "/b/a", '"\\u0061"'),
        ('{"a":1e400}', "number-out-of-range", "/a", "1e400"),
        ('{"a":[0,18446744073709551616]}', "number-out-of-range", "/a/1", "18446744073709551616"),
        ('{"a":"x\\ud800"}', "lone-surrogate", "/a", "\\ud800"),
        ('{"a":"x\x07"}', "control-character", "/a", "\x07"),
    ],
)
def test_goes_on_after_a_blemish(text: str, kind: str, pointer: str, marked: str) -> None:
    found = scan(text)
    assert isinstance(found, Scan)
    (blemish,) = found.blemishes
    assert (blemish.kind, blemish.pointer) == (kind, pointer)
    assert text[blemish.span.start : blemish.span.end] == marked


def test_depth_has_no_limit_of_its_own() -> None:
    text = "[" * 5_000 + "]" * 5_000
    assert isinstance(scan(text, deepest=5_000), Scan)
    assert isinstance(scan(text), Fault)


def test_pointers_of_one_text_are_bounded() -> None:
    members = ",".join(f'"{number}":1' for number in range(2_000))
    assert isinstance(scan(f'{{"{"k" * 10_000}":{{{members}}}}}'), Scan)
    found = scan(f'{{"{"k" * 20_000}":{{{members}}}}}')
    assert isinstance(found, Fault)
    assert found.kind == "names"


def test_a_long_pointer_is_told_as_that_of_a_holder() -> None:
    assert told("/a/b") == "/a/b"
    assert told(f"/a/b/{'k' * 2_000}/c") == "/a/b"
    assert told(f"/{'k' * 2_000}/c") == ""


@pytest.mark.parametrize("token", ["", "a", "a/b", "a~b", "~1", "m~0n/~1"])
def test_pointer_tokens_survive(token: str) -> None:
    pointer = f"/x/{escape(token)}"
    assert list(tokens(pointer)) == ["x", token]
    assert parent(pointer) == "/x"


@pytest.mark.parametrize("pointer", ["/a/9", "/a/x", "/b", "/a/0/c", "/a/00", "/a/²", f"/a/{'9' * 5_000}"])
def test_resolve_refuses_what_is_not_there(pointer: str) -> None:
    with pytest.raises(LookupError):
        resolve({"a": [1]}, pointer)
