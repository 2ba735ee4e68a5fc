"""The files that are made from the truth."""

from __future__ import annotations

from collections.abc import Iterator

from atlint.integrations import hooks
from atlint.targets import editions
from tests.generated import (
    command_page,
    decision_page,
    layer_page,
    matrix_page,
    native_header,
    rule_pages,
    schema_pages,
    trace_page,
    vocabulary_pages,
    walkthroughs,
)
from tests.generated.page import NOTE, Page


def everything() -> Iterator[Page]:
    """Each file as it should be: its path from the root, and its text."""
    yield from rule_pages.pages()
    yield "docs/reference/editions.md", NOTE + editions.page()
    yield from schema_pages.pages()
    yield from vocabulary_pages.pages()
    yield from trace_page.pages()
    yield from matrix_page.pages()
    yield from decision_page.pages()
    yield from layer_page.pages()
    yield from native_header.pages()
    yield ".pre-commit-hooks.yaml", f"# Made by `python -m tests.generated --write`; do not edit.\n{hooks.catalogue()}"
    commands = dict(command_page.pages())
    walked = dict(walkthroughs.pages(commands))
    yield from {**commands, **walked}.items()
