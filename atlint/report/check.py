"""Paths and options to a Report: what `atlint check` runs, and every integration with it."""

from __future__ import annotations

import datetime
import gc
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from atlint.lint.across import Across, Tailer
from atlint.lint.baseline import Baseline
from atlint.lint.batch import Batch, batches
from atlint.lint.editions import AUTO, another, picker
from atlint.lint.engine import Judge, Tally, run_batches
from atlint.lint.explain import Explanation
from atlint.lint.fix import Wanted
from atlint.lint.source import Kind, Source, beginning, read
from atlint.lint.stitch import Stitcher
from atlint.lint.suppress import Entry, Suppressions
from atlint.model import NOTHING, AtlintError, Line, Problem, Report, Severity
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.report.collect import Collector
from atlint.report.rate import Allowance
from atlint.report.redact import Redactor
from atlint.rules.selection import Choice, choose

if TYPE_CHECKING:
    from atlint.report.manifests import Manifests
    from atlint.report.spread import Crew

#: the edition of the document that the project starts from
DEFAULT_EDITION = EDITIONS[0]
#: logs whose first lines are looked at for the edition that they are of
_LOOKED_INTO = 20


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that can change a verdict. `now` is in seconds since the epoch."""

    edition: str = DEFAULT_EDITION
    registration: Registration | None = None
    choice: Choice = field(default_factory=Choice)
    verbs: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    entries: tuple[Entry, ...] = ()
    #: code -> the share of events that its findings may come to without failing the run
    rates: Mapping[str, Allowance] = field(default_factory=lambda: NOTHING)
    #: None for never
    fail_on: Severity | None = Severity.ERROR
    now: float = field(default_factory=time.time)
    show_values: bool = False
    explain_only: bool = False
    allow_empty: bool = False
    #: what reads the logs; None where nobody asks
    tailer: Tailer | None = None

    @property
    def today(self) -> datetime.date:
        """The day of `now`, in UTC."""
        return datetime.datetime.fromtimestamp(self.now, datetime.UTC).date()


def judges_of(options: Options) -> list[Judge]:
    """One Judge for the edition, or one for each where it is `auto`.

    Raises AtlintError, also where no rule is left: what nothing was asked of would pass.
    """
    editions = EDITIONS if options.edition == AUTO else (options.edition,)
    plans = [_plan(options, edition) for edition in editions]
    if not any(plan.levels for plan in plans):
        raise AtlintError(
            f"no rule is left to judge by: those that are selected are ignored, off, or none of edition "
            f"{options.edition}; give --select or --ignore others, or mend the configuration file"
        )
    return [Judge(plan, options.now, options.explain_only) for plan in plans]


def plan_of(options: Options) -> Plan:
    """The Plan of the edition, where that is one. Raises AtlintError."""
    return _plan(options, options.edition)


def _plan(options: Options, edition: str) -> Plan:
    levels = choose(edition, options.choice) if edition in EDITIONS else {}
    return compile_plan(edition, options.registration, Settings(levels, options.verbs, options.aliases))


def not_ignored(options: Options) -> Wanted:
    """Says of a Problem whether no ignore entry silences it: what is meant to stay is not repaired."""
    suppressions = Suppressions(options.entries, options.today)

    def wanted(explanation: Explanation, problem: Problem) -> bool:
        return not suppressions.covers(
            problem.code,
            service=explanation.who.service,
            action=explanation.who.action,
            pointer=problem.pointer,
            path=explanation.line.path,
        )

    return wanted


def check_lines(
    found: Iterable[Line],
    options: Options,
    *,
    files: tuple[str, ...] = (),
    manifests: Manifests | None = None,
) -> Report:
    """Judge lines from anywhere, and manifests; `files` are the names to report, in order."""
    return course_of(batches(found), options, manifests=manifests).report(files, manifests=manifests)


def course_of(
    found: Iterable[Batch],
    options: Options,
    baseline: Baseline | None = None,
    manifests: Manifests | None = None,
) -> Course:
    """A course that has judged these lines, and is yet to report. Raises AtlintError."""
    stream = iter(found)
    first = next(stream, None)
    course = Course(options, mask_key(first[0] if first else None, manifests), baseline)
    course.take(_with_first(first, stream))
    return course


def mask_key(first: Line | None, manifests: Manifests | None = None) -> bytes:
    """The key of a run's masks: from its first line, or else from its first manifest."""
    text = first.raw if first is not None else manifests.text if manifests is not None else b""
    return hashlib.blake2b(text, digest_size=32).digest() if text else b""


@contextmanager
def sparing() -> Iterator[None]:
    """What stands so far is not looked through for garbage, which would take a fifth of the time of faulty lines."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Course:
    """One run of the linter: what it judges by, and what it has found so far."""

    def __init__(self, options: Options, key: bytes = b"", baseline: Baseline | None = None) -> None:
        """Compile what the options say. Raises AtlintError."""
        self.options = options
        self.baseline = baseline
        self.judges = judges_of(options)
        self.pick = picker(self.judges)
        self.plans = {judge.plan.edition: judge.plan for judge in self.judges}
        self.across = Across(self.plans.values(), options.tailer, options.now)
        self.tally = Tally()
        self.collector = self.collector_of(options, key, baseline)

    @staticmethod
    def collector_of(options: Options, key: bytes, baseline: Baseline | None) -> Collector:
        """One that has seen nothing yet."""
        suppressions = Suppressions(options.entries, options.today) if options.entries else None
        return Collector(Redactor(key, options.show_values), suppressions, baseline)

    def take(self, found: Iterable[Batch]) -> None:
        """Judge lines that follow those before."""
        with sparing():
            for explanation in run_batches(
                self.judges, self.pick, found, self.tally, across=self.across, stitcher=Stitcher()
            ):
                self.collector.add(explanation)
                del explanation  # it may be large, and the next one is made before the name is given to it

    def report(
        self, files: tuple[str, ...], more: Mapping[str, Any] = NOTHING, manifests: Manifests | None = None
    ) -> Report:
        """Judge the manifests, and say what there is to say of all. The course is at its end."""
        options, baseline = self.options, self.baseline
        if manifests is not None:
            _judge(manifests, self.judges, self.collector, self.tally)
            about = manifests.summary()
            notes = [*about.pop("notes", ()), *more.get("notes", ())]
            more = {**about, **more, **({"notes": notes} if notes else {})}
        if baseline is not None:
            baseline.settle({code for plan in self.plans.values() for code in plan.levels})
            more = {**more, "baseline": baseline.summary()}
        plan, digest = self.judges[0].plan, _digest(self.judges)
        del self.judges, self.pick, self.across  # what they remember gives way to the report
        report = self.collector.report(
            plan,
            self.tally,
            edition=options.edition,
            files=files,
            fail_on=options.fail_on,
            rates=options.rates,
            allow_empty=options.allow_empty,
            more=more,
        )
        return replace(report, plan=digest)


def _judge(manifests: Manifests, judges: list[Judge], collector: Collector, tally: Tally) -> None:
    """Collect what is found in manifests, and in the events that they write."""
    from atlint.report.cover import Cover
    from atlint.report.manifests import events, sightings, view_of

    plan = judges[0].plan
    view = view_of(manifests, plan)
    cover = Cover(replace(collector.redactor, wary=True))
    cover.learn(view)
    written = list(events(view, picker(judges), tally))
    for each in written:
        cover.learn_event(each)
    for stream in manifests.registrations:
        cover.learn_stream(stream)
    found = list(sightings(manifests, view))
    cover.learn_told(found)
    for sighting in found:
        collector.sighted(plan, sighting, cover)
    for each in written:
        for problem in each.explanation.problems:
            collector.sighted(each.explanation.plan, each.sighting(problem), cover, each.explanation)
    collector.judged += manifests.judged


def _digest(judges: list[Judge]) -> str:
    """The digest of the Plan; of several, one over theirs, in as many digits."""
    digests = [judge.plan.digest for judge in judges]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\0".join(digests).encode()).hexdigest()[: len(digests[0])]


def _with_first(first: Batch | None, rest: Iterator[Batch]) -> Iterator[Batch]:
    if first is not None:
        yield first
        yield from rest


def _read(others: list[Source]) -> Manifests:
    from atlint.report.manifests import read

    return read(others)


def _other_edition(logs: Sequence[Source], edition: str) -> Iterator[str]:
    """A note where the logs begin with events of another edition than that by which they are judged."""
    if edition == AUTO:
        return
    first = (raw for source in logs[:_LOOKED_INTO] if not source.remote for raw in beginning(source))
    if (found := another(first, edition)) is not None:
        likely, count = found
        events = "the first event looks like one" if count == 1 else f"the first {count:,} events look like those"
        yield f"{events} of {likely}, and {edition} is asked of them: --edition {likely} (or auto) judges by that"


def check_sources(
    sources: Iterable[Source],
    options: Options,
    progress: Callable[[int], None] | None = None,
    *,
    baseline: Baseline | None = None,
    more: Mapping[str, Any] = NOTHING,
    crew: Crew | None = None,
) -> Report:
    """Judge all sources in order, as `check_lines` does. `progress` is told the bytes read of the source at hand.

    A crew shares the work; the report is the same to the byte.
    """
    sources = tuple(sources)
    logs = [source for source in sources if source.kind is Kind.LOG]
    others = [source for source in sources if source.kind is not Kind.LOG]
    files = tuple(source.path for source in sources)
    manifests = _read(others) if others else None
    if noted := [*more.get("notes", ()), *_other_edition(logs, options.edition)]:
        more = {**more, "notes": noted}
    if crew is not None:
        from atlint.report.spread import shareable, spread

        if shareable(logs):
            course = spread(logs, options, crew, progress, baseline=baseline, manifests=manifests)
            return course.report(files, more, manifests)
    found = (batch for source in logs for batch in read(source, progress))
    return course_of(found, options, baseline, manifests).report(files, more, manifests)
