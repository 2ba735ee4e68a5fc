"""Reads what a report's verdict and summary say in words and rows, for the formats made for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from atlint.lint.source import JUDGED
from atlint.model import Report, Severity, Verdict
from atlint.plan.truth import read_json
from atlint.report.formats import RuleCard

#: shown in a table of its own, in the verdict, or nowhere because it can be long
_ELSEWHERE = frozenset({"by_rule", "by_severity", "by_action", "ignores", "paths", "timeline"})
_PLURAL = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "info"}
_SINGULAR = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


class RuleRow(NamedTuple):
    """One line of the table of rules: what fired and how often, exactly."""

    code: str
    name: str
    #: the worst that it fired at
    severity: Severity
    total: int
    fixable: str
    #: all that it fired at, the worst first
    severities: str


def value_text(value: object) -> str:
    """Return one value of a summary for people: 3,000 for an integer, `-` for null."""
    match value:
        case None:
            text = "-"
        case bool():
            text = str(value).lower()
        case int():
            text = f"{value:,}"
        case float():
            text = f"{value:,.6g}"
        case Mapping():
            text = ", ".join(f"{key} {value_text(entry)}" for key, entry in value.items())
        case list() | tuple():
            text = ", ".join(map(value_text, value))
        case _:
            text = str(value)
    return text


def counters(report: Report) -> Iterator[tuple[str, str]]:
    """Yield label and value of each counter of the summary, then of each further member."""
    for source in (report.summary, report.extra):
        for name, value in source.items():
            if name in _ELSEWHERE or value in ({}, []):
                continue
            label = name.replace("_", " ")
            if isinstance(value, list):
                yield from ((label, value_text(entry)) for entry in value)
            else:
                yield label, value_text(value)


def ignores(report: Report) -> Iterator[str]:
    """Yield a sentence for each ignore entry that did nothing or has expired, and one for such baseline entries."""
    for entry in report.summary.get("ignores", ()):
        fields = ", ".join(f"{key} = {value_text(value)}" for key, value in entry.items() if key != "state")
        yield f"{entry.get('state', 'unused')} ignore entry: {fields}"
    unused = report.summary.get("baseline", {}).get("unused")
    if unused:
        yield f"unused baseline entries: {unused:,}; --tighten takes out what no longer occurs"


def notes(report: Report) -> Iterator[str]:
    """Yield what the report notes: what was not looked at, or not twice, and why, or what its evidence lacks."""
    yield from report.summary.get("notes", ())
    yield from report.extra.get("notes", ())


def remarks(report: Report) -> Iterator[str]:
    """Yield what a format without tables says besides the findings: the notes, then what no longer does anything."""
    yield from notes(report)
    yield from ignores(report)


def suppressed(report: Report) -> str:
    """How many findings an ignore entry or the baseline took out, in words; empty where none."""
    count = report.summary.get("suppressed", 0)
    by = "the baseline or ignore entries" if "baseline" in report.summary else "ignore entries"
    return f"{count:,} suppressed by {by}" if count else ""


def rule_rows(report: Report, rules: Mapping[str, RuleCard]) -> list[RuleRow]:
    """Return a row for each rule that fired, worst and most frequent first."""
    totals: Mapping[str, int] = report.summary.get("by_rule") or {}
    counted, names, fixes = Counter[str](), dict[str, str](), defaultdict[str, set[bool]](set)
    severities: defaultdict[str, set[Severity]] = defaultdict(set)
    for finding in report.findings:
        code = finding.code
        counted[code] += finding.count
        names.setdefault(code, finding.name)
        severities[code].add(finding.severity)
        if finding.fix is not None:
            fixes[code].add(finding.fix.safe)
    rows = []
    for code, count in (totals or counted).items():
        card, safe = rules.get(code), fixes.get(code, ())
        name = names.get(code) or (card.name if card else "")
        fired = severities.get(code) or {card.severity if card else Severity.ERROR}
        worst, *_ = ordered = sorted(fired, key=lambda severity: severity.rank)
        words = ", ".join(severity.value for severity in ordered)
        rows.append(RuleRow(code, name, worst, count, "safe" if True in safe else "unsafe" if safe else "", words))
    return sorted(rows, key=lambda row: (row.severity.rank, -row.total, row.code))


def number(count: int, singular: str, plural: str) -> str:
    """A count with the noun that goes with it."""
    return f"{count:,} {singular if count == 1 else plural}"


def _severities(report: Report) -> dict[Severity, int]:
    counted = dict.fromkeys(Severity, 0)
    stated = report.summary.get("by_severity")
    if stated:
        counted.update((Severity(name), count) for name, count in stated.items())
    else:
        for finding in report.findings:
            counted[finding.severity] += finding.count
    return counted


def _missing(report: Report) -> str:
    summary = report.summary
    files, lines = summary.get("files", 0), summary.get("lines", 0)
    if "records" in summary:
        said = number(lines, "line", "lines")
        agents = read_json("vocabulary/cluster.json")["agents"]
        found = f"{said}, but not one of fluentd's own log; it runs in the pods with the label {agents}"
        return found if lines else "the log of fluentd is empty"
    if not files:
        return (
            f"no file to judge: {JUDGED} are read in a folder; name another file itself, or allow it by --allow-empty"
        )
    named = number(files, "file", "files")
    if not lines and "manifests" in summary:
        return f"{named}, but no event, no Kubernetes object, no registration, and no section of fluentd's"
    if not lines:
        return f"{named}, but not one line"
    return f"{number(lines, 'line', 'lines')} in {named}, but not one readable event"


def _found(report: Report) -> str:
    counted = _severities(report)
    total = sum(counted.values())
    if not total:
        events = report.summary.get("events")
        return "no findings" + (f" in {number(events, 'event', 'events')}" if events else "")
    parts = (number(n, _SINGULAR[s], _PLURAL[s]) for s, n in counted.items() if n)
    return f"{number(total, 'finding', 'findings')} ({', '.join(parts)})"


def _states(report: Report) -> str:
    counted = dict.fromkeys((Verdict.READY, Verdict.NOT_READY, Verdict.NOT_ENOUGH_EVIDENCE), 0)
    for item in report.items:
        counted[item.state] = counted.get(item.state, 0) + 1
    return ", ".join(f"{n:,} {state_words(state)}" for state, n in counted.items() if n) or "no items"


def state_words(verdict: Verdict) -> str:
    """Return a verdict in words: `not enough evidence`."""
    return verdict.value.replace("-", " ")


def sentence(report: Report) -> str:
    """Return the verdict and what it rests on, in one line; for no evidence, what is missing."""
    if report.items or report.command == "ready":
        said = _states(report)
    elif report.command in {"load", "verify"} and not report.findings:
        numbers = {name: value for name, value in report.summary.items() if isinstance(value, int | float)}
        said = value_text(numbers) or "nothing was counted"
        if report.extra.get("notes"):
            said = f"the manifest is not whole; {said}"
        if report.extra.get("broken_off"):
            said = f"the load was broken off; {said}"
    elif report.verdict is Verdict.NO_EVIDENCE:
        said = _missing(report)
    else:
        said = _found(report)
    return ", ".join(filter(None, (f"{state_words(report.verdict)}: {said}", suppressed(report))))
