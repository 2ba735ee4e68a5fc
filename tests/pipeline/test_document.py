from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.pipeline.document import MOST_FAULTS, Stream, read
from atlint.pipeline.node import Mapping, Scalar, at, text, to_json, walk


def stream(source: str | bytes, *, fence: bool = False) -> Stream:
    return read(source.encode() if isinstance(source, str) else source, "m.yaml", fence=fence)


def faults(found: Stream) -> list[tuple[str, int, int]]:
    return [(fault.kind, *found.source.mark(fault.span.start)) for fault in found.faults]


def test_pointers_and_places() -> None:
    found = stream("a/b:\n- ~x: 1\n  y: [é, 'two']\n")
    root = found.documents[0].root
    assert root
    assert [node.pointer for node in walk(root)] == ["", "/a~1b", "/a~1b/0", "/a~1b/0/~0x", "/a~1b/0/y"] + [
        f"/a~1b/0/y/{index}" for index in range(2)
    ]
    two = at(root, "a/b", 0, "y", 1)
    assert two
    place = found.source.place(two.span)
    assert (place.line, place.column, place.end_column) == (3, 10, 15)
    assert isinstance(root, Mapping)
    assert found.source.mark(root.entries[0].key.span.start) == (1, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    found = stream(f"a: 1{end}b: |{end}  x{end}  y{end}c: z{end}")
    root = found.documents[0].root
    assert to_json(root) == {"a": 1, "b": "x\ny\n", "c": "z"}
    node = at(root, "c")
    assert node
    assert found.source.mark(node.span.start) == (5, 4)


def test_several_documents_and_the_charts_files() -> None:
    found = stream("---\n# Source: c/templates/a.yaml\na: 1\n---\n---\n# Source: c/b.yaml\nb: 2\n...\n")
    assert [to_json(each.root) for each in found.documents] == [{"a": 1}, None, {"b": 2}]
    assert [each.template for each in found.documents] == ["c/templates/a.yaml", "", "c/b.yaml"]


def test_duplicate_keys_are_seen_and_the_last_counts() -> None:
    root = stream("a: 1\nb: 2\na: 3\na: 4\n").documents[0].root
    assert isinstance(root, Mapping)
    assert [(text(first.value), text(again.value)) for first, again in root.duplicates()] == [("1", "3"), ("1", "4")]
    assert text(root.get("a")) == "4"


#: text, kind, line, column
FAULTS = [
    ("a: [1\nb: 2\n", "syntax", 2, 2),
    ("a:\n\t- b\n", "syntax", 2, 1),
    ("a: 'b\n", "syntax", 2, 1),
    ("a: *b\n", "alias", 1, 4),
    ("a: &b [*b]\n", "alias", 1, 8),
    ("? [a]\n: b\n", "key", 1, 3),
    ("a: {{ .Values.b }}\n", "template", 1, 5),
    ("a: \x07\n", "character", 1, 4),
    (b"a: \xff\n", "encoding", 1, 4),
    ("a: 1".encode("utf-16"), "encoding", 1, 1),
    ("- " * 5000, "depth", 1, 201),
    ("a: b: c\n", "syntax", 1, 5),
]


@pytest.mark.parametrize(("source", "kind", "line", "column"), FAULTS)
def test_faults_are_values(source: str | bytes, kind: str, line: int, column: int) -> None:
    assert faults(stream(source)) == [(kind, line, column)]


def test_brackets_without_end_are_too_deep() -> None:
    """The scanner looks ahead for a key, so that the column is that of its limit, where it has one."""
    ((kind, line, column),) = faults(stream("[" * 5000))
    assert (kind, line) == ("depth", 1)
    assert column > 100


def test_a_template_that_was_not_rendered_is_named_as_such() -> None:
    for source in ("a: {{ .Values.b }}\n", "{{- if .x }}\na: 1\n"):
        assert "not rendered" in stream(source).faults[0].message


def test_reading_goes_on_behind_a_fault() -> None:
    found = stream("a: 1\n---\nb: [\n---\nc: *x\n---\nd: 4\n")
    assert [to_json(each.root) for each in found.documents] == [{"a": 1}, {"d": 4}]
    assert faults(found) == [("syntax", 4, 1), ("alias", 5, 4)]
    assert len(stream("---\n[\n" * 1000).faults) == MOST_FAULTS


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("yaml\na: 1\n", [1]),
        ("# note\n\nyaml\r\na: 1\n", [3]),
        ("```yaml\na: 1\n```\n", [1, 3]),
        ("```\nyaml\na: 1\n```\n", [1, 2, 4]),
        ("a: 1\n", []),
        ("yaml: 1\n", []),
    ],
)
def test_what_a_code_fence_left_is_blank_and_keeps_its_line(source: str, lines: list[int]) -> None:
    found = stream(source, fence=True)
    assert [found.source.mark(span.start).line for span in found.fence] == lines
    assert found.faults == ()
    root = found.documents[0].root
    assert isinstance(root, Mapping)
    assert (
        found.source.mark(root.span.start).line
        == source[: source.index(root.entries[0].key.value + ":")].count("\n") + 1
    )


def test_without_the_flag_a_stray_line_is_a_fault() -> None:
    found = stream("yaml\na: 1\n")
    assert [fault.kind for fault in found.faults] == ["syntax"]
    assert found.fence == ()


def test_aliases_have_the_pointers_of_their_own_place() -> None:
    root = stream("a: &x {k: [1]}\nb: *x\nc:\n  <<: *x\n  d: 2\n").documents[0].root
    copied = at(root, "b", "k", 0)
    assert isinstance(copied, Scalar)
    assert (copied.pointer, copied.span.start) == ("/b/k/0", 11)
    assert text(at(root, "c", "k", 0)) == "1"


@pytest.mark.parametrize("wide", [9, 2])
def test_a_billion_laughs_is_refused(wide: int) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * wide)}]" for n in range(1, 60)]
    tracemalloc.start()
    found = stream("\n".join(lines))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [fault.kind for fault in found.faults] == ["alias"]
    assert peak < 50_000_000


#: plain text, what Kubernetes reads
PLAIN = [
    ("yes", True), ("off", False), ("010", 8), ("0x1F", 31), ("1_0", 10), ("0b11", 3), ("1.5", 1.5), ("~", None),
    ("", None), ("1e3", 1000.0), ("09", 9.0), ("1.2.3", "1.2.3"), ("-", "-"), ("_", "_"), ("1" * 5000, "1" * 5000),
    ("'yes'", "yes"), ('"1"', "1"), ("!!str 1", "1"), ("2001-01-01", "2001-01-01"), ("0x", "0x"), ("0b_", "0b_"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "value"), PLAIN)
def test_plain_scalars_as_kubernetes_reads_them(source: str, value: object) -> None:
    found = stream(f"- {source}\n") if source != "-" else stream("- '-'\n")
    assert to_json(found.documents[0].root) == [value]


@given(data=st.binary(max_size=60) | st.text(alphabet="a:-[]{}&*!|>'\"%#?,\n \t\r<", max_size=60).map(str.encode))
def test_no_bytes_end_in_an_exception(data: bytes) -> None:
    for fence in (False, True):
        found = read(data, "m.yaml", fence=fence)
        for fault in found.faults:
            assert found.source.mark(fault.span.start).line >= 1
        for document in found.documents:
            to_json(document.root)
            for node in walk(document.root) if document.root else ():
                if isinstance(node, Scalar):
                    assert len(found.offsets(node)) == len(node.value)
