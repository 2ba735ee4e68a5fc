"""A rule's record to its page: five fixed headings, the example made by the rule's own breaker."""

from __future__ import annotations

import copy
import difflib
import json
import random
from collections.abc import Mapping
from typing import Any

from atlint.lint import Explainer, Explanation
from atlint.lint.examples import compliant
from atlint.model import Json, Line, Severity
from atlint.plan import EDITIONS, Plan
from atlint.plan.truth import read_json
from atlint.pointer import parent, resolve
from atlint.report.formats import RuleCard
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests
from atlint.rules.readiness_rules import EXAMPLE, REGISTRATION_FILE, UNPROVEN
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

HEADINGS = ("What it does", "Why it matters", "Example", "How to fix", "Sources")


def page(rule: Rule) -> str:
    """The page in Markdown."""
    return f"# {rule.code} {rule.name}\n\n{rule.summary}\n\n{_table(rule)}\n\n{documentation(rule)}\n"


def documentation(rule: Rule) -> str:
    """The five sections in Markdown."""
    bodies = (rule.what, rule.why, _example(rule), rule.repair, _sources(rule))
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


def _example(rule: Rule) -> str:
    edition = next((edition for edition in EDITIONS if rule.levels(edition)), None)
    if rule.breaker is None or edition is None or edition in rule.unbreakable:
        return "This rule needs more than one event to show; see the tutorial."
    plan = everything(edition)
    good = next(iter(compliant(edition)))
    draft = Draft(plan, copy.deepcopy(good))
    broken = rule.breaker(draft, random.Random(rule.code))
    raw = broken.raw if isinstance(broken, Broken) else draft.line()
    if rule.scope is Scope.SOURCE:
        return f"Bad, in Python:\n\n```python\n{_shortened_lines(raw.decode())}\n```"
    if rule.scope is Scope.CLUSTER:
        return _manifests(rule, plan, Manifests.of(draft).text, raw.decode())
    if isinstance(broken, Broken) and broken.path == REGISTRATION_FILE:
        return _registration(rule, plan, raw.decode())
    found = Explainer(plan).explain(Line("example.log", 1, 0, raw.partition(b"\n")[0]))
    said = _said(rule, found)
    if isinstance(broken, Broken):
        shown = f"Bad, in {edition}:\n\n```text\n{_excerpt(raw)}\n```{said}"
        return shown if raw else f"Bad: `{broken.path}` is empty, or there is none."
    shown = _around(draft.value, broken)
    return (
        f"Bad, in {edition}, at `{broken}`:\n\n```json\n{shown}\n```{said}\n\n"
        f"Good:\n\n```json\n{_around(good, broken)}\n```"
    )


def _manifests(rule: Rule, plan: Plan, good: str, bad: str) -> str:
    """What differs between a compliant file and the broken one, and what is said of it."""
    from atlint.pipeline import cluster, document
    from atlint.pipeline.checks import problems
    from atlint.pipeline.view import View

    view = View.of(cluster.read([document.read(bad.encode(), "example.yaml", fence=True)]), plan, kept=_kept)
    told = next((one.problem for one in problems(view) if one.problem.code == rule.code), None)
    said = f"\n\n> {Redactor(b'example').message(plan, told)[0]}" if told else ""
    return _difference(good, bad, said)


def _registration(rule: Rule, plan: Plan, bad: str) -> str:
    """What differs between a compliant registration and the broken one, and what is said of it."""
    from atlint.pipeline import document, registration_file

    found = registration_file.read(document.read(bad.encode(), REGISTRATION_FILE))
    told = next((problem for problem in found.problems if problem.code == rule.code), None)
    said = f"\n\n> {Redactor(b'example').message(plan, told)[0]}" if told else ""
    return _difference(EXAMPLE, bad, said)


def _difference(good: str, bad: str, said: str) -> str:
    """The lines in which two YAML files differ."""
    before, after = good.splitlines(), bad.splitlines()
    changes = [
        each
        for each in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if each[0] != "equal"
    ]
    start, end = min(each[3] for each in changes), max(each[4] for each in changes)
    first, last = min(each[1] for each in changes), max(each[2] for each in changes)
    bad_part = _shortened_lines("\n".join(after[max(start - 2, 0) : end + 1]), strip=False)
    good_part = _shortened_lines("\n".join(before[max(first - 2, 0) : last + 1]), strip=False)
    return f"Bad:\n\n```yaml\n{bad_part}\n```{said}\n\nGood:\n\n```yaml\n{good_part}\n```"


def _kept(_path: str) -> str:
    """The example is one of a file under version control."""
    from atlint.pipeline.custody import TRACKED

    return TRACKED


def _said(rule: Rule, found: Explanation) -> str:
    redactor = Redactor(b"example")
    for problem in found.problems:
        if problem.code == rule.code:
            return f"\n\n> {redactor.message(found.plan, problem)[0]}"
    return ""


def _shortened_lines(text: str, *, strip: bool = True) -> str:
    lines = (text.strip() if strip else text).splitlines()
    return "\n".join(line if len(line) <= 100 else f"{line[:95]} ..." for line in lines)


def _excerpt(raw: bytes) -> str:
    text = ascii(raw.decode("utf-8", "backslashreplace"))[1:-1]
    return text if len(text) <= 160 else f"{text[:100]} ... {text[-50:]}"


def _around(event: Json, pointer: str) -> str:
    """The members of the object at fault that are no objects themselves."""
    holder = parent(pointer)
    while True:
        try:
            value = resolve(event, holder)
            break
        except (LookupError, ValueError):
            holder = parent(holder)
    return json.dumps(_shortened(value), indent=2, ensure_ascii=False)


def _shortened(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: "..." if isinstance(child, dict | list) and child else child for key, child in value.items()}
    return value
