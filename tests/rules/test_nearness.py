from __future__ import annotations

import pytest

from atlint.rules.nearness import distance, near


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("abc", "bc", 1),
        ("abc", "xabc", 1),
        ("abc", "acb", 1),
        ("abc", "bac", 1),
        ("ab", "ba", 1),
        ("abcd", "badc", 2),
        ("ca", "abc", 3),
        ("kitten", "sitting", 3),
        ("abc", "xyz", 3),
    ],
)
def test_edits_are_counted_and_a_swap_is_one(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == edits
    assert distance(other, one) == edits
    assert distance(one, other, edits) == edits
    if edits:
        assert distance(one, other, edits - 1) >= edits


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("kms", ["cos"], None),
        ("kmss", ["kms"], "kms"),
        ("abc", ["abd"], None),
        ("abcd", ["abce"], "abce"),
        ("abcd", ["abef"], None),
        ("abcdefg", ["abcdexy"], None),
        ("abcdefgh", ["abcdefxy"], "abcdefxy"),
        ("abcdefgh", ["abcdexyz"], None),
        ("abcdefgh", ["abcdefgx", "abcdefgy"], None),
        ("abcdefgh", ["abcdefgx", "abcdefxy"], "abcdefgx"),
        ("abcdefgh", ["abcdefgh", "abcdefgx"], "abcdefgx"),
        ("x" * 99 + "ab", ["x" * 99 + "ba"], "x" * 99 + "ba"),
        ("", ["a"], None),
    ],
)
def test_a_slip_is_of_one_word_and_of_a_quarter_at_most(word: str, known: list[str], found: str | None) -> None:
    assert near(word, known) == found
