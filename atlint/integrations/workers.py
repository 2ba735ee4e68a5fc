"""A few processes that do the work, so that no input holds up a server: one that takes too long is killed."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import queue
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import MappingProxyType
from typing import Any, Final, TypeAlias

#: pieces of work at the same time
PROCESSES: Final = 2
#: seconds that one may take, the start of its process included
LONGEST: Final = 20.0
#: seconds that a request waits for a process
PATIENCE: Final = 5.0

#: a function of a module; what it takes can be pickled, what it gives is JSON
Work: TypeAlias = Callable[..., str]


class BusyError(Exception):
    """No process became free in time."""


class TooLongError(Exception):
    """A piece of work was given up."""


class _Pickler(pickle.Pickler):
    """Carries read-only mappings too."""

    def reducer_override(self, value: Any) -> Any:
        """Take a mapping proxy apart."""
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def _read_only(value: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(value)


def _packed(arguments: tuple[Any, ...]) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream).dump(arguments)
    return stream.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection

    def stop(self) -> None:
        """End it at once: it holds nothing that could be lost."""
        self.process.kill()
        self.process.join()


@dataclass(slots=True)
class Workers:
    """Processes that do `work`."""

    work: Work
    longest: float = LONGEST
    patience: float = PATIENCE
    _idle: queue.LifoQueue[_Worker | None] = field(default_factory=queue.LifoQueue)
    _alive: set[_Worker] = field(default_factory=set)
    _closed: bool = False

    def __post_init__(self) -> None:
        """Have room for all, and one under way, which is asked first."""
        for _ in range(PROCESSES - 1):
            self._idle.put(None)
        self._idle.put(self._started())

    def ask(self, *arguments: Any) -> bytes:
        """What the next free process makes of the arguments, in ASCII.

        Raises BusyError where there is none in time, and TooLongError where it took too long or broke down.
        """
        packed = _packed(arguments)
        try:
            worker = self._idle.get(timeout=self.patience)
        except queue.Empty:
            raise BusyError from None
        found = None
        try:
            if not self._closed:
                worker = worker or self._started()
                worker.pipe.send_bytes(packed)
                if worker.pipe.poll(self.longest):
                    found = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            found = None
        if found is None and worker is not None:
            self._ended(worker)
            worker = None
        self._idle.put(worker)
        if found is None:
            raise TooLongError
        return found

    def close(self) -> None:
        """End all, those at work too: whoever waits for one is told that it broke down."""
        self._closed = True
        for worker in tuple(self._alive):
            worker.stop()
        while True:
            try:
                idle = self._idle.get_nowait()
            except queue.Empty:
                return
            if idle is not None:
                self._ended(idle)

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.work), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._alive.add(worker)
        return worker

    def _ended(self, worker: _Worker) -> None:
        worker.stop()
        worker.pipe.close()
        self._alive.discard(worker)


def _serve(pipe: Connection, work: Work) -> None:
    """Work until the other end is gone."""
    # an interrupt from the keyboard reaches this process too: the server ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # standard output may be the server's own line to its client
    os.dup2(2, 1)
    while True:
        try:
            arguments = pickle.loads(pipe.recv_bytes())  # noqa: S301 - packed by the process that started this one
            pipe.send_bytes(work(*arguments).encode("ascii"))
        except (EOFError, OSError):
            return
