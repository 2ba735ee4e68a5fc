"""What was observed to the items of a readiness report: each ready, not ready, or not shown, with its denominator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from atlint.model import Fact, Item, Place, Problem, Report, Severity, Verdict
from atlint.pipeline.registration_facts import logs_of, places
from atlint.pipeline.registration_file import RegistrationFile
from atlint.pipeline.view import View
from atlint.plan import Plan
from atlint.plan.registration import Region, Registration
from atlint.readiness.facts import Facts, compare
from atlint.readiness.observed import Observed
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY
from atlint.rules.readiness_rules import READINESS, UNPROVEN

#: names that a message lists before it says how many more there are
_MOST: Final = 8
#: a file as the service's pods name theirs: any name that is unique will do
_POD: Final = "pod-1.log"


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes items whose sentences are those of the rules, without anything that must be hidden."""

    plan: Plan
    redactor: Redactor

    def ready(self, code: str, message: str, have: str = "", want: str = "") -> Item:
        """An item that holds."""
        return self._item(code, Verdict.READY, message, have, want)

    def fails(
        self, code: str, case: str = "", facts: Mapping[str, Fact] | None = None, *, have: str = "", want: str = ""
    ) -> Item:
        """An item that does not hold, or is not shown, in the words of its rule's case."""
        problem = Problem(code, "", case, facts or {})
        message = self.redactor.sentence(self.plan, problem, READINESS[code].cases[case].message)
        state = Verdict.NOT_ENOUGH_EVIDENCE if code in UNPROVEN else Verdict.NOT_READY
        return self._item(code, state, message, have, want)

    def unknown(self, code: str, message: str, have: str = "", want: str = "") -> Item:
        """An item for which something was not given."""
        return self._item(code, Verdict.NOT_ENOUGH_EVIDENCE, message, have, want)

    def broken(self, code: str, message: str, have: str = "", want: str = "") -> Item:
        """An item that does not hold, in words of its own."""
        return self._item(code, Verdict.NOT_READY, message, have, want)

    def _item(self, code: str, state: Verdict, message: str, have: str, want: str) -> Item:
        said = self.redactor.without_secrets
        rule = READINESS.get(code) or REGISTRY[code]
        return Item(code, rule.name, state, said(message), said(have), said(want))


def registration_items(
    tell: Teller, found: RegistrationFile, environment: str, judged: tuple[Region, ...]
) -> Iterator[Item]:
    """Whether the registration's facts are there, and possible: AT909, AT907, AT908."""
    registration = found.registration
    if registration is None:
        yield _told(tell, found, list(found.problems))
        return
    problems = [problem for problem in found.problems if _concerns(problem, registration, judged)]
    incomplete = [problem for problem in problems if problem.code in {"AT909", "AT912"}]
    if not judged:
        there = tuple(" for ".join(filter(None, (each.region, each.environment))) for each in registration.regions)
        yield tell.fails("AT909", "environment", {"environment": environment}, have=_listed(there) or "nothing")
    elif incomplete:
        yield _told(tell, found, incomplete)
    else:
        yield tell.ready("AT909", f"every fact of the registration is there, for {_regions(judged)}")
    for code, message in (
        ("AT907", "there is a tracker in each registered region"),
        ("AT908", "each endpoint is that of its region and environment"),
    ):
        wrong = [problem for problem in problems if problem.code == code]
        if wrong:
            yield _told(tell, found, wrong)
        elif judged and all(entry.region and entry.endpoint for entry in judged):
            yield tell.ready(code, message, _listed([entry.endpoint for entry in judged]))


def _told(tell: Teller, found: RegistrationFile, problems: list[Problem]) -> Item:
    """One item for problems of a file: the first in full, all by their lines."""
    first = problems[0]
    message = tell.redactor.sentence(tell.plan, first, READINESS[first.code].cases[first.case].message)
    source = found.stream.source
    lines = [f"{source.path}:{source.mark(problem.span.start).line}" for problem in problems if problem.span]
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    want = first.facts.get("want", "")
    return tell.broken(first.code, message + more, _listed(lines), tell.redactor.fact(tell.plan, want))


def _concerns(problem: Problem, registration: Registration, judged: tuple[Region, ...]) -> bool:
    """Whether a fault is of what is judged: one of an entry for another environment can wait."""
    steps = problem.pointer.split("/")
    if steps[1:2] != ["registrations"] or len(steps) < 3:
        return True
    return registration.regions[int(steps[2])] in judged


def event_items(tell: Teller, seen: Observed, environment: str, bound: Fraction) -> Iterator[Item]:
    """What the events show: that there are some, of this registration, complete, and without errors."""
    coverage = seen.coverage
    yield from _present(tell, seen, environment)
    yield from _agreeing(tell, seen, environment)
    if coverage.found.own and coverage.registration.actions:
        yield from _covered(tell, seen)
    if seen.judged:
        allowed = f"at most {float(bound * 100):g}%" if bound else "none"
        rate = f"{seen.erring} of {_number(seen.judged, 'line')}"
        rules = [f"{code} {count}" for code, count in seen.report.summary["by_rule"].items() if code in _failing(seen)]
        if seen.erring > bound * seen.judged:
            facts: dict[str, Fact] = {"count": seen.erring, "whole": seen.judged, "want": allowed}
            yield tell.fails("AT904", "", facts, have=f"{rate}: {_listed(rules)}", want=allowed)
        else:
            yield tell.ready("AT904", f"{rate} have errors, and {allowed} may", rate, allowed)


def _failing(seen: Observed) -> set[str]:
    return {finding.code for finding in seen.report.findings if finding.severity.rank == 0}


def _present(tell: Teller, seen: Observed, environment: str) -> Iterator[Item]:
    coverage = seen.coverage
    files = seen.report.summary["files"]
    lines = f"{coverage.found.own} of {coverage.found.events} events in {_number(files, 'file')}"
    unread = seen.report.summary["unreadable"]
    if not coverage.found.events:
        looked = f"{_number(seen.report.summary['lines'], 'line')} in {_number(files, 'file')}"
        yield tell.fails("AT901", have=looked, want="events")
        return
    if not coverage.found.own:
        facts: dict[str, Fact] = {
            "whole": coverage.found.events,
            "environment": environment,
            "want": coverage.registration.service,
        }
        yield tell.fails("AT901", "foreign", facts, have=lines)
        return
    named = [entry.region for entry in coverage.judged if entry.region]
    unseen = [region for region in named if not coverage.found.regions.counts[region]]
    if unseen and coverage.found.regions.total:
        regions: dict[str, Fact] = {"want": tuple(unseen), "environment": environment}
        yield tell.fails("AT901", "region", regions, have=_listed(coverage.found.regions.shown()), want=_listed(unseen))
        return
    other = (
        f"; {coverage.found.elsewhere} are of another environment or region and count for nothing"
        if coverage.found.elsewhere
        else ""
    )
    if unread:
        other += f"; {_number(unread, 'line')} cannot be read as events"
    yield tell.ready("AT901", f"{lines} belong to the registration{other}", _listed(coverage.found.regions.shown()))


def _agreeing(tell: Teller, seen: Observed, environment: str) -> Iterator[Item]:
    """Service, space and region of the events against those that are registered."""
    coverage = seen.coverage
    if not coverage.found.events:
        return
    wrong = [
        *(f"service {shown}" for shown in coverage.found.foreign.shown()),
        *coverage.found.strange_spaces.shown(),
    ]
    service = coverage.registration.service
    spaces = [entry.space_id for entry in coverage.judged if entry.space_id]
    if wrong:
        count = coverage.found.foreign.total + coverage.found.strange_spaces.total
        why = f"{count} of {coverage.found.events} events name another service or space than the registration"
        want = f"service {service}" + (f", space {_listed(spaces)}" if spaces else "")
        yield tell.fails("AT912", "", {"why": why}, have=_listed(wrong), want=want)
    elif coverage.found.own:
        names = "service and space" if len(spaces) == len(coverage.judged) else "service"
        yield tell.ready("AT912", f"{coverage.found.own} events name the registered {names}", service)
    strange = coverage.found.strange_regions
    if strange.total:
        facts: dict[str, Fact] = {
            "count": strange.total,
            "whole": coverage.found.events,
            "said": _listed(list(strange.counts)),
            "environment": environment,
            "want": tuple(entry.region for entry in coverage.judged),
        }
        yield tell.fails("AT910", "", facts, have=_listed(strange.shown()), want=_regions(coverage.judged))
    elif coverage.found.regions.total and all(entry.region for entry in coverage.judged):
        yield tell.ready(
            "AT910", f"{coverage.found.regions.total} events are of registered regions", _regions(coverage.judged)
        )


def _covered(tell: Teller, seen: Observed) -> Iterator[Item]:
    """Declared actions and outcomes, undeclared ones, and those that differ from their declaration."""
    coverage = seen.coverage
    declared = len({entry.action for entry in coverage.registration.actions})
    missing = coverage.missing_actions
    have = _listed(coverage.found.actions.shown())
    share = f"{declared - len(missing)} of {declared} declared actions"
    if missing:
        facts: dict[str, Fact] = {"count": len(missing), "whole": declared, "want": _listed(missing)}
        yield tell.fails("AT902", "", facts, have=f"{share}: {have}", want=_listed(missing))
    else:
        yield tell.ready("AT902", f"{share} occurred", have, f"{declared} of {declared}")
    outcomes, unseen = coverage.declared_outcomes, coverage.missing_outcomes
    have = _listed(coverage.found.outcomes.shown())
    if unseen:
        facts = {"count": len(unseen), "whole": len(outcomes), "want": _listed(unseen)}
        share = f"{len(outcomes) - len(unseen)} of {len(outcomes)}"
        yield tell.fails("AT903", "", facts, have=f"{share}: {have}", want=_listed(unseen))
    elif outcomes:
        yield tell.ready("AT903", f"{len(outcomes)} of {len(outcomes)} declared outcomes occurred", have)
    undeclared, differing = coverage.found.undeclared, coverage.found.differing
    if undeclared.total:
        facts = {"count": undeclared.total, "whole": coverage.found.own, "want": _listed(list(undeclared.counts))}
        yield tell.fails("AT911", "", facts, have=_listed(undeclared.shown()), want="declared actions only")
    elif differing.total:
        # a warning: the events arrive and can be read, so that it keeps nobody from registering
        why = f"{differing.total} of {coverage.found.own} events have another target or severity than is declared"
        yield tell.ready("AT911", why, _listed(differing.shown()), "as declared")
    else:
        yield tell.ready("AT911", f"{coverage.found.own} of {coverage.found.own} events have declared actions")


def cluster_items(
    tell: Teller, view: View, report: Report, registration: Registration, environment: str, judged: tuple[Region, ...]
) -> Iterator[Item]:
    """Whether the manifests name what is registered, and whether the logs would be read at all."""
    yield from _manifests(tell, compare(view, registration, judged), environment, judged)
    yield _checked(tell, report)
    tailer, own = view.tailer()
    path = f"{logs_of(registration)}/{_POD}"
    reading = tailer.reads(path)
    if not own:
        yield tell.unknown("AT607", "no configuration of fluentd was given that reads files", want=path)
    elif reading.read:
        yield tell.ready("AT607", f"the configured tailer reads {logs_of(registration)}", reading.why)
    else:
        yield tell.broken("AT607", f"the configured tailer does not read {path}: {reading.why}", reading.why, path)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _checked(tell: Teller, report: Report) -> Item:
    """The errors that the linter finds in the manifests, in configurations, and in events within them."""
    files, count = report.summary["files"], report.summary["by_severity"][str(Severity.ERROR)]
    if not count:
        doubtful = [finding for finding in report.findings if finding.severity is Severity.WARNING]
        besides = f", and {_number(len(doubtful), 'warning')}" if doubtful else ""
        have = _listed([f"{finding.code} at {_at(finding.place)}" for finding in doubtful])
        return tell.ready("AT904", f"no errors in {_number(files, 'file')} of the cluster{besides}", have)
    wrong = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    have = _listed([f"{finding.code} at {_at(finding.place)}" for finding in wrong])
    codes = _listed(sorted({finding.code for finding in wrong}))
    facts: dict[str, Fact] = {"count": count, "whole": files, "want": codes}
    return tell.fails("AT904", "cluster", facts, have=have, want="none")


def _manifests(tell: Teller, facts: Facts, environment: str, judged: tuple[Region, ...]) -> Iterator[Item]:
    strange = [each for each in facts.differences if each.region and each.region not in {r.region for r in judged}]
    others = [each for each in facts.differences if each not in strange]
    if strange:
        told: dict[str, Fact] = {
            "said": _listed(sorted({each.region for each in strange})),
            "environment": environment,
            "want": tuple(entry.region for entry in judged),
        }
        have = _listed([f"{each.why} ({_at(each.place)})" for each in strange])
        yield tell.fails("AT910", "cluster", told, have=have, want=_regions(judged))
    want = _listed([_home(entry) for entry in judged if entry.endpoint or entry.space_id])
    if others:
        listed = [f"{each.why} ({_at(each.place)})" for each in others]
        why = others[0].why + (f"; and {len(others) - 1} more differences" if others[1:] else "")
        yield tell.fails("AT912", "", {"why": why}, have=_listed(listed), want=want)
    elif facts.absent:
        outputs = (
            f"{_number(facts.configurations, 'configuration')} with {_number(facts.outputs, 'output')} to the tracker"
        )
        have = f"{_number(facts.secrets, 'Secret')}, {outputs}, {_number(facts.workloads, 'workload')}"
        yield tell.unknown("AT912", f"the manifests have no {_listed(facts.absent, ' and no ')}", have, want)
    elif not strange:
        yield tell.ready("AT912", "Secret, ConfigMap and Deployment name what is registered", want=want)


def _home(entry: Region) -> str:
    """Where events of a registration go, as far as it says."""
    return " with ".join(filter(None, (entry.endpoint, entry.space_id and f"space {entry.space_id}")))


def _at(place: Place) -> str:
    return f"{place.path}:{place.line}:{place.column}"


def _regions(judged: tuple[Region, ...]) -> str:
    tables = places()
    named = [(tables[entry.environment].get(entry.region), entry.region) for entry in judged if entry.region]
    return _listed([f"{tracker.place} ({region})" if tracker else region for tracker, region in named])


def _listed(words: list[str] | tuple[str, ...], joint: str = ", ") -> str:
    shown = list(words[:_MOST])
    rest = len(words) - len(shown)
    return joint.join([*shown, f"{rest} more"] if rest else shown)
