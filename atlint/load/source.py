"""Where events come from, as the load sees it: a Protocol that the sampler satisfies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class Stamp(NamedTuple):
    """What a source is told about one event.

    `file` is the index of the pod's log in the run, `at` the event's own time in seconds since the epoch:
    the run's `now` plus the intended offset, so that it depends on no clock.
    """

    seq: int
    file: int
    at: float


class Made(NamedTuple):
    """One event: the line's bytes without a line feed, and the code of the rule it breaks, if any."""

    raw: bytes
    rule: str | None = None


class Source(Protocol):
    """Makes one event for each stamp, in their order; the same stamps give the same bytes."""

    def events(self, run: str, stamps: Sequence[Stamp]) -> Iterable[Made]:
        """Events whose `id` carries `identity.encode(run, stamp.file, stamp.seq)` and stands early."""
        ...
