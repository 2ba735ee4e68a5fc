"""Stamps to lines, lot by lot: made in this process, or by workers and taken in their order.

What an event is depends on its stamp alone, so the bytes are the same whoever makes it.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Final, NamedTuple, Protocol, TypeAlias

from atlint.load.digest import digest
from atlint.load.source import Source, Stamp
from atlint.workers.order import in_order

Columns: TypeAlias = tuple[list[int], list[int], list[float]]


class Lot(NamedTuple):
    """Events in a row: their lines without line feeds, and the codes of the rules they break."""

    raws: list[bytes]
    rules: list[str | None]
    #: of the lines, for the manifest; empty where nobody asked
    digests: list[str]


class Supply(Protocol):
    """Gives the lots that are asked for, in their order."""

    @property
    def paced(self) -> int:
        """How many events to ask for at once where each of them is waited for."""
        ...

    def lots(
        self, run: str, asked: Iterable[Sequence[Stamp]], *, digested: bool
    ) -> Iterator[tuple[Sequence[Stamp], Lot]]:
        """The lot of each series of stamps that is asked for, with its digests where they are wanted."""
        ...


class Here:
    """Made by a source in this process, when they are asked for."""

    #: few, so that no event that is due waits long for those behind it
    paced: Final = 64

    def __init__(self, source: Source) -> None:
        self._source = source

    def lots(
        self, run: str, asked: Iterable[Sequence[Stamp]], *, digested: bool
    ) -> Iterator[tuple[Sequence[Stamp], Lot]]:
        """As the Protocol has it."""
        for stamps in asked:
            yield stamps, _made(self._source, run, stamps, digested=digested)


class Elsewhere:
    """Made ahead of time by the workers of an executor; each of them makes its own source, once."""

    #: as many as are worth the way to another process
    paced: Final = 512

    def __init__(self, executor: Executor, workers: int, source: Callable[[], Source]) -> None:
        """`source` is called by each worker, and goes there by pickle."""
        self._executor, self._workers = executor, workers
        self._known = pickle.dumps(source)

    def lots(
        self, run: str, asked: Iterable[Sequence[Stamp]], *, digested: bool
    ) -> Iterator[tuple[Sequence[Stamp], Lot]]:
        """As the Protocol has it. Some lots are under way before the first is taken."""
        work = functools.partial(make, self._known, run, digested)
        for columns, lot in in_order(self._executor, self._workers, work, map(_columns, asked)):
            yield list(map(Stamp, *columns)), lot


def make(known: bytes, run: str, digested: bool, columns: Columns) -> Lot:  # noqa: FBT001 - bound by position
    """The lot of these stamps: what a worker does."""
    return _made(_source(known), run, list(map(Stamp, *columns)), digested=digested)


def _columns(stamps: Sequence[Stamp]) -> Columns:
    """Sequences, files and times: numbers go to another process ten times as fast as stamps do."""
    return [stamp.seq for stamp in stamps], [stamp.file for stamp in stamps], [stamp.at for stamp in stamps]


@functools.lru_cache(maxsize=2)
def _source(known: bytes) -> Source:
    source: Callable[[], Source] = pickle.loads(known)  # noqa: S301 - from the process that this one works for
    return source()


def _made(source: Source, run: str, stamps: Sequence[Stamp], *, digested: bool) -> Lot:
    made = list(source.events(run, stamps))
    raws = [raw for raw, _ in made]
    return Lot(raws, [rule for _, rule in made], [digest(raw) for raw in raws] if digested else [])
