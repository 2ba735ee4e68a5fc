"""A module to its names: which are bound once and to what, and which objects are changed after they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: methods of a dict that change it
_CHANGING: Final = frozenset({"update", "setdefault", "pop", "popitem", "clear", "__setitem__"})

#: the keys from an object down to what is changed; ends with None where a key is not known
Path: TypeAlias = "tuple[str | None, ...]"


@dataclass(slots=True, eq=False)
class Scope:
    """The module, a function, or a class body. A dotted name (`self.event`) belongs to the module."""

    node: ast.AST
    outer: Scope | None = None
    #: name -> what it is bound to; None for a binding that is no plain assignment
    bindings: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    changes: dict[str, list[Path]] = field(default_factory=dict)
    classes: dict[str, Scope] = field(default_factory=dict)
    functions: dict[str, Scope] = field(default_factory=dict)

    def bound(self, name: str) -> ast.expr | None:
        """What a name, or the attribute of a class of this module, stands for; None where that is not certain."""
        head, _, rest = name.partition(".")
        scope = self.holder(name if name.startswith("self.") else head)
        if scope is None:
            return None
        if rest and not name.startswith("self."):
            inner = scope.classes.get(head)
            return inner.only(rest.removesuffix(".value")) if inner and len(scope.bindings[head]) == 1 else None
        return scope.only(name)

    def only(self, name: str) -> ast.expr | None:
        """The one expression that this scope binds a name to; None where there are more or none."""
        values = self.bindings.get(name, ())
        return values[0] if len(values) == 1 else None

    def values(self, name: str) -> tuple[ast.expr, ...]:
        """All that a name is plainly bound to, anywhere in its scope."""
        scope = self.holder(name)
        return tuple(value for value in scope.bindings[name] if value is not None) if scope else ()

    def function(self, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function of this module that a name stands for; None where it is bound to anything else too."""
        scope = self.holder(name)
        inner = scope.functions.get(name) if scope and len(scope.bindings[name]) == 1 else None
        return inner.node if inner and isinstance(inner.node, ast.FunctionDef | ast.AsyncFunctionDef) else None

    def changes_of(self, name: str) -> tuple[Path, ...]:
        """The changes to what a name holds, wherever in the module they stand."""
        scope = self.holder(name)
        return tuple(scope.changes.get(name, ())) if scope else ()

    def holder(self, name: str) -> Scope | None:
        """The scope that a name belongs to, seen from here; a class body is seen only from within itself."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings and (scope is self or not isinstance(scope.node, ast.ClassDef)):
                return scope
            scope = scope.outer
        return None


@dataclass(frozen=True, slots=True)
class Names:
    """All scopes of a module."""

    module: Scope
    #: the scope in which each expression and statement stands
    scopes: Mapping[ast.AST, Scope]
    #: a function or method -> the changes that are made to what it returned
    returned: Mapping[str, tuple[Path, ...]]


def dotted(node: ast.AST) -> str:
    """`a` or `a.b.c`; empty for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def names_of(tree: ast.Module) -> Names:
    """The names of a parsed module."""
    module = Scope(tree)
    scopes: dict[ast.AST, Scope] = {}
    todo: list[tuple[ast.AST, Scope]] = [(tree, module)]
    while todo:
        node, scope = todo.pop()
        scopes[node] = scope
        for name, value in _bindings(node):
            owner = module if name.startswith("self.") else scope
            owner.bindings.setdefault(name, []).append(value)
        inner = scope
        if isinstance(node, _SCOPES):
            inner = Scope(node, scope)
            if isinstance(node, ast.ClassDef):
                scope.classes[node.name] = inner
            elif not isinstance(node, ast.Lambda):
                scope.functions[node.name] = inner
        todo += ((child, inner) for child in reversed(list(ast.iter_child_nodes(node))))
    _enter_changes(scopes)
    return Names(module, MappingProxyType(scopes), MappingProxyType(_returned(scopes)))


def _enter_changes(scopes: Mapping[ast.AST, Scope]) -> None:
    # `event["payload"] |= more` adds to what is there, and stores nothing else in its place
    augmented = {node.target for node in scopes if isinstance(node, ast.AugAssign)}
    for node, scope in scopes.items():
        for name, path in _changes(node) if node not in augmented else ():
            holder = scope.holder(name)
            if holder is not None:
                holder.changes.setdefault(name, []).append(path)


def _returned(scopes: Mapping[ast.AST, Scope]) -> dict[str, tuple[Path, ...]]:
    found: dict[str, list[Path]] = {}
    for node, scope in scopes.items():
        for function, changes in _later(node, scope):
            found.setdefault(function, []).extend(changes)
    return {function: tuple(dict.fromkeys(changes)) for function, changes in found.items()}


def _later(node: ast.AST, scope: Scope) -> Iterator[tuple[str, Iterable[Path]]]:
    """The functions whose value one node gives a name to, or takes into another object, and what is changed of it."""
    match node:
        case ast.Assign(targets=targets, value=ast.Call(func=function)):
            for target in targets:
                if name := _assignable(target):
                    yield _last(function), scope.changes_of(name)
        case (
            ast.AnnAssign(target=target, value=ast.Call(func=function))
            | ast.NamedExpr(target=target, value=ast.Call(func=function))
        ):
            if name := _assignable(target):
                yield _last(function), scope.changes_of(name)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                inner, path = _keyed(value)
                if key is None and isinstance(inner, ast.Call):
                    yield _last(inner.func), ((*path, None),)


def _last(function: ast.expr) -> str:
    return dotted(function).rpartition(".")[2]


def _bindings(  # noqa: C901, PLR0912 - one case for each statement that binds a name
    node: ast.AST,
) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that one node binds, each with its expression where it is a plain assignment."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if name := _assignable(target):
                    yield name, value
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            if name := _assignable(target):
                yield name, value
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, None
        case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
            yield name, None
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0], None
        case ast.Global(names=others) | ast.Nonlocal(names=others):
            yield from ((other, None) for other in others)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name, None
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            if name := _assignable(target):
                yield name, value
        case ast.For() | ast.AsyncFor() | ast.comprehension() | ast.AugAssign() | ast.Delete():
            yield from ((stored, None) for stored in _stored(node))
        case ast.Tuple(ctx=ast.Store(), elts=targets) | ast.List(ctx=ast.Store(), elts=targets):
            for target in targets:
                if name := _assignable(target):
                    yield name, None


def _assignable(target: ast.AST) -> str:
    name = dotted(target)
    return name if "." not in name or (name.startswith("self.") and name.count(".") == 1) else ""


def _stored(node: ast.AST) -> Iterator[str]:
    """The plain targets of a loop, `+=` or `del`; those within a tuple have a node of their own."""
    single = getattr(node, "target", None)
    targets = getattr(node, "targets", None) or ([single] if single is not None else [])
    yield from filter(None, map(_assignable, targets))


def _changes(node: ast.AST) -> Iterator[tuple[str, Path]]:
    """The changes that one node makes to an object that has a name."""
    match node:
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield from _path(node)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in _CHANGING:
            for name, path in _path(value):
                yield name, (*path, None)
        case ast.AugAssign(target=target):
            for name, path in _path(target):
                yield name, (*path, None)


def _path(node: ast.AST) -> Iterator[tuple[str, Path]]:
    inner, path = _keyed(node)
    if name := _assignable(inner):
        yield name, path


def _keyed(node: ast.AST) -> tuple[ast.AST, Path]:
    """`event["payload"]["outcome"]` as `event` and its keys."""
    keys: list[str | None] = []
    while isinstance(node, ast.Subscript):
        key = node.slice
        keys.append(key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None)
        node = node.value
    return node, tuple(reversed(keys))
