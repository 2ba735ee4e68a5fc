"""One event on its way into a file: what was made, when it is due, and where it came to stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Event:
    """An event with its line feed. The writer sets `name` and `number` once the line stands in its file."""

    seq: int
    #: index of the pod in the run, which is that of its file
    pod: int
    #: intended, in seconds from the start
    offset: float
    line: bytes
    digest: str
    rule: str | None
    name: str = ""
    #: of the line within its file, from 1; 0 while it is not written
    number: int = 0
