"""Family AT6: the events of a file and of a run, one by one, to what they say together. In bounded memory.

Each check remembers a fixed amount, named in `rules.across`; only those that a Plan selects are asked.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol, TypeAlias

from atlint.lint.seen import ABSENT, LONGEST, Seen, Writer, see
from atlint.lint.window import Window
from atlint.model import Fact, Line, Problem, Said, Span
from atlint.plan import Plan
from atlint.plan.shape import fitting
from atlint.rules.across import MOST, NOTED, REMEMBERED, RESOURCES, SERVICES, TOLERANCE, WINDOW, WRITERS
from atlint.rules.reading import CRN_SEGMENTS

#: an id that names one thing and no other, whoever gives out ids: long, with digits among its letters
_SHORTEST_UNIQUE: Final = 20
_DIGITS: Final = re.compile(r"(?:[^0-9]*[0-9]){4}")
#: the ids that `atlint load` gives: run, file and sequence (its `load.identity` says more)
_CARRIER: Final = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-8000-8000-[0-9a-f]{12}")
_ALLOWANCES: Final = ((MOST, ""), (NOTED, "noted"))
#: seconds by which sums of fractions may be off
_ROUNDING: Final = 0.001
#: CRNs of one resource that are told apart
_SPELLINGS: Final = 3
_MIDDLE: Final = "-8000-8000-"
_PROVIDER: Final = ("serviceProviderName", "serviceProviderRegion", "serviceProviderProjectId")


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


class _Clock:
    """AT601: the newest time of the file so far."""

    def __init__(self) -> None:
        self._newest: float | None = None

    def see(self, seen: Seen) -> Problem | None:
        time = seen.time
        if time is None:
            return None
        newest = self._newest
        if newest is None or time >= newest:
            self._newest = time
        elif time < newest - TOLERANCE:
            self._newest = time
            return Problem("AT601", f"{seen.prefix}/eventTime", "", {"seconds": round(newest - time)})
        return None


class _Repeats:
    """AT602: digests of what makes each event of the run this one: what goes with its id, or else its line."""

    def __init__(self) -> None:
        self._seen = Window(REMEMBERED)

    def see(self, seen: Seen) -> Problem | None:
        record = seen.record
        name = record.id
        if not isinstance(name, str) or not name:
            return Problem("AT602", "") if self._seen.add(_digest(seen.line.raw)) else None
        facts = f"{name}\0{record.action}\0{record.outcome}\0{seen.target}".encode("utf-8", "surrogatepass")
        if record.requestData is not ABSENT or record.responseData is not ABSENT:
            facts = b"\0".join((facts, record.requestData, record.responseData))
        return Problem("AT602", f"{seen.prefix}/id", "id") if self._seen.add(_digest(facts)) else None


def _digest(raw: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")


class _Rate:
    """AT603: the latest times of each service, in order."""

    def __init__(self) -> None:
        self._services: dict[str, list[float]] = {}
        self._said: dict[tuple[str, int], float] = {}

    def see(self, seen: Seen) -> Problem | None:
        time = seen.time
        if time is None:
            return None
        service = seen.service
        times = self._services.get(service)
        if times is None:
            if len(self._services) >= SERVICES:
                self._forget(next(iter(self._services)))
            times = self._services[service] = []
        behind = 0
        if times and time < times[-1]:
            insort(times, time)
            behind = len(times) - bisect_right(times, time)
        else:
            times.append(time)
        if len(times) <= NOTED:
            return None
        if len(times) > MOST + 1:
            del times[0]
        for most, case in _ALLOWANCES:
            first = len(times) - behind - most - 1
            if first >= 0 and times[first] > time - WINDOW + _ROUNDING:
                return self._once(seen, service, most, case)
        return None

    def _once(self, seen: Seen, service: str, most: int, case: str) -> Problem | None:
        """The finding, unless it was said of this minute."""
        time, last = seen.time or 0.0, self._said.get((service, most))
        if last is not None and time - last < WINDOW:
            return None
        self._said[service, most] = time
        pointer = f"{seen.prefix}/eventTime"
        return Problem("AT603", pointer, case, {"service": Said(service, "/"), "most": most})

    def _forget(self, service: str) -> None:
        del self._services[service]
        for most, _ in _ALLOWANCES:
            self._said.pop((service, most), None)


class _Names:
    """AT604: the beginning of the CRN under which each resource was first named, by the CRN's end."""

    def __init__(self) -> None:
        self._first: dict[str, list[str]] = {}

    def see(self, seen: Seen) -> Problem | None:
        text = seen.target
        if text.count(":") != len(CRN_SEGMENTS) or len(text) > LONGEST:
            return None
        head, instance, _, resource = text.rsplit(":", 3)
        name = text[len(head) :]
        known = self._first.get(name)
        if known is None:
            if _unique(resource) or _unique(instance):
                if len(self._first) >= RESOURCES:
                    del self._first[next(iter(self._first))]
                self._first[name] = [head]
            return None
        if head in known or len(known) >= _SPELLINGS:
            return None
        known.append(head)
        return self._differs(seen, known[0].split(":"), head.split(":"))

    def _differs(self, seen: Seen, first: list[str], parts: list[str]) -> Problem:
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


def _unique(text: str) -> bool:
    return len(text) >= _SHORTEST_UNIQUE and _DIGITS.match(text) is not None


class _Editions:
    """AT605: the shapes that a file's events have. Editions that one line may fit count as one."""

    def __init__(self) -> None:
        self._groups: list[tuple[str, ...]] = []
        self._known: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def see(self, seen: Seen) -> Problem | None:
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

    def see(self, seen: Seen) -> Problem | None:
        name = seen.record.id
        if isinstance(name, str) and name[13:24] == _MIDDLE and (carrier := _CARRIER.fullmatch(name)):
            if name[:13] == self._last:
                return None
            self._last = name[:13]
            return self._carried(seen, carrier[1], carrier[2])
        writer = seen.writer
        if writer is None or writer == self._last:
            return None
        self._last = writer
        if writer in self._providers or len(self._providers) >= WRITERS:
            return None
        self._providers.append(writer)
        return self._other(writer) if len(self._providers) > 1 else None

    def _other(self, writer: Writer) -> Problem:
        """How this writer differs from the first of its service, or else from the first."""
        names = [known for known in self._providers[:-1] if known[0] == writer[0]]
        first = names[0] if names else self._providers[0]
        index = next(index for index in range(len(_PROVIDER)) if writer[index] != first[index])
        field = _PROVIDER[index]
        pointer = f"/meta/{field}"
        facts: dict[str, Fact] = {
            "field": field,
            "said": Said(writer[index], pointer),
            "was": Said(first[index], pointer),
        }
        return Problem("AT606", pointer, "registration" if index else "", facts)

    def _carried(self, seen: Seen, run: str, file: str) -> Problem | None:
        if len(self._runs) >= WRITERS:
            return None
        files = self._runs.setdefault(run, set())
        if file in files or len(files) >= WRITERS:
            return None
        files.add(file)
        return Problem("AT606", f"{seen.prefix}/id", "carrier") if len(files) > 1 else None


class _Paths:
    """AT607: whether the tailer reads the file; asked once."""

    def __init__(self, tailer: Tailer) -> None:
        self._tailer = tailer
        self._asked = False

    def see(self, seen: Seen) -> Problem | None:
        if self._asked:
            return None
        self._asked = True
        return not_collected(seen.line.path, self._tailer)


def not_collected(path: str, tailer: Tailer) -> Problem | None:
    """AT607 for the absolute path of a log that the tailer never reads."""
    found = tailer.reads(path)
    return None if found.read else Problem("AT607", "", "", {"why": found.why})


_See: TypeAlias = Callable[[Seen], Problem | None]


class Across:
    """The selected checks of the family over all lines of a run, in their order."""

    def __init__(self, plans: Iterable[Plan], tailer: Tailer | None = None) -> None:
        """Take the Plans that lines may be judged by. Without a tailer nobody asks what it reads."""
        plans = tuple(plans)
        self._tailer = tailer
        self._path: str | None = None
        wanted = frozenset[str]().union(*(plan.levels.keys() & {*_OF_RUN, *_OF_FILE, "AT607"} for plan in plans))
        self._wanted = wanted - (set() if tailer else {"AT607"})
        self._run: Mapping[str, _See] = {code: make().see for code, make in _OF_RUN.items() if code in wanted}
        self._checks: dict[str, tuple[_See, ...]] = {}
        self._plans = plans

    def __bool__(self) -> bool:
        """Whether any rule of the family is selected."""
        return bool(self._wanted)

    def see(self, line: Line, plan: Plan) -> tuple[Problem, ...]:
        """What this event says together with those before it. For lines that hold an event only."""
        if line.path != self._path:
            self._path = line.path
            self._open()
        checks = self._checks[plan.edition]
        seen = see(line) if checks else None
        if seen is None:
            return ()
        found: tuple[Problem, ...] = ()
        for check in checks:
            problem = check(seen)
            if problem is not None:
                found = (*found, problem)
        return found

    def _open(self) -> None:
        """Begin a new file."""
        made: dict[str, _See] = {code: make().see for code, make in _OF_FILE.items() if code in self._wanted}
        if self._tailer is not None:
            made["AT607"] = _Paths(self._tailer).see
        made = dict(sorted((made | dict(self._run)).items()))
        self._checks = {
            plan.edition: tuple(see for code, see in made.items() if plan.selected(code)) for plan in self._plans
        }


_OF_RUN: Final[Mapping[str, Callable[[], _Repeats | _Rate | _Names]]] = {
    "AT602": _Repeats,
    "AT603": _Rate,
    "AT604": _Names,
}
_OF_FILE: Final[Mapping[str, Callable[[], _Clock | _Editions | _Writers]]] = {
    "AT601": _Clock,
    "AT605": _Editions,
    "AT606": _Writers,
}
