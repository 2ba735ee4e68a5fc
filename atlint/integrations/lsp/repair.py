"""A document to the repairs that can be made in it: one for each finding, and all the safe ones at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.integrations.lsp.document import Document, Holds
from atlint.lint.editions import picker
from atlint.lint.explain import Explanation, level
from atlint.lint.fix import alike, fix_of, mend
from atlint.lint.rewrite import Repairs
from atlint.lint.source import from_bytes
from atlint.model import Edit, Line, Problem, Span
from atlint.pipeline import document as yaml
from atlint.pipeline.checks.manifest import without_fence
from atlint.report.check import Options, judges_of, not_ignored
from atlint.report.fence import CODE
from atlint.report.manifests import is_other
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY

#: lines of a selection for which repairs are offered one by one
_MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Repair:
    """One offer. The spans of the edits are those of the document."""

    code: str
    title: str
    safe: bool
    #: where the finding stands that it is for
    place: Span
    edits: tuple[Edit, ...]


def repairs(document: Document, chosen: Span, options: Options, redactor: Redactor) -> Iterator[Repair]:
    """The repair of each finding that touches a selection."""
    if document.holds is Holds.CLUSTER:
        yield from _fence(document, options)
    elif document.holds is Holds.LOG:
        yield from _in_lines(document, chosen, options, redactor)


def all_safe(document: Document, options: Options) -> tuple[Edit, ...]:
    """The edits that make every safe repair, as `atlint check --fix` does."""
    if document.holds is Holds.CLUSTER:
        return tuple(edit for repair in _fence(document, options) for edit in repair.edits)
    if document.holds is not Holds.LOG:
        return ()
    found = Repairs(tuple(judges_of(options)), not_ignored(options))
    edits = []
    for mended in found.of(from_bytes(document.plain.encode(), document.path)):
        start = document.offset_of(mended.before.line.number, 1)
        edits.append(_edit(mended.before.line.text, mended.after.line.text, start))
    return tuple(edits)


def _in_lines(document: Document, chosen: Span, options: Options, redactor: Redactor) -> Iterator[Repair]:
    judges = judges_of(options)
    pick, wanted = picker(judges), not_ignored(options)
    at = chosen.start
    for _ in range(_MOST_LINES):
        number, span = document.line_of(at)
        raw = document.plain[span.start : span.end].encode()
        line = Line(document.path, number, 0, raw)
        judge = pick(line)
        explanation = judge.explainer.explain(line) if raw.strip() else None
        for problem in explanation.problems if explanation else ():
            place = explanation.place(problem) if explanation else Span(0, 0)
            here = Span(place.start + span.start, place.end + span.start)
            touched = here.start <= chosen.end and chosen.start <= max(here.end, here.start + 1)
            if explanation and touched and level(judge.plan, problem) and wanted(explanation, problem):
                yield from _one(explanation, problem, here, span.start, judge.explainer.explain, redactor)
        at = span.end + 1
        if at > min(chosen.end, len(document.text) - 1):
            return


def _one(
    explanation: Explanation,
    problem: Problem,
    here: Span,
    start: int,
    explain: Callable[[Line], Explanation],
    redactor: Redactor,
) -> Iterator[Repair]:
    """The repair of one finding, if it is one that leaves no new fault behind."""
    fix = fix_of(explanation, problem)
    if fix is None:
        return
    only = mend(explanation, explain, unsafe=True, wanted=lambda _, other: other is problem)
    if only is not None:
        edit = _edit(only.before.line.text, only.after.line.text, start)
        yield Repair(problem.code, redactor.repair(explanation.plan, problem), fix.safe, here, (edit,))


def _fence(document: Document, options: Options) -> Iterator[Repair]:
    """The lines that a code fence left behind in a manifest."""
    stream = yaml.read(document.plain.encode(), document.name, fence=True)
    if not stream.fence or is_other(stream) or not judges_of(options)[0].plan.selected(CODE):
        return
    before = stream.source.text
    edit = _edit(before, without_fence(before, stream), document.skipped)
    place = Span(stream.fence[0].start + document.skipped, stream.fence[0].end + document.skipped)
    yield Repair(CODE, REGISTRY[CODE].cases[""].help, safe=True, place=place, edits=(edit,))


def _edit(before: str, after: str, start: int) -> Edit:
    """What differs between two texts, the first of which stands at `start`."""
    head = alike(before, after)
    tail = alike(before[head:][::-1], after[head:][::-1])
    return Edit(Span(start + head, start + len(before) - tail), after[head : len(after) - tail])
