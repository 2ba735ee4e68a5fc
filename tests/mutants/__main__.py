"""Makes mutants with mutmut, runs them, prints the score; `mutmut results`, `show` and `browse` read it."""

from __future__ import annotations

import argparse
import fnmatch
import functools
import importlib
import json
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths, walk_source_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from tests.mutants import switch
from tests.mutants.packages import LEFT_OUT, TESTS
from tests.mutants.session import KILLED, SURVIVED, Outcome, Session, confine, verdict

#: what the tests import besides atlint, imported once for all children
THEIRS: Final = ("hypothesis.strategies", "jsonschema", "jsonschema_rs", "lark", "msgspec", "yaml", "rich", "click")
#: seconds for a mutant's whole run in a process of its own
WHOLE: Final = 240
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
    parser.add_argument("--every", type=int, default=1, help="take each n-th mutant only: a sample")
    given = parser.parse_args()
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(given.children)
    for package in given.packages:
        _run(package, given)
        sys.stdout.write(f"{score(package, given.only)}\n")


def _run(package: str, given: argparse.Namespace) -> None:
    """Whatever has no verdict yet, and what survived before: tests only get better."""
    books = {str(data.path): data for data in _data(package)}
    by_mutant = {name: data for data in books.values() for name in data.exit_code_by_key}
    due = [
        name
        for name, data in list(by_mutant.items())[:: given.every]
        if data.exit_code_by_key[name] != KILLED and fnmatch.fnmatch(name, given.only)
    ]
    since = time.monotonic()
    told = 0

    def tell(outcome: Outcome) -> None:
        nonlocal told
        told += 1
        data = by_mutant[outcome.mutant]
        data.exit_code_by_key[outcome.mutant] = outcome.code
        data.durations_by_key[outcome.mutant] = outcome.seconds
        if told % 50 == 0 or told == len(due):
            for each in books.values():
                each.save()
            sys.stderr.write(f"{package}: {told} of {len(due)} after {time.monotonic() - since:.0f} s\n")

    if not due:
        return
    for name in THEIRS:
        importlib.import_module(name)
    early = _together(package, due, given, tell)
    again = [
        name
        for name in due
        if by_mutant[name].exit_code_by_key[name] == SURVIVED and mangled_name_from_mutant_name(name) in early
    ]
    told, due = 0, again
    _alone(package, again, given.children, tell)


def _together(package: str, mutants: Sequence[str], given: argparse.Namespace, tell: Tell) -> set[str]:
    """Each mutant in a fork of one session; returns the functions that were called before any test began."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(writing, "w") as pipe:
            say = functools.partial(print, file=pipe, flush=True)
            session = Session(mutants, given.children, given.patience, lambda outcome: say(json.dumps(outcome)))
            switch.install()
            switch.watch(on=True)
            code = pytest.main(_arguments(package), plugins=[session])
            print(json.dumps(sorted(session.early)), file=pipe)
        os._exit(code)
    os.close(writing)
    early: set[str] = set()
    with os.fdopen(reading) as pipe:
        for line in pipe:
            match json.loads(line):
                case [str(name), int(verdict), float(seconds)]:
                    tell(Outcome(name, verdict, seconds))
                case functions:
                    early = set(functions)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the session of tests failed: see above")
    return early


def _alone(package: str, mutants: Sequence[str], children: int, tell: Tell) -> None:
    """Each mutant in a process that has not imported atlint: what is computed while importing is computed anew."""
    running: dict[int, tuple[str, float]] = {}
    waiting = deque(mutants)
    while waiting or running:
        if waiting and len(running) < children:
            mutant = waiting.popleft()
            pid = os.fork()
            if not pid:
                confine(WHOLE)
                set_mutant_under_test(mutant)
                os._exit(pytest.main([*_arguments(package), "-x"]))
            running[pid] = (mutant, time.monotonic())
        else:
            pid, status = os.wait()
            mutant, since = running.pop(pid)
            tell(Outcome(mutant, verdict(status), time.monotonic() - since))


def _arguments(package: str) -> list[str]:
    left_out = " or ".join(f"({each})" for each in LEFT_OUT)
    options = ("-q", "-s", "-n0", "-p", "no:randomly", "-p", "no:cacheprovider")
    # hypothesis is imported before pytest begins, which it warns of
    return [*TESTS[package], *options, "-W", "ignore::pytest.PytestAssertRewriteWarning", "-k", f"not ({left_out})"]


def _data(package: str) -> Iterator[SourceFileMutationData]:
    for path in sorted(walk_source_files()):
        if path.is_relative_to(Path("atlint", package)):
            data = SourceFileMutationData(path=path)
            data.load()
            yield data


def score(package: str, only: str = "*") -> str:
    """One line: how many mutants there are, and what became of them."""
    codes = [
        code
        for data in _data(package)
        for name, code in data.exit_code_by_key.items()
        if code is not None and fnmatch.fnmatch(name, only)
    ]
    by_status = Counter(status_by_exit_code[code] for code in codes)
    noticed = sum(by_status[status] for status in NOTICED)
    share = 100 * noticed / (len(codes) or 1)
    counts = ", ".join(f"{count} {status}" for status, count in by_status.most_common())
    return f"{package}: {len(codes)} mutants run, {share:.1f} % noticed ({counts})"


if __name__ == "__main__":
    main()
