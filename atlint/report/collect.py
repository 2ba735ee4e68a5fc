"""Explanations to a Report: exact counts, a bounded number of stored examples, every value redacted."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import atlint
from atlint.lint import Explanation
from atlint.lint.baseline import Baseline, Key
from atlint.lint.engine import Tally
from atlint.lint.explain import level
from atlint.lint.fix import fix_of
from atlint.lint.suppress import Suppressions
from atlint.model import NOTHING, Edit, Finding, Fix, Place, Problem, Report, Severity, Snippet, Span, Verdict
from atlint.plan import Plan
from atlint.report.findings import Findings, Packed
from atlint.report.identity import fingerprint, key_of, shape
from atlint.report.rate import Allowance
from atlint.report.redact import Hidden, Redactor
from atlint.report.timeline import Timeline, minute_of
from atlint.rules import REGISTRY
from atlint.rules.rule import Scope

if TYPE_CHECKING:
    from atlint.pipeline.view import Sighting
    from atlint.report.cover import Cover

#: groups, and examples of each, that are stored; counts stay exact beyond them (decision 3)
MOST_GROUPS: Final = 10_000
MOST_EXAMPLES: Final = 20
#: findings that are kept as they are; those beyond them are packed
MOST_LOOSE: Final = 500


class Named(NamedTuple):
    """What findings that are the same are called, as it is shown."""

    fingerprint: str
    service: str
    action: str


@dataclass(slots=True)
class Group:
    """What is kept of findings that are the same: the first few, and how many there were besides."""

    findings: Findings = field(default_factory=Findings)
    unstored: int = 0
    last_line: int = 0


@dataclass(slots=True)
class Collector:
    """Takes explanations in order; gives the Report at the end."""

    redactor: Redactor
    suppressions: Suppressions | None = None
    baseline: Baseline | None = None
    #: findings by rule and severity, exact
    counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    suppressed: int = 0
    #: lines with an error that counts
    erring: int = 0
    timeline: Timeline = field(default_factory=Timeline)
    #: what was judged besides lines
    judged: int = 0
    #: findings that are stored, and those of them that are kept as they are
    stored: int = 0
    loose: int = MOST_LOOSE
    #: by identity and severity, in the order in which they were met
    groups: dict[tuple[str, ...], Group] = field(default_factory=dict)
    _hidden: Hidden | None = None

    def add(self, explanation: Explanation) -> None:
        """Count and store what was found in one line."""
        who = explanation.who
        minute = minute_of(explanation)
        erring = False
        for problem in explanation.problems:

            def finding(severity: Severity, named: Named, problem: Problem = problem) -> Finding:
                return self._finding(explanation, problem, severity, named)

            line = explanation.line
            severity = self._put(explanation.plan, problem, who, (line.path, line.number), finding, minute)
            erring = erring or severity is Severity.ERROR
        self.erring += erring
        self._hidden = None

    def sighted(self, plan: Plan, sighting: Sighting, cover: Cover, within: Explanation | None = None) -> None:
        """Count and store what was found in a manifest; `within` is the event that it was found in, if in one."""
        who = within.who if within is not None else ("", "")

        def finding(severity: Severity, named: Named) -> Finding:
            return self._sighted(plan, sighting, severity, named, cover)

        where = (sighting.source.path, sighting.place.line)
        self._put(plan, sighting.problem, who, where, finding, minute_of(within) if within else None)

    def _put(
        self,
        plan: Plan,
        problem: Problem,
        who: tuple[str, str],
        where: tuple[str, int],
        finding: Callable[[Severity, Named], Finding],
        minute: int | None,
    ) -> Severity | None:
        """Count and store one finding; None where it does not count."""
        severity = level(plan, problem)
        if severity is None:
            return None
        known = key_of(problem, *who)
        path, line = where
        if self._ignored(problem, who, path) or (
            self.baseline is not None and self.baseline.covers(_public(plan, problem, known), severity)
        ):
            self.suppressed += 1
            return None
        self.counts[problem.code, severity] += 1
        self.timeline.saw(minute, severity)
        key = (*known, severity)
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) >= MOST_GROUPS:
                return severity
            group = self.groups[key] = Group()
        if len(group.findings) < MOST_EXAMPLES:
            self.store(group, finding(severity, self._named(group, known, who)))
        else:
            group.unstored += 1
            group.last_line = line
        return severity

    def store(self, group: Group, finding: Finding) -> None:
        """Keep one more example."""
        group.findings.keep(finding, packed=self.stored >= self.loose)
        self.stored += 1

    def _named(self, group: Group, key: tuple[str, ...], who: tuple[str, str]) -> Named:
        """What is said again and again is one text in memory."""
        if group.findings:
            first = group.findings[0]
            return Named(first.fingerprint, first.service, first.action)
        return Named(*map(intern, (fingerprint(key), *map(self.redactor.without_secrets, who))))

    def _ignored(self, problem: Problem, who: tuple[str, str], path: str) -> bool:
        return self.suppressions is not None and self.suppressions.covers(
            problem.code, service=who[0], action=who[1], pointer=problem.pointer, path=path
        )

    def _sighted(
        self,
        plan: Plan,
        sighting: Sighting,
        severity: Severity,
        named: Named,
        cover: Cover,
    ) -> Finding:
        problem, place = sighting.problem, sighting.place
        rule = REGISTRY[problem.code]
        # of an event within it is said what is said of a log's; of all else what may be said of a manifest
        redactor = cover.redactor if rule.scope in {Scope.CLUSTER, Scope.REGISTRATION} else self.redactor
        message, help_ = redactor.message(plan, problem)
        case = rule.cases.get(problem.case) or rule.cases[""]
        fix = None
        if case.fix and problem.repair is not None and rule.scope is Scope.CLUSTER:
            within = Span(place.column - 1, place.end_column - 1)
            fix = Fix(case.help, (Edit(within, str(problem.repair)),), safe=case.fix == "safe")
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=severity,
            message=message,
            place=dataclasses.replace(place, end_column=max(place.end_column, place.column + 1)),
            pointer=redactor.pointer(plan, problem.pointer),
            url=rule.url,
            fingerprint=named.fingerprint,
            fix=fix,
            help=help_,
            snippet=cover.snippet(sighting),
            service=named.service,
            action=named.action,
            last_line=place.line,
        )

    def _finding(self, explanation: Explanation, problem: Problem, severity: Severity, named: Named) -> Finding:
        """What is said again and again is one text in memory: examples of a group differ in little."""
        rule = REGISTRY[problem.code]
        span = explanation.place(problem)
        message, help_ = map(self._shield(explanation).sentence, self.redactor.message(explanation.plan, problem))
        line = explanation.line
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=severity,
            message=intern(message),
            place=Place(line.path, line.number, span.start + 1, max(span.end, span.start + 1) + 1),
            pointer=intern(self.redactor.pointer(explanation.plan, problem.pointer)),
            url=intern(rule.url),
            fingerprint=named.fingerprint,
            fix=self._shown_fix(explanation, problem),
            help=intern(help_),
            snippet=self._snippet(explanation, span),
            service=named.service,
            action=named.action,
            last_line=line.number,
        )

    def _snippet(self, explanation: Explanation, span: Span) -> Snippet:
        """The line around a fault."""
        return self._shield(explanation).snippet(span)

    def _shield(self, explanation: Explanation) -> Hidden:
        """What is hidden of a line; it is found once, however many faults the line has."""
        if self._hidden is None or self._hidden.explanation is not explanation:
            self._hidden = Hidden(self.redactor, explanation)
        return self._hidden

    def _shown_fix(self, explanation: Explanation, problem: Problem) -> Fix | None:
        """The fix as a report may show it: without its edits where they would show what is hidden."""
        fix = fix_of(explanation, problem)
        if fix is None:
            return fix
        plan, hidden = explanation.plan, self._shield(explanation)
        secret = any(
            self.redactor.hides(plan, problem, edit.text) or hidden.sentence(edit.text) != edit.text
            for edit in fix.edits
        )
        title = hidden.sentence(self.redactor.repair(plan, problem))
        return Fix(intern(title), () if secret else fix.edits, fix.safe)

    def findings(self) -> Findings:
        """The stored findings by group; the first of each stands for those not stored too."""
        found: list[Finding | Packed] = []
        for group in self.groups.values():
            found += group.findings.held()
            if group.unstored:
                first = dataclasses.replace(group.findings[0], count=1 + group.unstored, last_line=group.last_line)
                found[-len(group.findings)] = first
        return Findings(found)

    def report(
        self,
        plan: Plan,
        tally: Tally,
        *,
        edition: str,
        files: tuple[str, ...],
        fail_on: Severity | None = Severity.ERROR,
        rates: Mapping[str, Allowance] = NOTHING,
        allow_empty: bool = False,
        more: Mapping[str, Any] = NOTHING,
    ) -> Report:
        """The Report of a check; the verdict is decided here, before any format is chosen."""
        weighing: Counter[str] = Counter()
        for (code, severity), count in self.counts.items():
            if fail_on is not None and severity.reaches(fail_on):
                weighing[code] += count
        judged = self.judged + tally.events + tally.unreadable
        # a line that cannot be read should have been an event; without one that was, no share is kept
        whole = tally.events and tally.events + tally.unreadable
        rated = {code: rates[code].covers(weighing[code], whole) for code in sorted(weighing) if code in rates}
        failed = any(not rated.get(code) for code in weighing)
        verdict = Verdict.FAIL if failed else Verdict.PASS
        if not judged and not failed and not allow_empty:
            verdict = Verdict.NO_EVIDENCE
        order = {path: index for index, path in enumerate(files)}

        def place(finding: Finding) -> int:
            """Its place as one number, which takes a third of the room that three take."""
            at = finding.place
            return (order.get(at.path, 0) << 96) + (at.line << 32) + at.column

        return Report(
            command="check",
            version=atlint.__version__,
            verdict=verdict,
            summary=self._summary(tally, files) | _rates(rated, rates, weighing, whole) | dict(more),
            findings=self.findings().sorted(place),
            edition=edition,
            plan=plan.digest,
        )

    @property
    def by_rule(self) -> dict[str, int]:
        """Findings by rule, exact, in the order of the codes."""
        found: Counter[str] = Counter()
        for (code, _), count in sorted(self.counts.items()):
            found[code] += count
        return dict(found)

    def _total(self, severity: Severity) -> int:
        return sum(count for (_, weight), count in self.counts.items() if weight is severity)

    def _summary(self, tally: Tally, files: tuple[str, ...]) -> dict[str, Any]:
        return {
            "files": len(files),
            "lines": tally.lines,
            "events": tally.events,
            "blank": tally.blank,
            "unreadable": tally.unreadable,
            "clean": tally.clean,
            "suppressed": self.suppressed,
            "editions": dict(sorted(tally.editions.items())),
            "by_rule": self.by_rule,
            "by_severity": {str(severity): self._total(severity) for severity in Severity},
            "by_action": {
                self.redactor.without_secrets(action)[:200]: count for action, count in sorted(tally.actions.items())
            },
            "ignores": [
                {name: self.redactor.without_secrets(text) for name, text in entry.items()}
                for entry in (self.suppressions.idle() if self.suppressions else ())
            ],
            "paths": list(files),
            "timeline": self.timeline.summary(),
        }


def _rates(
    rated: Mapping[str, bool], rates: Mapping[str, Allowance], weighing: Mapping[str, int], events: int
) -> dict[str, Any]:
    """What the summary says of rules that may have a share of findings and had some."""
    rows = [
        {
            "rule": code,
            "findings": weighing[code],
            "events": events,
            "limit": rates[code].said,
            "state": "within" if within else "above",
        }
        for code, within in rated.items()
    ]
    return {"rates": rows} if rows else {}


def _public(plan: Plan, problem: Problem, key: tuple[str, ...]) -> Key:
    """An identity as a baseline file may hold it: short, and of what must be hidden the shape alone."""
    rule, service, action, pointer, value = key
    if _HIDING.pointer(plan, problem.pointer) != problem.pointer:
        pointer = shape(pointer)
    service, action = (part if _HIDING.without_secrets(part) == part else shape(part) for part in (service, action))
    return rule, service[:_LONGEST_PART], action[:_LONGEST_PART], pointer[:_LONGEST_PART], value


#: hides what must be hidden, whatever the user wants to see
_HIDING: Final = Redactor()
_LONGEST_PART: Final = 200
