"""Lines to a tally and explanations: the streaming loop that every checking command runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from atlint.lint.accept import Acceptor, acceptor_of, compile_parts
from atlint.lint.across import Across, Tailer
from atlint.lint.explain import Explainer, Explanation
from atlint.lint.stitch import Stitcher
from atlint.lint.suspects import Suspects
from atlint.model import Line, Problem, Span
from atlint.plan import Plan, record_of
from atlint.rules.line import read

#: distinct actions that are counted by name; the rest are counted together
MOST_ACTIONS: Final = 10_000
OTHER: Final = "other"


@dataclass(slots=True)
class Tally:
    """What went in, exactly: `lines` = `events` + `unreadable` + `blank`."""

    lines: int = 0
    events: int = 0
    blank: int = 0
    unreadable: int = 0
    clean: int = 0
    editions: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)

    def saw(self, edition: str, action: str) -> None:
        """Count one event."""
        self.events += 1
        self.editions[edition] += 1
        self._did(action)

    def forget(self, edition: str, action: str) -> None:
        """Take one event back."""
        self.events -= 1
        for counter, name in ((self.editions, edition), (self.actions, action)):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]

    def add(self, other: Tally) -> None:
        """Count what follows, as another tally has it that counted every action by name."""
        self.lines += other.lines
        self.events += other.events
        self.blank += other.blank
        self.unreadable += other.unreadable
        self.clean += other.clean
        self.editions.update(other.editions)
        for action, count in other.actions.items():
            self._did(action, count)

    def _did(self, action: str, count: int = 1) -> None:
        if action in self.actions or len(self.actions) < MOST_ACTIONS:
            self.actions[action] += count
        else:
            self.actions[OTHER] += count


@dataclass(slots=True)
class Judge:
    """One Plan's acceptor and explainer."""

    plan: Plan
    now: float = 0.0
    explain_only: bool = False
    explainer: Explainer = field(init=False)
    accept: Acceptor = field(init=False)

    def __post_init__(self) -> None:
        """Compile both; they share what they know to be clean."""
        parts = None if self.explain_only else compile_parts(self.plan, self.now)
        self.accept = acceptor_of(parts)
        self.explainer = Explainer(self.plan, self.now, Suspects(self.plan, parts).judge if parts else None)


#: picks the judge of a line
Pick = Callable[[Line], Judge]


class Witness(Protocol):
    """Sees each line that holds an event, in order: `lint.across.Across` is one."""

    def __bool__(self) -> bool:
        """Whether it wants to see any."""

    def see(self, line: Line, plan: Plan) -> tuple[Problem, ...]:
        """What is found in the event beside those before it."""


def run(
    judges: Iterable[Judge],
    pick: Pick,
    lines: Iterable[Line],
    tally: Tally,
    *,
    tailer: Tailer | None = None,
    across: Witness | None = None,
    stitcher: Stitcher | None = None,
) -> Iterator[Explanation]:
    """Judge every line; yields an Explanation for each that has Problems, in order, and counts all in `tally`.

    `pick` gives the judge of a line; `judges` are those that it may give. `tailer` says which files are read.
    What goes on from lines before and to lines behind these is in `across` and in `stitcher`: new ones by default.
    """
    judges = tuple(judges)
    if across is None:
        across = Across((judge.plan for judge in judges), tailer)
    see = across.see if across else _nothing
    stitcher = stitcher if stitcher is not None else Stitcher()
    for line in lines:
        tally.lines += 1
        judge = pick(line)
        action = judge.accept(line.raw)
        if action is not None:
            tally.saw(judge.plan.edition, action)
            found = see(line, judge.plan)
            yield from stitcher.flush()
            if line.terminated and not found:
                tally.clean += 1
                continue
            explanation = reread(line, judge.plan, found)
        elif not line.raw.strip():
            tally.blank += 1
            blank = (Problem("AT011", ""),) if judge.plan.selected("AT011") else ()
            explanation = Explanation(line, judge.plan, blank)
        else:
            explanation = _explained(judge, line, tally, see)
        yield from stitcher.feed(_with_end(explanation))
    yield from stitcher.flush()


#: what is found across events at one of them
_See: TypeAlias = Callable[[Line, Plan], tuple[Problem, ...]]


def _nothing(_line: Line, _plan: Plan) -> tuple[Problem, ...]:
    return ()


def reread(line: Line, plan: Plan, found: tuple[Problem, ...]) -> Explanation:
    """A line that holds an event, in which this was found beside others, read with its places."""
    reading, scanned, _ = read(plan, line)
    return Explanation(line, plan, found, reading, scanned)


def _explained(judge: Judge, line: Line, tally: Tally, see: _See) -> Explanation:
    explanation = judge.explainer.explain(line)
    if explanation.reading is None:
        tally.unreadable += 1
        return explanation
    record = record_of(judge.plan, explanation.reading.value)
    action = record.get("action") if isinstance(record, dict) else None
    tally.saw(judge.plan.edition, action if isinstance(action, str) else "")
    if found := see(line, judge.plan):
        explanation = explanation.besides(found)
    if not explanation.problems and line.terminated:
        tally.clean += 1
    return explanation


def _with_end(explanation: Explanation) -> Explanation:
    """The same, with the missing line feed where the file ends without one."""
    line = explanation.line
    if line.terminated or not explanation.plan.selected("AT009"):
        return explanation
    end = len(line.text)
    problem = Problem("AT009", "", span=Span(max(end - 1, 0), end))
    return explanation.besides((problem,))
