"""Pages written by hand, with the output of each `$ command` as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.generated.page import Page
from tests.pages.markdown import PAGES, Markdown, parse, read
from tests.pages.session import ANY, Done, agrees, run

#: what a run, a digest or a count may change in a line
_CHANGING: Final = re.compile(r"\b[0-9a-f]{6,}\b|\d+")
#: what a command prints that did not end as it should
_CRASH: Final = "Traceback (most recent call last)"


def pages(texts: dict[str, str]) -> Iterator[Page]:
    """Every page that shows output. `texts` has those that another part of a page was made of already."""
    parsed = [parse(path, texts[path]) if path in texts else read(path) for path in PAGES]
    shown = [page for page in parsed if any(block.language == "console" for block in page.blocks)]
    with ThreadPoolExecutor(2) as two:
        for page, done in zip(shown, two.map(run, shown), strict=True):
            yield page.path, fresh(page, done)


def fresh(page: Markdown, done: list[Done]) -> str:
    """The page's text with the blocks rewritten whose output is another one."""
    lines = page.text.splitlines(keepends=True)
    for block in sorted({each.step.block.line for each in done if each.step.shown is not None}, reverse=True):
        mine = [each for each in done if each.step.block.line == block]
        text = "".join(f"$ {each.step.command}\n{_shown(each)}" for each in mine)
        length = mine[0].step.block.text.count("\n")
        lines[block : block + length] = [text]
    return "".join(lines)


def _shown(done: Done) -> str:
    shown = done.step.shown or ""
    if agrees(shown, done.output):
        return shown
    if _CRASH in done.output:
        raise RuntimeError(f"no output for a page: {done.step.command}\n{done.output}")
    output = done.output if done.output.endswith("\n") or not done.output else f"{done.output}\n"
    return _with_gaps(shown, output) or output


def _with_gaps(shown: str, output: str) -> str | None:
    """The output with the lines left out that the page leaves out; None where it differs in more than in figures."""
    lines = shown.splitlines(keepends=True)
    found = re.fullmatch("".join(map(_alike, lines)), output)
    if found is None:
        return None
    literal = iter(found.groups())
    return "".join(line if line.rstrip("\n") == ANY else next(literal) for line in lines)


def _alike(line: str) -> str:
    """An expression for a line that differs in figures alone, or for any lines."""
    if line.rstrip("\n") == ANY:
        return r"(?:[^\n]*\n)*?"
    return "(" + r"[0-9a-f]+".join(map(re.escape, _CHANGING.split(line))) + ")"
