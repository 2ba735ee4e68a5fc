"""Folds findings that are one fault (equal fingerprints) into groups, worst and earliest first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from sys import intern

from atlint.model import Finding, Place
from atlint.report.findings import Findings


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one fault, in the order of their places; never empty."""

    findings: Findings

    @property
    def first(self) -> Finding:
        """The earliest example: it speaks for the group."""
        return self.findings[0]

    @property
    def count(self) -> int:
        """How many findings the group stands for, stored or not."""
        return sum(finding.count for finding in self.findings)

    @property
    def times(self) -> str:
        """How often and where, as in `3,000 times, lines 1 to 3000`; empty for a single finding.

        A group is of one shape of value, not of one value, so what is said of its first example may not fit all.
        """
        if self.count == 1:
            return ""
        said = self.first.message
        differ = any(finding.message != said for finding in self.findings)
        return f"{self.count:,} times{self._places}{', not all in these words' if differ else ''}"

    @property
    def _places(self) -> str:
        paths = len({finding.place.path for finding in self.findings})
        lines = [max(finding.place.line, finding.last_line) for finding in self.findings]
        first, last = self.first.place.line, max(lines)
        if paths > 1:
            # the places of findings that were not stored are unknown
            bound = "" if self.count == len(self.findings) else "at least "
            return f" in {bound}{paths:,} files"
        if not first:
            return ""
        return f", all in line {first}" if first == last else f", lines {first} to {last}"


def in_order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    """The key of the order in which people read findings: by severity, then by place. Keys share their texts."""
    place = finding.place
    code, identity = intern(finding.code), intern(finding.fingerprint)
    return finding.severity.rank, intern(place.path), place.line, place.column, code, identity


def ordered(findings: Iterable[Finding]) -> Findings:
    """The findings in that order."""
    return (findings if isinstance(findings, Findings) else Findings(findings)).sorted(in_order)


def _fault(finding: Finding) -> Hashable:
    return finding.code, finding.fingerprint


def groups(findings: Iterable[Finding], *, key: Callable[[Finding], Hashable] = _fault) -> list[Group]:
    """Return the groups of `findings` that share `key`, by severity and then by first place."""
    return [Group(part) for part in ordered(findings).parted(key)]


def groups_by_file(findings: Iterable[Finding]) -> list[Group]:
    """Return the groups of `findings`, those of each file apart."""
    return groups(findings, key=lambda finding: (finding.place.path, finding.code, finding.fingerprint))


def where(place: Place) -> str:
    """Return `path:line:column`, or as much of it as is real."""
    parts = [place.path or "-"]
    if place.line > 0:
        parts.append(str(place.line))
        if place.column > 0:
            parts.append(str(place.column))
    return ":".join(parts)
