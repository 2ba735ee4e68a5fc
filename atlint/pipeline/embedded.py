"""The events that containers write by shell commands, told from other JSON that they write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Span
from atlint.pipeline.cluster import Writer
from atlint.pipeline.names import names
from atlint.pipeline.writes import EventText

#: of these fields an event has four, or else a payload that holds them
_FIELDS: Final = re.compile(r'"(action|outcome|severity|eventTime|initiator|target|reason)"\s*:')
_PAYLOAD: Final = re.compile(r'"payload"\s*:')


def events(writer: Writer) -> Iterator[EventText]:
    """What a command writes and means as events: all objects below a log root, elsewhere those that look like it."""
    for event in writer.write.events:
        path = writer.host_path or writer.path
        if names().within(path) or names().within(writer.path) or _looks_like_one(event.text):
            yield event


def _looks_like_one(text: str) -> bool:
    return _PAYLOAD.search(text) is not None or len(set(_FIELDS.findall(text))) >= 4


def settled(event: EventText) -> str:
    """The text with a plain number for each part outside of strings that only a running shell knows.

    The number of code points stays the same.
    """
    pieces, at = [], 0
    for span in event.expansions:
        if span.start < at or _inside_string(event.text, span):
            continue
        pieces += [event.text[at : span.start], "0".ljust(span.end - span.start)]
        at = span.end
    return "".join((*pieces, event.text[at:]))


def _inside_string(text: str, span: Span) -> bool:
    return len(re.findall(r'(?<!\\)(?:\\\\)*"', text[: span.start])) % 2 == 1
