"""The workers of a dask cluster behind the interface of `concurrent.futures`; needs the extra `dask`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from typing import Any, Final, cast

from atlint.model import AtlintError

SCHEME: Final = "dask://"
_ADDRESS: Final = re.compile(rf"{SCHEME}(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):\d{{1,5}}", re.ASCII)
#: seconds for which a scheduler, and then a first worker, is waited for
_WAIT: Final = 30
#: workers that may be lost over one piece of work before it is given up
_LOSSES: Final = 10


@contextmanager
def workers_of(engine: str, needs: Callable[[], object] | None = None) -> Iterator[tuple[Executor, int]]:
    """The cluster at `dask://HOST:PORT` and how many threads of work it has; what a lost worker did is done again.

    `needs` is run on each worker first, and must give the same there as here. Raises AtlintError.
    """
    if _ADDRESS.fullmatch(engine) is None:
        shown = "" if "@" in engine else f", not {engine!r}"  # a password may stand before it
        raise AtlintError(f"--engine takes dask://HOST:PORT{shown}")
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise AtlintError("--engine needs the extra: pip install 'atlint[dask]'") from None
    connect: Any = Client  # the package has no types
    try:
        client = connect("tcp://" + engine.removeprefix(SCHEME), timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise AtlintError(f"{engine}: no scheduler answers: {error}") from None
    try:
        client.wait_for_workers(1, timeout=_WAIT)
        if needs is not None:
            _agree(engine, needs(), client.run(needs))
        threads = sum(client.nthreads().values())
        yield cast("Executor", client.get_executor(pure=False, retries=_LOSSES)), threads
    except (KilledWorker, CancelledError) as error:
        raise AtlintError(f"{engine}: a piece of the work was lost with every worker that took it: {error}") from None
    except (OSError, TimeoutError) as error:
        raise AtlintError(f"{engine}: {error or 'no worker came'}") from None
    finally:
        client.close(timeout=_WAIT)


def _agree(engine: str, here: object, there: dict[str, object]) -> None:
    for address, said in there.items():
        if said != here:
            raise AtlintError(f"{engine}: the worker {address} has atlint {said}, here is {here}: install the same one")
