"""One line that is not blank to all its Problems: the slow, exact path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from atlint.lint.doubts import Doubts
from atlint.lint.places import places_of
from atlint.lint.plain import decoded, value_of
from atlint.lint.precedents import Precedents
from atlint.model import Json, Line, Problem, Severity, Span
from atlint.plan import Plan
from atlint.pointer import Scan, inside, parent
from atlint.rules import REGISTRY
from atlint.rules.hints import finder
from atlint.rules.line import about_bytes, halves, limits, read, scanned_of
from atlint.rules.reading import Reading
from atlint.rules.rule import Rule, Stage
from atlint.rules.shape import walk

#: bytes of a line from which the places of its parts, which take a hundred times as much, are found again for the
#: moment in which they are shown: lines wait for others
_LONG: Final = 65_536


class Who(NamedTuple):
    """The service that an event is of, its provider or else the action's, and the action."""

    service: str
    action: str


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What was found in one line."""

    line: Line
    plan: Plan
    problems: tuple[Problem, ...]
    #: the event; that of a plain line as far as anybody has asked
    _read: Reading | None = None
    #: where the parts of the event stand, as far as anybody has asked
    places: Scan | None = None
    #: whether the line is an event of whose JSON nothing is to be said
    plain: bool = False
    #: what stands at some roles of it, where that is known before it is read
    said: Mapping[str, Json] | None = None
    _who: Who | None = None

    @property
    def event(self) -> bool:
        """Whether the line holds an event."""
        return self.plain or self._read is not None

    @property
    def reading(self) -> Reading | None:
        """The event; None where there is none. That of a plain line is read when it is first asked for."""
        if self._read is None and self.plain:
            object.__setattr__(self, "_read", plain_reading(self.plan, self.line, _NO_DOUBTS))
        return self._read

    def stated(self, role: str) -> Json:
        """What stands at a role of the event, right or not; None where nothing does."""
        if self.said is not None and role in self.said:
            return self.said[role]
        return self.reading.raw(role) if self.reading is not None else None

    @property
    def who(self) -> Who:
        """Whose event it is, and of what; empty where it does not say so, or is none."""
        if self._who is None:
            action = self.stated("action")
            action = action if isinstance(action, str) else ""
            provider = self.stated("meta/serviceProviderName") if self.plan.record else None
            who = Who(provider if isinstance(provider, str) else action.partition(".")[0], action)
            object.__setattr__(self, "_who", who)
            return who
        return self._who

    @property
    def scanned(self) -> Scan | None:
        """Where the parts of the event stand; None where there is none. Found when it is first asked for."""
        if self.places is None and self.reading is not None:
            object.__setattr__(self, "places", self._places(self.reading))
        return self.places

    def _places(self, reading: Reading) -> Scan | None:
        if len(self.line.raw) > _LONG and plain_reading(self.plan, self.line) is None:
            found = scanned_of(self.line.text, valued=False)
            return replace(found, value=reading.value) if isinstance(found, Scan) else None
        text = self.line.text
        return Scan(reading.value, places_of(text), end=len(text))

    def besides(self, found: tuple[Problem, ...]) -> Explanation:
        """The same with further problems."""
        told = (*self.problems, *found)
        return Explanation(self.line, self.plan, told, self._read, self.places, self.plain, self.said)

    def place(self, problem: Problem) -> Span:
        """Where the problem stands in the line: the part, the value, the key, or what should hold it."""
        if problem.span is not None or (scanned := self.scanned) is None:
            return problem.span or Span(0, len(self.line.text))
        members = scanned.members
        member = members.get(problem.pointer)
        if member is None:
            return self._holder(problem.pointer)
        if problem.key and member.key is not None:
            return member.key
        if problem.within is not None and (text := self.line.text)[member.start] == '"':
            return inside(text, member.value, problem.within)
        return member.value

    def _holder(self, pointer: str) -> Span:
        """The opening brace of the nearest object that is there."""
        members = self.scanned.members if self.scanned else {}
        while pointer and pointer not in members:
            pointer = parent(pointer)
        member = members.get(pointer)
        start = member.start if member else 0
        return Span(start, start + 1)


def plain_reading(plan: Plan, line: Line, doubts: Doubts | None = None) -> Reading | None:
    """The event of a line about whose JSON nothing is to be said; None where one must look closer.

    `doubts` are the acceptor's, None where it has said nothing of the line.
    """
    if line.dropped:
        return None
    found = decoded(line.raw) if doubts is not None and doubts.plain else value_of(line.raw)
    return Reading(plan, found[0], line.text) if found and isinstance(found[0], dict) else None


def level(plan: Plan, problem: Problem) -> Severity | None:
    """How much a problem weighs in a Plan; None where its rule or case is not selected."""
    cases = plan.levels.get(problem.code)
    if cases is None:
        return None
    return cases.get(problem.case, cases.get(""))


#: speak of values that no encoder writes as they are: numbers out of range, half characters
_OUT_OF_RANGE: Final = "AT006"
_HALF: Final = "AT014"
_UNWRITABLE: Final = frozenset({_OUT_OF_RANGE, _HALF})

#: of a line of which it is known that no key stands twice and no number is large
_NO_DOUBTS: Final = Doubts(b"", b"", b"", plain=True)

#: a rule, and the test whether one of its hints stands in a line
_Hinted: TypeAlias = tuple[Rule, Callable[[str], bool] | None]


@dataclass(slots=True)
class Explainer:
    """The Plan's selected checks, in their order. `now` is in seconds since the epoch, 0 for unknown.

    `quick` says of an event what `judge` says of it, in less time; `precedents` say what was told of one like it.
    """

    plan: Plan
    now: float = 0.0
    quick: Callable[[Reading, Doubts | None], tuple[Problem, ...]] | None = None
    precedents: Precedents | None = None
    _early: tuple[_Hinted, ...] = field(init=False)
    _late: tuple[_Hinted, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the checks by stage: those before the schema's walk, and those behind it."""
        chosen = [rule for rule in REGISTRY.values() if rule.check and self.plan.selected(rule.code)]
        chosen.sort(key=lambda rule: rule.stage)
        hinted = [(rule, finder(rule.hints) if rule.hints else None) for rule in chosen]
        self._early = tuple(pair for pair in hinted if pair[0].stage < Stage.SHAPE)
        self._late = tuple(pair for pair in hinted if pair[0].stage >= Stage.SHAPE)

    def explain(self, line: Line, doubts: Doubts | None = None) -> Explanation:
        """All selected Problems of a line that is not blank, in the order of the checks; `doubts` as for `quick`."""
        precedent = self.precedents.of(line.raw, doubts) if self.precedents and doubts else None
        if precedent is not None:
            told = (*self._about_bytes(line), *precedent.told)
            return Explanation(line, self.plan, told, plain=True, said=precedent.stated)
        reading = plain_reading(self.plan, line, doubts)
        if reading is not None:
            reading.now = self.now
            told = (*self._about_bytes(line), *self._quickly(reading, line.raw, doubts))
            return Explanation(line, self.plan, told, reading, plain=True)
        reading, places, found = read(self.plan, line)
        if len(line.raw) > _LONG:
            places = None
        problems = [problem for problem in found if self.level(problem) is not None]
        if reading is not None:
            reading.now = self.now
            for problem in problems:
                if problem.code == _OUT_OF_RANGE:  # what is no number for anybody is not the wrong one as well
                    reading.tell(problem)
            written = not any(problem.code in _UNWRITABLE for problem in found)
            halved = [problem.pointer for problem in problems if problem.code == _HALF]
            problems.extend(self.quick(reading, None) if self.quick and written else self.judge(reading, halved))
        return Explanation(line, self.plan, tuple(problems), reading, places)

    def _quickly(self, reading: Reading, raw: bytes, doubts: Doubts | None) -> Iterable[Problem]:
        """All selected Problems of an event of whose JSON nothing is to be said."""
        if self.quick is None:
            return self.judge(reading)
        if self.precedents is None or doubts is None or not self.precedents.wanted(doubts):
            return self.quick(reading, doubts)
        reading.asked = set()
        told = self.quick(reading, doubts)
        self.precedents.keep(raw, doubts, reading.asked, told)
        return told

    def _about_bytes(self, line: Line) -> Iterable[Problem]:
        if len(line.raw) < limits(self.plan.edition)[1] and line.raw.endswith(b"}"):
            return ()
        return (found for found in about_bytes(self.plan, line, line.text) if self.level(found) is not None)

    def judge(self, reading: Reading, halved: Iterable[str] = ()) -> Iterator[Problem]:
        """All selected Problems of a decoded event; `halved` are the pointers at which a half character was told."""
        plain = "\\u" in reading.text or "\\/" in reading.text or not reading.text
        for rule, hinted in self._early:
            if plain or hinted is None or hinted(reading.text):
                yield from self._told(reading, rule)
        for pointer in halved:  # not before: beside it there may be a credential, which is looked for in whole texts
            for problem in halves(reading, pointer):
                reading.tell(problem)
        for problem in walk(reading):
            if self.level(problem) is not None:
                reading.tell(problem)
                yield problem
        for rule, hinted in self._late:
            if plain or hinted is None or hinted(reading.text):
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
