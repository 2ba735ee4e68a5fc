"""One line that is not blank to all its Problems: the slow, exact path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from atlint.model import Line, Problem, Severity, Span
from atlint.plan import Plan
from atlint.pointer import Scan, inside, parent
from atlint.rules import REGISTRY
from atlint.rules.line import read
from atlint.rules.reading import Reading
from atlint.rules.rule import Rule, Stage
from atlint.rules.shape import walk


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What was found in one line. `reading` is None where the line holds no event."""

    line: Line
    plan: Plan
    problems: tuple[Problem, ...]
    reading: Reading | None = None
    scanned: Scan | None = None

    def place(self, problem: Problem) -> Span:
        """Where the problem stands in the line: the part, the value, the key, or what should hold it."""
        if problem.span is not None or self.scanned is None:
            return problem.span or Span(0, len(self.line.text))
        members = self.scanned.members
        member = members.get(problem.pointer)
        if member is None:
            return self._holder(problem.pointer)
        if problem.key and member.key is not None:
            return member.key
        text = self.line.text
        if problem.within is not None and text[member.value.start] == '"':
            return inside(text, member.value, problem.within)
        return member.value

    def _holder(self, pointer: str) -> Span:
        """The opening brace of the nearest object that is there."""
        members = self.scanned.members if self.scanned else {}
        while pointer and pointer not in members:
            pointer = parent(pointer)
        member = members.get(pointer)
        start = member.value.start if member else 0
        return Span(start, start + 1)


def level(plan: Plan, problem: Problem) -> Severity | None:
    """How much a problem weighs in a Plan; None where its rule or case is not selected."""
    cases = plan.levels.get(problem.code)
    if cases is None:
        return None
    return cases.get(problem.case, cases.get(""))


@dataclass(slots=True)
class Explainer:
    """The Plan's selected checks, in their order. `now` is in seconds since the epoch, 0 for unknown."""

    plan: Plan
    now: float = 0.0
    _early: tuple[Rule, ...] = field(init=False)
    _late: tuple[Rule, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the checks by stage: those before the schema's walk, and those behind it."""
        chosen = [rule for rule in REGISTRY.values() if rule.check and self.plan.selected(rule.code)]
        chosen.sort(key=lambda rule: rule.stage)
        self._early = tuple(rule for rule in chosen if rule.stage < Stage.SHAPE)
        self._late = tuple(rule for rule in chosen if rule.stage >= Stage.SHAPE)

    def explain(self, line: Line) -> Explanation:
        """All selected Problems of a line that is not blank, in the order of the checks."""
        reading, scanned, found = read(self.plan, line)
        problems = [problem for problem in found if self.level(problem) is not None]
        if reading is not None:
            reading.now = self.now
            problems.extend(self.judge(reading))
        return Explanation(line, self.plan, tuple(problems), reading, scanned)

    def judge(self, reading: Reading) -> Iterator[Problem]:
        """All selected Problems of a decoded event."""
        plain = "\\u" in reading.text or not reading.text
        for rule in self._early:
            if plain or not rule.hints or any(hint in reading.text for hint in rule.hints):
                yield from self._told(reading, rule)
        for problem in walk(reading):
            if self.level(problem) is not None:
                reading.tell(problem)
                yield problem
        for rule in self._late:
            if plain or not rule.hints or any(hint in reading.text for hint in rule.hints):
                yield from self._told(reading, rule)

    def level(self, problem: Problem) -> Severity | None:
        """How much a problem weighs in this Plan; None where its rule or case is not selected."""
        return level(self.plan, problem)

    def _told(self, reading: Reading, rule: Rule) -> Iterator[Problem]:
        check = rule.check
        if check is None:
            return
        for problem in check(reading):
            if self.level(problem) is None:
                continue
            if rule.spoils or rule.stage < Stage.MEANING:
                reading.tell(problem)
            yield problem
