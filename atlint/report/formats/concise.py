"""One line for each finding or item, as editors and grep read them, then what is to be noted, and the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from atlint.model import Item, Report, Severity, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import remarks, sentence, state_words
from atlint.report.formats.group import ordered, where
from atlint.report.printable import printable

_STYLE = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def _item(item: Item) -> str:
    compared = ", ".join(f"{label} {value}" for label, value in (("have", item.have), ("want", item.want)) if value)
    return f"{item.code} {state_words(item.state)} {item.message}" + (f" ({compared})" if compared else "")


def render(report: Report, *, rules: Mapping[str, RuleCard], color: bool = False, quiet: bool = False) -> Iterator[str]:
    """Yield `path:line:column: CODE severity message (xN)` for each finding, worst first."""
    del rules  # a line has no room for what a rule says of itself
    for item in report.items:
        if not (quiet and item.state is Verdict.READY):
            yield printable(_item(item)) + "\n"
    for finding in ordered(report.findings):
        level = finding.severity.value
        if color:
            level = f"\x1b[{_STYLE[finding.severity]}m{level}\x1b[0m"
        place, message = printable(where(finding.place)), printable(finding.message)
        times = f" (x{finding.count:,})" if finding.count > 1 else ""
        yield f"{place}: {printable(finding.code)} {level} {message}{times}\n"
    if not quiet:
        yield from (f"note: {printable(note)}\n" for note in remarks(report))
        yield printable(sentence(report)) + "\n"
