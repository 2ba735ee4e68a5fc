"""A place in a document to what stands there: the field's pointer and node, and its value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atlint.integrations import source
from atlint.integrations.lsp.document import Document, Holds
from atlint.integrations.source.evaluate import Evaluator
from atlint.integrations.source.find import PAYLOAD, literals
from atlint.integrations.source.text import SourceText
from atlint.integrations.source.value import Array, Object, Text, Value, options_of
from atlint.lint.editions import picker
from atlint.lint.engine import Judge
from atlint.model import AtlintError, Line, Span
from atlint.pipeline import document as yaml
from atlint.pipeline.node import Mapping, Sequence
from atlint.pipeline.node import Node as YamlNode
from atlint.pipeline.registration_file import is_registration
from atlint.plan import Node, Plan
from atlint.plan.truth import read_json
from atlint.pointer import Scan, escape, resolve, scan, tokens
from atlint.rules.source_names import names_of


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an event. `span` is what is pointed at, `value` the string that stands there, if one does."""

    pointer: str
    node: Node
    plan: Plan
    span: Span
    value: str | None = None


def field_at(document: Document, offset: int, judges: list[Judge]) -> Field | None:
    """The innermost field of an event at an offset; None where there is none that the edition knows."""
    if document.holds is Holds.LOG:
        return _in_log(document, offset, judges)
    return _in_python(document, offset, judges) if document.holds is Holds.PYTHON else None


def _in_log(document: Document, offset: int, judges: list[Judge]) -> Field | None:
    number, span = document.line_of(offset)
    text = document.plain[span.start : span.end]
    found = scan(text.rstrip("\r"))
    if not isinstance(found, Scan):
        return None
    plan = picker(judges)(Line(document.path, number, 0, text.encode())).plan
    at = offset - span.start
    best: tuple[int, str, Span] | None = None
    for pointer, member in found.members.items():
        for place in filter(None, (member.key, member.value)):
            if place.start <= at < place.end and (best is None or place.end - place.start < best[0]):
                best = (place.end - place.start, pointer, place)
    node = plan.node(best[1]) if best else None
    if best is None or node is None or not best[1]:
        return None
    value = resolve(found.value, best[1])
    where = Span(best[2].start + span.start, best[2].end + span.start)
    return Field(best[1], node, plan, where, value if isinstance(value, str) else None)


def _in_python(document: Document, offset: int, judges: list[Judge]) -> Field | None:
    text = SourceText(document.plain[document.skipped :])
    try:
        tree = source.parse(text.text, document.path)
    except AtlintError:
        return None
    # Python's reader takes every line end for one character.
    head = document.plain[document.skipped : offset]
    at = len(head.replace("\r\n", "\n"))
    plan = judges[0].plan
    for literal in literals(Evaluator(text, names_of(tree)), tree):
        within = plan.record if literal.record else ""
        if not literal.record and PAYLOAD in literal.value.members:
            plan = next((judge.plan for judge in judges if judge.plan.record), plan)
        found = max(_members(literal.value, within, at), key=lambda each: len(each[0]), default=None)
        node = plan.node(found[0]) if found else None
        if found is not None and node is not None:
            value = found[2]
            start = document.offset_of(*text.where(found[1].start))
            end = start + text.end_column(found[1]) - text.where(found[1].start)[1]
            whole = value.value if isinstance(value, Text) and value.whole else None
            return Field(found[0], node, plan, Span(start, end), whole)
    return None


def _members(value: Value, pointer: str, at: int) -> Iterator[tuple[str, Span, Value]]:
    """The members whose key or value is at an offset, with what is pointed at."""
    if isinstance(value, Object):
        for name, member in value.members.items():
            here = f"{pointer}/{escape(name)}"
            options = options_of(member.value)
            for span, pointed in ((member.key, member.value), *((option.span, option) for option in options)):
                if span.start <= at < span.end:
                    yield here, span, pointed
            for option in options:
                yield from _members(option, here, at)
    elif isinstance(value, Array):
        for index, item in enumerate(value.items):
            yield from _members(item, f"{pointer}/{index}", at)


def registered_at(document: Document, offset: int) -> tuple[str, dict[str, Any], Span] | None:
    """A registration's field at an offset: its pointer, its schema, and what is pointed at."""
    stream = yaml.read(document.plain.encode(), document.path, fence=True)
    if not is_registration(stream) or not stream.documents or stream.documents[0].root is None:
        return None
    at = offset - document.skipped
    found = list(_entries(stream.documents[0].root, at))
    schema = read_json("registration.schema.json")
    for pointer, span in reversed(found):
        node: dict[str, Any] = schema
        for token in tokens(pointer):
            node = _resolved(
                schema, node.get("items", {}) if token.isdigit() else node.get("properties", {}).get(token, {})
            )
        if node.get("description"):
            return pointer, node, Span(span.start + document.skipped, span.end + document.skipped)
    return None


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref", "")
    found: Any = resolve(schema, reference[1:]) if reference.startswith("#/") else {}
    return {**found, **node}


def _entries(node: YamlNode, at: int) -> Iterator[tuple[str, Span]]:
    """The keys and values at an offset, outer ones first."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            if entry.key.span.start <= at < entry.key.span.end:
                yield entry.value.pointer, entry.key.span
            elif entry.value.span.start <= at < entry.value.span.end:
                yield entry.value.pointer, entry.value.span
                yield from _entries(entry.value, at)
    elif isinstance(node, Sequence):
        for item in node.items:
            if item.span.start <= at < item.span.end:
                yield from _entries(item, at)
