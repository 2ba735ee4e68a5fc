"""Markdown for job summaries and issues: tables in which text from an event is code and never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from atlint.model import Report
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import counters, ignores, rule_rows, sentence, state_words
from atlint.report.formats.group import groups, where
from atlint.report.printable import printable

#: bytes of the rows of a table: a GitHub step takes a summary of 1 MiB, and all of it is refused where it is more
_ROOM: Final = 200_000
#: the same of the table of findings, the longest
_FINDINGS: Final = 500_000
_TICKS = re.compile("`+")
#: a backslash before a pipe: parsers of tables disagree on which of the two is escaped
_ESCAPED_PIPE = re.compile(r"(?<=\\)\|")


def code(text: str) -> str:
    """Return `text` as a code span that stays one cell of a table; nothing within is markup."""
    shown = _ESCAPED_PIPE.sub(r"\\x7c", printable(text)).replace("|", r"\|")
    if not shown.strip():
        return ""
    fence = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _table(
    head: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, right: int = -1, room: int = _ROOM
) -> Iterator[str]:
    """Yield a blank line and a table; nothing where there are no rows. Column `right` holds numbers.

    What goes beyond `room`, in bytes, is counted below the table.
    """
    started, left_out = False, 0
    for row in rows:
        if not started:
            rule = ("---:" if column == right else "---" for column in range(len(head)))
            yield f"\n| {' | '.join(head)} |\n| {' | '.join(rule)} |\n"
            started = True
        line = f"| {' | '.join(row)} |\n"
        room -= len(line.encode())
        if room < 0:
            left_out += 1
        else:
            yield line
    if left_out:
        yield f"\n{left_out:,} more left out: this page has a bound; --output json and html tell of them\n"


def _blocks(report: Report, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    yield from _table(
        ("state", "item", "message", "have", "want"),
        (
            (
                state_words(item.state),
                code(f"{item.code} {item.name}"),
                code(item.message),
                code(item.have),
                code(item.want),
            )
            for item in report.items
        ),
    )
    yield from _table(
        ("rule", "name", "severity", "count", "fix"),
        (
            (code(row.code), code(row.name), row.severities, f"{row.total:,}", row.fixable)
            for row in rule_rows(report, rules)
        ),
        right=3,
    )
    yield from _table(
        ("severity", "rule", "place", "pointer", "message", "count"),
        (
            (
                group.first.severity.value,
                code(group.first.code),
                code(where(group.first.place)),
                code(group.first.pointer),
                code(group.first.message),
                f"{group.count:,}",
            )
            for group in groups(report.findings)
        ),
        right=5,
        room=_FINDINGS,
    )
    yield from _table(("counted", ""), ((code(name), code(value)) for name, value in counters(report)))
    yield from _table(("note",), ((code(note),) for note in ignores(report)))


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield a heading with the verdict, then items, rules that fired, groups of findings and counters."""
    yield f"## atlint {report.command}: {state_words(report.verdict)}\n\n{code(sentence(report))}\n"
    yield from _blocks(report, rules)
