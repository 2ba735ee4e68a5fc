"""Family AT0, bytes and the ends of lines: the records. `line.read` and the engine's stream speak for most of them."""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.line import limits
from atlint.rules.rule import ERROR, INFO, WARNING, Broken, Case, Rule, Scope, Stage, always

_TAILER: Final = "tailer#one line"


def _spoil_utf8(draft: Draft, draw: random.Random) -> Broken:
    raw = draft.line()
    at = raw.rindex(b'"outcome":"') + len(b'"outcome":"')
    return Broken(raw[:at] + draw.choice([b"\xff", b"\xc3", b"\xed\xa0\x80"]) + raw[at:])


def _add_bom(draft: Draft, _draw: random.Random) -> Broken:
    return Broken(b"\xef\xbb\xbf" + draft.line())


def _too_long(draft: Draft, _draw: random.Random) -> Broken:
    most, _ = limits(draft.plan.edition)
    draft.put("target/name", "n" * most)
    return Broken(draft.line())


def _no_line_feed(draft: Draft, _draw: random.Random) -> Broken:
    return Broken(draft.line(), terminated=False)


def _carriage_return(draft: Draft, draw: random.Random) -> Broken:
    one = draft.line()
    return draw.choice([Broken(one + b"\r"), Broken(one + b"\r" + one + b"\r", terminated=False)])


def _blank(draft: Draft, draw: random.Random) -> Broken:
    return Broken(draft.line() + b"\n" + draw.choice([b"", b"  ", b"\t"]))


RULES: Final = (
    Rule(
        code="AT001",
        name="invalid-utf8",
        summary="A line holds bytes that are not UTF-8, or a file is not text.",
        cases={
            "": Case(
                "the byte at column {offset} is not UTF-8",
                always(ERROR),
                help="encode the line as UTF-8; Latin-1 and binary data have no place in JSON",
            ),
            "surrogate": Case(
                "the bytes at column {offset} are a surrogate encoded by itself, which UTF-8 forbids",
                always(ERROR),
                help="encode the character as one UTF-8 sequence, not each half of its UTF-16 form",
            ),
            "encoding": Case(
                "the file is {form}, and the tailer reads UTF-8 alone",
                always(ERROR),
                help="write UTF-8; what there is becomes UTF-8 by: iconv -f {form} -t UTF-8",
            ),
            "packed": Case(
                "the file is {form} data, and not lines of text",
                always(ERROR),
                help="unpack it; or let its name end with .gz or .zst where it is gzip or zstd, and atlint unpacks it",
            ),
        },
        what="Looks for bytes that no UTF-8 reader accepts: Latin-1 text, cut-off sequences, half surrogate pairs. A "
        "file that begins as UTF-16, UTF-32, gzip, zstd, bzip2, xz or zip do is told of once and not looked into. "
        "Standard input has no name: gzip and zstd are unpacked there.",
        why="Depending on its JSON parser the tailer drops the line, or takes it and then fails to send the whole "
        "chunk: a hundred good neighbours are lost with the one bad byte. Of a file in another encoding, or of packed "
        "data under a name that it reads, it drops every line.",
        repair="Open the log with `encoding='utf-8'` and write text, never bytes from elsewhere. PowerShell's `>` "
        "writes UTF-16 before version 6; `[IO.File]::WriteAllText` writes UTF-8. Pack logs under a name that the "
        "tailer passes over, such as `.gz`.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_spoil_utf8,
    ),
    Rule(
        code="AT002",
        name="byte-order-mark",
        summary="A file or a line begins with a byte order mark.",
        cases={"": Case("the line begins with a byte order mark", always(ERROR), help="write UTF-8 without the mark")},
        what="Looks for U+FEFF before the event.",
        why="The tailer's JSON parser takes the mark for garbage and drops the event: the first one of each file.",
        repair="Write with the encoding `utf-8`, not `utf-8-sig`; in .NET use `new UTF8Encoding(false)`.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_add_bom,
    ),
    Rule(
        code="AT008",
        name="line-too-long",
        summary="A line is longer than what is sent on whole.",
        cases={
            "": Case(
                "the line has {size} bytes; more than {most} are not kept",
                always(ERROR),
                help="leave out what is large: requestData and responseData first",
            ),
            "close": Case(
                "the line has {size} bytes and comes close to the {most} that are kept",
                always(WARNING),
                help="leave out what is large: requestData and responseData first",
            ),
        },
        what="Compares the bytes of the line with what the tracker keeps of an event (16,384 since it stands on the "
        "newer platform) or with the chunk limit of the tailer's buffer (512,000 before).",
        why="A longer event is cut and lost, or dropped by the buffer.",
        repair="Send the identifiers of large things rather than the things.",
        cites=("EV20#size of an event", _TAILER),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_too_long,
    ),
    Rule(
        code="AT009",
        name="missing-final-newline",
        summary="The last line of a file has no line feed.",
        cases={
            "": Case(
                "the last line has no line feed",
                always(WARNING),
                help="end every event with a line feed, in the same write",
            )
        },
        what="Looks at the end of each file.",
        why="The tailer holds the line back until a line feed comes. If the writer has died, the event never leaves, "
        "or the next writer's first event is glued to it and both are lost.",
        repair="Write the event and its line feed together.",
        cites=(_TAILER,),
        scope=Scope.FILE,
        stage=Stage.LINE,
        breaker=_no_line_feed,
    ),
    Rule(
        code="AT010",
        name="carriage-return",
        summary="Lines end with carriage returns.",
        cases={
            "crlf": Case(
                "the line ends with a carriage return before its line feed",
                always(WARNING),
                help="end lines with a line feed alone",
            ),
            "alone": Case(
                "carriage returns stand where line feeds belong: the tailer sees one endless line",
                always(ERROR),
                help="end lines with a line feed; what there is gets them by: tr '\\r' '\\n'",
            ),
        },
        what="Looks for CR before LF, and for files whose lines end with CR alone: these are told of once, and not "
        "looked into.",
        why="CR with LF does no harm at this tailer but breaks others; CR alone means that nothing is ever read.",
        repair="Open the file with `newline='\\n'`.",
        cites=(_TAILER,),
        scope=Scope.LINE,
        stage=Stage.LINE,
        breaker=_carriage_return,
    ),
    Rule(
        code="AT011",
        name="blank-line",
        summary="A line holds nothing but blanks.",
        cases={"": Case("the line is blank", always(INFO), help="write no empty lines between events")},
        what="Looks for lines without any visible character.",
        why="The tailer drops them and warns of each one, which fills its own log.",
        repair="Write exactly one line feed after each event.",
        cites=(_TAILER,),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_blank,
    ),
)
