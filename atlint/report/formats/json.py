"""One JSON object for a whole report, and the one place that says what a finding is as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from atlint.model import Edit, Finding, Fix, Item, Report
from atlint.report.formats import RuleCard

#: an escaped backslash, a surrogate pair, or (captured) a surrogate on its own, in ASCII JSON
_ESCAPES = re.compile(r"\\\\|\\ud[89ab]..\\ud[c-f]..|\\u(d[89a-f]..)")
#: for the formats that list clean files or draw; no part of the published summary
_UNPUBLISHED = frozenset({"paths", "timeline"})


def dumps(value: object) -> str:
    r"""Return `value` as one line of ASCII JSON; a surrogate on its own becomes the visible text `\ud800`."""
    return _ESCAPES.sub(_keep, json.dumps(value, default=_plain, allow_nan=False))


def _keep(match: re.Match[str]) -> str:
    return f"\\\\u{match[1]}" if match[1] else match[0]


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def edit_object(edit: Edit) -> dict[str, Any]:
    """Return an edit: `[start, end)` of the line is replaced by `text`."""
    return {"start": edit.span.start, "end": edit.span.end, "text": edit.text}


def fix_object(fix: Fix | None) -> dict[str, Any] | None:
    """Return a repair, or None where there is none."""
    if fix is None:
        return None
    return {"title": fix.title, "safe": fix.safe, "edits": [edit_object(edit) for edit in fix.edits]}


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding as `schemas/finding.schema.json` has it."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.place.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "end_column": finding.place.end_column,
        "pointer": finding.pointer,
        "count": finding.count,
        "fix": fix_object(finding.fix),
        "url": finding.url,
        "fingerprint": finding.fingerprint,
    }


def item_object(item: Item) -> dict[str, Any]:
    """Return one line of a readiness report."""
    return {
        "code": item.code,
        "name": item.name,
        "state": item.state.value,
        "message": item.message,
        "have": item.have,
        "want": item.want,
    }


def head_object(report: Report) -> dict[str, Any]:
    """Return everything of the report but its findings and items."""
    head: dict[str, Any] = {"atlint": report.version}
    if report.edition or report.command == "check":
        head["edition"] = report.edition
    if report.plan or report.command == "check":
        head["plan"] = report.plan
    head["verdict"] = report.verdict.value
    head["summary"] = {key: value for key, value in report.summary.items() if key not in _UNPUBLISHED}
    return head | dict(report.extra)


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield one object, a line for each of its members, findings and items."""
    del rules  # JSON names a rule by its code and its page
    lists = {}
    if report.items or report.command == "ready":
        lists["items"] = map(item_object, report.items)
    if report.findings or report.command not in {"load", "verify"}:
        lists["findings"] = map(finding_object, report.findings)
    separator = "{\n  "
    for name, value in head_object(report).items():
        yield f"{separator}{dumps(name)}: {dumps(value)}"
        separator = ",\n  "
    for name, entries in lists.items():
        yield f"{separator}{dumps(name)}: ["
        separator = "\n    "
        for entry in entries:
            yield f"{separator}{dumps(entry)}"
            separator = ",\n    "
        yield "]"
        separator = ",\n  "
    yield "\n}\n"
