"""The report for people at a terminal: one block with a caret for each fault, then what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from atlint.model import Item, Report, Severity, Snippet, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import counters, ignores, number, rule_rows, sentence, state_words
from atlint.report.formats.group import Group, groups, where
from atlint.report.printable import printable

_SEVERITY = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_VERDICT = {0: "1;32", 1: "1;31", 3: "1;33"}
_BOLD, _FAINT = "1", "2"
#: groups of a rule that stand below the items of a readiness report: the items say what is to be done
_MOST_OF_A_RULE = 5


def _paint(text: str, style: str, *, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color and text else text


def _cells(text: str) -> int:
    """How many columns of a terminal `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _snippet(snippet: Snippet, number: int, style: str, *, color: bool) -> Iterator[str]:
    start = max(0, min(snippet.start, len(snippet.text)))
    before, marked = printable(snippet.text[:start]), printable(snippet.text[start : snippet.end])
    after = printable(snippet.text[max(start, snippet.end) :])
    gutter = str(number) if number > 0 else ""
    bar = _paint(f"{' ' * len(gutter)} |", _FAINT, color=color)
    carets = _paint("^" * max(1, _cells(marked)), style, color=color)
    yield f" {bar}\n"
    yield f" {_paint(f'{gutter} |', _FAINT, color=color)} {before}{marked}{after}\n"
    yield f" {bar} {' ' * _cells(before)}{carets}\n"


def _block(group: Group, *, color: bool) -> Iterator[str]:
    first = group.first
    style = _SEVERITY[first.severity]
    head = _paint(f"{first.severity.value}[{printable(first.code)}]", style, color=color)
    yield f"{head} {_paint(printable(first.name), _BOLD, color=color)}\n"
    yield f"  {printable(first.message)}\n"
    place = _paint(printable(where(first.place)), _BOLD, color=color)
    yield f"  --> {place}  {printable(first.pointer)}".rstrip() + "\n"
    if first.snippet is not None and first.snippet.text:
        yield from _snippet(first.snippet, first.place.line, style, color=color)
    if first.help:
        yield f"  help: {printable(first.help)}\n"
    if first.fix is not None:
        how = "safe, --fix" if first.fix.safe else "unsafe, --unsafe-fixes"
        yield f"  fix: {printable(first.fix.title)} ({how})\n"
    if group.times:
        yield f"  {group.times}\n"
    if first.url:
        yield f"  {_paint(printable(first.url), _FAINT, color=color)}\n"
    yield "\n"


def _item(item: Item, *, color: bool) -> Iterator[str]:
    state = _paint(f"{state_words(item.state):<19}", _VERDICT[item.state.exit_code], color=color)
    yield f"{state} {printable(f'{item.code} {item.name}: {item.message}')}\n"
    compared = (("have", item.have), ("want", "" if item.state is Verdict.READY else item.want))
    yield from (f"{'':19}   {label}: {printable(value)}\n" for label, value in compared if value)


def _table(rows: Iterable[tuple[str, ...]], *, right: frozenset[int] = frozenset()) -> Iterator[str]:
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(_cells, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = []
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - _cells(cell))
            padded.append(blanks + cell if column in right else cell + blanks)
        yield f"  {'  '.join(padded)}".rstrip() + "\n"


def _summary(report: Report, rules: Mapping[str, RuleCard], *, color: bool) -> Iterator[str]:
    rows = rule_rows(report, rules)
    if rows:
        cells = [(row.code, row.name, row.severities, f"{row.total:,}", row.fixable) for row in rows]
        yield from _table([("code", "name", "severity", "count", "fix"), *cells], right=frozenset({3}))
        yield "\n"
    counted = list(counters(report))
    if counted:
        yield from _table(counted)
        yield "\n"
    for line in ignores(report):
        yield f"{printable(line)}\n"
    style = _VERDICT[report.verdict.exit_code]
    yield f"{_paint(printable(sentence(report)), style, color=color)}\n"


def _first_ones(found: list[Group]) -> tuple[list[Group], dict[str, list[Group]]]:
    """The first groups of each rule, in their order, and those that are left out, by rule."""
    shown: list[Group] = []
    left: dict[str, list[Group]] = {}
    seen = Counter[str]()
    for group in found:
        code = group.first.code
        seen[code] += 1
        (shown if seen[code] <= _MOST_OF_A_RULE else left.setdefault(code, [])).append(group)
    return shown, left


def _left_out(left: list[Group]) -> str:
    first = left[0].first
    faults = number(len(left), "more fault", "more faults")
    findings = number(sum(group.count for group in left), "finding", "findings")
    told = f"{faults} of this rule, {findings}; --output concise and json tell of each"
    return f"{printable(first.code)} {printable(first.name)}: {told}\n"


def render(report: Report, *, rules: Mapping[str, RuleCard], color: bool = False, quiet: bool = False) -> Iterator[str]:
    """Yield items, then a block for each group of findings, then (unless `quiet`) the summary.

    Below items a rule has a few blocks, and how many there are besides.
    """
    for item in report.items:
        if not (quiet and item.state is Verdict.READY):
            yield from _item(item, color=color)
    if report.items:
        yield "\n"
    found = groups(report.findings)
    shown, left = _first_ones(found) if report.items else (found, {})
    for group in shown:
        yield from _block(group, color=color)
    yield from map(_left_out, left.values())
    if left:
        yield "\n"
    if not quiet:
        yield from _summary(report, rules, color=color)
