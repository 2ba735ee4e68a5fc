"""When a log file is rotated, and by which of the two ways that logrotate knows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from atlint.load.units import duration, size
from atlint.model import AtlintError


class Method(enum.StrEnum):
    """What happens to the file: it is renamed and a new one created, or copied and emptied."""

    RENAME = "rename"
    COPYTRUNCATE = "copytruncate"


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotate before a file exceeds `size` bytes, and every `every` seconds of intended time."""

    size: int | None = None
    every: float | None = None
    method: Method = Method.RENAME


def parse(text: str, *, method: Method = Method.RENAME) -> Rotation:
    """The rotation that `50MB`, `30s` or `50MB,30s` asks for.

    Raises:
        AtlintError: for a part that is neither a size nor a duration, or two of one kind.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        kind, read = ("size", size) if part.strip()[-1:] == "B" else ("every", duration)
        if kind in found:
            raise AtlintError(f"--rotate {text}: give at most one size and one duration")
        found[kind] = read(part)
    if found.get("every") == 0:
        raise AtlintError(f"--rotate {text}: the time between two rotations must be above zero")
    limit = found.get("size")
    return Rotation(None if limit is None else int(limit), found.get("every"), method)
