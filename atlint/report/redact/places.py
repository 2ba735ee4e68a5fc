"""A line to what of it the edition does not let be shown: by the place of a value, and by a field's name."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from atlint.lint import Explanation
from atlint.lint.places import besides
from atlint.model import Span
from atlint.plan import Plan
from atlint.pointer import Scan

#: places of a Plan of which is remembered how they are shown
_MOST_PLACES: Final = 4096
#: words of a broken line that may be shown: they are JSON's, JavaScript's and Python's own
_HARMLESS: Final = frozenset(
    ["true", "false", "null", "NaN", "Infinity", "undefined", "None", "True", "False", "nil", "nan", "inf"]
)
#: the rule that finds credentials
_LEAK: Final = "AT524"
_TOKEN: Final = re.compile(r'"((?:[^"\\]++|\\.)*+)"?(\s*:)?|[^\s"{}\[\],:]+')


class Place(NamedTuple):
    """What a Plan says of a place as to showing it."""

    sensitive: bool
    #: sensitive, or unknown to the edition
    hidden: bool
    #: whether the edition has a single value here: an object in its place is masked whole, keys and all
    single: bool
    #: whether the edition forbids anything here, since it would be a credential
    credential: bool


class _Places(dict[str, Place]):
    """What a Plan says of each place, remembered for as many as there is room for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        #: those at which nothing is hidden, whatever stands there
        self.shown: set[str] = set()

    def __missing__(self, pointer: str) -> Place:
        if len(self) >= _MOST_PLACES:
            self.clear()
            self.shown.clear()
        node, sensitive = self._plan.node(pointer), self._plan.sensitive(pointer)
        place = self[pointer] = Place(
            sensitive=sensitive,
            hidden=sensitive or node is None,
            single=node is not None and not node.members and node.items is None and "object" not in node.types,
            credential=node is not None and node.forbidden and node.codes.get("not") == _LEAK,
        )
        if not place.hidden:
            self.shown.add(pointer)
        return place


#: a Plan to what it says of each pointer
of: Final = functools.lru_cache(maxsize=16)(_Places)


def sensitive(plan: Plan, text: str, scanned: Scan) -> list[Span]:
    """Values that the edition calls sensitive, or does not know; without their quotes."""
    found, places = list[Span](), of(plan)
    for pointer, start, end in besides(scanned.members, places.shown):
        place = places[pointer]
        if not place.hidden or (text[start] in "{[" and not place.single):
            continue
        quoted = text[start] == '"'
        if end - start > 2 * quoted:
            found.append(Span(start + quoted, end - quoted))
    return found


def credentials(explanation: Explanation) -> Iterator[Span]:
    """What the event holds of credentials by the field, or by the rule that found them; without their quotes."""
    text, plan = explanation.line.text, explanation.plan
    spans = [explanation.place(problem) for problem in explanation.problems if problem.code == _LEAK]
    if explanation.scanned is not None:
        members, places = explanation.scanned.members.items(), of(plan)
        spans += [Span(*member.value) for pointer, member in members if places[pointer].credential]
    for start, end in spans:
        quoted = text[start : start + 1] == '"' and end - start > 1
        yield Span(start + quoted, end - quoted)


def strangers(plan: Plan, text: str) -> Iterator[Span]:
    """In a line that is no JSON nothing is known to be harmless but the edition's own field names."""
    known = _names(plan)
    for token in _TOKEN.finditer(text):
        if token[1] is None:
            if not harmless(token[0]) and len(token[0]) > 1:
                yield Span(*token.span())
        elif token[1] and not (token[2] and token[1] in known):
            yield Span(token.start() + 1, token.start() + 1 + len(token[1]))


@functools.lru_cache(maxsize=16)
def _names(plan: Plan) -> frozenset[str]:
    """The names of all fields of an edition."""
    return frozenset(token for node in plan.root.walk() for token in node.pointer.split("/"))


def harmless(text: str) -> bool:
    """Whether a part of a broken line says nothing of anybody: a word of a language's own, or no word."""
    return text in _HARMLESS or not any(char.isalnum() for char in text)
