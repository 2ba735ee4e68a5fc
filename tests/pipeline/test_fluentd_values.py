from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.pipeline.fluentd_values import KINDS, Value, read

#: kind, text, what fluentd reads, what a person reads
READINGS = [
    ("time", "10s", 10, 10),
    ("time", "43200", 43200, 43200),
    ("time", "0.5", 0.5, 0.5),
    ("time", "5m", 300, 300),
    ("time", "0.5s", 5, 0.5),
    ("time", "1.5h", 18000, 5400),
    ("time", "500ms", 30000, 0.5),
    ("time", "1h30m", 1800, 5400),
    ("time", "12 hours", 12, 43200),
    ("time", "-5s", 5, -5),
    ("time", "2w", 2, 1209600),
    ("time", "soon", 0, None),
    ("size", "800m", 838860800, 838860800),
    ("size", "500K", 512000, 512000),
    ("size", "10MB", 10485760, 10485760),
    ("size", "1048576", 1048576, 1048576),
    ("size", "1.5m", 5242880, 1572864),
    ("size", "5e3", 5, 5000),
    ("size", "10 m", 10, 10485760),
    ("size", "big", 0, None),
    ("bool", "true", True, True),
    ("bool", "yes", True, True),
    ("bool", "", True, True),
    ("bool", "no", False, False),
    ("bool", "True", None, True),
    ("bool", "off", None, False),
    ("bool", "maybe", None, None),
    ("integer", "100", 100, 100),
    ("integer", "1_000", 1000, 1000),
    ("integer", "ten", 0, None),
    ("integer", "1e2", 1, 100),
    ("integer", "1,000", 1, 1000),
    ("integer", "10 lines", 10, None),
    ("array", "a, b,c", ["a", "b", "c"], ["a", "b", "c"]),
    ("array", '["a","b,c"]', ["a", "b,c"], ["a", "b,c"]),
    ("array", "[1]", ["1"], ["1"]),
    ("array", "[1", None, None),
]


@pytest.mark.parametrize(("kind", "text", "taken", "meant"), READINGS)
def test_both_readings(kind: str, text: str, taken: Any, meant: Any) -> None:
    assert read(kind, text) == Value(taken, meant)
    assert read(kind, text).differs is (taken != meant or meant is None)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    text=st.text() | st.text(alphabet="0123456789._-+ehms,", max_size=400),
)
def test_any_text_has_a_reading(kind: str, text: str) -> None:
    assert isinstance(read(kind, text).differs, bool)


@pytest.mark.parametrize("text", ["1" * 5000, "1" * 299 + "!", "1h" * 140 + "!", "9e999s"])
def test_long_and_hostile_numbers(text: str) -> None:
    for kind in KINDS:
        read(kind, text)
