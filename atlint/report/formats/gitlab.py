"""GitLab Code Quality: a JSON array with one entry for each fault and file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from atlint.model import Item, Place, Report, Severity, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import sentence
from atlint.report.formats.group import Group, groups_by_file
from atlint.report.formats.json import dumps
from atlint.report.printable import encodable, printable

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_STATE = {Verdict.NOT_READY: "major", Verdict.NOT_ENOUGH_EVIDENCE: "minor"}


def _fingerprint(*parts: str) -> str:
    """GitLab drops an entry whose fingerprint another one has, so the file is part of it."""
    return hashlib.sha256("\0".join(map(encodable, parts)).encode()).hexdigest()


def _entry(check: str, description: str, severity: str, fingerprint: str, place: Place) -> dict[str, Any]:
    return {
        "check_name": check,
        "description": printable(description),
        "severity": severity,
        "fingerprint": fingerprint,
        # a path and a line are required; 1 stands for the file as a whole
        "location": {"path": place.path.removeprefix("./") or ".", "lines": {"begin": max(1, place.line)}},
    }


def _fault(group: Group) -> dict[str, Any]:
    first = group.first
    description = f"{first.code} {first.name}: {first.message}" + (f" ({group.times})" if group.times else "")
    identity = _fingerprint(first.code, first.fingerprint, first.place.path)
    return _entry(first.code, description, _SEVERITY[first.severity], identity, first.place)


def _item(item: Item, place: Place) -> dict[str, Any]:
    description = f"{item.code} {item.name}: {item.message} (have {item.have or '-'}, want {item.want or '-'})"
    identity = _fingerprint("item", item.code, item.name, item.message, place.path)
    return _entry(item.code, description, _STATE[item.state], identity, place)


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    place = Place(str(next(iter(report.summary.get("paths", ())), "")), 0, 0, 0)
    yield from (_item(item, place) for item in report.items if item.state in _STATE)
    yield from map(_fault, groups_by_file(report.findings))
    failed = bool(report.findings) or any(item.state in _STATE for item in report.items)
    if report.exit_code and not failed:
        identity = _fingerprint("verdict", report.command)
        yield _entry(f"atlint-{report.command}", sentence(report), "major", identity, place)


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield the array; a report that fails without a finding is one entry that says why."""
    del rules  # an entry has no room for what a rule says of itself
    separator = "["
    for entry in _entries(report):
        yield f"{separator}\n{dumps(entry)}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"
