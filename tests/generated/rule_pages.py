"""A page for each rule, the list of all, and the list of those that can be mended."""

from __future__ import annotations

from collections.abc import Iterator

from atlint.report.rule_page import page
from atlint.rules import FAMILIES, REGISTRY
from tests.generated.page import NOTE, Page, made, rule_link, table


def pages() -> Iterator[Page]:
    """All of them."""
    yield made("docs/reference/rules.md", _index())
    yield made("docs/reference/fixes.md", _fixes())
    for rule in REGISTRY.values():
        yield f"docs/reference/rules/{rule.code}.md", NOTE + page(rule)


def _index() -> Iterator[str]:
    yield from ("# The rules", "", "Every rule has a code and a name; both are accepted wherever a rule is named.", "")
    for family, about in FAMILIES.items():
        rules = [rule for rule in REGISTRY.values() if rule.family == family]
        if rules:
            yield from (f"## {family} {about}", "")
            rows = ((rule_link(rule.code), rule.name, rule.summary) for rule in rules)
            yield from table(("code", "name", "what it finds"), rows)


def _fixes() -> Iterator[str]:
    yield from (
        "# The fixes",
        "",
        "A safe fix changes spelling and never meaning: `--fix` makes it. An unsafe one may change what is meant:",
        "`--unsafe-fixes` makes it too, `--diff` shows it first. A rule with both kinds offers the one or the other",
        "according to what it found. Rules that are not listed are mended by hand: their pages say how.",
        "",
    )
    for kind in ("safe", "unsafe"):
        yield from (f"## {kind.capitalize()}", "")
        rules = [rule for rule in REGISTRY.values() if kind in rule.fixes]
        yield from table(
            ("rule", "name", "what is done"), ((rule_link(r.code), r.name, _done(r.code, kind)) for r in rules)
        )


def _done(code: str, kind: str) -> str:
    """The advice of the cases that have this kind of fix."""
    cases = REGISTRY[code].cases.values()
    advice = "; ".join(dict.fromkeys(case.help or "rewrite the value" for case in cases if case.fix == kind))
    if "{" in advice:
        raise ValueError(f"{code}: a page has no finding to fill {advice!r} with; say it without")
    return advice
