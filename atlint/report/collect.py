"""Explanations to a Report: exact counts, a bounded number of stored examples, every value redacted."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import atlint
from atlint.lint import Explanation
from atlint.lint.engine import Tally
from atlint.lint.explain import level
from atlint.lint.fix import fix_of
from atlint.lint.suppress import Suppressions
from atlint.model import Finding, Fix, Place, Problem, Report, Severity, Verdict
from atlint.plan import Plan
from atlint.report.identity import fingerprint, key_of, service_and_action
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY

#: groups, and examples of each, that are stored; counts stay exact beyond them (design 8)
MOST_GROUPS: Final = 10_000
MOST_EXAMPLES: Final = 20


@dataclass(slots=True)
class _Group:
    findings: list[Finding]
    unstored: int = 0
    last_line: int = 0


@dataclass(slots=True)
class Collector:
    """Takes explanations in order; gives the Report at the end."""

    redactor: Redactor
    suppressions: Suppressions | None = None
    by_rule: Counter[str] = field(default_factory=Counter)
    by_severity: Counter[Severity] = field(default_factory=Counter)
    suppressed: int = 0
    _groups: dict[tuple[str, ...], _Group] = field(default_factory=dict)

    def add(self, explanation: Explanation) -> None:
        """Count and store what was found in one line."""
        service, action = service_and_action(explanation)
        for problem in explanation.problems:
            severity = level(explanation.plan, problem)
            if severity is None:
                continue
            if self.suppressions is not None and self.suppressions.covers(
                problem.code,
                service=service,
                action=action,
                pointer=problem.pointer,
                path=explanation.line.path,
            ):
                self.suppressed += 1
                continue
            self.by_rule[problem.code] += 1
            self.by_severity[severity] += 1
            key = (*key_of(problem, service, action), severity)
            group = self._groups.get(key)
            if group is None:
                if len(self._groups) >= MOST_GROUPS:
                    continue
                group = self._groups[key] = _Group([])
            if len(group.findings) < MOST_EXAMPLES:
                group.findings.append(self._finding(explanation, problem, severity, (service, action), key[:-1]))
            else:
                group.unstored += 1
                group.last_line = explanation.line.number

    def _finding(
        self,
        explanation: Explanation,
        problem: Problem,
        severity: Severity,
        who: tuple[str, str],
        key: tuple[str, ...],
    ) -> Finding:
        rule = REGISTRY[problem.code]
        span = explanation.place(problem)
        message, help_ = self.redactor.message(explanation.plan, problem)
        line = explanation.line
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=severity,
            message=message,
            place=Place(line.path, line.number, span.start + 1, max(span.end, span.start + 1) + 1),
            pointer=self.redactor.without_secrets(problem.pointer),
            url=rule.url,
            fingerprint=fingerprint(key),
            fix=self._shown_fix(explanation, problem),
            help=help_,
            snippet=self.redactor.snippet(explanation, span),
            service=self.redactor.without_secrets(who[0]),
            action=self.redactor.without_secrets(who[1]),
            last_line=line.number,
        )

    def _shown_fix(self, explanation: Explanation, problem: Problem) -> Fix | None:
        """The fix as a report may show it: without its text where the value is sensitive."""
        fix = fix_of(explanation, problem)
        if fix is None or self.redactor.show_values:
            return fix
        hidden = explanation.plan.sensitive(problem.pointer)
        edits = () if hidden or any(self.redactor.without_secrets(e.text) != e.text for e in fix.edits) else fix.edits
        return dataclasses.replace(fix, edits=edits)

    def findings(self) -> tuple[Finding, ...]:
        """The stored findings in the order of the files; a group's first stands for those not stored too."""
        found: list[Finding] = []
        for group in self._groups.values():
            first, *rest = group.findings
            if group.unstored:
                first = dataclasses.replace(first, count=1 + group.unstored, last_line=group.last_line)
            found += [first, *rest]
        return tuple(found)

    def report(
        self,
        plan: Plan,
        tally: Tally,
        *,
        edition: str,
        files: tuple[str, ...],
        fail_on: Severity | None = Severity.ERROR,
        allow_empty: bool = False,
        more: Mapping[str, Any] | None = None,
    ) -> Report:
        """The Report of a check; the verdict is decided here, before any format is chosen."""
        failed = fail_on is not None and any(
            count and severity.reaches(fail_on) for severity, count in self.by_severity.items()
        )
        judged = tally.events + tally.unreadable
        verdict = Verdict.FAIL if failed else Verdict.PASS
        if not judged and not failed and not allow_empty:
            verdict = Verdict.NO_EVIDENCE
        order = {path: index for index, path in enumerate(files)}
        findings = sorted(self.findings(), key=lambda f: (order.get(f.place.path, 0), f.place.line, f.place.column))
        return Report(
            command="check",
            version=atlint.__version__,
            verdict=verdict,
            summary=self._summary(tally, files) | dict(more or {}),
            findings=tuple(findings),
            edition=edition,
            plan=plan.digest,
        )

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
            "by_rule": dict(sorted(self.by_rule.items())),
            "by_severity": {str(severity): self.by_severity[severity] for severity in Severity},
            "by_action": {
                self.redactor.without_secrets(action)[:200]: count for action, count in sorted(tally.actions.items())
            },
            "ignores": self.suppressions.idle() if self.suppressions else [],
            "paths": list(files),
        }
