"""A log of events to the times that the events themselves tell, as seconds since the epoch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from atlint.load.stream import lines
from atlint.model import Json

#: the forms of all editions: blank or T, a fraction or none, an offset with or without colon, or Z, or none
_INSTANT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?[ ]?(Z|[+-]\d\d:?\d\d)?(?:[ ]UTC)?", re.ASCII
)


def event_times(path: Path) -> Iterator[float]:
    """The eventTime of each line that has one, under `payload` or at the root; others are passed over."""
    for line in lines(path):
        try:
            event: Json = json.loads(line.raw)
        except (ValueError, RecursionError):
            continue
        at = _instant(event)
        if at is not None:
            yield at


def _instant(event: Json) -> float | None:
    if not isinstance(event, dict):
        return None
    payload = event.get("payload")
    text = (payload if isinstance(payload, dict) else event).get("eventTime")
    found = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    offset = found[4] if found[4] not in {None, "Z"} else "+0000"
    try:
        whole = datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
    except ValueError:
        return None
    return (whole - datetime.fromtimestamp(0, UTC)).total_seconds() + float(found[3] or 0)
