from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from atlint.model import Span
from atlint.pipeline.document import Stream, read
from atlint.pipeline.node import Mapping, Scalar, Style, walk

BREAKS = {"\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"}
CHARACTERS = st.text(alphabet="ab'\"\\#:-|>&!%{}[],?x \t\n\u00e9\u6f22\U0001f600", max_size=40)
WORDS = [
    r"\"",
    r"\\",
    r"\ ",
    r"\_",
    r"\n",
    r"\x41",
    r"\u00e9",
    r"\U0001F600",
    "'",
    "''",
    '"',
    "a",
    "b c",
    "é",
    "漢",
]
SIGNS = ["#", " #c", ":", "-", "\U0001f600", "\x85", "\u2028", "\\\n", "\r\n", "\t"]
BLANKS = [" ", "  ", "   ", "\n", "\n\n", "\n  ", "\n   ", "\n    "]
PIECES = st.lists(st.sampled_from(WORDS + SIGNS + BLANKS), max_size=14).map("".join)


def scalars(stream: Stream) -> list[Scalar]:
    found = []
    for document in stream.documents:
        for node in walk(document.root) if document.root else ():
            found += [node] if isinstance(node, Scalar) else []
            found += [entry.key for entry in node.entries] if isinstance(node, Mapping) else []
    return found


def check(stream: Stream, scalar: Scalar) -> None:
    text = stream.source.text
    offsets = stream.offsets(scalar)
    assert len(offsets) == len(scalar.value)
    last = scalar.span.start
    for index, character in enumerate(scalar.value):
        start, end = offsets.span(Span(index, index + 1))
        held = text[start:end]
        assert last <= start < end <= scalar.span.end, (held, character)
        last = end
        if held == character:
            continue
        if scalar.style is Style.DOUBLE and held.startswith("\\"):
            assert yaml.safe_load(f'"{held}"') == character
        elif scalar.style is Style.SINGLE and held == "''":
            assert character == "'"
        else:
            assert held in BREAKS
            assert character in " \n"


def every(text: str) -> list[Scalar]:
    stream = read(text.encode("utf-8", "surrogatepass"), "m.yaml")
    found = scalars(stream)
    for scalar in found:
        check(stream, scalar)
    return found


@pytest.mark.parametrize("style", [None, "'", '"', "|", ">"])
@settings(deadline=None)
@given(text=CHARACTERS, width=st.sampled_from([5, 20, 10_000]), nested=st.booleans())
def test_every_code_point_of_a_dumped_text_maps_to_the_place_that_holds_it(
    style: str | None, text: str, width: int, *, nested: bool
) -> None:
    value = {"k": [text]} if nested else text
    dumped = yaml.dump(value, default_style=style, allow_unicode=True, width=width)
    found = every(dumped)
    # PyYAML's emitter breaks lines that start with a blank, so a folded text may read back as another one
    assert style == ">" or text in {scalar.value for scalar in found}


@settings(deadline=None, max_examples=200)
@given(
    body=PIECES,
    opening=st.sampled_from(["'", '"', "", "!!str ", "&x '", '!!str # c\n  "']),
    indent=st.integers(0, 2),
)
def test_flow_scalars_as_people_write_them(body: str, opening: str, indent: int) -> None:
    closing = opening[-1:] if opening[-1:] in {"'", '"'} else ""
    every("k:\n" + " " * (indent + 1) + opening + body + closing + "\n")


@settings(deadline=None, max_examples=200)
@given(
    body=PIECES,
    header=st.sampled_from(["|", ">", "|-", ">-", "|+", ">+", "|1", ">2-", "|3+", "|+1 # c", ">\t", "!!str |", "&a >"]),
    indent=st.integers(1, 4),
    deep=st.sampled_from(["k: ", "- k: ", "- ", "-   - k: "]),
    behind=st.sampled_from(["", "\n", "\n# c\n", "\n\n# c"]),
)
@example(body="a\r\nb", header="|", indent=2, deep="k: ", behind="\r\n")
@example(body="\n  \n    \n", header="|2", indent=2, deep="k: ", behind="\n")
@example(body="\n      \n  x", header=">2", indent=2, deep="k: ", behind="\n")
def test_block_scalars_as_people_write_them(body: str, header: str, indent: int, deep: str, behind: str) -> None:
    blanks = " " * (indent + len(deep) - 3)
    every(deep + header + "\n" + blanks + body.replace("\n", "\n" + blanks) + behind)


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        pytest.param('k: "a\\"b"\n', 2, (1, 8), id="behind an escape"),
        pytest.param("k: 'it''s'\n", 3, (1, 9), id="behind a doubled quote"),
        pytest.param("k: |\n  one\n  two\n", 4, (3, 3), id="second line of a literal"),
        pytest.param("k: >-\n  one\n  two\n", 3, (2, 6), id="a folded break is its blank"),
        pytest.param("k: |2\n    one\n", 2, (2, 5), id="an explicit indentation"),
        pytest.param("k: one\n  two\n", 4, (2, 3), id="second line of a plain one"),
        pytest.param("\ufeffk: ab\r\n", 1, (1, 5), id="a byte order mark has no column"),
        pytest.param("a: 1\r\nk: |\r\n  x\r\n  y\r\n", 2, (4, 3), id="CRLF"),
        pytest.param('k: "\\u00e9\U0001f600x"\n', 2, (1, 12), id="beyond the basic plane"),
    ],
)
def test_offset_to_line_and_column(text: str, index: int, place: tuple[int, int]) -> None:
    stream = read(text.encode(), "m.yaml")
    root = stream.documents[0].root
    assert isinstance(root, Mapping)
    scalar = root.get("k")
    assert isinstance(scalar, Scalar)
    assert stream.source.mark(stream.offsets(scalar).at(index)) == place


def test_an_undecodable_scalar_maps_to_the_whole_of_it() -> None:
    stream = read(b"k: abc\n", "m.yaml")
    wrong = Scalar("other", Span(3, 6))
    assert stream.offsets(wrong).span(Span(1, 2)) == Span(3, 6)
