"""What code, tests and pages appeal to is in the repository: a decision by its number, never a document elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("atlint", "docs", "native", "tests")
KINDS = {".py", ".md", ".c", ".h", ".toml"}
#: a numbered place of a document that nobody else has, or such a document as one who commands
_ELSEWHERE = re.compile(
    r"\b(?:design|domain|tailer|style)(?:\.md)? \d|\bthe design (?:has|says|names|calls|allows|asks)\b", re.IGNORECASE
)
_DECISIONS = re.compile(r"\bdecisions? (\d+)(?:(?:,| and) (\d+))*", re.IGNORECASE)
_NUMBERS = {int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("0*.md")}


def texts() -> Iterator[tuple[str, str]]:
    """Each line that somebody wrote, with its place."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KINDS and path != Path(__file__):
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    yield f"{path.relative_to(ROOT)}:{number}", line


def appeals(lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    """The places that appeal to what is not there."""
    for place, line in lines:
        unknown = {int(one) for found in _DECISIONS.finditer(line) for one in re.findall(r"\d+", found[0])} - _NUMBERS
        if unknown or _ELSEWHERE.search(line):
            yield f"{place}: {line.strip()}"


def test_nothing_appeals_to_what_is_not_in_the_repository() -> None:
    assert list(appeals(texts())) == []


@pytest.mark.parametrize(
    "line", ["late (design 12)", "domain 3", "what the design has", "see decision 99", "decisions 1 and 98"]
)
def test_such_an_appeal_is_seen(line: str) -> None:
    assert list(appeals(iter([("a.py:1", line)])))


@pytest.mark.parametrize("path", sorted((ROOT / "docs/decisions").glob("0*.md")), ids=lambda path: path.stem)
def test_a_decision_says_why_what_and_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert text.endswith("\n")
