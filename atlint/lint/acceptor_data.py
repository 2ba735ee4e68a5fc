"""Whether JSON that services make up themselves is surely clean: embedded in a string, or as it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeAlias

import msgspec

from atlint.lint.acceptor_text import LONGEST, MOST, Asked, Place, Test
from atlint.lint.plain import value_of
from atlint.model import Json
from atlint.plan import Node
from atlint.plan.form import acceptor
from atlint.rules.hints import finder
from atlint.rules.reading import Reading
from atlint.rules.shape import judge as judge_shape

_Integer: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_FLAT: Final = msgspec.json.Decoder(dict[str, str | _Integer | float | bool | None])

#: the raw value -> what the relations see of it, as text; None where it is not surely clean
Kept: TypeAlias = Callable[[bytes], str | None]


def embedded(form: str) -> Test:
    """The test of a form of texts that hold JSON: quick for a flat object, exact for all else."""
    exact = acceptor(form)

    def holds(text: str) -> bool:
        if "\\" not in text:
            try:
                value = _FLAT.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return bool(exact(text))
            strings = [None for child in value.values() if isinstance(child, str)]
            if text.count('"') == 2 * (len(value) + len(strings)):
                return True
        return bool(exact(text))

    return holds


def keeper(
    place: Place, node: Node, asked: Sequence[Asked], seen: Callable[[Json], Json]
) -> tuple[dict[bytes, str], Kept]:
    """The memory of a raw value's place and the test that fills it; `seen` is what the relations see."""
    memory: dict[bytes, str] = {}
    wary = tuple((one, finder(one.hints) if one.hints else None) for one in asked)

    def kept(raw: bytes) -> str | None:
        found = value_of(raw)
        if found is None:
            return None
        (value,) = found
        event = place.event(value)
        if any(True for _ in judge_shape(Reading(place.plan, event), node, value, place.pointer)):
            return None
        text = msgspec.json.encode(event).decode()
        for one, hinted in wary:
            if (hinted is None or "\\u" in text or hinted(text)) and not one.silent(event, text):
                return None
        known = msgspec.json.encode(seen(value)).decode()
        if len(raw) <= LONGEST:
            if len(memory) >= MOST:
                memory.clear()
            memory[raw] = known
        return known

    return memory, kept
