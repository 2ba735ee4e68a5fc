"""The name an event carries through a pipeline: run, file and sequence in an `id` of a UUID's shape.

RRRRRRRR-FFFF-8000-8000-SSSSSSSSSSSS, all hexadecimal: an `id` is legal in every edition of the format,
so that compliant load stays compliant and yet every line names its event.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from atlint.model import AtlintError

#: what fits into the shape
MOST_FILES: Final = 16**4
MOST_EVENTS: Final = 16**12

_RUN: Final = re.compile(r"[0-9a-f]{8}")
_SHAPE: Final = re.compile(r"([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-8000-8000-([0-9a-fA-F]{12})")
_CARRIED: Final = re.compile(
    rb'"id"[ \t\r\n]*:[ \t\r\n]*"([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-8000-8000-([0-9a-fA-F]{12})"'
)


class Identity(NamedTuple):
    """Which event of which run. `file` is the index of the pod's log, the same over all its rotations."""

    run: str
    file: int
    seq: int


def encode(run: str, file: int, seq: int) -> str:
    """The `id` of event `seq` of file `file` of run `run` (8 hexadecimal digits, lower case).

    Raises:
        AtlintError: where one of the three does not fit.
    """
    if not (_RUN.fullmatch(run) and 0 <= file < MOST_FILES and 0 <= seq < MOST_EVENTS):
        raise AtlintError(f"run {run!r}, file {file}, sequence {seq} do not fit into an event's id")
    return f"{run}-{file:04x}-8000-8000-{seq:012x}"


def decode(text: str) -> Identity | None:
    """What `encode` was given, or None where `text` is not of the shape."""
    found = _SHAPE.fullmatch(text)
    return found and Identity(found[1].lower(), int(found[2], 16), int(found[3], 16))


def find(raw: bytes) -> Identity | None:
    """The first event that a line names, whether or not the line is JSON, or whole."""
    found = _CARRIED.search(raw)
    return found and Identity(found[1].decode().lower(), int(found[2], 16), int(found[3], 16))


def run_of(*facts: str) -> str:
    """A run's 8 hexadecimal digits from what determines its bytes: version, plan, edition, seed, now."""
    return hashlib.blake2b("\0".join(facts).encode(), digest_size=4).hexdigest()
