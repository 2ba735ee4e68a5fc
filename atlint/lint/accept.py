"""A Plan to a predicate that says yes to clean lines only: the fast way past everything that is fine.

Sound by law 1: what it accepts has no finding at the selected rules. What it does not accept may still be
clean; `explain` has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from atlint.lint.explain import Explainer
from atlint.plan import Plan
from atlint.rules.line import limits
from atlint.rules.reading import Reading

#: raw line -> its action where the line is surely clean, else None
Acceptor: TypeAlias = Callable[[bytes], str | None]


#: what makes a line too hard to judge by counting: escapes that hide letters or keys, blanks before a colon
_UNSURE: Final = (b"\\u", b"\\\\", b"\\/", b" :", b"\t:", b"\r:", b"\n:")


def compile_acceptor(plan: Plan, now: float = 0.0) -> Acceptor:
    """The acceptor of a Plan."""
    decode = msgspec.json.Decoder().decode
    explainer = Explainer(plan, now)
    _, near = limits(plan.edition)

    def accept(raw: bytes) -> str | None:
        if len(raw) >= near or raw[:1] != b"{" or any(mark in raw for mark in _UNSURE):
            return None
        try:
            value = decode(raw)
            text = raw.decode()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if raw.count(b'":') - raw.count(b'\\":') != _keys(value) or _out_of_range(value):
            return None
        for _ in explainer.judge(Reading(plan, value, text, now)):
            return None
        action = value.get(plan.record[1:], {}).get("action") if plan.record else value.get("action")
        return action if isinstance(action, str) else ""

    return accept


def _keys(value: object) -> int:
    """How many members all objects have: fewer than the text has key colons where a key stands twice."""
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _out_of_range(value: object) -> bool:
    """Whether an integer is beyond 64 bits, which msgspec reads and the tailer cannot pack."""
    if isinstance(value, dict):
        return any(map(_out_of_range, value.values()))
    if isinstance(value, list):
        return any(map(_out_of_range, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**64
