"""Family AT8, the checks: a module's syntax tree to Problems, each with the node that it is about."""

from __future__ import annotations

import ast
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Final, TypeAlias

from atlint.model import Problem
from atlint.rules import instant
from atlint.rules.source_flow import Flow, Sink

Found: TypeAlias = tuple[Problem, ast.AST]

_JSON: Final = frozenset({"json.dumps", "simplejson.dumps", "ujson.dumps", "rapidjson.dumps"})
_PRETTY: Final = frozenset({"pprint.pformat", "pprint.pp", "pprint.pprint"})
_PROTOBUF: Final = frozenset({"MessageToJson", "MessageToDict"})
_CLOCKS: Final = frozenset({"time.time", "time.time_ns"})
_STANDARD_STREAMS: Final = frozenset({"sys.stdout", "sys.stderr"})
#: calls that make a `datetime`
_INSTANTS: Final = frozenset({"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"})
_EVENT_TIME: Final = "eventTime"
#: an instant of which no two parts are written alike
_SOME_TIME: Final = dt.datetime(2026, 3, 14, 15, 59, 26, 530_000, dt.UTC)


def check(tree: ast.Module) -> Iterator[Found]:
    """All that the family has to say of one module, rule by rule."""
    flow = Flow(tree)
    sinks = tuple(flow.sinks())
    yield from _constant_files(flow)
    yield from _event_times(flow)
    yield from _lines(flow, sinks)
    yield from _torn(flow, sinks)


def _constant_files(flow: Flow) -> Iterator[Found]:
    """AT801."""
    for call in flow.calls:
        path = flow.opened(call)
        known = flow.log_path(path) if path is not None else None
        if path is not None and known is not None and known.constant:
            yield Problem("AT801", ""), path


def _event_times(flow: Flow) -> Iterator[Found]:
    """AT802: wherever a value is given to eventTime."""
    for node in flow.names.scopes:
        for value in _given_times(node):
            for meant in flow.values(value):
                case = _wrong_time(flow, meant) or _wrong_format(meant)
                if case:
                    yield Problem("AT802", "", case), value


def _given_times(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == _EVENT_TIME:
                    yield value
        case ast.keyword(arg="eventTime", value=value):
            yield value
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                match target:
                    case ast.Subscript(slice=ast.Constant(value="eventTime")) | ast.Attribute(attr="eventTime"):
                        yield value


def _wrong_time(flow: Flow, value: ast.expr) -> str:
    """Which of the wrong makers made a time; empty where a slice or another call may have mended it."""
    match value:
        case ast.Call(func=ast.Attribute(attr="isoformat")):
            return "isoformat"
        case ast.Call(func=ast.Attribute(attr="replace" | "rstrip" | "removesuffix", value=inner)):
            return _wrong_time(flow, inner)
        case ast.BinOp(op=ast.Add(), left=inner):
            return _wrong_time(flow, inner)
        case ast.Call(func=ast.Attribute(attr="timestamp")):
            return "clock"
        case (
            ast.Call(func=ast.Name(id="str"), args=[inner])
            | ast.JoinedStr(values=[ast.FormattedValue(inner, -1, None)])  # pragma: no mutate
        ):
            return "str" if any(_is_instant(one) for one in flow.values(inner)) else _clock(flow, inner)
    return _clock(flow, value)


def _wrong_format(value: ast.expr) -> str:
    """Whether a time is made by a format that gives another form; empty where a slice or a sum may have mended it."""
    match value:
        case ast.Call(func=ast.Attribute(attr="strftime"), args=[ast.Constant(value=str() as form), *_]):
            return "" if _gives_a_time(form) else "strftime"
        case ast.JoinedStr(
            values=[ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str() as form)]))]
        ):
            return "" if "%" not in form or _gives_a_time(form) else "strftime"
    return ""


def _gives_a_time(form: str) -> bool:
    """Whether a format of `strftime` gives a time as events have it. Which instant it is of changes nothing."""
    try:
        text = _SOME_TIME.strftime(form)
    except ValueError:  # a format that the platform refuses
        return False
    found = instant.read(text)
    return found is not None and found.canonical == text


def _clock(flow: Flow, value: ast.expr) -> str:
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.FloorDiv):
        return _clock(flow, value.left)
    if not isinstance(value, ast.Call):
        return ""
    if flow.called(value) in {"int", "round", "float"} and value.args:
        return _clock(flow, value.args[0])
    return "clock" if flow.called(value) in _CLOCKS else ""


def _is_instant(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _INSTANTS


def _lines(flow: Flow, sinks: tuple[Sink, ...]) -> Iterator[Found]:
    """AT803, AT804 and AT806: how the lines are made that events are written as."""
    into_logs = set(flow.within(*(written for sink in sinks if sink.log for written in sink.written)))
    anywhere = set(flow.within(*(written for sink in sinks for written in sink.written)))
    for call in flow.calls:
        name = flow.called(call)
        event = bool(call.args) and flow.is_event(call.args[0])
        if call in into_logs or (event and call in anywhere):
            if _is_pretty(call, name):
                yield Problem("AT803", ""), _indent(call) or call
            elif name.rpartition(".")[2] in _PROTOBUF:
                yield Problem("AT804", ""), call
        if name == "json.dumps" and (event or call in into_logs) and _takes_nan(call):
            yield Problem("AT806", ""), call


def _is_pretty(call: ast.Call, name: str) -> bool:
    if name in _PRETTY:
        return True
    if name == "orjson.dumps":
        return any(isinstance(node, ast.Attribute) and node.attr == "OPT_INDENT_2" for node in ast.walk(call))
    return name in _JSON and _indent(call) is not None


def _indent(call: ast.Call) -> ast.expr | None:
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "indent"), None)
    return None if isinstance(given, ast.Constant) and given.value is None else given


def _takes_nan(call: ast.Call) -> bool:
    """Whether a call of json.dumps lets NaN and Infinity through, as it does unless told otherwise."""
    for keyword in call.keywords:
        if keyword.arg is None:
            return False
        if keyword.arg == "allow_nan":
            return isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    return True


def _torn(flow: Flow, sinks: tuple[Sink, ...]) -> Iterator[Found]:
    """AT805: a line that reaches the file in several writes."""
    for call in flow.calls:
        if flow.called(call) == "json.dump" and len(call.args) >= 2:
            thing, stream = call.args[:2]
            if flow.is_log_file(stream) or (flow.is_event(thing) and _may_be_file(flow, stream)):
                indent = _indent(call)
                yield (Problem("AT805", "", "dump"), call) if indent is None else (Problem("AT803", ""), indent)
    for sink in sinks:
        if sink.kind == "print" and (sink.log or _prints_event(flow, sink)):
            yield Problem("AT805", "", "print"), sink.call
    logs = {sink.call for sink in sinks if sink.kind == "write" and sink.log}
    for node in flow.names.scopes:
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(block, list):
                yield from _two_writes(block, logs)


def _prints_event(flow: Flow, sink: Sink) -> bool:
    stream = next(keyword.value for keyword in sink.call.keywords if keyword.arg == "file")
    made = flow.within(*sink.written)
    return _may_be_file(flow, stream) and any(
        flow.called(call) in _JSON and bool(call.args) and flow.is_event(call.args[0]) for call in made
    )


def _may_be_file(flow: Flow, stream: ast.expr) -> bool:
    """Whether a stream may be a file: it is neither a standard stream nor one in memory."""
    for value in flow.values(stream):
        if flow.called(value).rpartition(".")[2] in {"StringIO", "BytesIO"}:
            return False
    name = flow.called(ast.Call(stream, [], []))
    return name not in _STANDARD_STREAMS


def _two_writes(block: list[ast.stmt], logs: set[ast.Call]) -> Iterator[Found]:
    """A write of a line's text, and right behind it one of its end."""
    for first, second in itertools.pairwise(block):
        if not (isinstance(first, ast.Expr) and isinstance(second, ast.Expr)):
            continue
        line, end = first.value, second.value
        if not (isinstance(line, ast.Call) and isinstance(end, ast.Call) and {line, end} <= logs):
            continue
        text = end.args[-1]
        if isinstance(text, ast.Constant) and text.value in {"\n", b"\n"}:
            yield Problem("AT805", "", "two-writes"), line
