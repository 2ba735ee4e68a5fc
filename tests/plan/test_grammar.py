from __future__ import annotations

from pathlib import Path

import pytest

from atlint.plan import SchemaError, truth
from atlint.plan.grammar import load, parser

NAMES = ["crn", "action", "event-time", "type-uri", "message", "identity"]


@pytest.mark.parametrize("name", NAMES)
def test_every_terminal_has_words(name: str) -> None:
    grammar = load(name)
    rules = [rule for rule in grammar.rules if rule != grammar.start or rule in grammar.words]
    for rule in rules:
        assert grammar.words.get(rule), rule
    for terminal in parser(grammar, grammar.start).terminals:
        literal = type(terminal.pattern).__name__ == "PatternStr"
        assert literal or terminal.name in grammar.words, terminal.name


@pytest.mark.parametrize(
    ("name", "rule", "text", "offset", "word"),
    [
        ("crn", "", "crn:v2", 4, '"v1"'),
        ("crn", "", "crn:v1:bluemix:pub", 15, '"public"'),
        ("crn", "service", "Kms", 0, "lower-case letters, digits, dashes and dots"),
        ("event-time", "", "2017-13-01T00:00:00.00+0000", 5, "01 to 12"),
        ("event-time", "", "2017-10-19 19:07:50.32+0000", 10, '"T"'),
        ("action", "", "a..b", 2, "lower-case letters, digits and dashes"),
        ("identity", "space_id", "?", 0, "a GUID"),
    ],
)
def test_explains_in_words_where_a_text_leaves_its_grammar(
    name: str, rule: str, text: str, offset: int, word: str
) -> None:
    expected = load(name).explain(text, rule)
    assert expected.offset == offset
    assert word in expected.words
    assert not any("_" in said for said in expected.words)


def test_takes_a_crn_apart() -> None:
    found = (
        load("crn")
        .pattern(parts=True)
        .fullmatch("crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:1-2:key:k/1")
    )
    assert found is not None
    assert found["service"] == "kms"
    assert found["scope"] == "a/0123456789abcdef0123456789abcdef"
    assert found["resource"] == "k/1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b\n", "not defined"),
        ('a: b "x"\nb: a\n', "refers to itself"),
        ("a: b -> c\n", "beyond what we flatten"),
    ],
)
def test_refuses_what_it_cannot_flatten(text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "grammar").mkdir()
    (tmp_path / "grammar" / "odd.lark").write_text(text)
    monkeypatch.setattr(truth, "root", lambda: tmp_path)
    with pytest.raises(SchemaError, match=said):
        load.__wrapped__("odd")
