"""SARIF 2.1.0 (OASIS) for code-scanning services: rules that fired, one result for each stored finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from atlint.model import Finding, Item, Place, Report, Severity, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import remarks, sentence
from atlint.report.formats.group import ordered
from atlint.report.formats.json import dumps, head_object
from atlint.report.printable import printable

#: GitHub refuses a run with more results (documentation "SARIF support for code scanning")
MOST_RESULTS = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ITEM_LEVEL = {Verdict.NOT_READY: Severity.ERROR, Verdict.NOT_ENOUGH_EVIDENCE: Severity.WARNING}


def _message(text: str) -> dict[str, str]:
    # in SARIF `[text](target)` is a link: text from an event must never make one
    return {"text": printable(text).replace("](", "] (") or "-"}


def _uri(path: str) -> str:
    """Return a URI reference: percent-encoded, relative for a relative path."""
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return ("file://" if path.startswith("/") else "") + quote(name, safe="/")


def _region(place: Place) -> dict[str, int]:
    region = {"startLine": place.line}
    if place.column > 0:
        region["startColumn"] = place.column
        if place.end_column >= place.column:
            region["endColumn"] = place.end_column
    return region


def _location(finding: Finding) -> dict[str, Any]:
    place, location = finding.place, dict[str, Any]()
    if place.path:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(place.path)}}
        if place.line > 0:
            location["physicalLocation"]["region"] = _region(place)
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.pointer, "kind": "value"}]
    return location


def _result(finding: Finding, index: int) -> dict[str, Any]:
    location = _location(finding)
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": _message(finding.message),
        "locations": [location] if location else [],
        "partialFingerprints": {"atlint/v1": finding.fingerprint},
        "occurrenceCount": finding.count,
    }


def _item_result(item: Item, index: int) -> dict[str, Any]:
    return {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVEL[_ITEM_LEVEL[item.state]],
        "message": _message(item.message),
        "properties": {"state": item.state.value, "have": item.have, "want": item.want},
    }


def _rule(code: str, name: str, severity: Severity, card: RuleCard | None) -> dict[str, Any]:
    rule = {"id": code, "name": name, "defaultConfiguration": {"level": _LEVEL[severity]}}
    if card is None:
        return rule
    described = {
        "defaultConfiguration": {"level": _LEVEL[card.severity]},
        "shortDescription": {"text": card.summary},
        "help": {"text": card.summary, "markdown": card.help_markdown},
    }
    return rule | described | ({"helpUri": card.url} if card.url else {})


def _driver_rules(
    findings: Iterable[Finding], items: Iterable[Item], cards: Mapping[str, RuleCard]
) -> dict[str, dict[str, Any]]:
    """Return what SARIF calls a reportingDescriptor for each code, in the order of first use."""
    fired = [(item.code, item.name, _ITEM_LEVEL[item.state]) for item in items]
    fired += [(finding.code, finding.name, finding.severity) for finding in findings]
    described: dict[str, dict[str, Any]] = {}
    for code, name, severity in fired:
        if code not in described:
            described[code] = _rule(code, name, severity, cards.get(code))
    return described


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    told = [sentence(report), *remarks(report)]
    if left_out:
        told.append(f"{left_out:,} findings are left out: a run holds at most {MOST_RESULTS:,} results")
    return {
        "executionSuccessful": True,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [{"level": "note", "message": _message(note)} for note in told],
    }


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield a log of one run; the worst 25,000 findings become results, a notification counts the rest."""
    items = [item for item in report.items if item.state in _ITEM_LEVEL]
    found = ordered(report.findings)
    findings = found[: MOST_RESULTS - len(items)]
    described = _driver_rules(findings, items, rules)
    index = {code: number for number, code in enumerate(described)}
    run = {
        "tool": {"driver": {"name": "atlint", "version": report.version, "rules": [*described.values()]}},
        "automationDetails": {"id": "/".join(filter(None, ("atlint", report.command, report.edition))) + "/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, len(found) - len(findings))],
        "properties": head_object(report),
    }
    yield f'{{"$schema": {dumps(_SCHEMA)}, "version": "2.1.0", "runs": [{dumps(run)[:-1]}, "results": ['
    separator = "\n"
    for item in items:
        yield separator + dumps(_item_result(item, index[item.code]))
        separator = ",\n"
    for finding in findings:
        yield separator + dumps(_result(finding, index[finding.code]))
        separator = ",\n"
    yield "\n]}]}\n"
