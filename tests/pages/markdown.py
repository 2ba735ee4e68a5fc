"""A Markdown page to its blocks of code, its links and its headings."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("*.md"), *ROOT.glob(".github/*.md"), *ROOT.glob("docs/**/*.md"))
    )
)
#: how a page says that a block cannot be run, and why; it stands right above the block
UNRUN = "Not run by the tests: "
_GENERATED = "<!-- Made by "
#: as the page tells its reader where to begin
_FOLDER = re.compile(r"`cp -r (?P<folder>fixtures/[a-z-]+) ")
_NAMED = re.compile(r"(?:#|//) (?P<name>[\w./-]+\.[a-z]+|\.flake8)$")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code. `line` counts from 1 and is that of the opening fence."""

    language: str
    text: str
    line: int
    #: why it is not run; empty for a block that is
    unrun: str = ""

    @property
    def name(self) -> str:
        """The file that the block shows: a comment in its first line says so."""
        found = _NAMED.match(self.text.partition("\n")[0])
        return found["name"] if found else ""


@dataclass(frozen=True, slots=True)
class Markdown:
    """A page, taken apart."""

    path: str
    text: str
    blocks: tuple[Block, ...]
    #: line and target
    links: tuple[tuple[int, str], ...]
    anchors: frozenset[str]
    #: inline code
    codes: tuple[str, ...]

    @property
    def generated(self) -> bool:
        """Whether `tests.generated` makes the whole page."""
        return self.text.startswith(_GENERATED)

    @property
    def folder(self) -> Path | None:
        """The folder of which a copy is where the page's examples begin; None for an empty one."""
        found = _FOLDER.search(self.text)
        return ROOT / found["folder"] if found else None


@functools.cache
def read(path: str) -> Markdown:
    """The page at a path from the root of the project."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return parse(path, text)


def parse(path: str, text: str) -> Markdown:
    """A page of this text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Markdown(
        path,
        text,
        tuple(_blocks(tokens)),
        tuple(_links(tokens)),
        frozenset(_anchors(tokens)),
        tuple(child.content for token in tokens for child in token.children or () if child.type == "code_inline"),
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    before = ""
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            line = token.map[0] + 1 if token.map else 0
            said = before.strip("*")
            reason = said.removeprefix(UNRUN).strip() if said.startswith(UNRUN) else ""
            yield Block(token.info.strip(), token.content, line, reason)
            before = ""
        elif token.type == "inline":
            before = token.content


def _links(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if target:
                yield line, str(target)


def _anchors(tokens: list[Token]) -> Iterator[str]:
    """As GitHub makes them of headings."""
    seen: dict[str, int] = {}
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(child.content for child in following.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            seen[slug] = seen.get(slug, -1) + 1
            yield f"{slug}-{seen[slug]}" if seen[slug] else slug
