"""A text that holds JSON to Values with their places in the file that holds the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.integrations.source.value import GAP, Array, Member, Object, Scalar, Text, Unknown, Value
from atlint.model import Json, Span
from atlint.pointer import Scan, escape, inside, scan

#: what a program puts in later, where a text is a template
_FIELD: Final = re.compile(r"%(?:\(\w*\))?[sdrif]|\{\w*\}|\$\{?\w+\}?")
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BLANK: Final = re.compile(r"[ \t\r\n]*")


def objects_in(text: Text) -> Iterator[Object]:
    """The JSON objects that a text consists of, one behind the other; none where it is not JSON."""
    json, places = _closed(text)
    found: list[Object] = []
    at = _blank(json, 0)
    while at < len(json):
        scanned = scan(json, at, whole=False)
        if not isinstance(scanned, Scan) or not isinstance(scanned.value, dict):
            return
        value = _Embedded(json, places, scanned).value(scanned.value, "")
        if isinstance(value, Object):
            found.append(value)
        at = _blank(json, scanned.end)
    yield from found


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _closed(text: Text) -> tuple[str, tuple[Span, ...]]:
    """The text with quotes around a gap that stands for a whole value, so that it can be read."""
    strings = [found.span() for found in _STRING.finditer(text.value)]
    chars: list[str] = []
    places: list[Span] = []
    for at, char in enumerate(text.value):
        while strings and strings[0][1] <= at:
            strings.pop(0)
        bare = char == GAP and not (strings and strings[0][0] <= at)
        for one in f'"{GAP}"' if bare else char:
            chars.append(one)
            places.append(text.places[at])
    return "".join(chars), tuple(places)


class _Embedded:
    """Gives the parts of one decoded JSON value their places."""

    def __init__(self, json: str, places: tuple[Span, ...], scanned: Scan) -> None:
        self._json = json
        self._places = places
        self._members = scanned.members

    def _span(self, within: Span) -> Span:
        return Span(self._places[within.start].start, self._places[max(within.end - 1, within.start)].end)

    def value(self, value: Json, pointer: str) -> Value:
        """The Value of what stands at a pointer."""
        within = self._members[pointer].value
        span = self._span(within)
        if isinstance(value, dict):
            return Object({key: self._member(child, f"{pointer}/{escape(key)}") for key, child in value.items()}, span)
        if isinstance(value, list):
            return Array(tuple(self.value(child, f"{pointer}/{index}") for index, child in enumerate(value)), span)
        if isinstance(value, str):
            return self._text(value, within, span)
        return Scalar(value, span)

    def _member(self, value: Json, pointer: str) -> Member:
        key = self._members[pointer].key
        found = self.value(value, pointer)
        return Member(found.span if key is None else self._span(key), found)

    def _text(self, value: str, within: Span, span: Span) -> Value:
        if value == GAP:
            return Unknown(span)
        places = [self._span(inside(self._json, within, Span(at, at + 1))) for at in range(len(value))]
        chars = list(value)
        for found in reversed(list(_FIELD.finditer(value))):
            chars[found.start() : found.end()] = [GAP]
            places[found.start() : found.end()] = [Span(places[found.start()].start, places[found.end() - 1].end)]
        return Text("".join(chars), span, tuple(places))
