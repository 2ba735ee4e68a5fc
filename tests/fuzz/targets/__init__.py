"""One module a target: `probe(data)` raises where a promise is broken, `seeds()` says where to begin.

A probe lets no exception pass but those of a broken promise; `AtlintError`, which is exit code 2, it takes itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

#: targets, in the order in which they run
NAMES: Final = (
    "line",
    "scanner",
    "crn",
    "action",
    "event_time",
    "fluentd",
    "yaml",
    "registration",
    "manifest",
    "baseline",
    "config",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed."""

    name: str
    probe: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    #: bytes of the longest input
    longest: int


def target(name: str) -> Target:
    """A target by its name. Raises KeyError where there is none."""
    if name not in NAMES:
        raise KeyError(name)
    module = importlib.import_module(f"tests.fuzz.targets.{name}")
    return Target(name, module.probe, module.seeds, module.LONGEST)
