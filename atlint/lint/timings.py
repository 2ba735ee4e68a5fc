"""Where the time goes: CPU seconds by stage and by rule, over lines that are judged for this alone."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from atlint.lint.accept import accepts
from atlint.lint.engine import Judge
from atlint.model import Line, Problem
from atlint.rules import REGISTRY
from atlint.rules.line import read
from atlint.rules.reading import Reading
from atlint.rules.shape import walk

#: the stages, by the names they are shown under
ACCEPT, DECODE, SHAPE = "accept", "decode", "shape"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one stage or rule took: CPU seconds over so many calls."""

    name: str
    seconds: float
    calls: int


@dataclass(slots=True)
class Timings:
    """Judges lines by each part of a Judge in turn and adds up what each takes.

    The acceptor sees every line, the other stages those that it does not take, as in a run. A rule's check is
    asked about the event alone, whatever other rules told of it; rules that are not selected are never asked.
    """

    judge: Judge
    _seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _calls: Counter[str] = field(default_factory=Counter)

    def see(self, lines: Iterable[Line]) -> None:
        """Take lines, blank ones left out."""
        for line in lines:
            with self._clocked(ACCEPT):
                taken = accepts(self.judge.accept, line.raw)
            if not taken and line.raw.strip():
                self._explained(line)

    def costs(self) -> tuple[Cost, ...]:
        """What each took, the dearest first."""
        found = (Cost(name, seconds, self._calls[name]) for name, seconds in self._seconds.items())
        return tuple(sorted(found, key=lambda cost: -cost.seconds))

    def _explained(self, line: Line) -> None:
        plan = self.judge.plan
        with self._clocked(DECODE):
            reading, _, _ = read(plan, line)
        if reading is None:
            return
        self._exhausted(SHAPE, walk(Reading(plan, reading.value, reading.text, self.judge.now)))
        for rule in REGISTRY.values():
            if rule.check is not None and plan.selected(rule.code):
                self._exhausted(rule.code, rule.check(Reading(plan, reading.value, reading.text, self.judge.now)))

    def _exhausted(self, name: str, problems: Iterable[Problem]) -> None:
        with self._clocked(name):
            for _ in problems:
                pass

    @contextmanager
    def _clocked(self, name: str) -> Iterator[None]:
        begin = time.process_time_ns()
        yield
        self._seconds[name] += (time.process_time_ns() - begin) / 1e9
        self._calls[name] += 1
