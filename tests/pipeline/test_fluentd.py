from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.model import Span
from atlint.pipeline import fluentd
from atlint.pipeline.fluentd import Include, Parameter, Quoting, parse, words

SHARED = Path(os.environ.get("ATLINT_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "fluentd"
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pipeline" / "fluentd"


def confs(*folders: str) -> list[object]:
    found = [path for folder in folders for path in sorted((SHARED / folder).glob("*.conf"))]
    if not found:
        return [pytest.param(None, marks=pytest.mark.skip("the measured configurations are not beside this checkout"))]
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in found]


@pytest.mark.parametrize("path", confs("accept", "reject-meaning", "configs"))
def test_what_fluentd_parses_is_parsed(path: Path) -> None:
    assert parse(path.read_bytes().decode()).faults == ()


@pytest.mark.parametrize("path", confs("reject"))
def test_what_fluentd_refuses_is_refused(path: Path) -> None:
    config = parse(path.read_bytes().decode())
    assert config.root is None
    assert len(config.faults) == 1


@pytest.mark.parametrize("path", sorted((FIXTURES / "accept").glob("*.conf")), ids=lambda path: path.stem)
def test_planted_configurations_are_parsed(path: Path) -> None:
    assert parse(path.read_text(encoding="utf-8")).faults == ()


@pytest.mark.parametrize("path", sorted((FIXTURES / "reject").glob("*.conf")), ids=lambda path: path.stem)
def test_planted_faults_are_found_at_their_offset(path: Path) -> None:
    """The fault of each planted file stands where its only caret comment points: `# ^` in the line below."""
    text = path.read_text(encoding="utf-8")
    caret = re.search(r"^#( *)\^\n?", text, re.MULTILINE)
    assert caret
    before = text[: caret.start()]
    at = before.rindex("\n", 0, -1) + 1 if "\n" in before[:-1] else 0
    config = parse(before + text[caret.end() :])
    assert [fault.span.start for fault in config.faults] == [at + 1 + len(caret[1])]


#: text, kind of the fault, offset, what is expected
FAULTS = [
    ("<a>\n", "unclosed-section", 0, ("</a>",)),
    ("<a>\n<b>\n</b>\n", "unclosed-section", 0, ("</a>",)),
    ("<a>\n</b>\n", "closing-tag", 4, ("</a>",)),
    ("</a>\n", "closing-tag", 0, ()),
    ("<a>\n</a>\n</a>\n", "closing-tag", 9, ()),
    ("\ufeffa b\n", "bom", 0, ()),
    ("# \udcff\n<a>\n</a>\n", "encoding", 2, ("UTF-8",)),
    ("\udcff\udcfea\0", "encoding", 0, ("UTF-8",)),
    ("< a>\n</a>\n", "syntax", 1, ("the name of a section: letters, digits and underscores",)),
    ("<a> b c </a>\n", "syntax", 4, ("the end of the line",)),
    ('k "a" b\n', "syntax", 6, ("the end of the line",)),
    ("k 'a\n'\n", "syntax", 4, ("the closing single quote on the same line", "text")),
    ("k [1 2]\n", "syntax", 5, ('"]"', '","')),
    (
        "k [1,\n",
        "syntax",
        6,
        ("a JSON list", "a JSON object", "a JSON string", "a JSON number", "true, false or null"),
    ),
    ('k {"a" 1}\n', "syntax", 7, ('":"',)),
    ("k [[1 # c\n]]\n", "syntax", 6, ('"]"', '","')),
]


@pytest.mark.parametrize(("text", "kind", "offset", "expected"), FAULTS)
def test_faults_say_where_and_what_was_expected(text: str, kind: str, offset: int, expected: tuple[str, ...]) -> None:
    (fault,) = parse(text).faults
    assert (fault.kind, fault.span.start, fault.expected) == (kind, offset, expected)


def test_every_terminal_has_words_and_no_message_names_one() -> None:
    terminals = {terminal.name for terminal in fluentd._parser().terminals}
    assert terminals == set(words())
    for text, *_ in FAULTS:
        (fault,) = parse(text).faults
        said = " ".join((fault.message, *fault.expected))
        assert not [name for name in terminals if len(name) > 4 and re.search(rf"\b{name}\b", said)]


#: text, value, quoting
VALUES = [
    ("k a#b", "a#b", Quoting.PLAIN),
    ("k a #b", "a", Quoting.PLAIN),
    ("k #c", "#c", Quoting.PLAIN),
    ("k  a  b \t", "a  b", Quoting.PLAIN),
    ('k a "b"', 'a "b"', Quoting.PLAIN),
    ("k a\\n", "a\\n", Quoting.PLAIN),
    ("k #{x}", "#{x}", Quoting.PLAIN),
    ("k 'a\\'b\\\\c\\d'", "a'b\\c\\d", Quoting.SINGLE),
    ("k 'a # b' # c", "a # b", Quoting.SINGLE),
    ('k "a\\tb\\"\\-\\0"', 'a\tb"-\0', Quoting.DOUBLE),
    ('k "a\nb"', "a\nb", Quoting.DOUBLE),
    ('k "a\\\nb"', "ab", Quoting.DOUBLE),
    ('k [ "a", # first\n 1 , {"b": [true, null]}\n]', '["a",1,{"b":[true,null]}]', Quoting.JSON),
    ("k { } # c", "{}", Quoting.JSON),
]


@pytest.mark.parametrize(("text", "value", "quoting"), VALUES)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_values_as_fluentd_reads_them(text: str, value: str, quoting: Quoting, end: str) -> None:
    config = parse(text + end)
    assert config.root
    parameter = config.root.get("k")
    assert parameter
    assert (parameter.value.value, parameter.value.quoting, parameter.value.ruby) == (value, quoting, False)
    if quoting is Quoting.PLAIN:
        assert text[slice(*parameter.value.span)] == value


@pytest.mark.parametrize(
    "text", ["k \"#{ENV['A']}\"", 'k "a#{ENV["B"] || %w(x)}b"', "k \"#{ {'a' => 1} }\"", 'k "#{it\'s}"']
)
def test_embedded_ruby_is_one_opaque_piece(text: str) -> None:
    config = parse(text)
    assert config.root
    parameter = config.root.get("k")
    assert parameter
    assert parameter.value.ruby
    assert parameter.value.value == text[3:-1]


def test_the_tree() -> None:
    text = "@include a/*.conf\ninclude b\n<match a.** b>\n  @type x\n  k 1\n  k 2\n  e\n"
    text += "  <buffer>\n  </buffer>\n</match>"
    root = parse(text).root
    assert root
    assert [item.path.value for item in root.items if isinstance(item, Include)] == ["a/*.conf", "b"]
    (match,) = root.sections("match")
    assert match.argument
    assert (match.argument.value, match.type, match.text("k"), match.text("none")) == ("a.** b", "x", "2", "")
    assert [item.name for item in match.parameters] == ["@type", "k", "k", "e"]
    assert text[slice(*match.tag)] == "<match a.** b>"
    assert text[slice(*match.span)].endswith("</match>")
    assert [section.name for section in root.walk()] == ["", "match", "buffer"]
    assert match.get("e") == Parameter(
        fluentd.Text("e", Span(67, 68)), fluentd.Text("", Span(68, 68)), empty=True
    )  # no value: it stands right behind the key


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<a>\n" * 3000 + "</a>\n" * 3000, id="sections"),
        pytest.param("k " + "[" * 3000 + "]" * 3000, id="lists"),
        pytest.param("k " + '{"a":' * 3000 + "1" + "}" * 3000, id="objects"),
    ],
)
def test_depth_is_bounded(text: str) -> None:
    assert [fault.kind for fault in parse(text).faults] == ["depth"]


@given(text=st.text(alphabet="<>/a \t\n\r#\"'\\[]{},:1@{}é", max_size=60))
def test_any_text_gives_a_tree_or_one_fault(text: str) -> None:
    config = parse(text)
    assert (config.root is None) == (len(config.faults) == 1)
    for fault in config.faults:
        assert 0 <= fault.span.start <= fault.span.end <= len(text)
        assert fault.message
    for section in config.walk():
        assert text[section.tag.start] == "<"
