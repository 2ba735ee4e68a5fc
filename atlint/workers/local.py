"""Processes of this machine behind the interface of `concurrent.futures`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from atlint.model import AtlintError

if TYPE_CHECKING:
    from concurrent.futures import Executor


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


@contextmanager
def processes(count: int, preload: Sequence[str] = ()) -> Iterator[Executor]:
    """So many processes; `preload` are modules that they import before they begin.

    Raises AtlintError where one of them ends before its work does. What was not begun when the block is left by an
    exception is not done any more, and what was begun is waited for.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([*preload])
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    try:
        yield executor
    except BrokenProcessPool:
        raise AtlintError(
            "a worker process ended before its work did: it was killed, or the memory is exhausted; --jobs 1 needs none"
        ) from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave it to the process that the user sees to answer Ctrl-C, and end when that process ends, however it does."""
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
