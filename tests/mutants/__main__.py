"""Makes mutants with mutmut, runs them, prints the score; `mutmut results`, `show` and `browse` read it."""

from __future__ import annotations

import argparse
import fnmatch
import functools
import importlib
import json
import math
import os
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, NoReturn, TypeAlias

import pytest
from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths, walk_source_files

from tests.mutants import switch
from tests.mutants.packages import LEFT_OUT, TESTS
from tests.mutants.session import KILLED, SURVIVED, Alone, Outcome, Together, confine, verdict

#: what the tests import besides atlint, imported once for all children
THEIRS: Final = ("hypothesis.strategies", "jsonschema", "jsonschema_rs", "lark", "msgspec", "yaml", "rich", "click")
_LEFT_OUT: Final = " or ".join(f"({each})" for each in LEFT_OUT)
#: without assertions rewritten: pytest would do so for all of atlint, which is a plugin of it
_OPTIONS: Final = (
    *("-q", "-s", "-n0", "--assert=plain", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-k", f"not ({_LEFT_OUT})"),
)
#: statuses of mutmut's in which the tests told a mutant from the original
NOTICED: Final = ("killed", "timeout", "segfault")

Tell: TypeAlias = Callable[[Outcome], None]


def main() -> None:
    """The score of each package asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("packages", nargs="*", default=list(TESTS), metavar="PACKAGE", help=f"of {', '.join(TESTS)}")
    parser.add_argument("--only", default="*", help="a glob over the names of mutants")
    parser.add_argument("--children", type=int, default=1, help="processes at a time")
    parser.add_argument("--patience", type=float, default=4.0, help="seconds of tests for each mutant")
    parser.add_argument("--sample", type=int, default=0, help="take so many mutants only, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="another seed is another sample")
    given = parser.parse_args()
    sys.dont_write_bytecode = False  # a module with all its mutants takes longer to compile than its tests to run
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(given.children)
    for package in given.packages:
        asked = _run(package, given)
        sys.stdout.write(f"{score(package, asked)}\n")


def _run(package: str, given: argparse.Namespace) -> Collection[str]:
    """Of those asked for whatever has no verdict yet, and what survived before: tests only get better."""
    books = {str(data.path): data for data in _data(package)}
    by_mutant = {name: data for data in books.values() for name in data.exit_code_by_key}
    asked = fnmatch.filter(by_mutant, given.only)
    if 0 < given.sample < len(asked):
        asked = random.Random(given.seed).sample(asked, given.sample)
    due = [name for name in asked if by_mutant[name].exit_code_by_key[name] != KILLED]
    if not due:
        return asked
    book = _Book(package, len(due), by_mutant)
    for name in THEIRS:
        importlib.import_module(name)
    order = _together(package, due, given, book.tell)
    again = [name for name in due if by_mutant[name].exit_code_by_key[name] == SURVIVED]
    book = _Book(f"{package}, survivors", len(again), by_mutant)
    _alone(again, order, given, book.tell)
    return asked


@dataclass
class _Book:
    """Writes outcomes down where mutmut looks for them, and says how far we are."""

    #: outcomes after which they are written: a run that is broken off loses few
    EVERY: ClassVar = 20

    title: str
    due: int
    by_mutant: Mapping[str, SourceFileMutationData]
    told: int = 0
    since: float = field(default_factory=time.monotonic)

    def tell(self, outcome: Outcome) -> None:
        """Note one outcome."""
        self.told += 1
        data = self.by_mutant[outcome.mutant]
        data.exit_code_by_key[outcome.mutant] = outcome.code
        data.durations_by_key[outcome.mutant] = outcome.seconds
        if self.told % self.EVERY == 0 or self.told == self.due:
            for each in {id(data): data for data in self.by_mutant.values()}.values():
                each.save()
            passed = time.monotonic() - self.since
            sys.stderr.write(f"{self.title}: {self.told} of {self.due} after {passed:.0f} s\n")


def _together(package: str, mutants: Sequence[str], given: argparse.Namespace, tell: Tell) -> dict[str, list[str]]:
    """Each mutant in a fork of one session, for a moment; returns which tests to ask about each function."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(writing, "w") as pipe:
            say = functools.partial(print, file=pipe, flush=True)
            session = Together(
                given.patience / 8,
                mutants=mutants,
                children=given.children,
                told=lambda outcome: say(json.dumps(outcome)),
            )
            switch.install()
            session.hits.start()
            code = pytest.main([*TESTS[package], *_OPTIONS], plugins=[session])
            say(json.dumps(session.order))
        os._exit(code)
    os.close(writing)
    order: dict[str, list[str]] = {}
    with os.fdopen(reading) as pipe:
        for line in pipe:
            match json.loads(line):
                case [str(name), int(verdict), float(seconds)]:
                    tell(Outcome(name, verdict, seconds))
                case said:
                    order = said
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the session of tests failed: see above")
    return order


def _alone(mutants: Sequence[str], order: Mapping[str, list[str]], given: argparse.Namespace, tell: Tell) -> None:
    """Each mutant in a process that has not imported atlint: what was computed before is computed anew."""
    running: dict[int, tuple[str, float]] = {}
    waiting = deque(mutants)
    if waiting:
        _control(order, given.patience)
    while waiting or running:
        if waiting and len(running) < given.children:
            mutant = waiting.popleft()
            pid = os.fork()
            if not pid:
                _begin(mutant, order[switch.function_of(mutant)], given.patience)
            running[pid] = (mutant, time.monotonic())
        else:
            pid, status = os.wait()
            mutant, since = running.pop(pid)
            tell(Outcome(mutant, verdict(status), time.monotonic() - since))


def _control(order: Mapping[str, list[str]], patience: float) -> None:
    """What is no mutant must survive: else it is something else that the tests notice."""
    function = max(order, key=lambda name: len(order[name]))
    pid = os.fork()
    if not pid:
        _begin(f"{function}__mutmut_0", order[function], patience)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("in a process of their own the tests fail without any mutant")


def _begin(mutant: str, tests: Sequence[str], patience: float) -> NoReturn:
    confine(patience)
    switch.install(mutant)
    files = {test.partition("::")[0] for test in tests}
    alone = Alone(patience, order={test: place for place, test in enumerate(tests)})
    code = pytest.main([*sorted(files), *_OPTIONS], plugins=[alone]) if files else SURVIVED
    os._exit(KILLED if code else SURVIVED)  # whatever keeps the tests from being run is noticed, too


def _data(package: str) -> Iterator[SourceFileMutationData]:
    for path in sorted(walk_source_files()):
        if path.is_relative_to(Path("atlint", package)):
            data = SourceFileMutationData(path=path)
            data.load()
            yield data


def score(package: str, asked: Collection[str]) -> str:
    """One line: how many of the mutants were asked for, and what became of them."""
    codes = {name: code for data in _data(package) for name, code in data.exit_code_by_key.items()}
    by_status = Counter(status_by_exit_code[codes[name]] for name in asked)
    noticed = sum(by_status[status] for status in NOTICED)
    share = noticed / (len(asked) or 1)
    counts = ", ".join(f"{count} {status}" for status, count in by_status.most_common())
    # half the interval in which the share of all mutants lies 19 times out of 20, where those asked were drawn
    error = 1.96 * math.sqrt(share * (1 - share) / (len(asked) or 1) * (1 - len(asked) / (len(codes) or 1)))
    among = f"{len(asked)} of {len(codes)} mutants"
    return f"{package}: {among}, {share:.1%} noticed, give or take {error:.1%} ({counts})"


if __name__ == "__main__":
    main()
