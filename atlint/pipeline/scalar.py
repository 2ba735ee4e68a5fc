"""A scalar's decoded value to the places of its code points in the file, for each of YAML's five styles.

libyaml says where a scalar begins and ends, and nothing of its inside; so its raw text is decoded once more,
by the rules of YAML 1.1 as libyaml applies them, this time keeping the offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from atlint.model import Span
from atlint.pipeline.node import Scalar, Style
from atlint.pipeline.source import Decoder, OffsetMap

#: what libyaml takes for the end of a line; the last two stay what they are, the others become LF
_BREAK: Final = r"(?:\r\n|[\r\n\x85\u2028\u2029])"
_PROPERTIES: Final = re.compile(rf"(?:[&!][^ \t\r\n\x85\u2028\u2029]*|[ \t]|{_BREAK}|\#[^\r\n\x85\u2028\u2029]*)*")
_HEADER: Final = re.compile(rf"[|>](?P<marks>[-+0-9]*)[^\r\n\x85\u2028\u2029]*(?:{_BREAK}|$)")
_LINE: Final = re.compile(rf"(?P<content>[^\r\n\x85\u2028\u2029]*)(?P<end>{_BREAK}?)")
_VALUE_BREAK: Final = re.compile(r"[\n\u2028\u2029]")
#: text without a break, a quote or an escape: taken in one piece
_RUN: Final[Mapping[Style, re.Pattern[str]]] = {
    Style.PLAIN: re.compile(r"[^ \t\r\n\x85\u2028\u2029]+"),
    Style.SINGLE: re.compile(r"[^ \t\r\n\x85\u2028\u2029']+"),
    Style.DOUBLE: re.compile(r'[^ \t\r\n\x85\u2028\u2029"\\]+'),
}
_GAP: Final = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")
_ONE_BREAK: Final = re.compile(_BREAK)
_ESCAPES: Final[Mapping[str, str]] = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_CODED: Final[Mapping[str, int]] = {"x": 2, "u": 4, "U": 8}


def offsets(scalar: Scalar, text: str) -> OffsetMap:
    """The map from `scalar.value` to the file's `text`. A break folded to a blank stands at its first break.

    Where the raw text does not decode to the value (which no known text does), every code point maps to the
    whole scalar: a place too wide, never a wrong one.
    """
    start, end = scalar.span
    if scalar.style in {Style.PLAIN, Style.SINGLE, Style.DOUBLE} or text[start : start + 1] in {"&", "!"}:
        found = _PROPERTIES.match(text, start, end)
        start = found.end() if found else start
    decoder = Decoder(text)
    if scalar.style in {Style.LITERAL, Style.FOLDED}:
        _block(decoder, scalar, text, Span(start, end))
    else:
        _flow(decoder, scalar.style, text, Span(start, end))
    if decoder.text() == scalar.value:
        return decoder.offsets(start if scalar.style is Style.PLAIN else min(start + 1, end))
    wide = Decoder(text)
    wide.put(scalar.value, *scalar.span)
    return wide.offsets(scalar.span.start)


def _flow(decoder: Decoder, style: Style, text: str, span: Span) -> None:
    quoted = style is not Style.PLAIN
    at, end = span.start + quoted, span.end - quoted
    run = _RUN[style]
    #: the end of a line was escaped: the blanks of the next one do not count
    escaped = False
    while at < end:
        if escaped or (found := run.match(text, at, end)) is None:
            if gap := _GAP.match(text, at, end):
                _fold(decoder, text, Span(at, gap.end()), escaped=escaped)
                at = gap.end()
                escaped = False
                continue
            escaped = False
            if text[at] == "'" and style is Style.SINGLE:
                decoder.put("'", at, at + 2)
                at += 2
            elif text[at] == "\\" and style is Style.DOUBLE:
                at, escaped = _escape(decoder, text, at)
            else:
                decoder.copy(at, at + 1)
                at += 1
        else:
            decoder.copy(at, found.end())
            at = found.end()


def _escape(decoder: Decoder, text: str, at: int) -> tuple[int, bool]:
    """Decode the escape at `at`: the offset behind it, and whether it was the end of a line."""
    if broken := _ONE_BREAK.match(text, at + 1):
        return broken.end(), True
    letter = text[at + 1]
    if letter in _CODED:
        behind = at + 2 + _CODED[letter]
        decoder.put(chr(int(text[at + 2 : behind], 16)), at, behind)
        return behind, False
    decoder.put(_ESCAPES.get(letter, letter), at, at + 2)
    return at + 2, False


def _fold(decoder: Decoder, text: str, gap: Span, *, escaped: bool) -> None:
    """Blanks and breaks within a flow scalar: one break is a blank, more are one fewer; no blanks stay."""
    breaks = [found.span() for found in _ONE_BREAK.finditer(text, *gap)]
    if not breaks:
        if not escaped:
            decoder.copy(*gap)
        return
    if not escaped:
        first, *breaks = breaks
        kind = _normal(text[slice(*first)])
        if kind != "\n" or not breaks:
            decoder.put(" " if kind == "\n" else kind, *first)
    for found in breaks:
        decoder.put(_normal(text[slice(*found)]), *found)


def _normal(broken: str) -> str:
    return broken if broken in "\u2028\u2029" else "\n"


def _block(decoder: Decoder, scalar: Scalar, text: str, span: Span) -> None:
    header = _HEADER.match(text, *span)
    if header is None:
        return
    indent = _indent(scalar, text, Span(header.end(), span.end))
    folded = scalar.style is Style.FOLDED
    #: the break behind the last line of content, and those of the empty lines since
    leading: Span | None = None
    trailing: list[Span] = []
    was_blank = False
    for content, ended in _lines(text, Span(header.end(), span.end), indent):
        if content is None:
            trailing.append(ended)
            continue
        blank = text[content.start] in " \t"
        if folded and leading and text[leading.start] not in "\u2028\u2029" and not was_blank and not blank:
            if not trailing:
                decoder.put(" ", *leading)
        elif leading:
            decoder.put(_normal(text[slice(*leading)]), *leading)
        for empty in trailing:
            decoder.put(_normal(text[slice(*empty)]), *empty)
        trailing.clear()
        decoder.copy(*content)
        leading = ended if ended.end > ended.start else None
        was_blank = blank
    if "-" not in header["marks"]:
        kept = [leading] if leading else []
        for broken in kept + (trailing if "+" in header["marks"] else []):
            decoder.put(_normal(text[slice(*broken)]), *broken)


def _lines(text: str, body: Span, indent: int) -> Iterator[tuple[Span | None, Span]]:
    """Each line of a block scalar: its content, None where it is empty, and its break."""
    at = body.start
    while at < body.end:
        line = _LINE.match(text, at, body.end)
        if line is None:
            return
        broken = Span(*line.span("end"))
        begin = at + indent
        if begin < line.end("content") and not text[at:begin].strip(" "):
            yield Span(begin, line.end("content")), broken
        elif not text[at : line.end("content")].strip(" ") and broken.end > broken.start:
            yield None, broken
        else:
            return
        at = line.end()


def _indent(scalar: Scalar, text: str, body: Span) -> int:
    """The columns that the block is indented by: what its first full line has more than its value's."""
    raw = re.compile(r"[^ \r\n\x85\u2028\u2029]").search(text, *body)
    decoded = re.compile(r"[^ \n\u2028\u2029]").search(scalar.value)
    if raw and decoded:
        return _leading(text, raw.start()) - _leading(scalar.value, decoded.start())
    for content, value in zip(_ONE_BREAK.split(text[slice(*body)]), _VALUE_BREAK.split(scalar.value), strict=False):
        if value:
            return len(content) - len(value)
    return body.end - body.start + 1


def _leading(text: str, at: int) -> int:
    start = at
    while start and text[start - 1] == " ":
        start -= 1
    return at - start
