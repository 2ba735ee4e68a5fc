"""A supply to one stream of lines, unpaced, with a manifest beside it where one is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from atlint.load.event import Event
from atlint.load.manifest import Manifest, Run
from atlint.load.source import Stamp
from atlint.load.supply import Lot, Supply

#: events that are written at once
BLOCK: Final = 2048
#: seconds from one event's own time to the next one's. A million events end within two minutes of `now`, so that
#: they are not of the future for whoever checks them by the same `now`
STEP: Final = 0.000_1
#: how the manifest names standard output
STREAM: Final = "-"


def part(count: int, shard: int, shards: int) -> range:
    """The sequences of one shard: the shards one after the other are the whole, in order."""
    return range(count * (shard - 1) // shards, count * shard // shards)


def emit(supply: Supply, run: Run, count: int, write: Callable[[bytes], object], manifest: Manifest | None) -> None:
    """Write this shard's part of `count` events, each with its line feed, and record what was written.

    Raises AtlintError where the manifest cannot be written.
    """
    truth = _Truth(manifest, run) if manifest else None
    for stamps, lot in supply.lots(run.id, _asked(run, count), digested=truth is not None):
        write(b"\n".join([*lot.raws, b""]))
        if truth:
            truth.note(stamps, lot)
    if truth:
        truth.end(count)


def _asked(run: Run, count: int) -> Iterator[list[Stamp]]:
    mine = iter(part(count, run.shard, run.shards))
    while block := [Stamp(seq, 0, run.now + seq * STEP) for seq in islice(mine, BLOCK)]:
        yield block


class _Truth:
    """The manifest of a stream: one file, whose lines are counted through."""

    def __init__(self, manifest: Manifest, run: Run) -> None:
        self._manifest, self._run = manifest, run
        self._line, self._bytes, self._written = 1, 0, 0
        manifest.open()
        manifest.header(run, {"schedule": "generate", "files": {"0000": STREAM}})

    def note(self, stamps: Sequence[Stamp], lot: Lot) -> None:
        """Record events that have just been written."""
        events = []
        for stamp, raw, rule, digest in zip(stamps, *lot, strict=True):
            line = raw + b"\n"
            offset = stamp.at - self._run.now
            events.append(Event(stamp.seq, 0, offset, line, digest, rule, STREAM, self._line))
            self._line += line.count(b"\n")
            self._bytes += len(line)
        self._written += len(events)
        self._manifest.events(events, start=self._run.now, written=time.time())

    def end(self, offered: int) -> None:
        """Record that the stream is complete."""
        self._manifest.end({"offered": offered, "written": self._written, "bytes": self._bytes, "files": 1})
        self._manifest.close()
