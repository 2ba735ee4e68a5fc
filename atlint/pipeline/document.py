"""Bytes of a YAML file to a stream of documents with positions; whatever is wrong with it is a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from atlint.model import Span
from atlint.pipeline import scalar as scalars
from atlint.pipeline.node import Entry, Mapping, Node, Path, Scalar, Sequence, Style
from atlint.pipeline.source import Fault, OffsetMap, Source, undecoded

#: collections within collections; Kubernetes' own objects stay below 30
MOST_NESTED: Final = 100
_TOO_DEEP: Final = f"more than {MOST_NESTED} collections within each other"
#: nodes of a file that aliases may repeat before it counts as an attack
MOST_REPEATED: Final = 20_000
#: after so many faults the rest of a file is not read
MOST_FAULTS: Final = 20

_UNPRINTABLE: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEXT_DOCUMENT: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
#: a line that a code fence leaves behind when a page is copied: the fence itself, or its language alone
_FENCE: Final = re.compile(r"(?:```[ \t]*+(?:ya?ml)?|ya?ml)[ \t]*+(?=[\r\n]|\Z)")
#: the kind of a fault that a template's braces make
UNRENDERED: Final = "template"
_UNRENDERED: Final = ": this looks like a template that was not rendered yet"
_FENCE_END: Final = re.compile(r"^```[ \t]*$", re.MULTILINE)
_IDLE: Final = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|[\r\n]))*+")
_TEMPLATE: Final = re.compile(r"^#[ \t]*Source:[ \t]*(\S[^\r\n]*)", re.MULTILINE)
_STYLES: Final = {
    None: Style.PLAIN,
    "": Style.PLAIN,
    "'": Style.SINGLE,
    '"': Style.DOUBLE,
    "|": Style.LITERAL,
    ">": Style.FOLDED,
}


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: `root` is None where it is empty."""

    root: Node | None = field(repr=False)
    span: Span
    #: the chart's file that Helm names in a comment of its output
    template: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """All documents of one file that could be read, and why others could not."""

    source: Source
    documents: tuple[Document, ...]
    faults: tuple[Fault, ...] = ()
    #: lines left of a code fence, read as if they were blank
    fence: tuple[Span, ...] = ()
    #: the file starts with a byte order mark; no position counts it
    bom: bool = False

    def offsets(self, scalar: Scalar) -> OffsetMap:
        """Where each code point of the scalar's value stands in the file."""
        return scalars.offsets(scalar, self.source.text)


@dataclass(slots=True)
class _Frame:
    """A collection whose end was not seen yet."""

    start: int
    path: Path | None
    anchor: str | None
    mapping: bool
    nodes: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    key: Scalar | None = None


def read(data: bytes, path: str, *, fence: bool = False) -> Stream:
    """Read every document of a file. With `fence`, lines that a code fence left are taken for blank ones.

    Never raises: bytes that are not UTF-8, unprintable characters, faults of syntax, unknown or exploding
    aliases and too deep nesting are `faults`. Reading goes on with the document behind a fault.
    """
    text = data.decode("utf-8", "surrogateescape")
    bom = text.startswith("\ufeff")
    source = Source.of(text[1:] if bom else text, path)
    if wrong := _UNPRINTABLE.search(source.text):
        return Stream(source, (), (undecoded(source.text) or _unprintable(wrong),), bom=bom)
    left = tuple(_fence(source.text)) if fence else ()
    text = source.text
    for span in left:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    composer = _Composer(text)
    composer.compose()
    return Stream(source, tuple(composer.documents), tuple(composer.faults), left, bom)


def _unprintable(wrong: re.Match[str]) -> Fault:
    message = f"YAML allows no character U+{ord(wrong[0]):04X}"
    return Fault("character", message, Span(*wrong.span()), ("a printable character",))


def _fence(text: str) -> Iterator[Span]:
    at = 0
    while idle := _IDLE.match(text, at):
        found = _FENCE.match(text, idle.end())
        if found is None or found.end() == len(text):
            break
        yield Span(*found.span())
        at = found.end()
    if at:
        for found in _FENCE_END.finditer(text, at):
            yield Span(*found.span())


class _Composer:
    """Turns libyaml's events into nodes with a stack of its own, so depth of input is no depth of calls."""

    def __init__(self, text: str) -> None:
        self.documents: list[Document] = []
        self.faults: list[Fault] = []
        self._text = text
        self._base = 0
        self._begin = 0
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node | None] = {}
        self._repeated = 0
        self._root: Node | None = None
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._start_document,
            yaml.DocumentEndEvent: self._end_document,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
        }

    def compose(self) -> None:
        """Read all documents; behind a fault, go on at the next line that starts one."""
        while True:
            reached = self._pass()
            if reached is None or len(self.faults) >= MOST_FAULTS:
                return
            following = _NEXT_DOCUMENT.search(self._text, reached)
            if following is None:
                return
            self._base = following.start()

    def _pass(self) -> int | None:
        """Read up to the first fault; where it stopped, or None at the end of the text."""
        self._stack.clear()
        try:
            for event in yaml.parse(self._text[self._base :], Loader=yaml.CSafeLoader):
                handler = self._handlers.get(type(event))
                if handler:
                    handler(event)
        except yaml.MarkedYAMLError as error:
            self.faults.append(self._syntax(error))
            return max(self.faults[-1].span.start, self._base + 1)
        except _TooMuch as error:
            self.faults.append(error.fault)
            return max(error.fault.span.start, self._base + 1)
        return None

    def _syntax(self, error: yaml.MarkedYAMLError) -> Fault:
        mark = error.problem_mark or error.context_mark
        at = self._base + (mark.index if mark else 0)
        if error.problem and "nesting" in error.problem:
            # libyaml from 0.2.6 on has a limit of its own, which its scanner meets before the parser meets ours
            return Fault("depth", _TOO_DEEP, Span(at, min(at + 1, len(self._text))))
        problem = " ".join(part for part in (error.problem, error.context) if part) or "not YAML"
        line = self._text[self._text.rfind("\n", 0, at) + 1 : at + 200].partition("\n")[0]
        if self._text[at : at + 1] == "\t":
            problem = "a tab where YAML takes only blanks for indentation"
        elif "{{" in line and "}}" in line:
            return Fault(UNRENDERED, problem + _UNRENDERED, Span(at, min(at + 1, len(self._text))))
        return Fault("syntax", problem, Span(at, min(at + 1, len(self._text))))

    def _span(self, event: Any) -> Span:
        return Span(self._base + event.start_mark.index, self._base + event.end_mark.index)

    def _start_document(self, event: Any) -> None:
        self._anchors.clear()
        self._root = None
        self._begin = self._span(event).start

    def _end_document(self, event: Any) -> None:
        end = self._span(event).end
        root = (
            None if isinstance(self._root, Scalar) and self._root.span == (self._root.span.start,) * 2 else self._root
        )
        before = self.documents[-1].span.end if self.documents else 0
        head = self._text[max(before, self._base) : root.span.start if root else end]
        templates = _TEMPLATE.findall(head)
        self.documents.append(Document(root, Span(self._begin, end), templates[-1].strip() if templates else ""))

    def _path(self) -> Path | None:
        """Where the next value goes."""
        if not self._stack:
            return None
        frame = self._stack[-1]
        if not frame.mapping:
            return Path(frame.path, str(len(frame.nodes)))
        return Path(frame.path, frame.key.value if frame.key else "")

    def _start(self, event: Any) -> None:
        span = self._span(event)
        if len(self._stack) >= MOST_NESTED:
            raise _TooMuch("depth", _TOO_DEEP, span)
        mapping = type(event) is yaml.MappingStartEvent
        self._stack.append(_Frame(span.start, self._path(), event.anchor, mapping))
        if event.anchor:
            self._anchors[event.anchor] = None

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        span = Span(frame.start, self._span(event).end)
        node: Node = (
            Mapping(tuple(frame.entries), span, frame.path)
            if frame.mapping
            else Sequence(tuple(frame.nodes), span, frame.path)
        )
        self._put(node, frame.anchor)

    def _scalar(self, event: Any) -> None:
        style = _STYLES[event.style]
        self._put(Scalar(event.value, self._span(event), style, event.tag or "", self._path()), event.anchor)

    def _alias(self, event: Any) -> None:
        span = self._span(event)
        node = self._anchors.get(event.anchor)
        if node is None:
            known = event.anchor in self._anchors
            message = "an alias within what it names" if known else "an alias that names nothing before it"
            raise _TooMuch("alias", message, span)
        self._put(self._repeat(node, self._path(), span, len(self._stack)), None)

    def _repeat(self, node: Node, path: Path | None, alias: Span, depth: int) -> Node:
        """A copy of an anchored node with the pointers of the place of its alias."""
        self._repeated += 1
        if self._repeated > MOST_REPEATED or depth > MOST_NESTED:
            raise _TooMuch("alias", "aliases that unfold to more than any manifest needs", alias)
        if isinstance(node, Scalar):
            return Scalar(node.value, node.span, node.style, node.tag, path)
        if isinstance(node, Sequence):
            copies = tuple(
                self._repeat(item, Path(path, str(index)), alias, depth + 1) for index, item in enumerate(node.items)
            )
            return Sequence(copies, node.span, path)
        return Mapping(
            tuple(
                Entry(entry.key, self._repeat(entry.value, Path(path, entry.key.value), alias, depth + 1))
                for entry in node.entries
            ),
            node.span,
            path,
        )

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        if not frame.mapping:
            frame.nodes.append(node)
        elif frame.key is not None:
            frame.entries.append(Entry(frame.key, node))
            frame.key = None
        elif isinstance(node, Scalar):
            frame.key = Scalar(node.value, node.span, node.style, node.tag, Path(frame.path, node.value))
        else:
            message = "a key that is itself a list or a mapping"
            if self._text.startswith("{{", node.span.start - 1):
                raise _TooMuch(UNRENDERED, message + _UNRENDERED, node.span)
            raise _TooMuch("key", message, node.span)


class _TooMuch(Exception):  # noqa: N818 - control flow of one module, never seen outside
    def __init__(self, kind: str, message: str, span: Span) -> None:
        super().__init__(message)
        self.fault = Fault(kind, message, span)
