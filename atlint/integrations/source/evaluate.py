"""An expression to what is known of its value, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from atlint.integrations.source.template import Pieces, formatted, percent, pieces_of, shown, text_of
from atlint.integrations.source.text import SourceText
from atlint.integrations.source.value import (
    GAP,
    Array,
    Either,
    Member,
    Object,
    Scalar,
    Text,
    Unknown,
    Value,
    options_of,
)
from atlint.model import Span
from atlint.rules.source_names import Names, Path, dotted

#: names within names, and expressions within expressions, that are followed
_DEEPEST: Final = 60
#: characters of a text that are followed: no event is longer
_LONGEST: Final = 1_000_000
#: things that one expression may be, of which each is looked at
_MOST_OPTIONS: Final = 20


@dataclass(slots=True)
class Evaluator:
    """Evaluates the expressions of one module."""

    source: SourceText
    names: Names
    _depth: int = 0
    _known: dict[ast.expr, Value] = field(default_factory=dict)

    def value(self, node: ast.expr) -> Value:
        """What is known of the expression, seen from where it stands."""
        known = self._known.get(node)
        if known is not None:
            return known
        unknown = Unknown(self.source.span(node))
        if self._depth >= _DEEPEST:
            return unknown
        # What refers to itself is not known.
        self._known[node] = unknown
        self._depth += 1
        found = self._value(node, unknown.span)
        self._depth -= 1
        if isinstance(found, Text) and len(found.value) > _LONGEST:
            found = unknown
        self._known[node] = found
        return found

    def _value(self, node: ast.expr, span: Span) -> Value:  # noqa: C901, PLR0911 - one case for each kind of node
        match node:
            case ast.Constant():
                return self._constant(node, span)
            case ast.JoinedStr():
                return self._joined(node, span)
            case ast.Name() | ast.Attribute():
                return self._named(node, span)
            case ast.Dict():
                return self._dict(node, span)
            case ast.Call():
                return self._call(node, span)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                if any(isinstance(item, ast.Starred) for item in items):
                    return Unknown(span)
                return Array(tuple(self.value(item) for item in items), span)
            case ast.BinOp(op=ast.Add() | ast.Mod() | ast.BitOr()):
                return self._binary(node, span)
            case ast.IfExp(body=first, orelse=second):
                options = (*options_of(self.value(first)), *options_of(self.value(second)))
                return Either(options, span) if len(options) <= _MOST_OPTIONS else Unknown(span)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return Scalar(-number, span)
            case ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self.value(inner)
        return Unknown(span)

    def _constant(self, node: ast.Constant, span: Span) -> Value:
        value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if isinstance(value, str):
            found = self.source.characters(span)
            if found is None or "".join(char or GAP for char, _ in found) != value:
                return Text(value, span, (span,) * len(value))
            return Text(value, span, tuple(place for _, place in found))
        if value is None or isinstance(value, bool | int | float):
            return Scalar(value, span)
        return Unknown(span)

    def _joined(self, node: ast.JoinedStr, span: Span) -> Value:
        found = self.source.characters(span)
        constant = "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else GAP
            for part in node.values
        )
        exact = found is not None and "".join(char or GAP for char, _ in found) == constant
        places = [place for _, place in found or ()] if exact else [span] * len(constant)

        def pieces() -> Pieces:
            at = 0
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    plain = part.conversion == -1 and part.format_spec is None
                    yield from shown(self.value(part.value) if plain else Unknown(span), places[at])
                    at += 1
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield from zip(part.value, places[at : at + len(part.value)], strict=True)
                    at += len(part.value)

        return text_of(pieces(), span)

    def _named(self, node: ast.expr, span: Span) -> Value:
        name, scope = dotted(node), self.names.scopes[node]
        bound = scope.bound(name) if name else None
        if bound is None:
            return Unknown(span)
        return _used(self.value(bound), scope.changes_of(name), span)

    def _dict(self, node: ast.Dict, span: Span) -> Object:
        members: dict[str, Member] = {}
        complete = True
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(value)
            if key is None:
                complete = self._spread(found, members) and complete
                continue
            name = self.value(key)
            if isinstance(name, Text) and name.whole:
                members[name.value] = Member(self.source.span(key), found)
            else:
                complete = False
        return Object(members, span, complete)

    def _spread(self, value: Value, members: dict[str, Member]) -> bool:
        """Take over the members of a `**` value; says whether these are all."""
        if not isinstance(value, Object):
            return False
        members.update(value.members)
        return value.complete

    def _call(self, node: ast.Call, span: Span) -> Value:
        match node.func:
            case ast.Name(id="str") if len(node.args) == 1 and not node.keywords:
                return text_of(shown(self.value(node.args[0]), span), span)
            case ast.Attribute(attr="format", value=template):
                text = self.value(template)
                if isinstance(text, Text) and not any(isinstance(arg, ast.Starred) for arg in node.args):
                    values = [self.value(arg) for arg in node.args]
                    named = {k.arg: self.value(k.value) for k in node.keywords if k.arg}
                    return formatted(text, values, named, span)
        if not node.keywords:
            return Unknown(span)
        plain = isinstance(node.func, ast.Name) and node.func.id == "dict"
        members: dict[str, Member] = {}
        complete = plain and not node.args
        for keyword in node.keywords:
            found = self.value(keyword.value)
            if keyword.arg is None:
                complete = self._spread(found, members) and complete
            else:
                start = self.source.span(keyword).start
                members[keyword.arg] = Member(Span(start, start + len(keyword.arg)), found)
        return Object(members, span, complete, call=not plain)

    def _binary(self, node: ast.BinOp, span: Span) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and (isinstance(left, Text) or isinstance(right, Text)):
            return text_of((piece for side in (left, right) for piece in pieces_of(side)), span)
        if isinstance(node.op, ast.Mod) and isinstance(left, Text):
            values = right.items if isinstance(right, Array) else (right,)
            named = right.members if isinstance(right, Object) else {}
            return percent(left, values, {name: member.value for name, member in named.items()}, span)
        if isinstance(node.op, ast.BitOr) and isinstance(left, Object) and isinstance(right, Object):
            return Object({**left.members, **right.members}, span, left.complete and right.complete)
        return Unknown(span)


def _used(value: Value, changes: tuple[Path, ...], span: Span) -> Value:
    """A value where the name is used that stands for it, and for what is changed later."""
    if isinstance(value, Object):
        return changed(value, changes)
    if isinstance(value, Array):
        return value if not changes else Unknown(span)
    if isinstance(value, Either):
        return Either(tuple(_used(option, changes, span) for option in value.options), span)
    if isinstance(value, Text):
        return Text(value.value, span, (span,) * len(value.value))
    return replace(value, span=span)


def changed(value: Object, changes: Iterable[Path]) -> Object:
    """The object of which the parts that are changed later are not known."""
    for path in changes:
        value = _changed(value, path)
    return value


def _changed(value: Object, path: Path) -> Object:
    key, *rest = path or (None,)
    members: Mapping[str, Member] = value.members
    if key is None or key not in members:
        return replace(value, complete=False)
    member = members[key]
    inner = (
        _changed(member.value, tuple(rest)) if rest and isinstance(member.value, Object) else Unknown(member.value.span)
    )
    return replace(value, members={**members, key: Member(member.key, inner)})
