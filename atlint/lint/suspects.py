"""What may be wrong with an event, and nothing else, asked of the rules' own checks: the quick way to explain.

Says what `Explainer.judge` says, problem by problem (docs/decisions/0009): a rule is left out only where it is
known to find nothing in what it declares to read, and nothing was told of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import compress
from typing import Final

from atlint.lint.acceptor_parts import Parts
from atlint.lint.doubts import Doubts
from atlint.lint.explain import level
from atlint.lint.survey import KeyedGroup, NumberedGuard, Survey
from atlint.lint.survey_facts import Facts, Odd
from atlint.model import Json, Problem
from atlint.plan import Plan
from atlint.pointer import resolve
from atlint.rules import REGISTRY
from atlint.rules.reading import Reading, strings_of
from atlint.rules.reads import EACH_STRING, pointer_of
from atlint.rules.rule import Check, Rule, Stage
from atlint.rules.shape import judge

#: pointers whose readers are remembered: those of members that no edition has come and go
_POINTERS: Final = 4096
_NONE: Final[frozenset[int]] = frozenset()


@dataclass(slots=True, eq=False)
class Suspects:
    """The selected checks of a Plan, in their order, each called where it may have something to say."""

    plan: Plan
    parts: Parts
    _survey: Survey = field(init=False)
    #: the checks as they are asked; None for the schema's walk
    _checks: tuple[Check | None, ...] = field(init=False)
    _numbers: dict[str, int] = field(init=False)
    #: those of which what they tell makes a value unfit for later ones
    _spoiling: frozenset[int] = field(init=False)
    #: rules that do not say what they read, and those that look at every string
    _always: frozenset[int] = field(init=False)
    _each: frozenset[int] = field(init=False)
    #: those that look at one text alone, by its place
    _alone: dict[str, frozenset[int]] = field(init=False)
    _readers: Callable[[str], frozenset[int]] = field(init=False)
    _below: Callable[[str], frozenset[int]] = field(init=False)

    def __post_init__(self) -> None:
        """Number the checks, and find out what each reads."""
        self._survey = Survey(self.parts)
        rules = [rule for rule in REGISTRY.values() if rule.check and self.plan.selected(rule.code)]
        rules.sort(key=lambda rule: rule.stage)
        early = sum(rule.stage < Stage.SHAPE for rule in rules)
        order: list[Rule | None] = [*rules[:early], None, *rules[early:]]
        self._checks = tuple(rule.check if rule else None for rule in order)
        self._numbers = {rule.code if rule else "": number for number, rule in enumerate(order)}
        self._spoiling = _numbers(order, lambda rule: rule.spoils or rule.stage < Stage.MEANING) | {early}
        self._always = _numbers(order, lambda rule: rule.reads is None) | {early}
        self._each = _numbers(order, lambda rule: EACH_STRING in _roles(rule))
        self._alone = {
            place: frozenset(self._numbers[one.rule.code] for one in asked) for place, asked in self.parts.alone.items()
        }
        places = tuple(
            (number, pointer_of(self.plan, role))
            for number, rule in enumerate(order)
            for role in (_roles(rule) if rule else ())
            if role != EACH_STRING
        )

        def readers(pointer: str) -> frozenset[int]:
            """Those that read what stands at a place, holds it, or is held by it."""
            return frozenset(number for number, place in places if _within(place, pointer) or _within(pointer, place))

        def below(pointer: str) -> frozenset[int]:
            """Those that read what stands at a place, or is held by it."""
            return frozenset(number for number, place in places if _within(place, pointer))

        self._readers, self._below = lru_cache(_POINTERS)(readers), lru_cache(_POINTERS)(below)

    def judge(self, reading: Reading, doubts: Doubts | None = None) -> tuple[Problem, ...]:
        """All selected Problems of a decoded event of which nothing was told, in the order of the checks.

        `doubts` are the acceptor's, None where it has said nothing of the event.
        """
        survey = self._survey
        groups, guards = survey.groups, survey.guards
        if doubts is None:
            facts, odd = survey.over(reading.value)
        else:
            facts, odd = survey.at(reading.value, doubts.members)
            groups = tuple(compress(groups, doubts.groups))
            guards = tuple(compress(guards, doubts.guards))
        suspects = self._suspects(facts, odd, groups, guards)
        return tuple(self._told(reading, odd, suspects)) if odd or len(suspects) > 1 else ()

    def _suspects(
        self, facts: Facts, odd: list[Odd], groups: Iterable[KeyedGroup], guards: Iterable[NumberedGuard]
    ) -> set[int]:
        """The checks that may find something before anything is told; the walk is always among them."""
        found = set(self._always)
        for one in odd:
            if not one.absent:
                found |= self._each
                found |= self._alone.get(one.pointer, _NONE) if one.told else self._readers(one.pointer)
        for key_of, group in groups:
            key = key_of(facts)
            if key not in group.memory:
                found.update(self._numbers[rule.code] for rule in group.speakers(key))
        for reduced, first, second, guard in guards:
            name, text = facts[reduced], facts[second]
            if name and text and name in text and not guard.test(facts[first], text):
                found.add(self._numbers[guard.rule.code])
        return found

    def _told(self, reading: Reading, odd: list[Odd], suspects: set[int]) -> Iterator[Problem]:
        """What the suspects tell. Whoever reads what was told becomes one of them."""
        reading.narrow(
            [found for one in odd if not one.absent for found in strings_of(one.value, one.pointer, one.node)]
        )
        queue = list(suspects)
        heapify(queue)
        while queue:
            number = heappop(queue)
            check = self._checks[number]
            for problem in check(reading) if check else _shape(reading, odd):
                if level(self.plan, problem) is None:
                    continue
                if number in self._spoiling:
                    reading.tell(problem)
                    below = self._below(problem.pointer) - suspects
                    # what is absent anyway is for nobody more so
                    for other in below if below and _stands(reading.value, problem.pointer) else ():
                        if other > number:
                            suspects.add(other)
                            heappush(queue, other)
                yield problem


def _shape(reading: Reading, odd: list[Odd]) -> Iterator[Problem]:
    """What the schema's walk tells; what is not odd is silent."""
    for one in odd:
        if one.node is not None:
            yield from judge(reading, one.node, one.value, one.pointer)
        elif one.pointer not in reading.spoilt:
            yield from one.names


def _numbers(order: list[Rule | None], which: Callable[[Rule], bool]) -> frozenset[int]:
    return frozenset(number for number, rule in enumerate(order) if rule is not None and which(rule))


def _roles(rule: Rule) -> list[str]:
    return [view.role for clause in rule.reads or () for view in clause.views]


def _stands(value: Json, pointer: str) -> bool:
    """Whether anything is at a place of an event."""
    try:
        resolve(value, pointer)
    except LookupError:
        return False
    return True


def _within(inner: str, outer: str) -> bool:
    """Whether one place is another, or below it."""
    return inner == outer or inner.startswith(f"{outer}/")
