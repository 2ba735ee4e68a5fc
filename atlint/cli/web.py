"""`atlint web`: a page to paste events into."""

from __future__ import annotations

from typing import Any, Final

import click

from atlint.cli.options import configuration, options_of, shared, worded

#: options of other commands that say how a report is written and what the command ends with, which a page is not
_UNUSED: Final = frozenset({"output", "quiet", "allow_empty", "fail_on", "max_rate"})


@click.command("web", short_help="Open a page on loopback to try events on.")
@worded("--listen", default="127.0.0.1:8377", metavar="HOST:PORT", help="Port 0 takes any free one.")
@click.option("--anywhere", is_flag=True, help="Allow an address that is not loopback.")
@shared
def command(listen: str, anywhere: bool, **given: Any) -> int:  # noqa: FBT001 - click passes flags so
    """Open a page on loopback to paste, type or drop events, and see findings as you type.

    The options say what the page starts from. It serves until SIGINT or SIGTERM, and keeps nothing.
    """
    from atlint.integrations.web import web
    from atlint.load.run import stopping
    from atlint.report.check import judges_of

    options = options_of({**given, "allow_empty": False, "fail_on": "", "max_rate": ()}, configuration(given))
    # what makes no sense for any event is told at once
    judges_of(options)
    found = web(listen, options, now=options.now if given["now"] else None, anywhere=anywhere)
    click.echo(f"open {found.address}", err=True)
    with stopping() as stop:
        found.serve(stop)
    return 0


command.params = [param for param in command.params if param.name not in _UNUSED]
