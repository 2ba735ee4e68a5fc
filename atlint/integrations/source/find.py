"""A parsed module to the literals in it that are events."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.integrations.source.embedded import objects_in
from atlint.integrations.source.evaluate import Evaluator, changed
from atlint.integrations.source.value import Array, Either, Object, Text, Value, options_of
from atlint.model import Span
from atlint.rules.source_flow import BESIDE, ENOUGH, RECORD, returned
from atlint.rules.source_names import Names, Path, dotted

#: what holds the record in the editions that have it at the root's `payload`
PAYLOAD: Final = "payload"


@dataclass(frozen=True, slots=True)
class Literal:
    """An event written in Python. `record` says that it is what `payload` holds, without what is around it."""

    value: Object
    record: bool


def literals(evaluator: Evaluator, tree: ast.Module) -> Iterator[Literal]:
    """The events of a module, those within others and those that others are made of left out."""
    passed_over = _templates(evaluator.names) | _documentation(tree)
    targets, givers = _targets(tree), _givers(evaluator.names)
    found: list[Object] = []
    for node in ast.walk(tree):
        if node in passed_over:
            passed_over.update(ast.iter_child_nodes(node))
        elif isinstance(node, ast.expr):
            scope, names = evaluator.names.scopes[node], evaluator.names
            changes = [path for name in targets.get(node, ()) for path in scope.changes_of(name)]
            changes += [path for function in givers.get(node, ()) for path in names.returned.get(function, ())]
            objects = list(_objects(evaluator, node, changes))
            if not isinstance(node, ast.Dict | ast.List | ast.Tuple) and any(map(_kind, objects)):
                passed_over.update(ast.iter_child_nodes(node))
            found += objects
    inner: set[Span] = set()
    for wanted in (PAYLOAD, "record"):
        for value in found:
            if _kind(value) == wanted and value.span not in inner:
                yield Literal(value, record=wanted != PAYLOAD)
                _add_all(value, inner)


def _kind(value: Object) -> str:
    names = value.members.keys()
    if PAYLOAD in names:
        payloads = options_of(value.members[PAYLOAD].value)
        told = any(isinstance(payload, Object) and payload.members.keys() & RECORD for payload in payloads)
        if told or (not value.call and names & BESIDE):
            return PAYLOAD
    return "record" if len(names & RECORD) >= ENOUGH else ""


def _objects(evaluator: Evaluator, node: ast.expr, changes: Iterable[Path]) -> Iterator[Object]:
    """What an expression that is no name gives: an object, or those in a JSON text."""
    if not isinstance(node, ast.Dict | ast.Call | ast.Constant | ast.JoinedStr | ast.BinOp):
        return
    value = evaluator.value(node)
    if isinstance(value, Object):
        yield changed(value, changes)
    elif isinstance(value, Text) and value.value.lstrip()[:1] == "{" and '"' in value.value:
        yield from objects_in(value)


def _add_all(value: Value, spans: set[Span]) -> None:
    """Add the places of an object and of those within it."""
    if isinstance(value, Object) and value.span not in spans:
        spans.add(value.span)
        for member in value.members.values():
            _add_all(member.value, spans)
    elif isinstance(value, Array):
        for item in value.items:
            _add_all(item, spans)
    elif isinstance(value, Either):
        for option in value.options:
            _add_all(option, spans)


def _targets(tree: ast.Module) -> dict[ast.expr, list[str]]:
    """The names that expressions are assigned to, and the branches of those that have some."""
    found: dict[ast.expr, list[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                found.setdefault(value, []).extend(filter(None, map(dotted, targets)))
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                found.setdefault(value, []).append(dotted(target))
    branches = [value for value in found if isinstance(value, ast.IfExp)]
    for value in branches:
        for branch in (value.body, value.orelse):
            found.setdefault(branch, []).extend(found[value])
            if isinstance(branch, ast.IfExp):
                branches.append(branch)
    return found


def _givers(names: Names) -> dict[ast.expr, list[str]]:
    """The expressions that functions return, by themselves or by a name, and these functions."""
    found: dict[ast.expr, list[str]] = {}
    for node in names.scopes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names.returned:
            for value in returned(node):
                name = dotted(value)
                for given in names.scopes[value].values(name) if name else (value,):
                    found.setdefault(given, []).append(node.name)
    return found


def _templates(names: Names) -> set[ast.AST]:
    """Texts behind names that are filled in elsewhere: they are read there."""
    found: set[ast.AST] = set()
    for node, scope in names.scopes.items():
        match node:
            case ast.BinOp(op=ast.Mod(), left=template) | ast.Call(func=ast.Attribute(attr="format", value=template)):
                bound = scope.bound(dotted(template)) if dotted(template) else None
                if bound is not None:
                    found.add(bound)
    return found


def _documentation(tree: ast.Module) -> set[ast.AST]:
    return {node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
