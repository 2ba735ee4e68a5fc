"""A place in a document to a page about it: the rules that found something, the field, the CRN taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from atlint.integrations.lsp.document import Document, Holds
from atlint.integrations.lsp.field import Field, field_at, registered_at
from atlint.lint.engine import Judge
from atlint.model import Said, Span
from atlint.plan.grammar import load
from atlint.report.printable import printable
from atlint.report.redact import Redactor
from atlint.report.rule_page import cited, page
from atlint.rules import REGISTRY

#: a page in Markdown, and what it is about, where that is known
Page: TypeAlias = tuple[str, Span | None]
_CRN: Final = "at-crn"


def hover(
    document: Document, offset: int, codes: Iterable[str], judges: list[Judge], redactor: Redactor
) -> Page | None:
    """The page; None where there is nothing to say. `codes` are those of the findings that stand there."""
    parts = [page(REGISTRY[code]).rstrip() for code in codes if code in REGISTRY]
    span = None
    if document.holds is Holds.CLUSTER:
        registered = registered_at(document, offset)
        if registered is not None:
            pointer, schema, span = registered
            parts.insert(0, "\n\n".join(_registered(pointer, schema)))
    elif (field := field_at(document, offset, judges)) is not None:
        span = field.span
        parts.insert(0, "\n\n".join(_field(field)))
        if field.value is not None and (field.value.startswith("crn:") or field.node.form == _CRN):
            parts.insert(1, "\n".join(_crn(field, redactor)))
    return ("\n\n---\n\n".join(parts), span) if parts else None


def _field(field: Field) -> Iterator[str]:
    """What the edition's schema says of a field."""
    node, plan = field.node, field.plan
    yield f"**`{printable(field.pointer)}`** in {plan.edition}"
    holder = plan.node(field.pointer.rpartition("/")[0])
    name = field.pointer.rpartition("/")[2]
    facts = [" or ".join(sorted(node.types)) or "anything"]
    if node.forbidden:
        facts = ["not sent by a producer"]
    elif holder is not None and name in holder.required:
        facts.append(f"required ({node.missing})" if node.missing else "required")
    else:
        facts.append("optional")
    if node.sensitive:
        facts.append("sensitive: masked in reports")
    yield ", ".join(facts)
    if node.description:
        yield node.description
    if node.choices:
        yield f"One of {_listed(node.choices)}."
    if node.examples:
        yield f"For example {_listed(node.examples[:2])}."
    if node.members:
        yield f"Holds {_listed(name for name, member in node.members.items() if not member.forbidden)}."
    if node.cites:
        yield "\n".join(f"- {cited(cite)}" for cite in node.cites)


def _registered(pointer: str, schema: dict[str, Any]) -> Iterator[str]:
    """What the registration's schema says of a field."""
    yield f"**`{printable(pointer)}`** in a registration"
    yield str(schema["description"])
    if "enum" in schema:
        yield f"One of {_listed(schema['enum'])}."
    if "examples" in schema:
        yield f"For example {_listed(schema['examples'][:2])}."


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(f"`{value if isinstance(value, str) else json.dumps(value)}`" for value in values)


def _crn(field: Field, redactor: Redactor) -> Iterator[str]:
    """The segments of a CRN, each with what the grammar wants there."""
    grammar = load("crn")
    names = list(grammar.pattern(parts=True).groupindex)
    first, *segments = (field.value or "").split(":", len(names))
    yield "| segment | here | wanted |"
    yield "|---|---|---|"
    if first != "crn":
        yield f"| | {_shown(field, first, redactor)} | **not** `crn` |"
    for index, name in enumerate(names):
        wanted = grammar.words.get(name, name)
        if index >= len(segments):
            yield f"| {name} | *missing* | **not** {wanted} |"
            continue
        fits = grammar.pattern(name).fullmatch(segments[index]) is not None
        yield f"| {name} | {_shown(field, segments[index], redactor)} | {'' if fits else '**not** '}{wanted} |"


def _shown(field: Field, text: str, redactor: Redactor) -> str:
    """A segment as code within a table; an account is masked, as everywhere."""
    if not text:
        return "*empty*"
    if text.startswith("a/") and not redactor.show_values:
        return f"`a/{redactor.mask(text.removeprefix('a/'))}`"
    shown = redactor.value(field.plan, Said(text, field.pointer))
    return f"`{shown.strip(chr(39)).replace('`', '').replace('|', '/')}`"
