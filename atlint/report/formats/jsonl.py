"""JSON Lines: a finding or item a line; reports that are counters end in a line with verdict and summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from atlint.model import Report
from atlint.report.formats import RuleCard
from atlint.report.formats.json import dumps, finding_object, head_object, item_object


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield one object a line. The report of `check` is its findings and nothing else."""
    del rules  # JSON names a rule by its code and its page
    for item in report.items:
        yield dumps(item_object(item)) + "\n"
    for finding in report.findings:
        yield dumps(finding_object(finding)) + "\n"
    if report.command != "check":
        yield dumps(head_object(report)) + "\n"
