"""The output formats: each a pure function from a `Report` to chunks of text, imported when first used."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from atlint.model import AtlintError, Report, Severity


@dataclass(frozen=True, slots=True)
class RuleCard:
    """What a format says about a rule, so that formats need not know the rules."""

    code: str
    name: str
    summary: str
    help_markdown: str
    url: str
    severity: Severity


class Renderer(Protocol):
    """A format: yields the text of `report`; options that it does not have are passed over."""

    def __call__(self, report: Report, *, rules: Mapping[str, RuleCard], **options: object) -> Iterator[str]:
        """Yield chunks of text; `rules` holds the cards by code."""


def _lazily(module: str, *accepted: str) -> Renderer:
    """Return the `render` of `module`, imported at the first call and given only `accepted` options."""

    def render(report: Report, *, rules: Mapping[str, RuleCard], **options: object) -> Iterator[str]:
        known = {name: value for name, value in options.items() if name in accepted}
        chunks: Iterator[str] = import_module(f"{__name__}.{module}").render(report, rules=rules, **known)
        return chunks

    return render


#: every format by the name that `--output` takes
FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {
        "text": _lazily("text", "color", "quiet"),
        "concise": _lazily("concise", "color", "quiet"),
        "json": _lazily("json"),
        "jsonl": _lazily("jsonl"),
        "sarif": _lazily("sarif"),
        "junit": _lazily("junit"),
        "github": _lazily("github"),
        "gitlab": _lazily("gitlab"),
        "markdown": _lazily("markdown"),
        "html": _lazily("html"),
    }
)


def tells_notes(name: str, report: Report) -> bool:
    """Whether a format says of a report what is to be noted besides its findings.

    GitLab's readers know nothing but faults, and a line of JSON Lines is a finding, until a summary ends it.
    """
    return name != "gitlab" and (name != "jsonl" or report.command != "check")


def renderer(name: str) -> Renderer:
    """Return the format called `name`.

    Raises:
        AtlintError: there is none; the message names the close one, or all.
    """
    found = FORMATS.get(name)
    if found is not None:
        return found
    close = difflib.get_close_matches(name, FORMATS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(FORMATS)}"
    raise AtlintError(f"unknown output format {name!r}: {hint}")
