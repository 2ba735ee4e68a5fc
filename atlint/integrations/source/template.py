"""Templates with constant parts to Text: `str.format`, `%`, and what stands between the braces of an f-string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from atlint.integrations.source.value import GAP, Scalar, Text, Unknown, Value
from atlint.model import Span

#: characters, each with its place
Pieces: TypeAlias = Iterator[tuple[str, Span]]

_BRACES: Final = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}:!]*)(?P<spec>[^{}]*)\}")
#: the place of a value: not every digit is one of a number, and none is longer that has a value
_PLACE: Final = re.compile(r"\d{1,9}")
_PERCENT: Final = re.compile(r"%(?:\((?P<name>[^)]{0,200})\))?(?P<spec>[-+ #0-9.*]{0,40})(?P<kind>[a-zA-Z%])")


def text_of(pieces: Pieces, span: Span) -> Text:
    """The pieces as one Text; adjacent parts that are not known are one."""
    chars: list[str] = []
    places: list[Span] = []
    for char, place in pieces:
        if char == GAP and chars and chars[-1] == GAP:
            continue
        chars.append(char)
        places.append(place)
    return Text("".join(chars), span, tuple(places))


def pieces_of(value: Value) -> Pieces:
    """A text as it stands; anything else as one part that is not known."""
    if isinstance(value, Text):
        yield from zip(value.value, value.places, strict=True)
    else:
        yield GAP, value.span


def shown(value: Value, place: Span) -> Pieces:
    """What `str()` makes of a value, all of it at `place`."""
    if isinstance(value, Text):
        yield from ((char, place) for char in value.value)
    elif isinstance(value, Scalar):
        yield from ((char, place) for char in str(value.value))
    else:
        yield GAP, place


def formatted(template: Text, values: Sequence[Value], named: Mapping[str, Value], span: Span) -> Text:
    """`template.format(*values, **named)`."""
    count = iter(range(len(values) + template.value.count("{")))

    def field(found: re.Match[str], place: Span) -> Pieces:
        if found[0] in {"{{", "}}"}:
            yield found[0][0], place
            return
        name = found["field"] or str(next(count))
        value = values[int(name)] if _PLACE.fullmatch(name) and int(name) < len(values) else named.get(name)
        yield from shown(value if value is not None and not found["spec"] else Unknown(place), place)

    return text_of(_filled(template, _BRACES, field), span)


def percent(template: Text, values: Sequence[Value], named: Mapping[str, Value], span: Span) -> Text:
    """`template % values`, or `% named`."""
    rest = iter(values)

    def field(found: re.Match[str], place: Span) -> Pieces:
        if found["kind"] == "%":
            yield "%", place
            return
        value = named.get(found["name"]) if found["name"] is not None else next(rest, None)
        plain = value is not None and found["kind"] in "sd" and not found["spec"]
        yield from shown(value if value is not None and plain else Unknown(place), place)

    return text_of(_filled(template, _PERCENT, field), span)


def _filled(template: Text, pattern: re.Pattern[str], field: Callable[[re.Match[str], Span], Pieces]) -> Pieces:
    at = 0
    for found in pattern.finditer(template.value):
        yield from zip(template.value[at : found.start()], template.places[at : found.start()], strict=True)
        yield from field(found, template.part(Span(*found.span())))
        at = found.end()
    yield from zip(template.value[at:], template.places[at:], strict=True)
