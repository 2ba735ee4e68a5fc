"""The command line's reference, from the commands' own help, and the table of commands in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from atlint.cli import COMMANDS, group
from tests.generated.page import ROOT, Page, made, table

_BETWEEN = re.compile(r"(?<=<!-- commands -->\n\n).*?(?=<!-- end of commands -->)", re.DOTALL)


def pages() -> Iterator[Page]:
    """The reference, and the README with its table fresh."""
    yield made("docs/reference/commands.md", _reference())
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = (
        (f"[`atlint {name}`](docs/reference/commands.md#atlint-{name})", _of(name).short_help or "")
        for name in COMMANDS
    )
    yield "README.md", _BETWEEN.sub(lambda _: "\n".join(table(("command", "what it does"), rows)) + "\n", text)


def _reference() -> Iterator[str]:
    yield from ("# The command line", "")
    with click.Context(group, info_name="atlint") as above:
        yield from ("```text", group.get_help(above), "```", "")
        for name in COMMANDS:
            command = _of(name)
            with click.Context(command, info_name=name, parent=above) as context:
                yield from (f"## atlint {name}", "", "```text", command.get_help(context), "```", "")


def _of(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command
