"""The edge cases of an edition, one after the other: compliant events that a reader is most likely to trip over.

Always the same for the same edition and registration: chance has no part in it. Every way in which `compose` can
decide is taken at least once, then come the extremes of texts, numbers, dates, depth and length.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Final, TypeVar

from atlint.load.chooser import Chooser
from atlint.load.compose import compose, fill
from atlint.load.scene import scene_of
from atlint.load.world import World, world_of
from atlint.model import Json
from atlint.plan import Plan
from atlint.rules.line import limits

T = TypeVar("T")

#: names of every awkward kind: one code point, long, right to left, combining, joined, beyond the BMP, quoted,
#: the separators that JavaScript takes for line ends, the last code point
TEXTS: Final = (
    "0", "Å" * 200, "\u05e9\u05dc\u05d5\u05dd", "e\u0301\u0323o\u0308", "👩\u200d👩\u200d👧\u200d👦",
    "\U0001d518\U0001d52b", 'say "yes"', "back\\slash", "a\u2028b\u2029c", "\U0010fffd", "\ufffd", "a\0b",
    "née / dite", "%d %s", "\x7f", "Ǆ", "ß", "\u202eabc",
)  # fmt: skip
#: numbers at the ends of what consumers' types hold
NUMBERS: Final[tuple[Json, ...]] = (
    0, -1, 2**31 - 1, -(2**31), 2**53, -(2**53), 2**63 - 1, -(2**63), 2**64 - 1, 0.1, -0.0, 5e-324,
    1.7976931348623157e308, 1e-7, 1e21,
)  # fmt: skip
#: hundredths of a second since the epoch: the first instant of 2016 and its last, a leap day, ends of years
MOMENTS: Final = (145_160_640_000, 148_322_879_999, 145_670_399_999, 158_293_440_000, 157_783_679_999, 157_783_680_000)
#: a leap second of those years, which no count of seconds names
LEAP_SECOND: Final = "2016-12-31T23:59:60.00"
#: levels of nesting below the root that are allowed (AT007 speaks from 100 on)
_DEEP: Final = 90


@dataclass(slots=True)
class _Script:
    """A Chooser that does what it is told as far as the script goes, and then takes the first of everything.

    Chances are `lavish` or not: a lavish event has all that it can have.
    `asked` is what was asked on the way: the question, and how many answers there are.
    """

    answers: Sequence[int]
    lavish: bool = False
    text_of: Callable[[], str] = lambda: TEXTS[0]
    asked: list[tuple[object, int]] = field(default_factory=list)

    def _next(self, question: object, count: int) -> int:
        place = len(self.asked)
        self.asked.append((question, count))
        return self.answers[place] if place < len(self.answers) else 0

    def _flips(self, weight: float) -> bool:
        """False, then true; the other way round where lavish."""
        return bool(self._next(weight, 2)) != self.lavish

    def pick(self, options: Sequence[T]) -> T:
        """The next answer."""
        question = tuple(map(str, options))
        return options[self._next(question, len(options))] if len(options) > 1 else options[0]

    def integer(self, least: int, most: int) -> int:
        """The least or the most."""
        return most if least < most and self._next((least, most), 2) else least

    def chance(self, weight: float) -> bool:
        """Never or always at the ends, else as the script says."""
        return weight >= 1 or (weight > 0 and self._flips(weight))

    def text(self) -> str:
        """The same everywhere."""
        return self.text_of()


def boundary(plan: Plan) -> Iterator[bytes]:
    """Lines of a plan's edge cases, without line feeds, each of them clean.

    Raises AtlintError where the plan leaves nothing compliant to make.
    """
    world = world_of(plan)
    seen: set[bytes] = set()
    known: set[tuple[object, int]] = set()
    rich, spare = (_every_answer(plan, world, known, lavish=lavish) for lavish in (True, False))
    for event in chain(rich, spare, _extremes(plan, world)):
        raw = _line(event)
        if raw not in seen:
            seen.add(raw)
            yield raw


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _every_answer(
    plan: Plan, world: World, known: set[tuple[object, int]], *, lavish: bool
) -> Iterator[dict[str, Any]]:
    """Events in which each question that `compose` asks gets each of its answers, the first questions first.

    `known` are the questions that were answered in all ways before; those of this walk are added.
    """
    waiting: deque[tuple[int, ...]] = deque([()])
    while waiting:
        answers = waiting.popleft()
        script = _Script(answers, lavish)
        yield compose(plan, script, world)
        for place in range(len(answers), len(script.asked)):
            question, count = script.asked[place]
            # a chance is another question at another place; a set of words is the same everywhere
            mark = (question if isinstance(question, tuple) else (question, place, lavish), count)
            if mark not in known:
                known.add(mark)
                before = (*answers, *(0 for _ in range(place - len(answers))))
                waiting.extend((*before, answer) for answer in range(1, count))


def _extremes(plan: Plan, world: World) -> Iterator[dict[str, Any]]:
    for text in TEXTS:
        yield compose(plan, _Script((), text_of=partial(str, text)), world)
    for moment in MOMENTS:
        yield compose(plan, _Script(()), world, moment)
    yield _pinned(plan, world, "eventTime", f"{LEAP_SECOND}+0000")
    for name, value in _data(plan):
        yield _pinned(plan, world, name, value)
    yield _longest(plan, world)


def _pinned(plan: Plan, world: World, role: str, value: Json) -> dict[str, Any]:
    """The simplest event, with one field set."""
    draw: Chooser = _Script(())
    return fill(plan, scene_of(plan, world, draw), draw, {role: value}, (role,))


def _data(plan: Plan) -> Iterator[tuple[str, Json]]:
    """The extremes of the service's own data, encoded as the edition has it."""
    for role in ("requestData", "responseData"):
        node = plan.node(plan.pointer(role))
        if node is None:
            continue
        bare = "object" in node.types
        values: list[dict[str, Json]] = [{}, {"": None}]
        values += [{"limit": number} for number in NUMBERS]
        values += [{"prefix": text} for text in (*TEXTS, "tab\tand\nline\r\n")]
        if bare:
            values += [_deep(_DEEP), {"list": [[], {}, [None, True, False]]}]
        for value in values:
            yield role, value if bare else json.dumps(value, ensure_ascii=False)


def _deep(levels: int) -> dict[str, Json]:
    value: dict[str, Json] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def _longest(plan: Plan, world: World) -> dict[str, Any]:
    """An event whose line is one byte short of what is told to be close to the limit."""
    node = plan.node(plan.pointer("requestData"))
    bare = node is None or "object" in node.types

    def with_text(text: str) -> dict[str, Any]:
        value: Json = {"prefix": text}
        return _pinned(plan, world, "requestData", value if bare else json.dumps(value))

    room = limits(plan.edition)[1] - 1 - len(_line(with_text("")))
    return with_text("a" * room)
