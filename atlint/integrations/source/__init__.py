"""Python source to Findings: the events written in it judged by the rules, and the rules on how it writes them."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator, Sequence
from typing import Final

from atlint.integrations.source.evaluate import Evaluator
from atlint.integrations.source.find import literals
from atlint.integrations.source.judge import Judged, judge
from atlint.integrations.source.text import SourceText
from atlint.lint.engine import Judge
from atlint.lint.explain import level
from atlint.lint.suppress import Suppressions
from atlint.model import AtlintError, Finding, Place, Said
from atlint.plan import Plan
from atlint.report.identity import fingerprint, shape
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY
from atlint.rules.source_code import HINTS, check
from atlint.rules.source_flow import RECORD
from atlint.rules.source_names import names_of

__all__ = ["find", "parse"]

_WORDS: Final = (*RECORD, "payload")
#: how a part that is not known is shown
_GAP_SHOWN: Final = "{...}"


def parse(text: str, path: str) -> ast.Module:
    """The syntax tree of Python source, of which nothing is run. Raises AtlintError for what is not Python."""
    try:
        with warnings.catch_warnings():
            # An odd escape in other people's code is not ours to report.
            warnings.simplefilter("ignore")
            return ast.parse(text, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AtlintError(f"{path}: not Python: {error}") from error


def find(
    text: str,
    path: str,
    judges: Sequence[Judge],
    tree: ast.Module | None = None,
    *,
    show_values: bool = False,
    ignored: Suppressions | None = None,
) -> Iterator[Finding]:
    """The findings in one file of Python, in the order of their places. Raises AtlintError for what is not Python.

    `judges` are those of `report.check.judges_of`: of several, the one that says least of an event is the event's own.
    Of `ignored` the entries count that name no service and no action: which they are is mostly known when it runs.
    """
    events = any(word in text for word in _WORDS)
    if not events and not any(hint in text for hint in HINTS):
        return
    source = SourceText(text)
    tree = parse(source.text, path) if tree is None else tree
    redactor = Redactor(hashlib.blake2b(text.encode(errors="replace"), digest_size=32).digest(), show_values)
    found: dict[tuple[object, ...], Finding] = {}
    for plan, judged in _judged(source, tree, judges, events=events):
        problem = judged.problem
        if ignored and ignored.covers(problem.code, path=path, pointer=problem.pointer, service="", action=""):
            continue
        finding = _finding(source, path, plan, judged, redactor)
        if finding is not None:
            found.setdefault((finding.place, finding.code, finding.message), finding)
    yield from sorted(found.values(), key=lambda one: (one.place.line, one.place.column, one.code))


def _judged(
    source: SourceText, tree: ast.Module, judges: Sequence[Judge], *, events: bool
) -> Iterator[tuple[Plan, Judged]]:
    names = names_of(tree)
    if events:
        for literal in literals(Evaluator(source, names), tree):
            # Of several editions an event is of the one that it contradicts least.
            told = [[(one.plan, judged) for judged in judge(literal, one.explainer)] for one in judges]
            yield from min(told, key=_faults)
    for problem, node in check(tree):
        yield judges[0].plan, Judged(problem, source.span(node))


def _faults(told: Sequence[tuple[Plan, Judged]]) -> int:
    """How many places are at fault: an event with choices is judged several times."""
    return len({(judged.problem.code, judged.problem.pointer, judged.span) for _, judged in told})


def _finding(source: SourceText, path: str, plan: Plan, judged: Judged, redactor: Redactor) -> Finding | None:
    problem = judged.problem
    severity = level(plan, problem)
    if severity is None:
        return None
    rule = REGISTRY[problem.code]
    message, help_ = redactor.message(plan, problem)
    line, column = source.where(judged.span.start)
    said = problem.facts.get("said")
    value = shape(said.text) if isinstance(said, Said) else problem.case
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=message.replace("\ue000", _GAP_SHOWN),
        place=Place(path, line, column, source.end_column(judged.span)),
        pointer=redactor.pointer(plan, problem.pointer),
        url=rule.url,
        fingerprint=fingerprint((rule.code, path, problem.pointer, value)),
        help=help_.replace("\ue000", _GAP_SHOWN),
        last_line=line,
    )
