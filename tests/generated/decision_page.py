"""The list of decisions, from their own first lines."""

from __future__ import annotations

from collections.abc import Iterator

from tests.generated.page import ROOT, Page, made, table

_FOLDER = ROOT / "docs" / "decisions"


def pages() -> Iterator[Page]:
    """The index."""
    yield made("docs/decisions/README.md", _index())


def _index() -> Iterator[str]:
    yield from (
        "# Decisions",
        "",
        "One page each: what made a decision necessary, what was decided, and what follows. A decision that no longer",
        "holds is replaced by a page that says so.",
        "",
    )
    rows = []
    for path in sorted(_FOLDER.glob("[0-9]*.md")):
        number, _, title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(". ")
        rows.append((number, f"[{title}]({path.name})"))
    yield from table(("number", "decision"), rows)
