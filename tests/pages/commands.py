"""The `atlint` commands that a text names, held against the command line as it is."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator

import click

from atlint.cli import COMMANDS, group

_COMMAND = re.compile(r"(?:^|(?<=[\s'\"`/(=:&|]))atlint (?P<rest>(?:[a-z]+|-)[^\n`&|;<>#]*)", re.MULTILINE)
_QUOTE = re.compile(r"['\"]\)?,?$")


def named(text: str) -> Iterator[str]:
    """What stands behind `atlint` wherever a command of it is written."""
    for found in _COMMAND.finditer(text.replace("\\\n", " ")):
        rest = found["rest"].strip()
        yield rest if rest.count("'") % 2 == 0 and rest.count('"') % 2 == 0 else _QUOTE.sub("", rest)


def faults(rest: str) -> Iterator[str]:
    """What of a command does not exist: its name or an option."""
    name, *words = shlex.split(rest)
    if name not in COMMANDS:
        yield f"there is no command {name!r}"
        return
    known = options(name)
    for word in words:
        flag = word.partition("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]*|-[a-zA-Z]", flag) and flag not in known:
            yield f"atlint {name} has no option {flag}"


@functools.cache
def options(name: str) -> frozenset[str]:
    """Every spelling of every option of a command."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    said = {spelling for parameter in command.params for spelling in (*parameter.opts, *parameter.secondary_opts)}
    return frozenset({*said, "--help", "-h"})


def every_option() -> frozenset[str]:
    """Those of all commands together, and of the command line itself."""
    return frozenset({"--version", "-V"}).union(*map(options, COMMANDS))
