"""What makes two findings the same one: rule, service, action, pointer and the shape of the value, never a line."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import Any, Final

from atlint.model import Problem, Said
from atlint.pointer import told
from atlint.rules import REGISTRY

_NAME: Final = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
_REPEATED: Final = re.compile(r"(w[^w]{1,3})\1*(?=w)")
_INDEX: Final = re.compile(r"/\d+(?=/|$)")
_LONGEST: Final = 120
#: code points of a text whose shape is remembered
_REMEMBERED: Final = 200


def shape(value: Any) -> str:
    """A value without what varies: `crn:v1:us-south` and `crn:v2:dal10` have one shape, two words and three have."""
    if isinstance(value, str):
        return _shape(value) if len(value) <= _REMEMBERED else _shape.__wrapped__(value)
    return type(value).__name__


@functools.lru_cache(maxsize=4096)
def _shape(text: str) -> str:
    """The same at once: faults repeat themselves."""
    return _REPEATED.sub(r"\1+", _NAME.sub("w", text))[:_LONGEST]


def key_of(problem: Problem, service: str, action: str) -> tuple[str, ...]:
    """The parts of a finding's identity, in the order of the baseline file."""
    said = problem.facts.get("said")
    value = shape(said.text) if isinstance(said, Said) else problem.case
    return REGISTRY[problem.code].code, service, action, _INDEX.sub("/*", told(problem.pointer)), value


def fingerprint(key: tuple[str, ...]) -> str:
    """Sixteen hexadecimal digits that stay the same from log to log."""
    return hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:16]
