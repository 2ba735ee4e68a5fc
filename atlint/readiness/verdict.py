"""Registration, logs, manifests and staging to one report: ready, not ready, or not enough evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import atlint
from atlint.lint.source import Source
from atlint.model import PRODUCTION, STAGING, AtlintError, Finding, Item, Report, Severity, Span, Verdict
from atlint.pipeline.registration_file import RegistrationFile
from atlint.pipeline.view import Sighting, View
from atlint.plan import Plan
from atlint.plan.registration import Region, Registration
from atlint.readiness import evidence
from atlint.readiness.items import Teller, cluster_items, event_items, registration_items
from atlint.readiness.observed import Observed, observe
from atlint.report import manifests
from atlint.report.check import Options, check_lines, plan_of
from atlint.report.cover import Cover
from atlint.report.identity import fingerprint
from atlint.report.redact import Redactor
from atlint.rules.readiness_rules import READINESS

if TYPE_CHECKING:
    from atlint.report.spread import Crew

_NO_CLUSTER: Final = "the cluster was not looked at: give its manifests with --kube"
_NOTHING_ELSE: Final = "only the registration was looked at: mend it first, since all else is judged by it"
#: what a summary of the logs says
_COUNTED: Final = ("files", "lines", "events", "unreadable", "clean", "suppressed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be judged, and against what. `region` is empty for all that are registered."""

    environment: str = STAGING
    region: str = ""
    logs: tuple[Source, ...] = ()
    #: manifests of the cluster, and configurations of fluentd
    kube: tuple[Source, ...] = ()
    #: the share of lines that may have errors, blank ones left out
    bound: Fraction = Fraction(0)
    staging: Path | None = None
    options: Options = field(default_factory=Options)
    #: what there is to say of how it was asked
    notes: tuple[str, ...] = ()


def ready(found: RegistrationFile, asked: Asked, crew: Crew | None = None) -> Report:
    """Judge a registration. `asked.options` must hold the same registration and its edition. A crew shares the work.

    Where the file has not the shape of a registration, all else has nothing to be judged by: its faults are told alone.
    Raises AtlintError where something that was named cannot be read.
    """
    registration = found.registration
    if registration is None:
        return _unshaped(found, asked)
    judged = judged_of(registration, asked.environment, asked.region)
    seen = observe(asked.logs, asked.options, registration, judged, crew)
    plan = seen.coverage.plan
    redactor = Redactor(registration.service.encode(), asked.options.show_values, wary=True)
    tell = Teller(plan, redactor)
    checked = _checked(asked, plan)
    items = [
        *registration_items(tell, found, asked.environment, judged),
        *event_items(tell, seen, asked.environment, asked.bound),
        *(cluster_items(tell, *checked, registration, asked.environment, judged) if checked else ()),
        *_staging(tell, asked, registration, plan),
    ]
    return Report(
        command="ready",
        version=atlint.__version__,
        verdict=verdict_of(items),
        summary=_summary(seen, asked, judged, checked[1].summary.get("notes", ()) if checked else (_NO_CLUSTER,)),
        findings=(
            *_findings(found, redactor, plan),
            *_errors(seen.report.findings),
            *_errors(checked[1].findings if checked else ()),
        ),
        items=tuple(items),
        edition=asked.options.edition,
        plan=plan.digest,
    )


def _unshaped(found: RegistrationFile, asked: Asked) -> Report:
    """The report of a file whose faults leave no registration."""
    plan = plan_of(asked.options)
    redactor = Redactor(
        found.stream.source.text.encode("utf-8", "surrogateescape"), asked.options.show_values, wary=True
    )
    items = tuple(registration_items(Teller(plan, redactor), found, asked.environment, ()))
    return Report(
        command="ready",
        version=atlint.__version__,
        verdict=verdict_of(items),
        summary={
            "environment": asked.environment,
            "regions": [],
            **dict.fromkeys((*_COUNTED, "own", "with_errors"), 0),
            "notes": [*asked.notes, _NOTHING_ELSE],
        },
        findings=tuple(_findings(found, redactor, plan)),
        items=items,
        edition=asked.options.edition,
        plan=plan.digest,
    )


def _checked(asked: Asked, plan: Plan) -> tuple[View, Report] | None:
    """The picture of the cluster, and what the linter says of it; None where no manifests are given."""
    if not asked.kube:
        return None
    read = manifests.read(asked.kube)
    files = tuple(source.path for source in asked.kube)
    return manifests.view_of(read, plan), check_lines((), asked.options, files=files, manifests=read)


def judged_of(registration: Registration, environment: str, region: str = "") -> tuple[Region, ...]:
    """The entries of an environment, or the one of a region. Raises AtlintError for a region that is not there."""
    here = tuple(entry for entry in registration.regions if entry.environment == environment)
    if not region:
        return here
    chosen = tuple(entry for entry in here if entry.region == region)
    if not chosen:
        there = ", ".join(entry.region for entry in here) or "no region"
        raise AtlintError(f"the region {region!r} is not registered for {environment}: {there} is")
    return chosen


def verdict_of(items: Iterable[Item]) -> Verdict:
    """The whole: not ready outranks not enough evidence, and nothing at all is no evidence."""
    states = {item.state for item in items} or {Verdict.NOT_ENOUGH_EVIDENCE}
    order = (Verdict.NOT_READY, Verdict.NOT_ENOUGH_EVIDENCE)
    return next((state for state in order if state in states), Verdict.READY)


def _summary(seen: Observed, asked: Asked, judged: tuple[Region, ...], more: Iterable[str]) -> dict[str, object]:
    counted = seen.report.summary
    notes = [*asked.notes, *more]
    kept = {name: counted[name] for name in _COUNTED}
    return {
        "environment": asked.environment,
        "regions": [entry.region for entry in judged],
        **kept,
        "own": seen.coverage.found.own,
        "with_errors": seen.erring,
        **({"notes": notes} if notes else {}),
    }


def _staging(tell: Teller, asked: Asked, registration: Registration, plan: Plan) -> Iterator[Item]:
    """Production needs the proof of a clean staging."""
    if asked.environment != PRODUCTION:
        return
    if asked.staging is None:
        yield tell.fails("AT905", want="--staging FILE")
        return
    found = evidence.load(asked.staging)
    why = evidence.stale(found, registration, plan.digest, atlint.__version__, asked.options.now, asked.bound)
    if why:
        yield tell.fails("AT906", "", {"why": why}, have=str(asked.staging))
    else:
        yield tell.ready("AT906", f"staging was ready on {found['now']}", str(asked.staging))


def _errors(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.severity is Severity.ERROR)


def _findings(found: RegistrationFile, redactor: Redactor, plan: Plan) -> Iterator[Finding]:
    """The faults of the registration file, each at its line."""
    source = found.stream.source
    cover = Cover(redactor)
    cover.learn_stream(found.stream)
    sightings = [Sighting(problem, source, problem.span or Span(0, 0)) for problem in found.problems]
    cover.learn_told(sightings)
    for sighting in sightings:
        yield _finding(sighting, cover, plan)


def _finding(sighting: Sighting, cover: Cover, plan: Plan) -> Finding:
    """One fault of a registration file with its sentence, place and line."""
    problem, place = sighting.problem, sighting.place
    rule = READINESS[problem.code]
    message, help_ = cover.redactor.message(plan, problem)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.cases[problem.case].level[plan.edition],
        message=message,
        place=place,
        pointer=cover.redactor.pointer(plan, problem.pointer),
        url=rule.url,
        fingerprint=fingerprint((rule.code, problem.pointer, problem.case)),
        help=help_,
        snippet=cover.snippet(sighting),
        last_line=place.line,
    )
