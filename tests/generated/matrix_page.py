"""Which breaker trips which rules: the kill matrix as a page."""

from __future__ import annotations

from collections.abc import Iterator

from tests.generated.page import ROOT, Page, made, rule_link, table
from tests.kill_matrix import DRAWS, Kill, matrix


def pages() -> Iterator[Page]:
    """The matrix."""
    yield made("docs/reference/kill-matrix.md", _page())


def _page() -> Iterator[str]:
    yield from (
        "# The kill matrix",
        "",
        "A rule is a check and a breaker: the breaker makes of a compliant event, file or manifest one that trips",
        f"exactly this rule. Here each breaker was run {DRAWS} times, and everything was asked of what it made.",
        "*Killed* says how often its own rule fired; any other code that fired stands beside it, at error level only",
        "with a reason. `python -m tests.kill_matrix` prints the same.",
        "",
    )
    yield from table(
        ("breaker of", "edition", "killed", "errors besides", "warnings and advice besides", "fixtures"),
        map(_row, matrix()),
    )


def _row(kill: Kill) -> tuple[str, ...]:
    errors = "; ".join(f"{rule_link(code)}: {why}" for code, why in kill.errors.items())
    others = ", ".join(map(rule_link, kill.others))
    folder = ROOT / "fixtures" / "rules" / kill.rule.code
    fixtures = len(list(folder.iterdir())) if folder.is_dir() else 0
    return (
        f"{rule_link(kill.rule.code)} {kill.rule.name}",
        kill.edition,
        f"{kill.times} of {DRAWS}",
        errors,
        others,
        f"{fixtures} files" if fixtures else "the breaker's own",
    )
