"""JUnit XML for CI servers: a suite for each file, a case for each fault, and a passed one where clean.

The cases fail where the run does. In a run that passed, faults are told in the output of cases that passed, so that a
server which counts failures comes to the report's own verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import NamedTuple

from atlint.model import Item, Report, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import remarks, sentence
from atlint.report.formats.group import Group, groups_by_file, where
from atlint.report.printable import printable


class Case(NamedTuple):
    """One test case; it failed where `kind` says as what, unless it only `told` of that."""

    name: str
    kind: str = ""
    message: str = ""
    detail: tuple[str, ...] = ()
    line: int = 0
    told: bool = False

    @property
    def failed(self) -> bool:
        """Whether the server is to count it as a failure."""
        return bool(self.kind) and not self.told


def _xml(text: str) -> str:
    return escape(printable(text))


def _fault(group: Group, *, failed: bool) -> Case:
    first = group.first
    name = f"{first.code} {first.name} {first.pointer}".rstrip()
    detail = (where(first.place), first.help, group.times, first.url)
    return Case(name, first.severity.value, first.message, tuple(filter(None, detail)), first.place.line, not failed)


def _checked(item: Item) -> Case:
    name = f"{item.code} {item.name}"
    if item.state is Verdict.READY:
        return Case(name)
    return Case(name, item.state.value, item.message, (f"have: {item.have}", f"want: {item.want}"))


def _suites(report: Report) -> Iterator[tuple[str, list[Case]]]:
    """Yield suites by name; a report that passes over nothing still fails in one of them."""
    by_file = {str(path): [Case("no findings")] for path in report.summary.get("paths", ())}
    ordered = sorted(groups_by_file(report.findings), key=lambda group: group.first.place.path)
    for path, faults in groupby(ordered, key=lambda group: group.first.place.path):
        by_file[path] = [_fault(group, failed=report.exit_code != 0) for group in faults]
    yield from sorted(by_file.items())
    checked = [_checked(item) for item in report.items]
    if checked:
        yield "readiness", checked
    if report.exit_code and not any(case.failed for cases in (*by_file.values(), checked) for case in cases):
        yield f"atlint {report.command}", [Case("verdict", report.verdict.value, sentence(report))]
    elif not by_file and not report.items:
        yield f"atlint {report.command}", [Case("verdict")]


def _case(suite: str, case: Case) -> Iterator[str]:
    line = f' line="{case.line}"' if case.line > 0 else ""
    head = f'    <testcase classname="{_xml(suite)}" name="{_xml(case.name)}"{line} time="0"'
    if not case.kind:
        yield f"{head}/>\n"
        return
    detail = "\n".join(map(_xml, case.detail))
    yield f"{head}>\n"
    if case.told:
        yield f"      <system-out>{_xml(f'{case.kind}: {case.message}')}\n{detail}</system-out>\n"
    else:
        yield f'      <failure type="{_xml(case.kind)}" message="{_xml(case.message)}">{detail}</failure>\n'
    yield "    </testcase>\n"


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield a document whose suites carry their counts and whose last one carries the report's counters."""
    del rules  # a case has no room for what a rule says of itself
    suites = list(_suites(report))
    total = sum(len(cases) for _, cases in suites)
    failed = sum(case.failed for _, cases in suites for case in cases)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="atlint" tests="{total}" failures="{failed}" errors="0" time="0">\n'
    for position, (name, cases) in enumerate(suites, 1):
        failures = sum(case.failed for case in cases)
        yield (
            f'  <testsuite name="{_xml(name)}" tests="{len(cases)}" failures="{failures}"'
            ' errors="0" skipped="0" time="0">\n'
        )
        if position == len(suites):
            yield from _properties(report)
        for case in cases:
            yield from _case(name, case)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _properties(report: Report) -> Iterator[str]:
    yield "    <properties>\n"
    told = [*{"verdict": report.verdict.value, **report.summary}.items(), *(("note", note) for note in remarks(report))]
    for name, value in told:
        if isinstance(value, str | int | float):
            yield f'      <property name="{_xml(name)}" value="{_xml(str(value))}"/>\n'
    yield "    </properties>\n"
