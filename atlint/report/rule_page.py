"""A rule's record to its page: five fixed headings, the example made by the rule's own breaker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atlint.model import Severity
from atlint.plan import EDITIONS
from atlint.plan.truth import read_json
from atlint.report.formats import RuleCard
from atlint.report.rule_example import example
from atlint.rules import REGISTRY
from atlint.rules.readiness_rules import UNPROVEN
from atlint.rules.rule import Rule

HEADINGS = ("What it does", "Why it matters", "Example", "How to fix", "Sources")


def page(rule: Rule) -> str:
    """The page in Markdown."""
    return f"# {rule.code} {rule.name}\n\n{rule.summary}\n\n{_table(rule)}\n\n{documentation(rule)}\n"


def documentation(rule: Rule) -> str:
    """The five sections in Markdown."""
    bodies = (rule.what, rule.why, example(rule), rule.repair, _sources(rule))
    return "\n\n".join(f"## {title}\n\n{body}" for title, body in zip(HEADINGS, bodies, strict=True))


def as_json(rule: Rule) -> dict[str, Any]:
    """The record that `explain --output json` prints of a rule."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "scope": str(rule.scope),
        "summary": rule.summary,
        "documentation": documentation(rule),
        "severity": {edition: _severity(rule, edition) for edition in EDITIONS},
        "fix": "/".join(rule.fixes) or None,
        "sources": [cited(cite) for cite in rule.cites],
    }


def cards(edition: str) -> Mapping[str, RuleCard]:
    """What the formats say about each rule; the level is that of the edition, or of the newest."""
    return {rule.code: _card(rule, edition if edition in EDITIONS else EDITIONS[-1]) for rule in REGISTRY.values()}


def _card(rule: Rule, edition: str) -> RuleCard:
    severity = rule.severity(edition) or max(filter(None, map(rule.severity, EDITIONS)), default=Severity.ERROR)
    text = f"{rule.what}\n\n{rule.why}\n\n{rule.repair}"
    return RuleCard(rule.code, rule.name, rule.summary, text, rule.url, severity)


def _severity(rule: Rule, edition: str) -> str | None:
    severity = rule.severity(edition)
    return "off" if severity and rule.opt_in else severity and str(severity)


def _table(rule: Rule) -> str:
    cells = " | ".join(_weight(rule, edition) for edition in EDITIONS)
    fixes = f"\n\nFix: {' or '.join(rule.fixes)}." if rule.fixes else ""
    return f"| {' | '.join(EDITIONS)} |\n|{'---|' * len(EDITIONS)}\n| {cells} |{fixes}"


def _weight(rule: Rule, edition: str) -> str:
    """What a rule weighs, in words: what was not shown is neither a fault nor advice."""
    return "no evidence" if rule.code in UNPROVEN else _severity(rule, edition) or "not in it"


def cited(cite: str) -> str:
    """A citation in words: title, date, and the part of it."""
    tag, _, section = cite.partition("#")
    known = read_json("vocabulary/sources.json")
    if tag not in known:
        return cite
    about = known[tag]
    dated = f", {about['date']}" if about.get("date") else ""
    return f"{about['title']}{dated}: {section}" if section else f"{about['title']}{dated}"


def _sources(rule: Rule) -> str:
    return "\n".join(f"- {cited(cite)}" for cite in rule.cites)
