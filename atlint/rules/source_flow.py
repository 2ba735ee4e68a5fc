"""What a Python module writes where: paths below the log root, logs of events, and what flows into them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from atlint.rules.source_names import Names, Scope, dotted, names_of

#: the variable that names the folder of the logs to a program
ROOT_VARIABLE: Final = "AT_LOG_ROOT"
#: the folders that the tailer's documentation names (SEED)
_ROOT: Final = re.compile(r"/var/log/at(?:-no-rotate)?(?:/|$)")
#: names that services give to the logger of their events
_LOGGER: Final = re.compile(r"(?:^|[._-])(?:at|audit|activity[._-]?tracker)(?:[._-]|$)", re.IGNORECASE)
_LEVELS: Final = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception", "log"})
_HANDLERS: Final = frozenset({"FileHandler", "WatchedFileHandler", "RotatingFileHandler", "TimedRotatingFileHandler"})
#: a literal with four of these is an event's record (decision 7)
RECORD: Final = frozenset({"action", "outcome", "severity", "eventTime", "initiator", "target", "reason"})
ENOUGH: Final = 4
#: what stands beside `payload` in an event, and in nobody else's message
BESIDE: Final = frozenset({"meta", "logSourceCRN", "saveServiceCopy"})
#: names and functions that are followed one behind the other
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class LogPath:
    """A path below the log root; `constant` where every process that runs this writes to the same one."""

    constant: bool


@dataclass(frozen=True, slots=True)
class Sink:
    """A call that writes. `log` says that it surely writes to a log of events."""

    call: ast.Call
    #: "write", "print", "logger" or "dump"
    kind: str
    written: tuple[ast.expr, ...]
    log: bool


@dataclass(slots=True)
class Flow:
    """The facts of one module."""

    tree: ast.Module
    names: Names = field(init=False)
    calls: tuple[ast.Call, ...] = field(init=False)
    #: where each imported name comes from: `dumps` -> `json.dumps`
    imported: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect the names, calls and imports."""
        self.names = names_of(self.tree)
        self.calls = tuple(node for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                self.imported |= {one.asname: one.name for one in node.names if one.asname}
            elif isinstance(node, ast.ImportFrom) and node.module:
                self.imported |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}

    def called(self, call: ast.expr) -> str:
        """The full name of what is called: `json.dumps`, however it was imported; empty where it has none."""
        name = dotted(call.func) if isinstance(call, ast.Call) else ""
        head, dot, rest = name.partition(".")
        return f"{self.imported.get(head, head)}{dot}{rest}"

    def scope(self, node: ast.AST) -> Scope:
        """The scope in which a node stands."""
        return self.names.scopes[node]

    def values(self, node: ast.expr) -> Iterator[ast.expr]:
        """The expression, or those that the name in its place is bound to."""
        return (one for one in _followed((node,), self._bound) if not dotted(one))

    def _bound(self, node: ast.expr) -> Iterable[ast.expr]:
        name = dotted(node)
        return self.scope(node).values(name) if name else ()

    def log_path(self, node: ast.expr) -> LogPath | None:
        """What is known of a path; None where it is not surely below the log root."""
        parts = list(self._parts(node, 0, set()))
        first = next((part for part in parts if part), None)
        if first is None or not (first == ROOT_VARIABLE or _ROOT.match(first)):
            return None
        return LogPath(constant=None not in parts)

    def _parts(  # noqa: C901, PLR0912 - one case for each way to write a path
        self, node: ast.expr, depth: int, seen: set[ast.expr]
    ) -> Iterator[str | None]:
        """The pieces of a path, once of each name: constants, ROOT_VARIABLE where it is read, None for what varies."""
        if depth > _DEEPEST:
            yield None
            return
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Name() | ast.Attribute():
                bound = self.scope(node).bound(dotted(node)) if dotted(node) else None
                if bound is None:
                    yield None
                elif bound not in seen:
                    seen.add(bound)
                    yield from self._parts(bound, deeper, seen)
            case ast.JoinedStr(values=values):
                for value in values:
                    yield from self._parts(
                        value.value if isinstance(value, ast.FormattedValue) else value, deeper, seen
                    )
            case ast.BinOp(op=ast.Add() | ast.Div(), left=left, right=right):
                yield from self._parts(left, deeper, seen)
                yield from self._parts(right, deeper, seen)
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                yield key if key == ROOT_VARIABLE else None
            case ast.Call(args=[ast.Constant(value=str(key)), *_]) if self._reads_variable(node):
                yield key if key == ROOT_VARIABLE else None
            case ast.Call(args=args) if self.called(node).rpartition(".")[2] in {"join", "Path", "PurePath", "str"}:
                for arg in args:
                    yield from self._parts(arg, deeper, seen)
            case ast.Call(func=ast.Attribute(attr="joinpath", value=value), args=args):
                for arg in (value, *args):
                    yield from self._parts(arg, deeper, seen)
            case _:
                yield None

    def _reads_variable(self, call: ast.Call) -> bool:
        return self.called(call) in {"os.getenv", "os.environ.get"}

    def opened(self, call: ast.expr) -> ast.expr | None:
        """The path that a call opens for writing; None for any other call."""
        if not isinstance(call, ast.Call):
            return None
        name = self.called(call)
        if name.rpartition(".")[2] in _HANDLERS:
            return _argument(call, 0, "filename")
        if name in {"open", "io.open", "codecs.open"}:
            return _argument(call, 0, "file") if _writes(_argument(call, 1, "mode")) else None
        if name == "os.open":
            flags = {node.attr for arg in call.args[1:2] for node in ast.walk(arg) if isinstance(node, ast.Attribute)}
            return call.args[0] if flags & {"O_WRONLY", "O_RDWR", "O_APPEND"} else None
        return _path_written(call)

    def is_log_file(self, node: ast.expr) -> bool:
        """Whether an expression is a file, or a handler of one, below the log root."""
        opened = (self.opened(value) for one in _followed((node,), self._wrapped) for value in self.values(one))
        return any(path is not None and self.log_path(path) is not None for path in opened)

    def _wrapped(self, node: ast.expr) -> Iterator[ast.expr]:
        """The descriptor or file of which a call makes another."""
        for value in self.values(node):
            if self.called(value) in {"os.fdopen", "open"} and isinstance(value, ast.Call) and value.args[:1]:
                inner = value.args[0]
                if isinstance(inner, ast.Name | ast.Call):
                    yield inner

    def is_event_logger(self, node: ast.expr) -> bool:
        """Whether an expression is a logger of events: by its name, or by a handler that it was given."""
        for value in self.values(node):
            if self.called(value).rpartition(".")[2] != "getLogger" or not isinstance(value, ast.Call):
                continue
            name = _argument(value, 0, "name")
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and _LOGGER.search(name.value):
                return True
        return any(self._gives_log(call, dotted(node)) for call in self.calls) if dotted(node) else False

    def _gives_log(self, call: ast.Call, logger: str) -> bool:
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr != "addHandler" or dotted(func.value) != logger:
            return False
        return bool(call.args) and self.is_log_file(call.args[0])

    def sinks(self) -> Iterator[Sink]:
        """Every call of the module that writes something somewhere."""
        for call in self.calls:
            name = self.called(call)
            stream = _argument(call, -1, "file")
            if name == "print" and stream is not None:
                yield Sink(call, "print", tuple(call.args), self.is_log_file(stream))
            elif name == "os.write" and len(call.args) == 2:
                yield Sink(call, "write", (call.args[1],), self.is_log_file(call.args[0]))
            elif isinstance(call.func, ast.Attribute) and call.args:
                holder = call.func.value
                if call.func.attr in {"write", "writelines", "write_text", "write_bytes"}:
                    log = self.is_log_file(holder) or self.log_path(holder) is not None
                    yield Sink(call, "write", tuple(call.args[:1]), log)
                elif call.func.attr in _LEVELS and name != "math.log":
                    yield Sink(call, "logger", tuple(call.args), self.is_event_logger(holder))

    def within(self, *written: ast.expr) -> Iterator[ast.Call]:
        """The calls that written expressions are made of, through names and functions of this module."""
        for node in _followed(written, self._made_of):
            yield from (part for part in ast.walk(node) if isinstance(part, ast.Call))

    def _made_of(self, node: ast.expr) -> Iterator[ast.expr]:
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                yield from self._returned(part)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                yield from self.scope(part).values(part.id)

    def is_event(self, node: ast.expr) -> bool:
        """Whether an expression is an event: a literal with its fields, a name or a function that gives one."""
        return any(_is_event(value) for one in _followed((node,), self._given) for value in self.values(one))

    def _given(self, node: ast.expr) -> Iterator[ast.expr]:
        for value in self.values(node):
            yield from self._returned(value)

    def _returned(self, call: ast.expr) -> Iterator[ast.expr]:
        """What the function of this module returns that an expression calls."""
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            yield from returned(self.scope(call).function(call.func.id))


def _followed(first: Iterable[ast.expr], further: Callable[[ast.expr], Iterable[ast.expr]]) -> Iterator[ast.expr]:
    """Expressions and those that they lead to, the nearest first.

    Each comes once: a name that is bound to itself and more, over and over, has ways without number.
    """
    seen: set[ast.expr] = set()
    level = dict.fromkeys(first)
    for _ in range(_DEEPEST + 1):
        yield from level
        seen |= level.keys()
        level = dict.fromkeys(one for each in level for one in further(each) if one not in seen)


def _is_event(value: ast.expr) -> bool:
    keys = _keys(value)
    return ("payload" in keys and bool(keys & BESIDE)) or len(keys & RECORD) >= ENOUGH


def _path_written(call: ast.Call) -> ast.expr | None:
    """The path of which a method opens the file for writing."""
    match call.func:
        case ast.Attribute(attr="open", value=path) if _writes(_argument(call, 0, "mode")):
            return path
        case ast.Attribute(attr="write_text" | "write_bytes", value=path):
            return path
    return None


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if 0 <= position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _writes(mode: ast.expr | None) -> bool:
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and bool(set("wax+") & set(mode.value))


def _keys(node: ast.expr) -> set[str]:
    """The constant keys of a dict display, or the keywords of a call."""
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    if isinstance(node, ast.Call):
        return {keyword.arg for keyword in node.keywords if keyword.arg}
    return set()


def returned(function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> Iterator[ast.expr]:
    """What a function returns; nothing of functions within it."""
    todo: list[ast.AST] = list(function.body) if function else []
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)
