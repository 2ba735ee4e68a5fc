from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlint.pipeline.shell import Word, parse

#: program, words of its commands
PROGRAMS = [
    ("a b", [["a", "b"]]),
    ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
    ("a 'it'\\''s'", [["a", "it's"]]),
    ('a "\\"\\\\\\$\\x"', [["a", '"\\$\\x']]),
    ("a \\\n b", [["a", "b"]]),
    ("a $'x\\ty'", [["a", "x\ty"]]),
    ("a # b\nc", [["a"], ["c"]]),
    ("a#b", [["a#b"]]),
    ("a; b && c || d & e | f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
    ("while true; do a; done", [["true"], ["a"]]),
    ("if a; then b; else c; fi; d", [["a"], ["b"], ["c"], ["d"]]),
    ("( a; b ) ; { c; }", [["a"], ["b"], ["c"]]),
    ("a <<E\nx\nE\nb", [["a"], ["b"]]),
    ("a $(b; c) `d; e` ${f:-;}", [["a", "$(b; c)", "`d; e`", "${f:-;}"]]),
    ("a 2>&1 >f b", [["a", "b"]]),
    ("", []),
]


@pytest.mark.parametrize(("program", "words"), PROGRAMS)
def test_words_of_each_command(program: str, words: list[list[str]]) -> None:
    parsed = parse(program)
    assert [[word.text for word in command.words] for command in parsed.commands] == words
    assert parsed.fault is None


#: program, target of each command's output
OUTPUTS = [
    ("a > f", ["f"]),
    ("a >> f 2>> g", ["f"]),
    ("a 2> f", [None]),
    ("a > f > g", ["g"]),
    ("a &>> f", ["f"]),
    ("a >| f", ["f"]),
    ("a >& f", ["f"]),
    ("a >&2", [None]),
    ("{ a; b > g; } >> f; c", ["f", "g", None]),
    ("(a) > f", ["f"]),
    ("while a; do b; done >> f", ["f", "f"]),
    ("for x in 1 2; do b; done >> f", ["f", "f"]),
    ("if a; then { b; } > g; fi > f", ["f", "g"]),
]


@pytest.mark.parametrize(("program", "targets"), OUTPUTS)
def test_where_output_goes(program: str, targets: list[str | None]) -> None:
    outputs = [command.output for command in parse(program).commands]
    assert [output.target.text if output else None for output in outputs] == targets


@pytest.mark.parametrize(
    ("program", "offset"), [("a 'b", 2), ('a; b "c', 5), ("a $(b", 2), ("a `b", 2), ("a ${b", 2), ('a "$(b"', 3)]
)
def test_what_is_never_closed_is_a_fault_and_the_rest_is_read(program: str, offset: int) -> None:
    parsed = parse(program)
    assert parsed.fault
    assert parsed.fault.span.start == offset
    assert parsed.commands[0].name == "a"


def test_expansions_are_kept_and_can_be_resolved() -> None:
    (command,) = parse('a "$X/${Y}-$(date)"/$1').commands
    word = command.words[1]
    assert word.text == "$X/${Y}-$(date)/$1"
    assert [(word.text[slice(*each.span)], each.name) for each in word.expansions] == [
        ("$X", "X"),
        ("${Y}", "Y"),
        ("$(date)", ""),
        ("$1", ""),
    ]
    assert word.resolve({"X": "x", "Y": "y"}) == ("x/y-$(date)/$1", False)
    assert Word("n", word.span, word.offsets).resolve({}) == ("n", True)


def check_offsets(program: str, word: Word) -> None:
    assert len(word.offsets) == len(word.text)
    for index, character in enumerate(word.text):
        held = program[word.offsets.starts[index] : word.offsets.ends[index]]
        assert held in {character, "\\" + character}


@given(text=st.text(alphabet="ab'\"\\$` \n\t;|&<>(){}#é\U0001f600", max_size=40))
def test_every_code_point_of_a_quoted_word_maps_to_the_place_that_holds_it(text: str) -> None:
    double = '"' + "".join("\\" + letter if letter in '"\\$`' else letter for letter in text) + '"'
    for quoted in (shlex.quote(text), double):
        program = f"echo {quoted} >> f"
        (command,) = parse(program).commands
        assert command.words[1].text == text
        check_offsets(program, command.words[1])


@given(program=st.text(alphabet="ab'\"\\$`{}() \n;|&<>#=", max_size=50))
def test_any_text_is_read(program: str) -> None:
    for command in parse(program).commands:
        for word in command.words:
            assert 0 <= word.span.start <= word.span.end <= len(program)
            check_offsets(program, word)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
@settings(max_examples=20, deadline=None)
@given(words=st.lists(st.text(alphabet="a'\"\\ $`;#\u00e9", min_size=1, max_size=12), min_size=1, max_size=4))
def test_a_real_shell_sees_the_same_words(words: list[str]) -> None:
    program = "printf '%s\\0' " + " ".join(shlex.quote(word) for word in words)
    shown = subprocess.run(["sh", "-c", program], capture_output=True, check=True).stdout.decode()
    (command,) = parse(program).commands
    assert [word.text for word in command.words[2:]] == words == shown.split("\0")[:-1]
