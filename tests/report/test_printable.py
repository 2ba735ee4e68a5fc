"""What reaches a terminal is shown there and never obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.report.printable import encodable, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 👩‍💻", "plain é 漢 👩‍💻"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("a\tb\nc\rd", r"a\tb\nc\rd"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        (r"C:\x1b", r"C:\x1b"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_printable_leaves_no_control_and_is_idempotent(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(st.characters()))
def test_encodable_text_survives_utf_8(text: str) -> None:
    assert encodable(text).encode().decode() == encodable(text)
