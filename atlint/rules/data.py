"""Family AT5, the service's own data: how it is encoded, what an update tells, what kind of event it is."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any, Final

from atlint.model import Fact, Json, Problem, Said, Span
from atlint.plan import Node
from atlint.pointer import Fault, Scan, scan
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import View, apart, together
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always, only, since

_DATA: Final = ("requestData", "responseData")
_REQUEST: Final = "requestData"
#: what an update says of the change, all three together
_CHANGE: Final = ("updateType", "initialValue", "newValue")
#: either of these instead: a list of changes, or a number of changes told by events of the same id
_CHANGES: Final = ("update", "totalNumberChanges")


def repair_encoding(node: Node, value: Json) -> Json:
    """The same data as the edition encodes it: a text for an object, or the object that a text holds.

    None where the text holds no JSON object, or one that would lose something on the way.
    """
    if isinstance(value, dict | list) and "string" in node.types:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, str) and "object" in node.types:
        found = scan(value)
        if isinstance(found, Scan) and isinstance(found.value, dict) and not found.blemishes:
            return found.value
    return None


def diagnose_embedded_json(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """AT531 for a text that should hold a JSON object or array and does not."""
    if reading.spoilt.get(pointer):
        return
    found = scan(text)
    if isinstance(found, Fault):
        span = Span(found.offset, min(found.offset + max(len(found.found), 1), len(text)))
        facts: dict[str, Fact] = {"expected": found.expected, "column": found.offset + 1}
        yield Problem("AT531", pointer, "broken", facts, within=span if span.start < span.end else None)
    elif found.blemishes:
        blemish = found.blemishes[0]
        yield Problem("AT531", pointer, "blemish", {"kind": blemish.kind.replace("-", " ")}, within=blemish.span)
    elif isinstance(found.value, str) and _holds_json(found.value):
        yield Problem("AT531", pointer, "twice", repair=found.value)
    else:
        yield Problem("AT531", pointer, "scalar")


def _holds_json(text: str) -> bool:
    inner = scan(text)
    return isinstance(inner, Scan) and isinstance(inner.value, dict | list) and not inner.blemishes


def _silent_update(reading: Reading) -> Iterator[Problem]:
    action = reading.action()
    if action is None or action.verb is None or action.verb.text != "update":
        return
    data = reading.get(_REQUEST)
    if reading.string("outcome") != "success" or (data is None and reading.present(_REQUEST)):
        return
    told: dict[str, Any] = data if isinstance(data, dict) else {}
    if any(name in told for name in _CHANGES):
        return
    absent = tuple(name for name in _CHANGE if name not in told)
    if absent:
        yield reading.problem("AT532", _REQUEST, "partial" if len(absent) < len(_CHANGE) else "", want=absent)


def _told(data: Any) -> Json:
    """What an update's data tells, which is all that the check sees of it."""
    return {name: 0 for name in (*_CHANGE, *_CHANGES) if name in data} if isinstance(data, dict) else "x"


def _flat(text: Any) -> bool:
    """Whether a text surely holds no object within another."""
    return isinstance(text, str) and "[" not in text and text.find("{", 1) < 0


#: how what is nested begins in an encoded text: behind a colon, or white space as the encoder has to write it
_NESTED: Final = ("[", '\\":{', " :{", "t:{", "n:{", "r:{", " {", "t{", "n{", "r{")


def _nested(reading: Reading) -> Iterator[Problem]:
    for role in _DATA:
        text = reading.string(role)
        found = scan(text) if text else None
        if not isinstance(found, Scan) or not isinstance(found.value, dict):
            continue
        for pointer, member in found.members.items():
            if pointer.count("/") == 1 and text and text[member.value.start] in "{[":
                at = reading.plan.pointer(role)
                yield Problem("AT534", at, "", {"said": Said(pointer[1:], at), "field": role}, within=member.value)
                break


def _is_text(draft: Draft) -> bool:
    node = draft.plan.node(draft.plan.pointer(_REQUEST))
    return node is not None and "string" in node.types


def _break_encoding(draft: Draft, draw: random.Random) -> str:
    made: list[Json] = ['{"update":["zone"],"zone":"dal10"}', "zone=dal10", '["dal10"]']
    if _is_text(draft):
        made = [{"zone": "dal10"}, "zone=dal10", "{'zone': 'dal10'}", '{"zone":"dal', '"zone"', "17"]
    return draft.put(draw.choice(_DATA), draw.choice(made))


def _break_update(draft: Draft, draw: random.Random) -> str:
    action = draft.reading.action()
    if action and action.service and action.object:
        draft.put("action", f"{action.service.text}.{action.object.text}.update")
    draft.succeed()
    draft.put("severity", "warning")
    if draw.random() < 0.5:
        return draft.drop(_REQUEST)
    return draft.put(_REQUEST, {"updateType": "Name changed"})


def _break_flag(draft: Draft, draw: random.Random) -> str:
    return draft.put("dataEvent", draw.choice(["true", "false", 1, 0]))


def _break_flatness(draft: Draft, draw: random.Random) -> str:
    made = ['{"zone":{"name":"dal10"}}', '{"zones": ["dal10", "dal12"]}', '{"a":1,"b":{}}']
    return draft.put(draw.choice(_DATA), draw.choice(made))


RULES: Final = (
    Rule(
        code="AT531",
        name="data-encoding",
        summary="The service's data is not encoded as the edition wants it.",
        cases={
            "type": Case(
                "{field} is {type}; this edition wants {want}",
                always(WARNING),
                help="change the encoding",
                fix="unsafe",
            ),
            "broken": Case(
                "the text does not hold JSON: at character {column}, {expected} is expected",
                always(WARNING),
                help="put an encoder's output here",
            ),
            "blemish": Case(
                "the text holds JSON with a fault of its own: {kind}",
                always(WARNING),
                help="put an encoder's output here",
            ),
            "twice": Case("the data is encoded twice", always(WARNING), help="encode it once", fix="unsafe"),
            "scalar": Case(
                "the text holds a single value, not an object", always(WARNING), help="put it into an object"
            ),
        },
        what="Up to at-2019 `requestData` and `responseData` are texts that hold JSON; from at-2020 on they "
        "are objects.",
        why="A consumer of the one form sees the other as one long text, or as fields that clash with those "
        "of other services.",
        repair="Encode the data with the edition's form where the event is put together. The fix re-encodes it.",
        cites=("EV18#requestData", "EV20#requestData", "PROTO#request_data"),
        stage=Stage.SHAPE,
        breaker=_break_encoding,
    ),
    Rule(
        code="AT532",
        name="update-without-values",
        summary="An update does not say what changed.",
        cases={
            "": Case("the update does not say what changed: requestData lacks {want}", since("at-2020", INFO)),
            "partial": Case(
                "the update says only a part of what changed: requestData lacks {want}",
                since("at-2020", INFO),
            ),
        },
        what="A successful update tells its change in `requestData`: `updateType`, `initialValue` and "
        "`newValue`; or `update` "
        "with a list of such; or `totalNumberChanges`, with one event for each change under the same `id`.",
        why="That something changed is of no use to an auditor who has to say what it was before.",
        repair="Log the old and the new value of what is no secret.",
        cites=("EV20#requestData",),
        check=_silent_update,
        reads=together("action", "outcome", View(_REQUEST, reduce=_told)),
        breaker=_break_update,
    ),
    Rule(
        code="AT533",
        name="data-event-type",
        summary="dataEvent is neither true nor false.",
        cases={
            "type": Case("dataEvent is {type}; it must be true or false", since("at-2020", ERROR), help="write it bare")
        },
        what='Fires for `"true"`, 1 and the like.',
        why="The flag decides whether the event is a management or a data event, which customers route and "
        "pay for apart.",
        repair="Write `true` or `false` without quotes.",
        cites=("EV20#dataEvent", "TYPES#event types"),
        stage=Stage.SHAPE,
        breaker=_break_flag,
    ),
    Rule(
        code="AT534",
        name="nested-data",
        summary="The service's data is nested.",
        cases={
            "": Case(
                "the member {said} of {field} is not a simple value",
                only("at-2018", severity=INFO),
                help="make it flat",
            )
        },
        what="In at-2018 the members of the embedded object are texts, numbers, true, false or null.",
        why="The index of that generation does not look below the first level.",
        repair="Flatten the names (`zoneName`), or leave the detail out.",
        cites=("EV18#requestData", "BP18#requestData"),
        check=_nested,
        reads=apart(*_DATA, quiet=_flat, hints=_NESTED),
        breaker=_break_flatness,
    ),
)
