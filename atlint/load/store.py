"""A sink's store: JSON lines `{"received": seconds, "line": text}`, and back to the bytes of each line.

The text of a line that is not UTF-8 holds a lone surrogate for each such byte (PEP 383), escaped, so that
every byte can be had again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from atlint.load.stream import lines

OPENING: Final = b'{"received":'


class Arrival(NamedTuple):
    """A line as it was delivered, and when, in seconds since the epoch, where that is known."""

    raw: bytes
    received: float | None = None
    #: whether the line ended with a line feed where it was found
    ended: bool = True
    #: its line in the file, from 1; of a store, that of its wrapping
    number: int = 0


def wrap(raw: bytes, received: float) -> bytes:
    """The line of a store, its line feed included, for a line received at `received`."""
    return b'%b%.6f,"line":%b}\n' % (
        OPENING,
        received,
        json.dumps(raw.decode("utf-8", "surrogateescape")).encode(),
    )


def torn(tail: bytes) -> bool:
    """Whether a last line without line feed looks like the start of one of a store's lines."""
    return tail.startswith(OPENING) or OPENING.startswith(tail)


def arrivals(path: Path) -> Iterator[Arrival]:
    """The delivered lines of a file: as they are, or out of their wrapping where the file is a store.

    A torn line of a store is passed over: it was never acknowledged. Blank lines are no lines.
    """
    for number, (raw, ended) in enumerate(lines(path), 1):
        if raw.startswith(OPENING) or (not ended and raw and torn(raw)):
            arrival = _unwrap(raw)
            if arrival is not None:
                yield arrival._replace(number=number)
        elif raw.strip():
            yield Arrival(raw, None, ended, number)


def _unwrap(raw: bytes) -> Arrival | None:
    try:
        record: Any = json.loads(raw)
        return Arrival(record["line"].encode("utf-8", "surrogateescape"), float(record["received"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
