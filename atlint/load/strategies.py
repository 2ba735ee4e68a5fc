"""Hypothesis strategies over the same Plan as the sampler: compliant events, their lines, and broken lines.

Everything is constructed, nothing filtered: an example is never thrown away. Smaller choices are simpler
events: no optional fields, the first of each closed set, ids of zeros.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from atlint.load.chooser import JOINTS
from atlint.load.compose import compose
from atlint.load.mix import breakable
from atlint.load.mix import broken as broken_by
from atlint.load.world import World, world_of
from atlint.model import AtlintError, Json
from atlint.plan import Plan, compile_plan
from atlint.plan.registration import Registration
from atlint.rules import REGISTRY
from atlint.rules.line import limits

T = TypeVar("T")

#: letters and numbers of every script; without x, so that no word looks like a mask
_WORDS: Final = st.text(
    st.characters(codec="utf-8", categories=("L", "N"), exclude_characters="xX"), min_size=1, max_size=12
)
_NAMES: Final = st.builds(str.join, st.sampled_from(JOINTS), st.lists(_WORDS, min_size=1, max_size=3))
_BOOLEANS: Final = st.booleans()
_COMMAS: Final = st.sampled_from([",", ", ", " ,", ",\t"])
_COLONS: Final = st.sampled_from([":", ": ", " : ", ":\t"])
_SPELLINGS: Final = st.sampled_from(["plain", "ascii", "slashes", "escaped"])


@functools.lru_cache(maxsize=4096)
def _integers(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


class _Drawn:
    """A Chooser that lets Hypothesis choose."""

    __slots__ = ("_draw",)

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options) - 1)]

    def integer(self, least: int, most: int) -> int:
        return least if least == most else self._draw(_integers(least, most))

    def chance(self, weight: float) -> bool:
        """Either, unless the weight is 0 or 1; false is the simpler."""
        return weight >= 1 or (weight > 0 and self._draw(_BOOLEANS))

    def text(self) -> str:
        return self._draw(_NAMES)


@functools.cache
def _world(edition: str) -> tuple[Plan, World]:
    plan = compile_plan(edition)
    return plan, world_of(plan)


def _of(edition: str, registration: Registration | None) -> tuple[Plan, World]:
    if registration is None:
        return _world(edition)
    plan = compile_plan(edition, registration)
    return plan, world_of(plan)


@st.composite
def _events(draw: st.DrawFn, plan: Plan, world: World) -> dict[str, Any]:
    return compose(plan, _Drawn(draw), world)


def events(edition: str = "at-2018", registration: Registration | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Decoded events of an edition in which no rule finds a fault; with a registration, its own actions.

    Raises AtlintError for an edition that does not exist, or a registration without actions.
    """
    return _events(*_of(edition, registration))


@st.composite
def _lines(draw: st.DrawFn, plan: Plan, world: World) -> bytes:
    event = compose(plan, _Drawn(draw), world)
    text = _spelt(_shuffled(draw, event), draw(_COMMAS), draw(_COLONS), draw(_SPELLINGS))
    raw = text.encode()
    if len(raw) >= limits(plan.edition)[1]:
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return raw


def lines(edition: str = "at-2018", registration: Registration | None = None) -> st.SearchStrategy[bytes]:
    """The same events as lines of a log, without line feed: keys in any order, any separators and escapes.

    Raises AtlintError as `events` does.
    """
    return _lines(*_of(edition, registration))


@st.composite
def _broken(draw: st.DrawFn, plan: Plan, world: World, codes: tuple[str, ...]) -> tuple[bytes, str, str]:
    drawn = _Drawn(draw)
    code = drawn.pick(codes)
    made = broken_by(REGISTRY[code], plan, compose(plan, drawn, world), drawn.integer(0, 2**16))
    return made.raw, code, made.pointer


def broken(
    edition: str = "at-2018", code: str | None = None, registration: Registration | None = None
) -> st.SearchStrategy[tuple[bytes, str, str]]:
    """Lines that break one rule each: the bytes, the rule's code, and the JSON Pointer where it fires.

    The bytes are several lines where the rule is about such (`pretty-printed-event`). Raises AtlintError
    where the edition has not the rule, or an event alone cannot break it.
    """
    plan, world = _of(edition, registration)
    codes = tuple(rule.code for rule in breakable(plan))
    if code is not None and code not in codes:
        raise AtlintError(f"{code} is no rule that an event of {edition} can be made to break")
    return _broken(plan, world, codes if code is None else (code,))


def _shuffled(draw: st.DrawFn, value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _shuffled(draw, value[key]) for key in draw(st.permutations(list(value)))}
    if isinstance(value, list):
        return [_shuffled(draw, child) for child in value]
    return value


def _spelt(value: Json, comma: str, colon: str, spelling: str) -> str:
    if isinstance(value, dict):
        members = (
            f"{_text(key, spelling)}{colon}{_spelt(child, comma, colon, spelling)}" for key, child in value.items()
        )
        return f"{{{comma.join(members)}}}"
    if isinstance(value, list):
        return f"[{comma.join(_spelt(child, comma, colon, spelling) for child in value)}]"
    return _text(value, spelling) if isinstance(value, str) else json.dumps(value)


def _text(text: str, spelling: str) -> str:
    if spelling == "escaped":
        units = text.encode("utf-16-be")
        return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + '"'
    encoded = json.dumps(text, ensure_ascii=spelling == "ascii")
    return encoded.replace("/", "\\/") if spelling == "slashes" else encoded
