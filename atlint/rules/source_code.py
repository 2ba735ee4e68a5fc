"""Family AT8: the records of the rules on how a program writes its events, and their breakers.

The checks read a syntax tree, not an event: `source_checks.check`.
"""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.rule import ERROR, WARNING, Breaker, Broken, Case, Rule, Scope, Stage, always
from atlint.rules.source_checks import check

__all__ = ["HINTS", "RULES", "check"]

#: words of which at least one stands in every module that these rules can find fault with
HINTS: Final = ("log", "eventTime", "dump", "MessageTo", "print")

_OWN_FILE: Final = 'open(f"/var/log/at/my-service/{os.environ[\'HOSTNAME\']}.log", "a")'
_DUMPS: Final = "json.dumps(event, allow_nan=False)"


def _module(draft: Draft, file: str, body: str, imports: str = "import json") -> Broken:
    """A program that writes the draft's event with one statement."""
    text = f"import os\n{imports}\n\nevent = {draft.value!r}\nfile = {file}\n{body}\n"
    return Broken(text.encode())


def _writes(*bodies: str, imports: str = "import json") -> Breaker:
    def broken(draft: Draft, draw: random.Random) -> Broken:
        return _module(draft, _OWN_FILE, draw.choice(bodies), imports)

    return broken


def _constant_file(draft: Draft, draw: random.Random) -> Broken:
    paths = [
        '"/var/log/at/my-service/events.log"',
        'os.path.join(os.environ["AT_LOG_ROOT"], "my-service", "events.log")',
        "f\"{os.getenv('AT_LOG_ROOT')}/events.log\"",
    ]
    return _module(draft, f'open({draw.choice(paths)}, "a")', f'file.write({_DUMPS} + "\\n")')


def _event_time(draft: Draft, draw: random.Random) -> Broken:
    times = [
        "datetime.datetime.now(datetime.UTC).isoformat()",
        "str(datetime.datetime.now())",
        "time.time()",
        'datetime.datetime.now(datetime.UTC).strftime("%d/%m/%Y %H:%M")',
    ]
    holder = f"event[{draft.plan.record[1:]!r}]" if draft.plan.record else "event"
    changed = f'{holder}["eventTime"] = {draw.choice(times)}\nfile.write({_DUMPS} + "\\n")'
    return _module(draft, _OWN_FILE, changed, "import datetime\nimport json\nimport time")


RULES: Final = (
    Rule(
        code="AT801",
        name="constant-log-file",
        summary="A program writes its events to a file whose name is the same in every pod.",
        cases={
            "": Case(
                "every pod of this service opens the same file below the log root",
                always(WARNING),
                help="put the pod's name into the file's: os.environ['HOSTNAME'], or a field of the downward API",
            )
        },
        what="Fires where a file below `/var/log/at`, or below the folder that `AT_LOG_ROOT` names, is opened for "
        "writing (by `open`, `Path.open`, `Path.write_text`, `os.open` or a `FileHandler`) under a name made of "
        "constants alone.",
        why="The folder is one of the node, shared by all pods on it. Two pods that write to one file tear each "
        "other's lines, and the one that rotates takes the file away from the other: events of both are lost.",
        repair="Make the name from the pod's: `os.path.join(root, f\"{os.environ['HOSTNAME']}.log\")`.",
        cites=("SEED#Writing events to the log files", "tailer#writers"),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_constant_file,
    ),
    Rule(
        code="AT802",
        name="event-time-isoformat",
        summary="eventTime is made by a call that does not give its form.",
        cases={
            "isoformat": Case(
                "isoformat() gives six digits of a second or none, and an offset with a colon or none",
                always(WARNING),
                help="use strftime('%Y-%m-%dT%H:%M:%S.%f')[:22] + '+0000' on a time in UTC",
            ),
            "str": Case(
                "str() of a datetime puts a blank where the T belongs",
                always(WARNING),
                help="use strftime('%Y-%m-%dT%H:%M:%S.%f')[:22] + '+0000' on a time in UTC",
            ),
            "strftime": Case(
                "this format does not give the form of a time of an event",
                always(WARNING),
                help="use strftime('%Y-%m-%dT%H:%M:%S.%f')[:22] + '+0000' on a time in UTC",
            ),
            "": Case(
                "seconds since 1970 are no time of an event",
                always(WARNING),
                help="use datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%S.%f')[:22] + '+0000'",
            ),
        },
        what="Fires where the value given to `eventTime` comes from `isoformat()`, from `str()` of a `datetime`, from "
        "`time.time()` and its like, or from `strftime()` or an f-string with a format that gives another form. What "
        "is cut to length by a slice is left alone.",
        why="The form of `isoformat()` changes with the instant: at a whole second the fraction is missing, and a "
        "time without a zone has no offset. Such an event is refused or sorted to a wrong place, once in a million.",
        repair='`datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:22] + "+0000"` gives two digits and the offset.',
        cites=("SEED#Event format", "EV20#eventTime"),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_event_time,
    ),
    Rule(
        code="AT803",
        name="multi-line-json",
        summary="An event is written as JSON over several lines.",
        cases={
            "": Case(
                "this spreads an event over several lines, and the tailer takes each line for an event",
                always(ERROR),
                help="leave the indentation out: one event, one line",
            )
        },
        what="Fires where `json.dumps(..., indent=...)`, `json.dump` with `indent`, `pprint` or orjson's "
        "`OPT_INDENT_2` makes the text that is written to a log of events.",
        why="The tailer reads lines. None of the pieces is JSON, so that it drops all of them and the event is lost.",
        repair="Leave `indent` out. To look at events, format them when reading: `python -m json.tool --json-lines`.",
        cites=("tailer#one line", "SEED#Writing events to the log files"),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_writes(
            'file.write(json.dumps(event, indent=2, allow_nan=False) + "\\n")',
            'text = json.dumps(event, indent=4, allow_nan=False)\nfile.write(text + "\\n")',
            "json.dump(event, file, indent=1)",
        ),
    ),
    Rule(
        code="AT804",
        name="protobuf-json",
        summary="Events are made of protobuf messages by the default JSON mapping.",
        cases={
            "": Case(
                "protobuf's JSON leaves out fields that have their default value and prints over several lines",
                always(WARNING),
                help="write the event as a dict of its own; at least pass indent=None",
            )
        },
        what="Fires where the text that is written to a log of events comes from `MessageToJson` or `MessageToDict`.",
        why="The mapping drops every field that equals its default (a reason code of 0, `false`, an empty text), "
        "writes 64-bit numbers as strings, and breaks the lines: required fields go missing by their value.",
        repair="Build the event as a `dict` with its own field names and write it by `json.dumps`.",
        cites=("PROTO#messages", "tailer#one line"),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_writes(
            'file.write(MessageToJson(message, indent=None) + "\\n")',
            'line = MessageToJson(message)\nfile.write(line + "\\n")',
            imports="from google.protobuf.json_format import MessageToJson\nfrom my_service import message",
        ),
    ),
    Rule(
        code="AT805",
        name="torn-write",
        summary="A line of events reaches its file in more than one write.",
        cases={
            "dump": Case(
                "json.dump() writes an event piece by piece, and no line feed behind it",
                always(WARNING),
                help="write the whole line at once: file.write(json.dumps(event, allow_nan=False) + '\\n')",
            ),
            "print": Case(
                "print() writes the line feed apart from a long line",
                always(WARNING),
                help="write the whole line at once: file.write(json.dumps(event, allow_nan=False) + '\\n')",
            ),
            "": Case(
                "the line feed is a write of its own",
                always(WARNING),
                help="write the whole line at once: file.write(json.dumps(event, allow_nan=False) + '\\n')",
            ),
        },
        what="Fires where an event goes into a log by `json.dump(event, file)`, by `print(..., file=file)`, or by a "
        "`write` of its text with the line feed in the next `write`.",
        why="Between two writes another process may write, or this one may die: the halves of lines are glued to "
        "others, and every event that is part of such a line is lost. It was measured with lines of 800 bytes.",
        repair='One call for the whole line: `file.write(json.dumps(event, allow_nan=False) + "\\n")` on a file that '
        "was opened to append, then `flush()`; or a logging handler.",
        cites=("tailer#writers",),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_writes(
            "json.dump(event, file)",
            f"print({_DUMPS}, file=file)",
            f'file.write({_DUMPS})\nfile.write("\\n")',
        ),
    ),
    Rule(
        code="AT806",
        name="non-finite-json",
        summary="An event is written by json.dumps, which writes NaN and Infinity as if they were JSON.",
        cases={
            "": Case(
                "json.dumps() writes NaN and Infinity where a number is one, and neither is JSON",
                always(WARNING),
                help="pass allow_nan=False, so that the fault shows where it is made",
            )
        },
        what="Fires where an event, or what is written to a log of events, goes through the standard library's "
        "`json.dumps` without `allow_nan=False`.",
        why="A single NaN, from a division in `requestData` perhaps, passes the tailer's parser and breaks the "
        "whole chunk at the next step: a hundred good events are lost with it.",
        repair="`json.dumps(event, allow_nan=False)` raises `ValueError` instead, where a test finds it.",
        cites=("tailer#one line",),
        scope=Scope.SOURCE,
        stage=Stage.LINE,
        breaker=_writes('file.write(json.dumps(event) + "\\n")', "line = json.dumps(event, sort_keys=True)"),
    ),
)
