"""Sessions of pytest that run mutants instead of tests: many in forks of one, or one in a process of its own."""

from __future__ import annotations

import functools
import gc
import itertools
import os
import re
import resource
import signal
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import Phase, settings

from tests.mutants import switch
from tests.mutants.hits import Hits

#: exit codes as mutmut keeps them
SURVIVED, KILLED, SUSPICIOUS, TIMEOUT = 0, 1, 35, 36
#: seconds of the processor that a mutant may take beyond five times its patience, and how much longer on the clock
GRACE: Final = 5
WAITING: Final = 12
#: bytes of address space: a mutant that allocates without end is noticed by the failure to do so
MEMORY: Final = 6 << 30


class Outcome(NamedTuple):
    """What became of a mutant: an exit code of mutmut's, and the seconds it took."""

    mutant: str
    code: int
    seconds: float


class _Running(NamedTuple):
    mutant: str
    pipe: int
    since: float


@dataclass(eq=False)
class _Tests:
    """Runs tests until one fails, and says no more than that."""

    patience: float
    failed: bool = False
    #: whether failures are still worth words
    terse: bool = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """A counterexample is enough: nobody reads the smallest one."""
        settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> pytest.TestReport | None:
        """A failure without its traceback, which takes longer than most tests."""
        error = call.excinfo
        if not self.terse or error is None or isinstance(error.value, pytest.skip.Exception):
            return None
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", "noticed", call.when)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a failure."""
        self.failed |= report.failed

    def first_failure(self, tests: Sequence[pytest.Item]) -> pytest.Item | None:
        """The first that fails; none is begun when patience is at its end."""
        end = time.process_time() + self.patience
        for item, following in itertools.zip_longest(tests, tests[1:]):
            _run(item, following)
            if self.failed:
                return item
            if time.process_time() > end:
                break
        return None


@dataclass(eq=False)
class Together(_Tests):
    """A plugin that runs all tests once, then each mutant in a fork: only tests that call its function.

    `mutants` are names as mutmut makes them; `told` is called with each Outcome. Of the tests those come first
    that noticed other mutants of the function, then those that name its module or one of the module's rules,
    then the quick ones.
    """

    mutants: Sequence[str] = ()
    children: int = 1
    told: Callable[[Outcome], None] = lambda _: None
    #: by function: the tests to ask, as pytest names them
    order: dict[str, list[str]] = field(default_factory=dict)
    _killers: dict[str, deque[int]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=8)))
    #: by function: its callers, those first that are likely to be about it
    _nearest: dict[str, list[int]] = field(default_factory=dict)
    _callers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: functions called before any test, or for a cache: tests that do not call them may notice them, too
    _early: set[str] = field(default_factory=set)
    _seconds: list[float] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All mutants, `children` at a time."""
        items = session.items
        self._first(items)
        gc.collect()
        gc.freeze()  # ten thousand mutants are not to be looked through again and again, nor copied in each process
        running: dict[int, _Running] = {}
        for mutant in self.mutants:
            while len(running) >= self.children:
                self._reap(running)
            running |= self._start(mutant, items)
        while running:
            self._reap(running)
        for mutant in self.mutants:
            function = switch.function_of(mutant)
            if function not in self.order:
                numbers = self._ordered(function, items, everything=function in self._early)
                self.order[function] = [items[number].nodeid for number in numbers]
        return True

    def _first(self, items: Sequence[pytest.Item]) -> None:
        """Run each test without any mutant: what it calls, and how long it takes."""
        hits = self.hits
        self._early.update(switch.named(hits.stop()))
        for number, item in enumerate(items):
            since = time.perf_counter()
            hits.start()
            # as if the first came once more: what lasts for the session stays
            _run(item, items[(number + 1) % len(items)])
            for function in switch.named(hits.stop()):
                self._callers[function].add(number)
            self._seconds.append(time.perf_counter() - since)
            if self.failed:
                raise pytest.UsageError(f"{item.nodeid} fails without any mutant")
        self._early.update(switch.named(hits.kept))

    hits: Hits = field(default_factory=Hits)

    def _ordered(self, function: str, items: Sequence[pytest.Item], *, everything: bool = False) -> list[int]:
        killers, callers = self._killers[function], self._callers[function]
        if function not in self._nearest:
            self._nearest[function] = list(self._by_nearness(function, callers, items))
        order = [*killers, *(number for number in self._nearest[function] if number not in killers)]
        if everything:
            order += sorted(set(range(len(items))).difference(order), key=self._seconds.__getitem__)
        return order

    def _by_nearness(self, function: str, callers: set[int], items: Sequence[pytest.Item]) -> Iterator[int]:
        """Those near it first; of a test with many parameters one, before any other has its second turn."""
        near, turns = _names(function), Counter[str]()
        keys = {}
        for number in sorted(callers, key=self._seconds.__getitem__):
            test = items[number].nodeid.partition("[")[0]
            keys[number] = near.search(items[number].nodeid) is None, turns[test], self._seconds[number]
            turns[test] += 1
        yield from sorted(callers, key=keys.__getitem__)

    def _start(self, mutant: str, items: Sequence[pytest.Item]) -> dict[int, _Running]:
        tests = self._ordered(switch.function_of(mutant), items)
        reading, writing = os.pipe()
        since = time.perf_counter()
        pid = os.fork()
        if pid:
            os.close(writing)
            return {pid: _Running(mutant, reading, since)}
        try:
            confine(self.patience)
            gc.disable()
            self.terse = True
            switch.activate(mutant)
            killer = self.first_failure([items[number] for number in tests])
            if killer is None:
                os._exit(SURVIVED)
            os.write(writing, str(items.index(killer)).encode())
            os._exit(KILLED)
        finally:
            os._exit(SUSPICIOUS)

    def _reap(self, running: dict[int, _Running]) -> None:
        pid, status = os.wait()
        one = running.pop(pid)
        killer = os.read(one.pipe, 20)
        os.close(one.pipe)
        if killer:
            killers = self._killers[switch.function_of(one.mutant)]
            if int(killer) in killers:
                killers.remove(int(killer))
            killers.appendleft(int(killer))
        self.told(Outcome(one.mutant, verdict(status), time.perf_counter() - one.since))


@dataclass(eq=False)
class Alone(_Tests):
    """A plugin that runs tests in the order given, until one fails; the mutant is active already."""

    order: Mapping[str, int] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The tests, as the session's result says."""
        if session.testsfailed:  # the tests cannot even be imported
            return True
        self.terse = True
        chosen = [item for item in session.items if item.nodeid in self.order]
        chosen.sort(key=lambda item: self.order[item.nodeid])
        session.testsfailed += self.first_failure(chosen) is not None
        return True


def confine(patience: float) -> None:
    """Keep this process to silence and an end: by the processor's time, since machines are busy, or by the clock."""
    limit = int(GRACE + 5 * patience)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WAITING * limit)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def verdict(status: int) -> int:
    """An exit code of mutmut's from a process's status."""
    code = os.waitstatus_to_exitcode(status)
    return TIMEOUT if code in {-signal.SIGALRM, -signal.SIGXCPU} else code


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


@functools.cache
def _names(function: str) -> re.Pattern[str]:
    """What the id of a test that is about the function's module has in it: the module, or a code of its rules."""
    module = function.rpartition(".")[0]
    path = Path(*module.split(".")).with_suffix(".py")
    codes = set(re.findall(r"\bAT\d{3}\b", path.read_text())) if path.exists() else set()
    return re.compile("|".join([*sorted(codes), rf"test_{module.rpartition('.')[2]}\.py"]))
