"""A few processes that check, so that no input holds up the server: one that takes too long is killed."""

from __future__ import annotations

import dataclasses
import io
import multiprocessing
import pickle
import queue
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import MappingProxyType
from typing import Any, Final

from atlint.integrations.web.answer import answer
from atlint.report.check import Options

#: checks at the same time
PROCESSES: Final = 2
#: seconds that one check may take, the start of its process included
LONGEST: Final = 20.0
#: seconds that a request waits for a process
PATIENCE: Final = 5.0


class BusyError(Exception):
    """No process became free in time."""


class TooLongError(Exception):
    """A check was given up."""


class _Pickler(pickle.Pickler):
    """Carries read-only mappings too."""

    def reducer_override(self, value: Any) -> Any:
        """Take a mapping proxy apart."""
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def _read_only(value: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(value)


def _packed(options: Options) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream).dump(options)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection

    def stop(self) -> None:
        """End it at once: it holds nothing that could be lost."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class Workers:
    """Checks under `options`; `now` is the time to judge by, the clock's where it is None."""

    options: Options
    now: float | None = None
    longest: float = LONGEST
    patience: float = PATIENCE
    _idle: queue.LifoQueue[_Worker | None] = field(default_factory=queue.LifoQueue)

    def __post_init__(self) -> None:
        """Have room for all, and one under way, which is asked first."""
        for _ in range(PROCESSES - 1):
            self._idle.put(None)
        self._idle.put(self._started())

    def ask(self, raw: bytes, wishes: Mapping[str, str]) -> bytes:
        """The answer of the next free process.

        Raises BusyError where there is none in time, and TooLongError where it took too long or broke down.
        """
        try:
            worker = self._idle.get(timeout=self.patience)
        except queue.Empty:
            raise BusyError from None
        found = None
        try:
            worker = worker or self._started()
            worker.pipe.send((raw, dict(wishes)))
            if worker.pipe.poll(self.longest):
                found = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            found = None
        if found is None and worker is not None:
            worker.stop()
            worker = None
        self._idle.put(worker)
        if found is None:
            raise TooLongError
        return found

    def close(self) -> None:
        """End those that are idle; the others end with this process."""
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.stop()

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, _packed(self.options), self.now), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _work(pipe: Connection, packed: bytes, now: float | None) -> None:
    """Answer until the other end is gone."""
    # an interrupt from the keyboard reaches this process too: the server ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = pickle.loads(packed)  # noqa: S301 - packed by the process that started this one
    while True:
        try:
            raw, wishes = pipe.recv()
            at = dataclasses.replace(options, now=time.time() if now is None else now)
            pipe.send_bytes(answer(raw, at, wishes).encode("ascii"))
        except (EOFError, OSError):
            return
