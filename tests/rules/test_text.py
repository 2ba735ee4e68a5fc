"""Padding, and what of a value is said of it: by that a finding is known again when its line has changed."""

from __future__ import annotations

from atlint.model import Problem, Said
from atlint.rules import REGISTRY
from atlint.rules.reading import Reading
from atlint.rules.selection import everything


def found(value: str, role: str = "target/name") -> list[Problem]:
    first, _, last = role.partition("/")
    check = REGISTRY["AT111"].check
    assert check is not None
    return list(check(Reading(everything("at-2018"), {"payload": {first: {last: value} if last else value}})))


def test_padding_is_said_and_mended() -> None:
    at = "/payload/target/name"
    for text in (" k1", "k1\t", "\u00a0k1 "):
        assert found(text) == [Problem("AT111", at, "", {"said": Said(text, at)}, repair="k1")]
    assert found("  ") == [Problem("AT111", at, "blank", {"said": Said("  ", at)})]
    assert found("k 1") == found("") == []


def test_data_and_what_has_choices_may_be_padded() -> None:
    assert found(" {} ", "requestData") == []
    assert found(" success", "outcome") == [], "that is told as another spelling"
    assert found(" x", "other") == []


def test_what_was_told_already_is_not_padding() -> None:
    reading = Reading(everything("at-2018"), {"payload": {"target": {"name": " ${x}"}}})
    reading.tell(Problem("AT110", "/payload/target/name", ""))
    check = REGISTRY["AT111"].check
    assert check is not None
    assert list(check(reading)) == []
