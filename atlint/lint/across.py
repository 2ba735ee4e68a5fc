"""Family AT6: the events of a file and of a run, one by one, to what they say together. In bounded memory.

Each check remembers a fixed amount, named in `rules.across`; only those that a Plan selects are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from atlint.lint.batch import Batch
from atlint.lint.names import Names
from atlint.lint.rows import Rows
from atlint.lint.seen import PROVIDER, Facts, Writer, see
from atlint.lint.times import ALWAYS, Clock, Range, Rate
from atlint.lint.window import Window
from atlint.model import Fact, Line, Problem, Said, Span
from atlint.plan import Plan
from atlint.plan.shape import fitting
from atlint.rules.across import REMEMBERED, RESOURCES, WRITERS
from atlint.rules.reading import CRN_SEGMENTS
from atlint.rules.time import plausible

#: CRNs of one resource that are told apart
_SPELLINGS: Final = 3
#: resources of which more CRNs than the first are known; with the next one all these are forgotten
_MOST_SPELT: Final = RESOURCES // 8
#: what is found in many events is looked for in so many parts of them, and in few one by one
_PARTS: Final = 8
_FEW: Final = 16


class Read(Protocol):
    """Whether a path is read, and the reason in words."""

    @property
    def read(self) -> bool:
        """Whether it is."""

    @property
    def why(self) -> str:
        """Why, or why not."""


class Tailer(Protocol):
    """What a configured tailer reads: `pipeline.tailer.Tailer` is one."""

    def reads(self, path: str) -> Read:
        """Whether it would find the file at this absolute path."""


class _Repeats:
    """AT602: digests of what makes each event of the run this one: what goes with its id, or else its line."""

    def __init__(self) -> None:
        self._seen = Window(REMEMBERED)

    def skip(self, rows: Rows) -> bool:
        """As `Clock.skip`."""
        return self._seen.add_new(rows.digests)

    def see(self, seen: Facts) -> Problem | None:
        if not self._seen.add(seen.digest):
            return None
        return Problem("AT602", f"{seen.prefix}/id", "id") if seen.named else Problem("AT602", "")


class _Spellings:
    """AT604: the beginning of the CRN under which each resource was first named, by the digest of the CRN's end."""

    def __init__(self) -> None:
        self._names = Names(RESOURCES)
        #: how else some of them were named
        self._more: dict[int, list[str]] = {}

    def skip(self, rows: Rows) -> bool:
        """As `Clock.skip`: each is named as before, or for the first time."""
        return self._names.all_as_before(rows.tails, rows.heads)

    def see(self, seen: Facts) -> Problem | None:
        name = seen.name
        if name is None:
            return None
        head, tail = name
        first = self._names.first(tail, head)
        more = self._more.get(tail, ())
        if head == first or head in more or len(more) >= _SPELLINGS - 1:
            return None
        if len(self._more) >= _MOST_SPELT:
            self._more.clear()
        self._more[tail] = [*more, head]
        return self._differs(seen, first.split(":"), head.split(":"))

    def _differs(self, seen: Facts, first: list[str], parts: list[str]) -> Problem:
        index = next(index for index, (one, other) in enumerate(zip(first, parts, strict=True)) if one != other)
        pointer, segment = f"{seen.prefix}/target/id", CRN_SEGMENTS[index - 1] if index else "beginning"
        start = sum(map(len, parts[:index])) + index
        hidden = segment == "scope"
        facts: dict[str, Fact] = {
            "segment": segment,
            "said": Said(parts[index], pointer, sensitive=hidden),
            "was": Said(first[index], pointer, sensitive=hidden),
        }
        return Problem("AT604", pointer, "", facts, within=Span(start, start + len(parts[index])))


class _Editions:
    """AT605: the shapes that a file's events have. Editions that one line may fit count as one."""

    def __init__(self) -> None:
        self._groups: list[tuple[str, ...]] = []
        self._known: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def skip(self, rows: Rows) -> bool:
        """As `Clock.skip`: their shapes are those that the file has."""
        return all(
            (group := self._known.get(marked)) is not None and (not group or group in self._groups)
            for marked in {kind[2] for kind in rows.distinct}
        )

    def see(self, seen: Facts) -> Problem | None:
        marked = seen.marked
        group = self._known.get(marked)
        if group is None:
            group = self._known[marked] = tuple(sorted(fitting(seen.marks)))
        if not group or group in self._groups:
            return None
        self._groups.append(group)
        if len(self._groups) == 1:
            return None
        return Problem("AT605", "", "", {"this": group, "first": self._groups[0]})


class _Writers:
    """AT606: who wrote the file's events, as far as they say so."""

    def __init__(self) -> None:
        self._last: str | Writer | None = None
        self._runs: dict[str, set[str]] = {}
        self._providers: list[Writer] = []
        #: the same, and none
        self._met: set[Writer | None] = {None}

    def skip(self, rows: Rows) -> bool:
        """As `Clock.skip`: each is of a writer who is known, or of none."""
        if any(kind[5] for kind in rows.distinct) or not {kind[3] for kind in rows.distinct} <= self._met:
            return False
        self._last = next((writer for index in reversed(rows.kinds) if (writer := rows.table[index][3])), self._last)
        return True

    def see(self, seen: Facts) -> Problem | None:
        carrier = seen.carrier
        if carrier:
            if carrier == self._last:
                return None
            self._last = carrier
            return self._carried(seen, carrier[:8], carrier[9:])
        writer = seen.writer
        if writer is None or writer == self._last:
            return None
        self._last = writer
        if writer in self._providers or len(self._providers) >= WRITERS:
            return None
        self._providers.append(writer)
        self._met.add(writer)
        return self._other(writer) if len(self._providers) > 1 else None

    def _other(self, writer: Writer) -> Problem:
        """How this writer differs from the first of its service, or else from the first."""
        names = [known for known in self._providers[:-1] if known[0] == writer[0]]
        first = names[0] if names else self._providers[0]
        index = next(index for index in range(len(PROVIDER)) if writer[index] != first[index])
        field = PROVIDER[index]
        pointer = f"/meta/{field}"
        facts: dict[str, Fact] = {
            "field": field,
            "said": Said(writer[index], pointer),
            "was": Said(first[index], pointer),
        }
        return Problem("AT606", pointer, "registration" if index else "", facts)

    def _carried(self, seen: Facts, run: str, file: str) -> Problem | None:
        if len(self._runs) >= WRITERS:
            return None
        files = self._runs.setdefault(run, set())
        if file in files or len(files) >= WRITERS:
            return None
        files.add(file)
        return Problem("AT606", f"{seen.prefix}/id", "carrier") if len(files) > 1 else None


class _Paths:
    """AT607: whether the tailer reads the file; asked once."""

    def __init__(self, tailer: Tailer, path: str) -> None:
        self._tailer = tailer
        self._path = path
        self._asked = False

    def skip(self, _rows: Rows) -> bool:
        """As `Clock.skip`: it was asked."""
        return self._asked

    def see(self, _seen: Facts) -> Problem | None:
        if self._asked:
            return None
        self._asked = True
        return not_collected(self._path, self._tailer)


def not_collected(path: str, tailer: Tailer) -> Problem | None:
    """AT607 for the absolute path of a log that the tailer never reads."""
    found = tailer.reads(path)
    return None if found.read else Problem("AT607", "", "", {"why": found.why})


class _Check(Protocol):
    """One rule with what it remembers."""

    def see(self, seen: Facts) -> Problem | None:
        """What is found in one event."""

    def skip(self, rows: Rows) -> bool:
        """Whether nothing is to be found in these events, which then are taken in; else all is as before."""


class Across:
    """The selected checks of the family over all lines of a run, in their order."""

    def __init__(self, plans: Iterable[Plan], tailer: Tailer | None = None, now: float = 0.0) -> None:
        """Take the Plans that lines may be judged by. Without a tailer nobody asks what it reads.

        `now` is in seconds since the epoch, 0 for unknown.
        """
        plans = tuple(plans)
        # a time in the wrong year is one fault: it says nothing of the order of events, nor of their number
        self._counted = plausible(now) if any(plan.selected("AT505") for plan in plans) else ALWAYS
        self._tailer = tailer
        self._path: str | None = None
        wanted = wanted_by(plans)
        self._wanted = wanted - (set() if tailer else {"AT607"})
        self._run: Mapping[str, _Check] = {
            code: make(self._counted) for code, make in _OF_RUN.items() if code in wanted
        }
        self._checks: dict[str, tuple[_Check, ...]] = {}
        self._plans = plans

    def __bool__(self) -> bool:
        """Whether any rule of the family is selected."""
        return bool(self._wanted)

    def see(self, line: Line, plan: Plan) -> tuple[Problem, ...]:
        """What this event says together with those before it. For lines that hold an event only."""
        checks = self._of(line.path, plan.edition)
        seen = see(line) if checks else None
        return () if seen is None else _ask(checks, seen)

    def see_all(
        self, batch: Batch, _events: Sequence[int], plan: Plan, rows: Rows, _clean: Sequence[bool]
    ) -> Mapping[int, tuple[Problem, ...]]:
        """The same of many events of one file, by row."""
        return self.see_rows(batch.path, plan.edition, rows) if rows else {}

    def see_rows(self, path: str, edition: str, rows: Rows) -> Mapping[int, tuple[Problem, ...]]:
        """The same of events whose lines are elsewhere."""
        found: dict[int, tuple[Problem, ...]] = {}
        for check in self._of(path, edition):
            for row, problem in _found(check, rows):
                found[row] = (*found.get(row, ()), problem)
        return dict(sorted(found.items()))

    def _of(self, path: str, edition: str) -> tuple[_Check, ...]:
        if path != self._path:
            self._path = path
            self._open(path)
        return self._checks[edition]

    def _open(self, path: str) -> None:
        """Begin a new file."""
        made = {code: make(self._counted) for code, make in _OF_FILE.items() if code in self._wanted}
        if self._tailer is not None:
            made["AT607"] = _Paths(self._tailer, path)
        made = dict(sorted((made | dict(self._run)).items()))
        self._checks = {
            plan.edition: tuple(check for code, check in made.items() if plan.selected(code)) for plan in self._plans
        }


def _found(check: _Check, rows: Rows, first: int = 0) -> Iterator[tuple[int, Problem]]:
    """What a check finds in many events, by row; `first` is that of their first one."""
    if not rows or check.skip(rows):
        return
    if len(rows) > _FEW:
        size = max(len(rows) // _PARTS, _FEW)
        for at in range(0, len(rows), size):
            yield from _found(check, rows.part(at, at + size), first + at)
        return
    for row in range(len(rows)):
        found = check.see(rows.fact(row))
        if found is not None:
            yield first + row, found


def _ask(checks: Iterable[_Check], seen: Facts) -> tuple[Problem, ...]:
    found = (check.see(seen) for check in checks)
    return tuple(problem for problem in found if problem is not None)


def wanted_by(plans: Iterable[Plan]) -> frozenset[str]:
    """The codes of the family that any of the Plans selects."""
    return frozenset[str]().union(*(plan.levels.keys() & {*_OF_RUN, *_OF_FILE, "AT607"} for plan in plans))


#: rules that remember what the run, and what the file has had so far; made with the times that count
_OF_RUN: Final[Mapping[str, Callable[[Range], _Check]]] = {
    "AT602": lambda _: _Repeats(),
    "AT603": Rate,
    "AT604": lambda _: _Spellings(),
}
_OF_FILE: Final[Mapping[str, Callable[[Range], _Check]]] = {
    "AT601": Clock,
    "AT605": lambda _: _Editions(),
    "AT606": lambda _: _Writers(),
}
