"""A Problem to the edit that repairs it, and a line to what is left of its Problems once it is repaired."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlint.lint.explain import Explanation
from atlint.model import Edit, Fix, Json, Line, Problem, Span
from atlint.pointer import inside, resolve
from atlint.rules import REGISTRY
from atlint.rules.rule import Stage

#: rounds in which a line's fixes are applied, tried again and settled
_MOST_ROUNDS: Final = 100
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

#: whether the user wants this Problem repaired
Wanted: TypeAlias = Callable[[Explanation, Problem], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """A line before and after its repair; `codes` are those of the fixes, in the order in which they were made."""

    before: Explanation
    after: Explanation
    codes: tuple[str, ...]


def fix_of(explanation: Explanation, problem: Problem) -> Fix | None:
    """The repair that a Problem offers; None where it has none or its place is not a value.

    Of a string only the code points that differ are replaced. Its title is put in where values may be shown.
    """
    rule = REGISTRY[problem.code]
    case = rule.cases.get(problem.case) or rule.cases[""]
    if problem.repair is None or not case.fix or explanation.scanned is None:
        return None
    if problem.pointer not in explanation.scanned.members:
        return None
    return Fix("", (_edit(explanation, problem),), safe=case.fix == "safe")


def _edit(explanation: Explanation, problem: Problem) -> Edit:
    place, repair = explanation.place(problem), problem.repair
    if problem.within is not None:
        return Edit(place, _literal(repair)[1:-1])
    said = None if problem.key or explanation.reading is None else resolve(explanation.reading.value, problem.pointer)
    if not isinstance(said, str) or not isinstance(repair, str):
        return Edit(place, _literal(repair))
    head = alike(said, repair)
    tail = alike(said[head:][::-1], repair[head:][::-1])
    span = inside(explanation.line.text, place, Span(head, len(said) - tail))
    return Edit(span, _literal(repair[head : len(repair) - tail])[1:-1])


def alike(one: str, other: str) -> int:
    """How many code points two texts have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _literal(value: Json) -> str:
    """A value as JSON; a lone surrogate stays an escape, since UTF-8 cannot carry it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits made that do not overlap; all else stays as it is."""
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def mend(
    explanation: Explanation, explain: Callable[[Line], Explanation], *, unsafe: bool, wanted: Wanted
) -> Mended | None:
    """Repair a line until nothing is left to repair; None where nothing was.

    `explain` judges the repaired line by the same Plan. A fix is kept only if its finding is gone thereafter
    and the line still holds an event with no new fault of the line as such, so that two fixes that each are
    right and together are not, such as two slips of one key, are not both made.
    """
    before, codes, refused = explanation, list[str](), set[tuple[str, str]]()
    for _ in range(_MOST_ROUNDS):
        offers = [
            (problem, fix)
            for problem in explanation.problems
            if (problem.code, problem.pointer) not in refused and wanted(explanation, problem)
            if (fix := fix_of(explanation, problem)) is not None and (fix.safe or unsafe)
        ]
        chosen = list(_apart(offers))
        if not chosen:
            break
        after = _tried(explanation, chosen, explain)
        if after is None:
            del chosen[1:]
            after = _tried(explanation, chosen, explain)
        if after is None:
            refused.add((chosen[0][0].code, chosen[0][0].pointer))
            continue
        explanation = after
        codes += [problem.code for problem, _ in chosen]
    return Mended(before, explanation, tuple(codes)) if codes else None


_Offer: TypeAlias = tuple[Problem, Fix]


def _apart(offers: Sequence[_Offer]) -> Iterator[_Offer]:
    """The first fix for each value, as long as no two touch."""
    taken: list[Span] = []
    pointers: set[str] = set()
    for problem, fix in offers:
        spans = [edit.span for edit in fix.edits]
        if problem.pointer in pointers or any(
            one.start <= other.end and other.start <= one.end for one in spans for other in taken
        ):
            continue
        taken += spans
        pointers.add(problem.pointer)
        yield problem, fix


def _tried(
    explanation: Explanation, chosen: Sequence[_Offer], explain: Callable[[Line], Explanation]
) -> Explanation | None:
    """What is found once the fixes are made; None where that would be no repair."""
    line = explanation.line
    text = applied(line.text, [edit for _, fix in chosen for edit in fix.edits])
    raw = text.encode("utf-8", "surrogateescape")
    after = explain(line._replace(raw=raw))
    had, has = _places(explanation), _places(after)
    gone = all(has[problem.code, problem.pointer] < had[problem.code, problem.pointer] for problem, _ in chosen)
    broken = any(REGISTRY[code].stage is Stage.LINE and has[code, at] > had[code, at] for code, at in has)
    return after if gone and not broken and after.reading is not None else None


def _places(explanation: Explanation) -> Counter[tuple[str, str]]:
    return Counter((problem.code, problem.pointer) for problem in explanation.problems)
