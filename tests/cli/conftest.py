"""A command run within this process: exit code, standard output, standard error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from atlint.model import AtlintError


class Done(NamedTuple):
    code: int
    out: str
    err: str
    #: standard output as it was written
    raw: bytes = b""


@pytest.fixture
def invoke() -> Callable[..., Done]:
    """`invoke(command, *arguments, stdin=b"")`; an error of usage is exit code 2 with its text as standard error."""

    def run(command: click.Command, *arguments: object, stdin: bytes = b"") -> Done:
        result = CliRunner().invoke(command, list(map(str, arguments)), input=stdin, standalone_mode=False)
        if isinstance(result.exception, AtlintError):
            return Done(2, result.stdout, str(result.exception))
        if isinstance(result.exception, click.ClickException):
            return Done(2, result.stdout, result.exception.format_message())
        if result.exception is not None:  # a fault of ours, or an interrupt
            raise result.exception
        return Done(result.return_value, result.stdout, result.stderr, result.stdout_bytes)

    return run
