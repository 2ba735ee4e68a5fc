"""The command line: parse, call, print, exit. No other package of atlint prints or exits."""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from atlint import __version__

#: command -> module of this package; each is imported when it is asked for
COMMANDS: Final[Mapping[str, str]] = {
    "check": "check",
    "explain": "explain",
    "diff": "diff",
    "generate": "generate",
    "load": "load",
    "verify": "verify",
    "sink": "sink",
    "demo": "demo",
    "ready": "ready",
    "doctor": "doctor",
    "compile": "compile",
    "init": "init",
    "server": "server",
    "web": "web",
}


class _Lazy(click.Group):
    """Imports a command's module only when that command is run or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        from atlint.cli.completion import completed

        module = importlib.import_module(f"atlint.cli.{COMMANDS[cmd_name]}")
        command = module.command
        return completed(command) if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if close:
                raise click.UsageError(f"{error.message} Did you mean '{close[0]}'?", ctx) from None
            raise

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _heard_of_its_reader():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _heard_of_its_reader():
            return super().invoke(ctx)


class _Unread(Exception):  # noqa: N818 - no error: who reads the output has seen enough
    """The reader of standard output has gone, as `| head` does."""


@contextlib.contextmanager
def _heard_of_its_reader() -> Iterator[None]:
    """Raise _Unread where a pipe has no reader: click would end with 1, which means findings."""
    try:
        yield
    except BrokenPipeError as error:
        raise _Unread from error


#: seconds until a signal that was dropped is heard
_MOMENT: Final = 0.01


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="atlint %(version)s")
def group() -> None:
    """Check audit events for IBM Cloud Activity Tracker before they are lost.

    Exit codes: 0 pass, 1 findings at or above --fail-on, 2 wrong usage, configuration or schema,
    3 nothing to judge.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. Errors of usage are one line on standard error and exit code 2."""
    from atlint.model import AtlintError

    try:
        _open_standard_output()
        with _ended_by_a_signal():
            code = group.main(args=arguments, prog_name="atlint", standalone_mode=False)
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        click.echo("atlint: interrupted before it was done", err=True)
        code = _of_signal(signal.SIGINT)
    except _Ended:
        click.echo("atlint: ended before it was done", err=True)
        code = _of_signal(signal.SIGTERM)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        vars(error)["message"] = _plain(error.message)  # the usage before it is click's own
        error.show()
        code = 2
    except AtlintError as error:
        click.echo(f"atlint: {_plain(str(error))}", err=True)
        code = 2
    except (_Unread, BrokenPipeError):
        # nothing is left to say, and Python must not say so at exit
        _say_no_more()
        code = _of_signal(signal.SIGPIPE)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _say_no_more()
        click.echo(f"atlint: output cannot be written: {error.strerror}", err=True)
        code = 2
    gc.freeze()  # a last look for garbage in all that stands takes 30 ms, and the end of the process frees it anyhow
    sys.exit(code if isinstance(code, int) else 0)


#: what is wrong with a place that takes no more
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def _open_standard_output() -> None:
    """Refuse a standard output that was closed: a file that is opened later would stand in its place.

    Raises AtlintError.
    """
    if sys.stdout is None:
        from atlint.model import AtlintError

        raise AtlintError("standard output is closed: send it to a file, or to /dev/null")


def _say_no_more() -> None:
    """Let what is still to be written to standard output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Ended(BaseException):
    """SIGTERM: what has been begun is put in order on the way out, as with Ctrl-C."""


@contextlib.contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """Raise _Ended where SIGTERM comes, and KeyboardInterrupt where SIGINT does.

    Python drops an exception that is raised while it clears away an object, so it is raised again a moment later.
    What failed meanwhile, since the signal ended other processes too, is of no interest.
    """
    came: type[BaseException] | None = None

    def end(number: int, _: object) -> None:
        nonlocal came
        came = came or (KeyboardInterrupt if number == signal.SIGINT else _Ended)
        raise came

    def dropped(found: sys.UnraisableHookArgs) -> None:
        if came is not None and found.exc_type is came:
            signal.setitimer(signal.ITIMER_REAL, _MOMENT)
        else:
            before(found)

    before, sys.unraisablehook = sys.unraisablehook, dropped
    heard = [signal.SIGTERM, signal.SIGALRM]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell has it ignored in the background
        heard.append(signal.SIGINT)
    handlers = {number: signal.signal(number, end) for number in heard}
    try:
        yield
    except Exception:
        if came is not None:
            raise came from None
        raise
    finally:
        sys.unraisablehook = before
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _of_signal(number: int) -> int:
    """The exit code by which a shell shows that a signal ended a process."""
    return 128 + number


def _plain(text: str) -> str:
    """The text on one line: a file may be called anything, and a line of its name may be an order to a CI system."""
    from atlint.report.printable import printable

    return printable(text)
