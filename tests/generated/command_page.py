"""The command line's reference, from the commands' own help, and the table of commands in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from click.testing import CliRunner

from atlint.cli import COMMANDS, group
from tests.generated.page import ROOT, Page, made, table

#: of the terminal that the help is written for
_WIDTH = "80"
_BETWEEN = re.compile(r"(?<=<!-- commands -->\n\n).*?(?=<!-- end of commands -->)", re.DOTALL)


def pages() -> Iterator[Page]:
    """The reference, and the README with its table fresh."""
    yield made("docs/reference/commands.md", _reference())
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = (
        (f"[`atlint {name}`](docs/reference/commands.md#atlint-{name})", command(name).short_help or "")
        for name in COMMANDS
    )
    yield "README.md", _BETWEEN.sub(lambda _: "\n".join(table(("command", "what it does"), rows)) + "\n", text)


def _reference() -> Iterator[str]:
    yield from ("# The command line", "", "```text", _help(), "```", "")
    for name in COMMANDS:
        yield from (f"## atlint {name}", "", "```text", _help(name), "```", "")


def _help(*words: str) -> str:
    """What the command itself puts out."""
    runner = CliRunner(env={"COLUMNS": _WIDTH})
    return runner.invoke(group, [*words, "--help"], prog_name="atlint", catch_exceptions=False).output.rstrip("\n")


def command(name: str) -> click.Command:
    """A command as the program has it."""
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found
