import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load.digest import canonical, digest

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_spellings_of_one_value_have_one_digest(value: object) -> None:
    plain = json.dumps(value).encode()
    assert digest(plain) == digest(json.dumps(value, indent=2, sort_keys=True).encode() + b"\r")
    try:
        raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate is JSON only as an escape
        return
    assert digest(plain) == digest(raw)


@given(VALUES, VALUES)
def test_other_values_have_other_digests(one: object, other: object) -> None:
    a, b = json.dumps(one, sort_keys=True), json.dumps(other, sort_keys=True)
    assert (digest(a.encode()) == digest(b.encode())) == (a == b)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"a":1,}', b'{"a":NaN}', b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b"[" * 100_000, b"1" * 5000]
)
def test_no_json_has_the_digest_of_its_bytes(raw: bytes) -> None:
    assert canonical(raw) is None
    assert digest(raw) != digest(raw + b" ")


def test_the_form() -> None:
    assert canonical(b' {"b": [1, 2.50], "a": "\\u00e9\\ud83d\\ude00"} ') == '{"a":"é😀","b":[1,2.5]}'.encode()
