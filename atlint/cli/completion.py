"""What completes an argument in the shell, by the word that stands for it in the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import click
from click.shell_completion import CompletionItem

from atlint.model import Severity
from atlint.report.formats import FORMATS

#: what is typed so far -> what may complete it
Completer = Callable[[str], Iterable[CompletionItem]]


def _files(incomplete: str) -> Iterable[CompletionItem]:
    """Leave it to the shell to look for a file."""
    yield CompletionItem(incomplete, type="file")


def _folders(incomplete: str) -> Iterable[CompletionItem]:
    yield CompletionItem(incomplete, type="dir")


def _editions(incomplete: str) -> Iterable[CompletionItem]:
    from atlint.plan import EDITIONS

    return _words(EDITIONS, incomplete)


def _levels(incomplete: str) -> Iterable[CompletionItem]:
    return _words((*map(str, Severity), "never"), incomplete)


def _formats(incomplete: str) -> Iterable[CompletionItem]:
    return _words(FORMATS, incomplete)


def _rules(incomplete: str) -> Iterable[CompletionItem]:
    """Codes, or names where a small letter begins one; of a list its last member."""
    from atlint.rules import REGISTRY

    head, comma, last = incomplete.rpartition(",")
    for rule in REGISTRY.values():
        word = rule.name if last[:1].islower() else rule.code
        if word.startswith(last):
            yield CompletionItem(f"{head}{comma}{word}", help=rule.summary)


def _words(words: Iterable[str], incomplete: str) -> Iterable[CompletionItem]:
    return (CompletionItem(word) for word in words if word.startswith(incomplete))


#: words that stand for a file, whatever is in it
_FILES: Final = (
    *("PATH...", "PATH", "FILE...", "FILE", "FILE|PORT"),
    *("MANIFEST", "REGISTRATION", "[REGISTRATION]", "OLD", "NEW", "EVIDENCE", "OUT"),
)
_COMPLETERS: Final[Mapping[str, Completer]] = {
    **dict.fromkeys(_FILES, _files),
    "DIR": _folders,
    "EDITION": _editions,
    "LEVEL": _levels,
    "FORMAT[:FILE]": _formats,
    "RULES": _rules,
    "CODE|NAME...": _rules,
}


class _Word(click.types.StringParamType):
    """Text of which the shell is told how it may go on."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's own signature
        return list(_COMPLETERS[param.metavar or ""](incomplete))


_WORD: Final = _Word()


def completed(command: click.Command) -> click.Command:
    """The command, whose plain arguments and options the shell can complete from now on."""
    for param in command.params:
        if param.type is click.STRING and param.metavar in _COMPLETERS:
            param.type = _WORD
    return command
