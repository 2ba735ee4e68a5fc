"""One session of pytest that collects once, then forks a process for each mutant and runs its tests there."""

from __future__ import annotations

import functools
import gc
import json
import os
import re
import resource
import signal
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import pytest

from tests.mutants import switch

#: exit codes as mutmut keeps them
SURVIVED, KILLED, SUSPICIOUS, TIMEOUT = 0, 1, 35, 36
#: seconds a mutant may take beyond five times what its tests take
GRACE: Final = 10
#: bytes of address space: a mutant that allocates without end is noticed by the failure to do so
MEMORY: Final = 6 << 30


T = TypeVar("T")


class Outcome(NamedTuple):
    """What became of a mutant: an exit code of mutmut's, and the seconds it took."""

    mutant: str
    code: int
    seconds: float


class _Running(NamedTuple):
    mutant: str
    pipe: int
    since: float


@dataclass
class Session:
    """A plugin for pytest that runs mutants instead of the collected tests.

    `mutants` are names as mutmut makes them; `told` is called with each Outcome. Tests of a mutant are
    those that call its function: first what noticed other mutants of it, then what names its module or one
    of the module's rules, then the quick ones; none is begun after `patience` seconds.
    """

    mutants: Sequence[str]
    children: int
    patience: float
    told: Callable[[Outcome], None]
    #: functions called while modules were imported and tests collected
    early: set[str] = field(default_factory=set)
    _failed: list[str] = field(default_factory=list)
    _killers: dict[str, deque[int]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=8)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes failures, in the children."""
        if report.failed:
            self._failed.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All mutants, `children` at a time."""
        self.early |= switch.seen()
        switch.watch(on=False)
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        gc.collect()
        gc.freeze()  # ten thousand mutants are not to be looked through again and again, nor copied in each process
        seconds: list[float] = _in_child(lambda: self._baseline(session.items))
        running: dict[int, _Running] = {}
        for mutant in self.mutants:
            while len(running) >= self.children:
                self._reap(running)
            function = switch.function_of(mutant)
            near, killers = _names(function), self._killers[function]
            keys = [
                (number not in killers, near.search(item.nodeid) is None, seconds[number])
                for number, item in enumerate(session.items)
            ]
            order = sorted(range(len(keys)), key=keys.__getitem__)
            running |= self._start(mutant, [(number, session.items[number]) for number in order])
        while running:
            self._reap(running)
        return True

    def _baseline(self, items: Sequence[pytest.Item]) -> list[float]:
        """How long each test takes; none may fail yet."""
        _forget()
        seconds = []
        for item, following in _with_next(items):
            since = time.perf_counter()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            seconds.append(time.perf_counter() - since)
        if self._failed:
            raise SystemExit(f"these fail without any mutant: {self._failed}")
        return seconds

    def _start(self, mutant: str, tests: Sequence[tuple[int, pytest.Item]]) -> dict[int, _Running]:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return {pid: _Running(mutant, reading, time.perf_counter())}
        confine(int(GRACE + 5 * self.patience))
        try:
            os._exit(self._run(mutant, tests, writing))
        finally:
            os._exit(SUSPICIOUS)

    def _run(self, mutant: str, tests: Sequence[tuple[int, pytest.Item]], killer: int) -> int:
        switch.activate(mutant)
        _forget()
        end = time.perf_counter() + self.patience
        for (number, item), following in _with_next(tests):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following[1] if following else None)
            if self._failed:
                os.write(killer, str(number).encode())
                return KILLED
            if time.perf_counter() > end:
                break
        return SURVIVED

    def _reap(self, running: dict[int, _Running]) -> None:
        pid, status = os.wait()
        one = running.pop(pid)
        killer = os.read(one.pipe, 20)
        os.close(one.pipe)
        if killer:
            self._killers[switch.function_of(one.mutant)].appendleft(int(killer))
        self.told(Outcome(one.mutant, verdict(status), time.perf_counter() - one.since))


def confine(limit: int) -> None:
    """Keep this process to `limit` seconds and silence."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limit)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def verdict(status: int) -> int:
    """An exit code of mutmut's from a process's status; 3 is pytest's for an error of its own."""
    code = os.waitstatus_to_exitcode(status)
    return TIMEOUT if code == -signal.SIGALRM else code


def _in_child(work: Callable[[], list[float]]) -> list[float]:
    """What the work returns, as JSON from a process of its own, so that caches here stay cold."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump(work(), pipe)
        except BaseException as error:  # noqa: BLE001 -- the child must end here, whatever happens
            sys.stderr.write(f"{error}\n")
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the run without mutants failed")
    result: list[float] = json.loads(text)
    return result


def _forget() -> None:
    """Empty the caches: what was computed before a mutant became active would hide it."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("atlint", "tests")):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def _with_next(items: Sequence[T]) -> Iterator[tuple[T, T | None]]:
    following: Iterable[T | None] = [*items[1:], None]
    return zip(items, following, strict=True)


@functools.cache
def _names(function: str) -> re.Pattern[str]:
    """What the id of a test that is about the function's module has in it: the module, or a code of its rules."""
    module = function.rpartition(".")[0]
    path = Path(*module.split(".")).with_suffix(".py")
    codes = set(re.findall(r"\bAT\d{3}\b", path.read_text())) if path.exists() else set()
    return re.compile("|".join([*sorted(codes), rf"test_{module.rpartition('.')[2]}\.py"]))
