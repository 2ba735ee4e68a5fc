from __future__ import annotations

import re

import pytest

from atlint.plan import SchemaError
from atlint.plan.grammar import LONGEST_EXPLAINED, Grammar, load, parser
from tests.plan.conftest import Copy

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
    ("text", "message"),
    [
        ("a: b\n", "the rule a names b, which is not defined"),
        ('a: b "x"\nb: c\nc: "y" | a\n', "the rule a refers to itself, so it cannot be written out"),
        (": b\n", "line 1: ':' is beyond what we flatten"),
        ('a: "x"\nb: : "y"\n', "line 2: ':' is beyond what we flatten"),
        ("\na: b -> c\n", "line 2: '-' is beyond what we flatten"),
        ("a: b -> c\n", "line 1: '-' is beyond what we flatten"),
        ('a: "x"\n\n  b: {1}\n', "line 3: '{' is beyond what we flatten"),
    ],
)
def test_refuses_what_it_cannot_flatten(text: str, message: str, schemas: Copy) -> None:
    with pytest.raises(SchemaError) as caught:
        made(schemas, text)
    assert str(caught.value) == f"grammar/odd.lark: {message}"
    assert caught.value.pointer == ""


def made(schemas: Copy, text: str) -> Grammar:
    schemas.write("grammar/odd.lark", text)
    return load("odd")


LIST = r"""// A list, with all that our grammars use.

//=   a list of words
start: word ("," [" "] word)* [tail]

//= a word
word: WORD | QUOTED
    | "#1"

// the tail has no words of its own
tail: ("!" | "?")+ nothing?

nothing: "."

//= letters
WORD: /[a-z]+/

//= a text in quotes
QUOTED: /"[^"\\\/]*"/
"""


@pytest.mark.parametrize(
    ("rule", "text", "fits"),
    [
        ("", "a", True),
        ("start", "a", True),
        ("", "a,b, c!?", True),
        ("", "a!.", True),
        ("", '"x y",#1?', True),
        ("", "a,", False),
        ("", "a,  b", False),
        ("", "a.", False),
        ("", "a!..", False),
        ("", "", False),
        ("", "a\n", False),
        ("word", "#1", True),
        ("word", "a,b", False),
        ("tail", "", False),
        ("tail", "?!", True),
        ("WORD", "none", True),
        ("QUOTED", '"/"', False),
        ("QUOTED", '"\\"', False),
    ],
)
def test_a_grammar_written_out_fits_what_it_says(rule: str, text: str, fits: bool, schemas: Copy) -> None:
    grammar = made(schemas, LIST)
    assert (grammar.pattern(rule).fullmatch(text) is not None) is fits
    assert (re.search(rf"^(?:{grammar.rules[rule or grammar.start]})\Z", text) is not None) is fits


def test_the_words_and_rules_of_a_grammar(schemas: Copy) -> None:
    grammar = made(schemas, LIST)
    assert (grammar.name, grammar.start, grammar.text) == ("odd", "start", LIST)
    assert list(grammar.words.items()) == [
        ("start", "a list of words"),
        ("word", "a word"),
        ("WORD", "letters"),
        ("QUOTED", "a text in quotes"),
    ]
    assert set(grammar.rules) == {"start", "word", "tail", "nothing", "WORD", "QUOTED"}


def test_a_grammar_may_have_no_words(schemas: Copy) -> None:
    assert made(schemas, 'a: "x"\n').words == {}


def test_alternatives_are_held_together_where_a_rule_is_named(schemas: Copy) -> None:
    grammar = made(schemas, 'start: ab "c"\nab: "a" | "b"\n')
    assert [text for text in ("ac", "bc", "a", "c", "abc") if grammar.pattern().fullmatch(text)] == ["ac", "bc"]
    either = made(schemas, 'start: "a" | "b"\n').pattern()
    assert [text for text in ("a", "ax", "xb") if either.fullmatch(text)] == ["a"]


@pytest.mark.parametrize("mark", list(".^$*+?{}[]|()#&-~ /'=<>!"))
def test_a_literal_means_itself(mark: str, schemas: Copy) -> None:
    pattern = made(schemas, f'start: "a{mark}b"\n').pattern()
    assert pattern.fullmatch(f"a{mark}b")
    assert not pattern.fullmatch("ab")
    assert not pattern.fullmatch("axb")


def test_a_slash_in_an_expression_loses_its_escape(schemas: Copy) -> None:
    assert made(schemas, r"start: /a\/b|c/ /d/" + "\n").rules["start"] == "(?:a/b|c)(?:d)"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a,b!", ["a", ",b", "!"]), ("a", ["a", "", None])],
)
def test_parts_are_the_rules_that_the_start_names(text: str, parts: list[str | None], schemas: Copy) -> None:
    pattern = made(schemas, 'start: one other* [end] ONE?\none: ONE\nother: "," one\nend: "!"\nONE: /[a-z]/\n').pattern(
        parts=True
    )
    found = pattern.fullmatch(text)
    assert found is not None
    assert set(pattern.groupindex) == {"one", "other", "end"}
    assert (found["one"], found["end"]) == (parts[0], parts[2])


def test_a_rule_that_is_named_twice_is_one_part(schemas: Copy) -> None:
    pattern = made(schemas, 'start: one ":" one\none: /[a-z]/\n').pattern(parts=True)
    found = pattern.fullmatch("a:b")
    assert found is not None
    assert found.groupdict() == {"one": "a"}
    assert found.groups() == ("a",)


@pytest.mark.parametrize(
    ("rule", "text", "offset", "words"),
    [
        ("", "", 0, ('"#1"', "a text in quotes", "letters")),
        ("", "a,", 2, ('" "', '"#1"', "a text in quotes", "letters")),
        ("", "a!x", 2, ('"!"', '"."', '"?"')),
        ("word", "1", 0, ('"#1"', "a text in quotes", "letters")),
        ("nothing", "", 0, ('"."',)),
        ("nothing", "..", 1, ("the end of the text",)),
        ("", "a" * (LONGEST_EXPLAINED + 1), 0, ("a list of words",)),
        ("tail", "a" * (LONGEST_EXPLAINED + 1), 0, ("tail",)),
        ("", f"{'a' * (LONGEST_EXPLAINED - 1)}1", LONGEST_EXPLAINED - 1, None),
    ],
)
def test_what_was_expected(rule: str, text: str, offset: int, words: tuple[str, ...] | None, schemas: Copy) -> None:
    expected = made(schemas, LIST).explain(text, rule)
    assert expected.offset == offset
    assert words is None or expected.words == words


def test_groups_are_for_parts_alone(schemas: Copy) -> None:
    grammar = made(schemas, 'start: one ("," one)* [two]\none: ("a" | "b") ["c"]\ntwo: (";")+\n')
    assert grammar.pattern().groups == 0
    assert grammar.pattern(parts=True).groups == 2
