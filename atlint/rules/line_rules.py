"""Family AT0, the JSON of a line: the records. `line.read` speaks for most of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import apart
from atlint.rules.rule import ERROR, WARNING, Broken, Case, Rule, Scope, Stage, always

_TAILER: Final = "tailer#one line"
_JSON_MESSAGES: Final = {
    "comment": "JSON has no comments",
    "python": "this looks like Python's str() of a dict, which is no JSON",
    "single-quote": "JSON strings stand in double quotes; a single quote was found",
    "trailing-comma": "a comma stands before {found}, with no member after it",
    "not-a-number": "{found} is no JSON number",
    "unquoted-key": "the key {found} lacks its double quotes",
    "bad-escape": "{found} is no escape that JSON has",
    "bad-number": "a number does not begin or go on like this: {found}",
    "unterminated-string": "the line ends inside a string",
    "unexpected-end": "the line ends where {expected} is expected",
    "extra-data": "text follows the event",
    "prefix": "text stands before the event",
    "": "{expected} is expected here, and {found} was found",
}


def _break_json(draft: Draft, draw: random.Random) -> Broken:
    raw = draft.line()
    broken = [raw[:-1], raw[:-1] + b",}", b"// " + raw, raw.replace(b'"', b"'", 2), raw + b" x"]
    return Broken(draw.choice(broken))


def _not_an_object(draft: Draft, draw: random.Random) -> Broken:
    return Broken(draw.choice([b"[" + draft.line() + b"]", b"null", b"1.5", b'"text"', b"[]"]))


def _twice(draft: Draft, draw: random.Random) -> Broken:
    key = draw.choice(["outcome", "severity"])
    value = json.dumps(draft.get(key))
    raw = draft.line()
    member = f'"{key}":{value}'.encode()
    at = raw.rindex(member)
    return Broken(raw[:at] + member + b"," + raw[at:], draft.plan.pointer(key))


def _huge_number(draft: Draft, draw: random.Random) -> Broken:
    pointer = draft.put("reason/reasonCode", 200)
    number = draw.choice(["18446744073709551616", "-9223372036854775809", "1e400"])
    raw = draft.line()
    at = raw.rindex(b'"reasonCode":200')
    return Broken(raw[:at] + b'"reasonCode":' + number.encode() + raw[at + len(b'"reasonCode":200') :], pointer)


def _too_deep(draft: Draft, draw: random.Random) -> Broken:
    depth = draw.randrange(101, 200)
    return Broken(draft.line()[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")


def _pretty(draft: Draft, draw: random.Random) -> Broken:
    return Broken(json.dumps(draft.value, indent=draw.choice([1, 2, 4])).encode())


def _glue(draft: Draft, draw: random.Random) -> Broken:
    one = draft.line()
    cut = draw.randrange(len(one) // 3, len(one) // 2)
    return Broken(draw.choice([one + one, one[:cut] + one]))


def _lone_surrogate(draft: Draft, draw: random.Random) -> Broken:
    pointer = draft.put("target/name", "NAME")
    lone = draw.choice([rb"\ud800", rb"\udc00 x", rb"\ud83d"])
    return Broken(draft.line().replace(b'"NAME"', b'"' + lone + b'"'), pointer)


def _control(draft: Draft, draw: random.Random) -> Broken:
    pointer = draft.put("target/name", "NAME")
    char = draw.choice([b"\x00", b"\x1b", b"\t", b"\x07"])
    return Broken(draft.line().replace(b'"NAME"', b'"a' + char + b'b"'), pointer)


def _root_time(reading: Reading) -> Iterator[Problem]:
    if isinstance(reading.value, dict) and "time" in reading.value:
        yield Problem("AT016", "/time", key=True)


def _add_time(draft: Draft, draw: random.Random) -> str:
    draft.value["time"] = draw.choice(["2018-11-29T01:02:03", 0, None])
    return "/time"


def _empty_key(draft: Draft, draw: random.Random) -> str:
    key = draw.choice(["", " ", "outcome "])
    draft.value[key] = "x"
    return f"/{key}"


RULES: Final = (
    Rule(
        code="AT003",
        name="invalid-json",
        summary="A line is not JSON.",
        cases={
            case: Case(message, always(ERROR), help=help_)
            for (case, message), help_ in zip(
                _JSON_MESSAGES.items(),
                (
                    "remove the comment",
                    "write json.dumps(event), not str(event), repr(event) or an f-string",
                    "write double quotes; in Python use json.dumps, not str or repr",
                    "remove the comma",
                    "leave the field out, or write null; in Python pass allow_nan=False to json.dumps",
                    "put the key in double quotes",
                    "write the backslash twice, or one of the escapes of RFC 8259",
                    "write the number as RFC 8259 does: no leading zero, digits on both sides of the point",
                    "write the whole event with one call, and check what ended the writer early",
                    "write the whole event with one call, and check what ended the writer early",
                    "write one event a line and nothing else",
                    "write the bare event: a syslog header or a logger's prefix does not belong in the line",
                    "let a JSON library write the event",
                ),
                strict=True,
            )
        },
        what="Reads the line as strict JSON (RFC 8259) and names the first place where it stops being that.",
        why="The tailer drops a line that does not parse, with no more than a warning in its own log.",
        repair="Let a JSON library write each event, on one line, in one call.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_break_json,
    ),
    Rule(
        code="AT004",
        name="not-an-object",
        summary="A line is JSON, but not one object.",
        cases={
            "": Case("the line is {type}, not an object", always(ERROR), help="write each event as one object"),
            "array": Case(
                "the line is an array; the tailer does not take it apart",
                always(ERROR),
                help="write each event of the array on a line of its own",
            ),
        },
        what="Looks for lines that are an array, a string, a number, `true`, `false` or `null`.",
        why="Some are dropped; others travel on as a record that is no object, and nobody can route or read it.",
        repair="Write one JSON object a line.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_not_an_object,
    ),
    Rule(
        code="AT005",
        name="duplicate-key",
        summary="One object holds the same key twice.",
        cases={
            "": Case(
                "the key {field} stands twice in this object",
                always(ERROR),
                help="keep one of the two: consumers keep different ones",
            )
        },
        what="Looks for a repeated key in any object of the line, at any depth.",
        why="RFC 8259 leaves open which of the values counts. The tailer keeps the last, others the first: the event "
        "that arrives is not the event that was checked, and nothing warns.",
        repair="Build the event from one mapping, and let a JSON library write it.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_twice,
    ),
    Rule(
        code="AT006",
        name="number-out-of-range",
        summary="A number does not fit into 64 bits, or becomes infinite.",
        cases={
            "": Case(
                "the number does not fit into 64 bits",
                always(ERROR),
                help="write long numbers as strings",
            )
        },
        what="Looks for integers below -2^63 or above 2^64-1, and for numbers such as `1e400` that overflow.",
        why="The tailer cannot pack such a number: it loses the whole batch of lines that it had read together.",
        repair="Write identifiers and counters that may grow so large as strings.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_huge_number,
    ),
    Rule(
        code="AT007",
        name="nesting-too-deep",
        summary="An event is nested deeper than 100 levels.",
        cases={
            "": Case(
                "objects and arrays are nested deeper than 100 levels",
                always(ERROR),
                help="flatten the data, or send it as a string",
            ),
            "names": Case(
                "so many values stand below such long keys that the event is not looked into: {expected}",
                always(ERROR),
                help="send long text as a value, not as a key",
            ),
        },
        what="Counts open objects and arrays; the event itself is the first level. Counts the letters of the pointers "
        "to all values, too, since each value below a key repeats it: beyond 32 million of them the line is given up.",
        why="Beyond 100 levels the record is lost, beyond 127 its neighbours too, and a very deep line stops the "
        "tailer of the whole node for good.",
        repair="Send less: requestData is for a few simple values.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_too_deep,
    ),
    Rule(
        code="AT012",
        name="pretty-printed-event",
        summary="One event is spread over several lines.",
        cases={
            "": Case(
                "one event is spread over {lines} lines; the tailer takes each line for itself",
                always(ERROR),
                help="write the event on one line: serialise it without indentation or line breaks",
            )
        },
        what="Looks for an object that opens on one line and closes on a later one. Reported once, at its first line.",
        why="Each of the lines is dropped as no JSON: the whole event is lost.",
        repair="Serialise without indentation: leave out `indent` or `pretty`, whatever the library calls it.",
        cites=("tailer#one line", "tailer#pretty-printed JSON"),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_pretty,
    ),
    Rule(
        code="AT013",
        name="torn-or-glued-line",
        summary="A line holds two events, or pieces of two.",
        cases={
            "glued": Case(
                "a second event begins here, in the same line",
                always(ERROR),
                help="write a line feed after each event",
            ),
            "head": Case(
                "the line begins with a piece of one event, and another event begins here",
                always(ERROR),
                help="write each event and its line feed with one call, into a file of one writer",
            ),
            "tail": Case(
                "the line begins with the end of one event, and another event begins here",
                always(ERROR),
                help="write each event and its line feed with one call, into a file of one writer",
            ),
        },
        what="Looks for a second event in the line, whole or behind a piece of another.",
        why="The tailer drops the line: all its events are lost. It is the mark of a writer that died in the middle "
        "of a line, or of several writers in one file.",
        repair="Append each event and its line feed in a single write, unbuffered or flushed, one writer a file.",
        cites=("tailer#writers", _TAILER),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_glue,
    ),
    Rule(
        code="AT014",
        name="lone-surrogate",
        summary="An escape names half of a character.",
        cases={
            "": Case(
                "the escape names one half of a surrogate pair without the other",
                always(ERROR),
                help="write the character itself, or both halves",
            )
        },
        what="Looks for `\\ud800` to `\\udfff` without the other half.",
        why="Depending on its parser the tailer drops the line or replaces the character.",
        repair="Do not cut strings in the middle of a UTF-16 pair.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_lone_surrogate,
    ),
    Rule(
        code="AT015",
        name="control-character",
        summary="A raw control character stands in the line.",
        cases={
            "": Case(
                "a raw control character stands in this string",
                always(ERROR),
                help="write it as an escape, such as \\t or \\u0000",
            ),
            "outside": Case(
                "a raw control character stands between the parts of the event",
                always(ERROR),
                help="remove it",
            ),
        },
        what="Looks for U+0000 to U+001F as they are, which JSON allows only as escapes.",
        why="The tailer drops a line with a NUL; what becomes of the others depends on its parser.",
        repair="Let a JSON library write the strings.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_control,
    ),
    Rule(
        code="AT016",
        name="top-level-time-key",
        summary="The event has a root key `time`.",
        cases={
            "": Case(
                "a root key time is taken by the tailer for the record's own time",
                always(ERROR),
                help="use eventTime",
            )
        },
        what="Looks for a key `time` at the root of the line.",
        why="The tailer removes it from the record, or drops the event where it does not read as a time.",
        repair="Say when it happened in eventTime; give the service's own times other names.",
        cites=("tailer#time_format with format json",),
        stage=Stage.TEXT,
        check=_root_time,
        reads=apart("/time"),
        breaker=_add_time,
        hints=('"time"',),
    ),
    Rule(
        code="AT017",
        name="placeholder-key",
        summary="A key is empty, or has blanks at its ends.",
        cases={
            "empty": Case("this key is empty", always(WARNING), help="name the field, or leave it out"),
            "padded": Case(
                "this key has blanks at its ends, so nobody finds it",
                always(WARNING),
                help="remove the blanks",
            ),
        },
        what="Looks at the names of the event's own fields.",
        why="Such a field is a slip of a template: the field that was meant is missing.",
        repair="Write the field's name as the edition has it.",
        cites=(_TAILER,),
        stage=Stage.SHAPE,
        breaker=_empty_key,
    ),
)
