"""A diagnosis to a Report: causes and repairs, joined with the registration and the manifests where given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import atlint
from atlint.lint.explain import level
from atlint.model import HIDDEN, Finding, Place, Report, Severity, Verdict
from atlint.pipeline.checks import problems
from atlint.pipeline.checks.secret import tracker_secrets
from atlint.pipeline.doctor import Diagnosis, Symptom
from atlint.pipeline.names import like_service, names
from atlint.pipeline.view import View
from atlint.plan import Plan
from atlint.report.cover import Cover
from atlint.report.identity import fingerprint, key_of
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY


def report(diagnosis: Diagnosis, path: str, plan: Plan, view: View | None = None) -> Report:
    """What the log tells: fail where events were lost, no evidence where nothing in it is fluentd's.

    With a `view` of the manifests, what their rules find of the causes follows the symptom.
    """
    redactor = Redactor(wary=True)
    findings = [_finding(symptom, path, plan, view, redactor) for symptom in diagnosis.symptoms]
    findings += _unread(diagnosis, path, plan)
    if view is not None:
        codes = {code for symptom in diagnosis.symptoms for code in symptom.message.rules}
        findings += _causes(view, plan, codes, redactor)
    lost = any(finding.severity is Severity.ERROR for finding in findings)
    nothing = not (diagnosis.records or diagnosis.follows or diagnosis.symptoms)
    verdict = Verdict.NO_EVIDENCE if nothing else Verdict.FAIL if lost else Verdict.PASS
    counted: Counter[str] = Counter()
    for symptom in diagnosis.symptoms:
        counted[symptom.message.name] += symptom.count
    by_rule: Counter[str] = Counter()
    for finding in findings:
        by_rule[finding.code] += finding.count
    return Report(
        command="doctor",
        version=atlint.__version__,
        verdict=verdict,
        summary={
            "lines": diagnosis.lines,
            "records": diagnosis.records,
            "follows": len(diagnosis.follows),
            "by_message": dict(sorted(counted.items())),
            "by_rule": dict(sorted(by_rule.items())),
        },
        findings=tuple(sorted(findings, key=lambda one: one.severity.rank)),
        edition=plan.edition,
        plan=plan.digest,
    )


def _finding(symptom: Symptom, path: str, plan: Plan, view: View | None, redactor: Redactor) -> Finding:
    message = symptom.message
    facts = {name: redactor.without_secrets(text) for name, text in symptom.facts.items()}
    cause, repair = message.cause.format_map(facts), message.repair.format_map(facts)
    if told := _joined(symptom, plan, view):
        cause = f"{cause}; {redactor.without_secrets(told)}"
    rule = REGISTRY[message.rules[0]]
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=message.weight,
        message=cause,
        place=Place(path, symptom.first, symptom.span.start + 1, symptom.span.end + 1),
        pointer="",
        url=rule.url,
        fingerprint=fingerprint((rule.code, message.name, *facts.values())),
        count=symptom.count,
        help=f"{repair} ({', '.join(message.rules)})",
        last_line=symptom.last,
    )


def _joined(symptom: Symptom, plan: Plan, view: View | None) -> str:
    """What the registration and the manifests add to a symptom."""
    service = symptom.facts.get("service")
    if service is None:
        return ""
    told = []
    if plan.registration is not None:
        mine = service in plan.registration.names
        told.append("it is the registered service" if mine else "it is not the registered service")
    if view is not None:
        listed = {
            entry.name.value
            for secret in tracker_secrets(view)
            for one in secret.entries
            for entry in one.encoded.services
            if entry.name
        }
        shown = [name if like_service(name) else HIDDEN for name in listed]
        if service in listed:
            told.append("the Secret given here has an entry for it: the agents read an older one until they restart")
        elif listed:
            told.append(f"the Secret given here has entries for {', '.join(sorted(shown))} only")
    return "; ".join(told)


def _unread(diagnosis: Diagnosis, path: str, plan: Plan) -> Iterator[Finding]:
    """A log in which fluentd follows files, and none of the event logs'."""
    folder = plan.registration.logs if plan.registration else ""
    wanted = [folder] if folder else list(names().roots)
    if not diagnosis.follows or any(one.startswith(f"{root}/") for one in diagnosis.follows for root in wanted):
        return
    rule = REGISTRY["AT717"]
    yield Finding(
        code=rule.code,
        name=rule.name,
        severity=Severity.ERROR if folder else Severity.WARNING,
        message=f"none of the files that fluentd follows ({len(diagnosis.follows):,}) is below {' or '.join(wanted)}",
        place=Place(path, 1, 1, 2),
        pointer="",
        url=rule.url,
        fingerprint=fingerprint((rule.code, "not-followed")),
        help="check the ConfigMap's path, and that the pod's folder is that of the node",
        last_line=1,
    )


def _causes(view: View, plan: Plan, codes: set[str], redactor: Redactor) -> Iterator[Finding]:
    """What the rules find in the manifests that explains the symptoms."""
    cover = Cover(redactor)
    cover.learn(view)
    found = list(problems(view))
    cover.learn_told(found)
    for sighting in found:
        problem = sighting.problem
        severity = level(plan, problem)
        if severity is None or problem.code not in codes:
            continue
        rule = REGISTRY[problem.code]
        message, help_ = redactor.message(plan, problem)
        yield Finding(
            code=rule.code,
            name=rule.name,
            severity=severity,
            message=message,
            place=sighting.place,
            pointer=redactor.pointer(plan, problem.pointer),
            url=rule.url,
            fingerprint=fingerprint(key_of(problem, "", "")),
            help=help_,
            snippet=cover.snippet(sighting),
            last_line=sighting.place.line,
        )
