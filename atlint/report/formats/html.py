"""One self-contained HTML page: readable without scripts, text from events is text and never markup."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from atlint.model import Finding, Item, Report, Severity, Snippet, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import counters, ignores, rule_rows, sentence, state_words
from atlint.report.formats.group import Group, groups, where
from atlint.report.printable import printable

#: groups of findings that are shown, each with all its stored examples: more no browser shows with ease
MOST_GROUPS: Final = 1000
#: actions that are listed, the most frequent first
MOST_ACTIONS: Final = 100
_PACKAGE: Final = "atlint.report"
_FOLDER: Final = "templates"
_TONE: Final = {0: "pass", 1: "fail", 3: "none"}
_ITEM_TONE: Final = {Verdict.READY: "good", Verdict.NOT_READY: "error", Verdict.NOT_ENOUGH_EVIDENCE: "warning"}
#: columns that the chart has room for at least: a single one would look like a wall
_FEWEST_COLUMNS: Final = 12
_WIDTHS: Final = {60: "minute", 3600: "hour", 86_400: "day"}


def asset(name: str) -> str:
    """A style or script of the package, as text."""
    return resources.files(_PACKAGE).joinpath(_FOLDER, name).read_text(encoding="utf-8")


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


@functools.cache
def _sealed() -> Mapping[str, str]:
    """The style, the script, and the policy that admits these two alone (CSP level 3, by their hashes)."""
    style, script = asset("look.css") + asset("report.css"), asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return {"style": style, "script": script, "policy": policy}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield the page: verdict, coverage, counts, findings by rule and by time, each finding with its line."""
    stream = _template().stream(**_sealed(), **_head(report), **_body(report, rules))
    stream.enable_buffering(50)
    return iter(stream)


def _head(report: Report) -> dict[str, Any]:
    verdict = state_words(report.verdict)
    facts = (("edition", report.edition), ("plan", report.plan), ("atlint", report.version))
    return {
        "title": f"{verdict}: atlint {report.command}",
        "heading": f"atlint {report.command}",
        "verdict": verdict,
        "tone": _TONE[report.exit_code],
        "sentence": printable(sentence(report).partition(": ")[2]),
        "facts": [(name, printable(value)) for name, value in facts if value],
        "version": report.version,
        "severities": [str(severity) for severity in Severity],
    }


def _body(report: Report, rules: Mapping[str, RuleCard]) -> dict[str, Any]:
    found = groups(report.findings)
    actions: Mapping[str, int] = report.summary.get("by_action", {})
    frequent = sorted(actions.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ACTIONS]
    rows = list(_rule_rows(report, rules))
    return {
        "items": [_item(item, rules) for item in report.items],
        "counters": [(printable(name), printable(value)) for name, value in counters(report)],
        "rules": rows,
        "chart": _chart(report.summary.get("timeline")),
        "actions": [(printable(name), f"{count:,}") for name, count in frequent],
        "actions_said": _actions_said(len(actions)),
        "notes": [printable(note) for note in ignores(report)],
        "groups": [_group(group) for group in found[:MOST_GROUPS]],
        "codes": sorted({printable(group.first.code) for group in found[:MOST_GROUPS]}),
        "left_out": _left_out(found),
    }


def _actions_said(count: int) -> str:
    said = "1 action" if count == 1 else f"{count:,} actions"
    return said if count <= MOST_ACTIONS else f"{said}, of which the {MOST_ACTIONS} most frequent are listed"


def _left_out(found: Sequence[Group]) -> str:
    rest = found[MOST_GROUPS:]
    count = sum(group.count for group in rest)
    return (
        f"This page shows the worst {MOST_GROUPS:,} groups of findings; {len(rest):,} groups with {count:,} findings "
        "are left out: --output jsonl has them."
        if rest
        else ""
    )


def _url(url: str) -> str:
    """The address of a rule's page; empty for anything else, so that no text can become a script."""
    return printable(url) if url.startswith("https://") else ""


def _item(item: Item, rules: Mapping[str, RuleCard]) -> dict[str, Any]:
    card = rules.get(item.code)
    return {
        "state": state_words(item.state),
        "tone": _ITEM_TONE[item.state],
        "rank": list(_ITEM_TONE).index(item.state),
        "code": printable(item.code),
        "url": _url(card.url) if card else "",
        "name": printable(item.name),
        "message": printable(item.message),
        "have": printable(item.have),
        "want": printable(item.want),
    }


def _rule_rows(report: Report, rules: Mapping[str, RuleCard]) -> Iterator[dict[str, Any]]:
    rows = rule_rows(report, rules)
    most = max((row.total for row in rows), default=1)
    for row in rows:
        card = rules.get(row.code)
        yield {
            "code": printable(row.code),
            "url": _url(card.url) if card else "",
            "name": printable(row.name),
            "summary": printable(card.summary) if card else "",
            "severity": row.severity.value,
            "severities": row.severities,
            "total": f"{row.total:,}",
            "share": f"{max(100 * row.total / most, 1):.4g}",
            "fix": row.fixable,
        }


def _chart(timeline: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Columns of stacked counts, the heights in findings; None where no event told its time."""
    if not timeline:
        return None
    start = datetime.datetime.fromisoformat(timeline["start"])
    most = max(map(sum, timeline["columns"]))
    return {
        "columns": [
            _column(x, _later(start, x * timeline["seconds"]), counts, most)
            for x, counts in enumerate(timeline["columns"])
        ],
        "width": max(len(timeline["columns"]), _FEWEST_COLUMNS),
        "height": most,
        "most": f"{most:,} in a column",
        "note": _chart_note(timeline),
    }


def _later(start: datetime.datetime, seconds: int) -> str:
    return (start + datetime.timedelta(seconds=seconds)).isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")


def _column(x: int, time: str, counts: Sequence[int], most: int) -> dict[str, Any]:
    bars, top = [], most
    for severity, count in zip(Severity, counts, strict=True):
        if count:
            top -= count
            bars.append({"severity": severity.value, "y": top, "height": count})
    said = ", ".join(f"{count:,} {severity.value}" for severity, count in zip(Severity, counts, strict=True) if count)
    return {"x": x, "time": time, "said": said, "bars": bars, "counts": [f"{count:,}" for count in counts]}


def _chart_note(timeline: Mapping[str, Any]) -> str:
    seconds = timeline["seconds"]
    width = _WIDTHS.get(seconds)
    if width is None:
        size, unit = next((size, unit) for size, unit in sorted(_WIDTHS.items(), reverse=True) if seconds > size)
        width = f"{seconds // size:,} {unit}s"
    note = f"By the time of the event, in UTC; each column is {'one ' if seconds in _WIDTHS else ''}{width}."
    if timeline["strays"]:
        note += f" Findings far before or after: {timeline['strays']:,}."
    if timeline["undated"]:
        note += f" Findings without a time: {timeline['undated']:,}."
    return note


def _group(group: Group) -> dict[str, Any]:
    first, others = group.first, group.findings[1:]
    fix = first.fix
    how = "" if fix is None else "safe, --fix" if fix.safe else "unsafe, --unsafe-fixes"
    return {
        "code": printable(first.code),
        "name": printable(first.name),
        "severity": first.severity.value,
        "url": _url(first.url),
        "message": printable(first.message),
        "where": printable(where(first.place)),
        "pointer": printable(first.pointer),
        "times": group.times,
        "snippet": _snippet(first.snippet),
        "help": printable(first.help),
        "fix": f"{printable(fix.title)} ({how})" if fix is not None else "",
        "others": list(_others(first, others)),
        "others_said": "1 more place" if len(others) == 1 else f"{len(others)} more places",
    }


def _others(first: Finding, others: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for other in others:
        yield {
            "where": printable(where(other.place)),
            "message": "" if other.message == first.message else printable(other.message),
            "snippet": _snippet(other.snippet),
        }


def _snippet(snippet: Snippet | None) -> dict[str, str] | None:
    """The line in three parts, of which the middle one is at fault."""
    if snippet is None or not snippet.text:
        return None
    start = max(0, min(snippet.start, len(snippet.text)))
    end = max(start, snippet.end)
    text = snippet.text
    return {
        "before": printable(text[:start]),
        "marked": printable(text[start:end]) or "\N{SYMBOL FOR SPACE}",
        "after": printable(text[end:]),
    }
