"""Pieces of work to what others make of them, in the order in which they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Final, TypeVar

_A = TypeVar("_A")
_T = TypeVar("_T")

#: pieces of work under way for each worker: the next is there when it has done one
AHEAD: Final = 3


def in_order(
    executor: Executor, workers: int, work: Callable[[_A], _T], asked: Iterable[_A]
) -> Iterator[tuple[_A, _T]]:
    """What work makes of each thing asked for; a few of them are under way at a time, and no more are drawn.

    None is cancelled: what need not be done any more is for whoever owns the executor to drop. A future that was
    cancelled before its process pool broke stops what sets all others in Python 3.11.
    """
    under_way: deque[tuple[_A, Future[_T]]] = deque()
    for each in asked:
        under_way.append((each, executor.submit(work, each)))
        if len(under_way) >= workers * AHEAD:
            first, future = under_way.popleft()
            yield first, future.result()
    while under_way:
        first, future = under_way.popleft()
        yield first, future.result()
