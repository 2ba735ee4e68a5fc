"""Lines to a tally and explanations: the streaming loop that every checking command runs."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from atlint.lint.accept import Acceptor, acceptor_of, compile_parts
from atlint.lint.across import Across, Tailer
from atlint.lint.batch import Batch, batches
from atlint.lint.clean import Clean
from atlint.lint.doubts import Doubts
from atlint.lint.explain import Explainer, Explanation, plain_reading
from atlint.lint.precedents import Precedents
from atlint.lint.rows import Rows
from atlint.lint.seen import see
from atlint.lint.stitch import Stitcher
from atlint.lint.suspects import Suspects
from atlint.model import Line, Problem, Span
from atlint.plan import Plan
from atlint.rules.line import OF_THE_FILE, read

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

    def saw_all(self, edition: str, actions: Sequence[str]) -> None:
        """Count events, each with its action."""
        if not actions:
            return
        self.events += len(actions)
        self.editions[edition] += len(actions)
        for action, count in Counter(actions).items():
            self._did(action, count)

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
        quick = Suspects(self.plan, parts).judge if parts else None
        self.explainer = Explainer(self.plan, self.now, quick, Precedents(self.plan, parts.box) if parts else None)


#: picks the judge of a line
Pick = Callable[[Line], Judge]


class Witness(Protocol):
    """Sees each line that holds an event, in order: `lint.across.Across` is one."""

    def __bool__(self) -> bool:
        """Whether it wants to see any."""

    def see_all(
        self, batch: Batch, events: Sequence[int], plan: Plan, rows: Rows, clean: Sequence[bool]
    ) -> Mapping[int, tuple[Problem, ...]]:
        """What is found in events of one file beside those before them, by row.

        `events` are the numbers of their lines in the batch, `rows` has the facts of each, `clean` whether nothing
        was found in it alone.
        """


def run(
    judges: Iterable[Judge],
    pick: Pick,
    lines: Iterable[Line],
    tally: Tally,
    *,
    tailer: Tailer | None = None,
) -> Iterator[Explanation]:
    """Judge every line; yields an Explanation for each that has Problems, in order, and counts all in `tally`.

    `pick` gives the judge of a line; `judges` are those that it may give. `tailer` says which files are read.
    """
    judges = tuple(judges)
    across = Across((judge.plan for judge in judges), tailer, max((judge.now for judge in judges), default=0.0))
    yield from run_batches(judges, pick, batches(lines), tally, across=across, stitcher=Stitcher())


def run_batches(
    judges: Sequence[Judge],
    pick: Pick,
    found: Iterable[Batch],
    tally: Tally,
    *,
    across: Witness,
    stitcher: Stitcher,
) -> Iterator[Explanation]:
    """The same for lines in batches, none of which is asked for before the one before it is judged.

    What goes on from lines before and to lines behind these is in `across` and in `stitcher`.
    """
    for batch in found:
        tally.lines += len(batch)
        for judge, part in _parted(judges, pick, batch):
            # named by nobody here: what is told of long lines is large, and gone before the next ones are judged
            yield from _stitched(part, *_judged(judge, part, tally, across), stitcher)
    yield from stitcher.flush()


def _parted(judges: Sequence[Judge], pick: Pick, batch: Batch) -> Iterator[tuple[Judge, Batch]]:
    """The lines in a row that are of one judge."""
    if len(judges) == 1:
        yield judges[0], batch
        return
    first = 0
    for judge, lines in itertools.groupby(map(pick, batch)):
        last = first + sum(1 for _ in lines)
        yield judge, batch.part(first, last)
        first = last


def _judged(
    judge: Judge, batch: Batch, tally: Tally, across: Witness
) -> tuple[dict[int, Explanation], Collection[int]]:
    """What is told of lines, by their number among them, and which of these the acceptor has taken."""
    accepted = judge.accept(batch.raws)
    told: dict[int, Explanation] = {}
    actions = accepted.actions
    events: Sequence[int] = accepted.numbers
    last = len(batch) - 1
    if len(events) < len(batch):
        for number in sorted(set(range(len(batch))).difference(events)):
            told[number] = _explained(judge, batch[number], accepted.doubts.get(number), tally)
        events = sorted({*events, *(number for number, explanation in told.items() if explanation.event)})
        actions = _with_those_told(actions, events, told)
    tally.saw_all(judge.plan.edition, actions)
    clean = [True] * len(events)
    for number, explanation in told.items():
        if explanation.event and explanation.problems:
            clean[bisect_left(events, number)] = False
    if not batch.terminated and events and events[-1] == last:
        clean[-1] = False
    tally.clean += sum(clean)
    late: set[int] = set()
    if across:
        late = _witnessed(judge.plan, batch, accepted, events, clean, told, tally, across)
    if not batch.terminated and last not in told:
        told[last] = reread(batch[last], judge.plan, ())
        late.add(last)
    return told, late


def _with_those_told(actions: list[str], events: Sequence[int], told: Mapping[int, Explanation]) -> list[str]:
    """The actions of all events: those of accepted lines, and those of lines that are told of in between."""
    merged = actions.copy()
    for number, explanation in told.items():
        if explanation.event:
            merged.insert(bisect_left(events, number), explanation.who.action)
    return merged


def _witnessed(
    plan: Plan,
    batch: Batch,
    accepted: Clean,
    events: Sequence[int],
    clean: Sequence[bool],
    told: dict[int, Explanation],
    tally: Tally,
    across: Witness,
) -> set[int]:
    """Add what is found across events to what is told; gives the numbers of accepted lines among these."""
    rows = accepted.rows()
    if told:
        shown = accepted.shown
        known = set(shown)
        for number in sorted(known.intersection(told), reverse=True):
            if not told[number].plain:
                rows.drop(bisect_left(shown, number))
                known.remove(number)
        seen = {number: see(batch[number]) for number in sorted(set(events) - known)}
        if None in seen.values():
            kept = [(number, sound) for number, sound in zip(events, clean, strict=True) if seen.get(number, True)]
            events, clean = [number for number, _ in kept], [sound for _, sound in kept]
        for number, facts in seen.items():
            if facts is not None:
                rows.insert(bisect_left(events, number), facts)
    late: set[int] = set()
    for row, found in across.see_all(batch, events, plan, rows, clean).items():
        number = events[row]
        tally.clean -= clean[row]
        if number in told:
            told[number] = told[number].besides(found)
        else:
            told[number] = reread(batch[number], plan, found)
            late.add(number)
    return late


def _explained(judge: Judge, line: Line, doubts: Doubts | None, tally: Tally) -> Explanation:
    """What is told of a line that is not surely clean; `doubts` are the acceptor's, if it has any of it alone."""
    if not line.raw.strip():
        tally.blank += 1
        return Explanation(line, judge.plan, (Problem("AT011", ""),) if judge.plan.selected("AT011") else ())
    explanation = judge.explainer.explain(line, doubts)
    tally.unreadable += not explanation.event
    return explanation


def _stitched(
    batch: Batch, told: dict[int, Explanation], taken: Collection[int], stitcher: Stitcher
) -> Iterator[Explanation]:
    """What is told of lines; those that the acceptor has taken, or of which nothing is told, are whole events.

    Each is let go of when it is on its way.
    """
    last = -1
    for number in sorted(told):
        explanation = told.pop(number)
        if number > last + 1 or number in taken:
            yield from stitcher.flush()
        yield from stitcher.feed(_with_end(explanation))
        last = number
    if last + 1 < len(batch):
        yield from stitcher.flush()


def reread(line: Line, plan: Plan, found: tuple[Problem, ...]) -> Explanation:
    """A line that holds an event, in which this was found beside others, read with its places."""
    reading = plain_reading(plan, line)
    if reading is not None:
        return Explanation(line, plan, found, reading)
    reading, scanned, _ = read(plan, line)
    return Explanation(line, plan, found, reading, scanned)


def _with_end(explanation: Explanation) -> Explanation:
    """The same, with the missing line feed where the file ends without one."""
    line = explanation.line
    if line.terminated or not explanation.plan.selected("AT009"):
        return explanation
    if any((problem.code, problem.case) in OF_THE_FILE for problem in explanation.problems):
        return explanation
    end = len(line.text)
    problem = Problem("AT009", "", span=Span(max(end - 1, 0), end))
    return explanation.besides((problem,))
