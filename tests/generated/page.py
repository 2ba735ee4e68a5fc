"""What every generated page begins with, and how a table is set in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

#: path from the root of the project, and text
Page: TypeAlias = tuple[str, str]

ROOT = Path(__file__).resolve().parents[2]
NOTE = "<!-- Made by `python -m tests.generated --write`; do not edit. -->\n\n"


def made(path: str, lines: Iterable[str]) -> Page:
    """A page of these lines under the note that says where it comes from."""
    return path, NOTE + "\n".join(lines).rstrip("\n") + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, with an empty line behind."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"
    yield ""


def cell(text: str) -> str:
    """Text that stays within its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def rule_link(code: str, above: str = "rules") -> str:
    """A link from a page of `docs/reference` to a rule's."""
    return f"[{code}]({above}/{code}.md)"
