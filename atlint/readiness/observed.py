"""Log files to what the linter says of them and what they cover, in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from atlint.lint import Explanation
from atlint.lint.editions import picker
from atlint.lint.engine import Tally, run
from atlint.lint.explain import level
from atlint.lint.source import Source, lines
from atlint.lint.suppress import Suppressions
from atlint.model import Line, Report, Severity
from atlint.plan.registration import Region, Registration
from atlint.readiness.coverage import Coverage
from atlint.report.check import Options, judges_of
from atlint.report.collect import Collector
from atlint.report.redact import Redactor


@dataclass(frozen=True, slots=True)
class Observed:
    """The linter's report, how many lines have errors, and the coverage."""

    report: Report
    erring: int
    coverage: Coverage

    @property
    def judged(self) -> int:
        """Lines that are events, or should be: the denominator of every rate."""
        return int(self.report.summary["events"]) + int(self.report.summary["unreadable"])


def observe(
    sources: Iterable[Source], options: Options, registration: Registration, judged: tuple[Region, ...]
) -> Observed:
    """Lint all sources under the registration and take in their events. Raises AtlintError for what is unreadable."""
    sources = tuple(sources)
    judges = judges_of(options)
    coverage = Coverage(judges[0].plan, registration, judged)
    tally = Tally()
    files = tuple(source.path for source in sources)
    collector = Collector(
        Redactor(_key(files), options.show_values),
        Suppressions(options.entries, options.today) if options.entries else None,
    )
    erring = 0
    for explanation in run(judges, picker(judges), _seen(sources, coverage), tally):
        before = _errors(collector)
        collector.add(explanation)
        if _may_err(explanation) and _errors(collector) > before:
            erring += 1
    report = collector.report(judges[0].plan, tally, edition=options.edition, files=files, fail_on=options.fail_on)
    return Observed(report, erring, coverage)


def _seen(sources: tuple[Source, ...], coverage: Coverage) -> Iterator[Line]:
    for source in sources:
        for line in lines(source):
            coverage.see(line)
            yield line


def _may_err(explanation: Explanation) -> bool:
    return any(level(explanation.plan, problem) is Severity.ERROR for problem in explanation.problems)


def _errors(collector: Collector) -> int:
    return sum(count for (_, severity), count in collector.counts.items() if severity is Severity.ERROR)


def _key(files: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join(files).encode("utf-8", "surrogatepass"), digest_size=32).digest()
