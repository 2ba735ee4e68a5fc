"""Typed events and the page's wishes to the JSON that the page shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from atlint.lint.editions import AUTO
from atlint.lint.source import from_bytes
from atlint.model import AtlintError, Finding, Report
from atlint.plan import known_edition
from atlint.report.check import Options, check_lines
from atlint.report.formats.digest import sentence
from atlint.report.formats.group import in_order
from atlint.report.formats.json import dumps, finding_object, head_object
from atlint.report.printable import printable
from atlint.rules.selection import Choice

#: findings that one answer holds, the worst of them
MOST_FINDINGS: Final = 300
#: the name under which typed events are reported
NAME: Final = "typed.log"


def wished(options: Options, wishes: Mapping[str, str]) -> Options:
    """The options with what the page asks for: `edition`, `extend-select`, `ignore`, `samples`. Raises AtlintError."""
    choice, edition = options.choice, options.edition
    for name, value in wishes.items():
        match name:
            case "edition":
                edition = known_edition(value, AUTO) if value else edition
            case "extend-select":
                choice = dataclasses.replace(choice, extend_select=(*choice.extend_select, *_listed(value)))
            case "ignore":
                choice = dataclasses.replace(choice, ignore=(*choice.ignore, *_listed(value)))
            case "samples":
                choice = _samples(choice, value)
            case _:
                raise AtlintError(f"unknown option {name!r}: edition, extend-select, ignore and samples are known")
    return dataclasses.replace(options, edition=edition, choice=choice)


def _samples(choice: Choice, value: str) -> Choice:
    return dataclasses.replace(choice, samples=choice.samples or value == "1")


def _listed(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def answer(raw: bytes, options: Options, wishes: Mapping[str, str]) -> str:
    """One JSON object: the report of these lines, or `error` where the wishes make no sense."""
    try:
        report = check_lines(from_bytes(raw, NAME), wished(options, wishes), files=(NAME,))
    except AtlintError as error:
        return dumps({"error": printable(str(error))})
    return dumps(_object(report))


def _object(report: Report) -> dict[str, Any]:
    shown = sorted(report.findings, key=in_order)[:MOST_FINDINGS]
    shown.sort(key=lambda finding: (finding.place.line, finding.place.column))
    return {
        **head_object(report),
        "sentence": printable(sentence(report).partition(": ")[2]),
        "findings": [_finding(finding) for finding in shown],
        "left_out": sum(report.summary["by_rule"].values()) - sum(finding.count for finding in shown),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding with what the terminal shows besides: the line around it and the advice."""
    snippet = finding.snippet
    return {
        **finding_object(finding),
        "help": finding.help,
        "last_line": finding.last_line,
        "snippet": dataclasses.asdict(snippet) if snippet is not None else None,
    }
