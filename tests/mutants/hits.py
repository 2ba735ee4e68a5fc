"""Which functions run, and which of them on behalf of a cache that outlives the test."""

from __future__ import annotations

import cProfile
import functools
import sys
from types import CodeType


class Hits:
    """Notes what is called while it is switched on, by Python's own profiler, which is quick.

    `kept` has the code that was called, or may have been, to fill a cache: what a mutant of it does shows only where
    nothing was cached before.
    """

    def __init__(self) -> None:
        self.kept: set[CodeType] = set()
        self._profile = cProfile.Profile(builtins=False)

    def start(self) -> None:
        """Note calls from here on."""
        self._profile = cProfile.Profile(builtins=False)
        self._profile.enable()

    def stop(self) -> set[CodeType]:
        """The code called since `start`."""
        self._profile.disable()
        calls = {entry.code: [callee.code for callee in entry.calls or ()] for entry in self._profile.getstats()}
        waiting = [callee for cache in _cached(len(sys.modules)) for callee in calls.get(cache, ())]
        while waiting:
            code = waiting.pop()
            if code not in self.kept:
                self.kept.add(code)
                waiting.extend(calls.get(code, ()))
        return set(calls)


@functools.cache
def _cached(_modules: int) -> set[CodeType]:
    """The cached functions of atlint and of its tests, as far as they are imported: so many modules are."""
    return {
        value.__wrapped__.__code__
        for name, module in list(sys.modules.items())
        if name.startswith(("atlint", "tests"))
        for value in vars(module).values()
        if isinstance(value, functools._lru_cache_wrapper) and hasattr(value.__wrapped__, "__code__")
    }
