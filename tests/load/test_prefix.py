import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load.prefix import is_prefix

EVENTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(EVENTS, st.booleans(), st.data())
def test_every_cut_is_seen_as_one(event: object, ascii_only: bool, data: st.DataObject) -> None:
    raw = json.dumps(event, ensure_ascii=ascii_only).encode()
    cut = data.draw(st.integers(1, len(raw) - 1))
    assert is_prefix(raw[:cut])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"[",
        b"{}",
        b'{"a":1}{',
        b'{"a":1,}',
        b'{"a":1]',
        b'{"a" 1',
        b'{"a":nope',
        b'{"a":"\xff',
        b'{"a":"b"c"',
        b'{"id":"a","half{"id":"b"}',
        b'{"a":"\\x',
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_no_beginning_of_an_event(raw: bytes) -> None:
    assert not is_prefix(raw)
