"""The nodes of a YAML document: frozen, each with its span in the file and its RFC 6901 pointer."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from atlint.model import Json, Span
from atlint.pointer import escape

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE: Final = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_INTEGER: Final = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[1-9][0-9_]*|0)")
_FLOAT: Final = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
#: a plain scalar with more code points is no number that anybody meant
_LONGEST_NUMBER: Final = 40


class Style(enum.StrEnum):
    """How a scalar is written."""

    PLAIN = "plain"
    SINGLE = "single-quoted"
    DOUBLE = "double-quoted"
    LITERAL = "literal"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Path:
    """The way from the document's root, shared between the nodes along it."""

    parent: Path | None
    token: str

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer."""
        tokens: list[str] = []
        at: Path | None = self
        while at is not None:
            tokens.append("/" + escape(at.token))
            at = at.parent
        return "".join(reversed(tokens))


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `span` covers what stands in the file: quotes, tag and the header of a block included."""

    value: str
    span: Span
    style: Style = Style.PLAIN
    #: an explicit tag, as the file's author meant it
    tag: str = ""
    path: Path | None = field(default=None, compare=False, repr=False)

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer from the root of the document; that of its value, for a key."""
        return self.path.pointer if self.path else ""

    @property
    def json(self) -> Json:
        """What Kubernetes reads: YAML 1.1, so a plain `yes` is true and a plain `010` is eight."""
        if self.tag == "tag:yaml.org,2002:str" or self.style is not Style.PLAIN:
            return self.value
        return _implicit(self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    path: Path | None = field(default=None, compare=False, repr=False)

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer from the root of the document."""
        return self.path.pointer if self.path else ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file, duplicates included."""

    entries: tuple[Entry, ...]
    span: Span
    path: Path | None = field(default=None, compare=False, repr=False)

    @property
    def pointer(self) -> str:
        """The RFC 6901 pointer from the root of the document."""
        return self.path.pointer if self.path else ""

    def entry(self, key: str) -> Entry | None:
        """The entry that counts: the last of several, then one that `<<` merges in, then none."""
        for entry in reversed(self.entries):
            if entry.key.value == key:
                return entry
        for entry in self.entries:
            if entry.key.value == "<<" and entry.key.style is Style.PLAIN:
                merged = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
                for mapping in merged:
                    if isinstance(mapping, Mapping) and (found := mapping.entry(key)) is not None:
                        return found
        return None

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        entry = self.entry(key)
        return entry.value if entry else None

    def duplicates(self) -> Iterator[tuple[Entry, Entry]]:
        """Each entry whose key was there before, behind the first entry of that key."""
        first: dict[str, Entry] = {}
        for entry in self.entries:
            before = first.setdefault(entry.key.value, entry)
            if before is not entry:
                yield before, entry


Node: TypeAlias = Scalar | Sequence | Mapping


def at(node: Node | None, *tokens: str | int) -> Node | None:
    """The node that the keys and indices lead to, or None as soon as there is none."""
    for token in tokens:
        if isinstance(node, Mapping) and isinstance(token, str):
            node = node.get(token)
        elif isinstance(node, Sequence) and isinstance(token, int) and 0 <= token < len(node.items):
            node = node.items[token]
        else:
            return None
    return node


def items(node: Node | None) -> tuple[Node, ...]:
    """The members of a list; nothing for anything else."""
    return node.items if isinstance(node, Sequence) else ()


def entries(node: Node | None) -> tuple[Entry, ...]:
    """The entries of a mapping; nothing for anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def text(node: Node | None) -> str:
    """The text of a scalar as it is written; nothing for null and for anything else."""
    return node.value if isinstance(node, Scalar) and node.json is not None else ""


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the file; keys are not nodes."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, Sequence):
            pending.extend(reversed(current.items))
        elif isinstance(current, Mapping):
            pending.extend(entry.value for entry in reversed(current.entries))


def to_json(node: Node | None) -> Json:
    """The node as a JSON value, for validators: the last of several equal keys wins."""
    if isinstance(node, Sequence):
        return [to_json(item) for item in node.items]
    if isinstance(node, Mapping):
        return {entry.key.value: to_json(entry.value) for entry in node.entries}
    return node.json if node is not None else None


def _implicit(value: str) -> Json:
    if value in _NULL:
        return None
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    if len(value) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(value):
            return _integer(value)
        if _FLOAT.fullmatch(value):
            return float(value.replace("_", ""))
    return value


def _integer(value: str) -> Json:
    digits = value.replace("_", "")
    octal = re.fullmatch(r"([-+]?)0o?([0-7]+)", digits)
    try:
        return int(octal[1] + octal[2], 8) if octal else int(digits, 0)
    except ValueError:
        return value
