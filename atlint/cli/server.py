"""`atlint server`: what editors talk to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from atlint.cli.options import configuration, options_of, shared
from atlint.model import AtlintError

if TYPE_CHECKING:
    from atlint.report.check import Options

#: options of other commands that say how a report is written and what it comes to, which an editor does by itself
_UNUSED: Final = frozenset({"output", "quiet", "allow_empty", "fail_on", "max_rate"})


@click.command("server", short_help="Show findings and fixes in an editor.")
@click.option("--stdio", is_flag=True, help="Speak on standard input and output; this is always so.")
@shared
def command(**given: Any) -> int:
    """Speak the Language Server Protocol on standard input and output: findings, hovers and fixes in an editor.

    Event logs, registrations, manifests, fluentd's configuration and events in Python are judged as you type, by the
    configuration nearest to each file. Options given here come before the configuration. An editor starts this.
    """
    try:
        from atlint.integrations.lsp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise AtlintError("the server needs the extra lsp: pip install 'atlint[lsp]'") from None
    if sys.stdin.isatty():
        raise AtlintError("an editor starts this command and talks to it; docs/how-to/editor.md shows the settings")
    given |= {"allow_empty": False, "fail_on": "", "max_rate": ()}

    def nearest(folder: Path) -> Options:
        return options_of(given, configuration(given, folder))

    from atlint.report.check import judges_of

    # what makes no sense for any file is told at once
    judges_of(nearest(Path.cwd()))
    serve(nearest)
    return 0


command.params = [param for param in command.params if param.name not in _UNUSED]
