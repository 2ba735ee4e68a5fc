"""Processes of this machine behind the interface of `concurrent.futures`."""

from __future__ import annotations

import functools
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from atlint.model import AtlintError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_P = ParamSpec("_P")
_T = TypeVar("_T")


@contextmanager
def processes(count: int, preload: Sequence[str] = (), *, copies: bool = False) -> Iterator[Executor]:
    """So many processes; `preload` are modules that they import before they begin.

    Where they may be `copies`, and that is safe, they have all that this process has when it gives them their first
    work; until then no thread may be started.

    Raises AtlintError where one of them ends before its work does. Where the block is left by an exception, or this
    process is killed, they end at once, whatever they are at.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    method = _method(copies=copies)
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([*preload])
        _start_server()
    try:
        # only this process has the writing end: it is closed when this process wants it to be, or ends
        reader, writer = context.Pipe(duplex=False)
        given = (reader, writer if method == "fork" else None)
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=given)
    except OSError as error:
        raise _refused(error) from error
    with pool as executor:
        workers = _Workers(executor, writer)
        try:
            yield workers
        except BrokenProcessPool:
            raise AtlintError(
                "a worker process ended before its work did: it was killed, or the memory is exhausted; "
                "--jobs 1 needs none"
            ) from None
        except BaseException:
            workers.end()
            # what manages the workers closes a pipe when they are gone, into which Python writes when it ends
            manager: Any = executor._executor_manager_thread  # noqa: SLF001 - it offers no other way
            executor.shutdown(wait=False, cancel_futures=True)
            if manager is not None:
                manager.join(_LEFT)
            raise


def _method(*, copies: bool) -> str:
    """How processes are begun: a copy of one that has threads may wait for ever for what a thread held."""
    import multiprocessing

    known = multiprocessing.get_all_start_methods()
    if copies and "fork" in known and _threads() == 1:
        return "fork"
    return "forkserver" if "forkserver" in known else "spawn"


def _threads() -> int:
    """The threads of this process, also those that Python knows nothing of; 0 where the system does not say it."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - only counted
    except OSError:
        return 0


def _start_server() -> None:
    """Start what starts the workers, deaf to Ctrl-C from its first moment, as they are then too."""
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # it is deaf by itself, and would lift what is blocked here
    with _later(signal.SIGINT):
        forkserver.ensure_running()


@contextmanager
def _later(*signals: signal.Signals) -> Iterator[None]:
    """Hear of these signals when the block is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _refused(error: OSError) -> AtlintError:
    return AtlintError(f"worker processes cannot be started: {error.strerror}; use fewer --jobs, or raise a ulimit")


class _Workers(Executor):
    """An executor whose workers know when they are at work, and end together."""

    def __init__(self, executor: ProcessPoolExecutor, life: Connection) -> None:
        """`life` is closed to end the workers."""
        self._executor = executor
        self._life = life
        # an executor that is shut down closes and forgets it: a worker's end may be heard of meanwhile, and later
        self._results: Any = executor._result_queue  # noqa: SLF001 - it offers no other way
        self._close_results = self._results.close
        self._results.close = self._close  # type: ignore[method-assign]
        self._ending = threading.Lock()
        self._ended = False
        self._watched: set[int] = set()

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """As an executor does; no worker is left half begun."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            with _later(signal.SIGINT, signal.SIGTERM):
                future = self._executor.submit(functools.partial(_at_work, fn), *args, **kwargs)
        except OSError as error:
            if not self._ended:
                raise _refused(error) from error
            raise BrokenProcessPool(str(error)) from error  # a worker that had just begun, beside one that was killed
        self._watch()
        return future

    def end(self) -> None:
        """End the workers, and let what reads their messages see an end: a killed one may have sent half a message.

        The executor keeps a writing end open that it never uses, so that its reader would wait for the other half,
        and all who wait for what it reads.
        """
        with self._ending:
            if not self._ended:
                self._ended = True
                self._life.close()
                self._results._writer.close()  # noqa: SLF001 - as above

    def _close(self) -> None:
        """As the executor does, and not beside `end`: two that close one descriptor may close another's."""
        with self._ending:
            self._close_results()

    def _watch(self) -> None:
        """Have the new workers waited for: none ends before all is done, unless it is killed."""
        workers = self._executor._processes or {}  # noqa: SLF001 - as above
        for pid, process in list(workers.items()):
            if pid not in self._watched:
                self._watched.add(pid)
                threading.Thread(target=self._end_with, args=(process,), daemon=True).start()

    def _end_with(self, process: BaseProcess) -> None:
        from multiprocessing.connection import wait

        wait([process.sentinel])
        self.end()


#: held by a worker that is not at work: it may be about to send what it did, and half a message would be waited
#: for forever
_AT_REST: Final = threading.Lock()
#: seconds after which a worker that is at rest has nothing more to send
_SENT: Final = 1.0
#: seconds in which workers that were told to end are gone
_LEFT: Final = 2 * _SENT


def _at_work(fn: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
    _AT_REST.release()
    try:
        return fn(*args, **kwargs)
    finally:
        _AT_REST.acquire()


def _begin(reader: Connection, writer: Connection | None) -> None:
    """Leave it to the process that the user sees to answer Ctrl-C, and end when that process says so, or ends.

    A copy of that process does not hear signals as it does, nor holds the end of the pipe that says so.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if writer is not None:
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        writer.close()
        gc.freeze()  # what it has in common with that process is not gone through, and so not copied
    _AT_REST.acquire()
    threading.Thread(target=_end_with, args=(reader,), daemon=True).start()


def _end_with(reader: Connection) -> None:
    reader.poll(None)
    _AT_REST.acquire(timeout=_SENT)
    os._exit(1)
