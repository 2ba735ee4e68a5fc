"""GitHub workflow commands: one annotation for each fault and file, as many as GitHub keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from atlint.model import Report, Severity, Verdict
from atlint.report.formats import RuleCard
from atlint.report.formats.digest import remarks, sentence, suppressed
from atlint.report.formats.group import Group, groups_by_file
from atlint.report.printable import printable

#: annotations of one kind that GitHub keeps from one step
KEPT = 10
_KIND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_ITEM_KIND = {Verdict.NOT_READY: "error", Verdict.NOT_ENOUGH_EVIDENCE: "warning"}


class Annotation(NamedTuple):
    """One workflow command: `::kind name=value,...::message`."""

    kind: str
    properties: Mapping[str, object]
    message: str

    def __str__(self) -> str:
        """The command, escaped as the runner reads it, on one line."""
        pairs = ",".join(f"{name}={_property(str(value))}" for name, value in self.properties.items())
        return f"::{self.kind} {pairs}::{_data(self.message)}\n"


def _data(text: str) -> str:
    """Escape a message; only a line feed of ours (a joined paragraph) becomes one again."""
    return "%0A".join(printable(part).replace("%", "%25") for part in text.split("\n"))


def _property(text: str) -> str:
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _annotation(group: Group) -> Annotation:
    first = group.first
    place = first.place
    properties: dict[str, object] = {}
    if place.path:
        properties["file"] = place.path
        if place.line > 0:
            properties["line"] = place.line
            if place.column > 0:
                properties |= {"col": place.column, "endColumn": max(place.column, place.end_column)}
    properties["title"] = f"{first.code} {first.name}"
    paragraphs = (first.message, first.help, group.times, first.url)
    message = "\n".join(printable(paragraph) for paragraph in paragraphs if paragraph)
    return Annotation(_KIND[first.severity], properties, message)


def _annotations(report: Report) -> Iterator[Annotation]:
    for item in report.items:
        if item.state in _ITEM_KIND:
            compared = (f"{label}: {value}" for label, value in (("have", item.have), ("want", item.want)) if value)
            message = "\n".join(map(printable, (item.message, *compared)))
            yield Annotation(_ITEM_KIND[item.state], {"title": f"{item.code} {item.name}"}, message)
    yield from map(_annotation, _telling_first(groups_by_file(report.findings)))


def _telling_first(found: Iterable[Group]) -> Iterator[Group]:
    """The groups; those that are the first of a fault and those that are the first of a file by turns, before others.

    So a fault that is in every file does not use up the room for other faults, nor one file that for other files.
    """
    faults, files, others = list[Group](), list[Group](), list[Group]()
    seen: set[tuple[str, ...]] = set()
    for group in found:
        fault, file = (group.first.code, group.first.fingerprint), (group.first.place.path,)
        (faults if fault not in seen else files if file not in seen else others).append(group)
        seen |= {fault, file}
    for turn in zip_longest(faults, files):
        yield from filter(None, turn)
    yield from others


def render(report: Report, *, rules: Mapping[str, RuleCard]) -> Iterator[str]:
    """Yield up to ten commands of a kind, worst first; a notice says how many more there are, one what is noted.

    A report without findings and items is annotated by its verdict.
    """
    del rules  # the page of a rule is linked from the finding
    every = list(_annotations(report))
    noted = [*remarks(report), *([said] if every and (said := suppressed(report)) else [])]
    # one notice is kept free for the count of the rest
    room = {"error": KEPT, "warning": KEPT, "notice": KEPT - 1 - bool(noted)}
    left_out = 0
    for annotation in every:
        if room[annotation.kind]:
            room[annotation.kind] -= 1
            yield str(annotation)
        else:
            left_out += 1
    if left_out:
        message = f"{left_out:,} more not shown: GitHub keeps {KEPT} annotations of a kind and step"
        yield str(Annotation("notice", {"title": "atlint"}, message))
    if not every:
        kind = "error" if report.exit_code else "notice"
        yield str(Annotation(kind, {"title": f"atlint {report.command}"}, sentence(report)))
    if noted:
        yield str(Annotation("notice", {"title": "atlint"}, "\n".join(map(printable, noted))))
