"""A rule's example for its page: what its own breaker makes of a compliant event, judged, cut to where the fault is."""

from __future__ import annotations

import copy
import difflib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from atlint.lint import Explanation
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.model import Json, Problem, Span
from atlint.plan import EDITIONS, Plan
from atlint.plan.registration import Registration
from atlint.pointer import Scan, parent, resolve, scan
from atlint.report.redact import Redactor
from atlint.report.redact.window import window
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests
from atlint.rules.readiness_rules import EXAMPLE, REGISTRATION_FILE
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

#: lines of a log that are shown; of more, so many from the beginning, those with the fault, and the last
_MOST, _FIRST = 6, 3
#: a log that nobody has named
_LOG: Final = "example.log"


@dataclass(frozen=True, slots=True)
class Made:
    """What a rule's breaker made of the first compliant event of an edition."""

    rule: Rule
    plan: Plan
    good: dict[str, Any]
    #: the event that it was given, as it left it
    bad: dict[str, Any]
    #: the file; the pointer is that of the fault
    broken: Broken
    #: whether nothing but that event is broken
    event: bool


def made_of(rule: Rule) -> Made:
    """An example of the rule, in the first edition that has it: by a registration, where it asks for one."""
    edition = next(edition for edition in EDITIONS if rule.levels(edition) and edition not in rule.unbreakable)
    made = _made(rule, everything(edition))
    if rule.scope is Scope.EVENT and not any(found.code == rule.code for _, found in problems_of(made)):
        made = _made(rule, everything(edition, _registered()))
    return made


def _made(rule: Rule, plan: Plan) -> Made:
    if rule.breaker is None:
        raise LookupError(f"{rule.code} has no breaker")
    good = next(iter(compliant(plan.edition)))
    draft = Draft(plan, copy.deepcopy(good))
    found = rule.breaker(draft, random.Random(rule.code))
    whole = found if isinstance(found, Broken) else Broken(draft.line(), found)
    return Made(rule, plan, good, draft.value, whole, event=not isinstance(found, Broken))


def problems_of(made: Made) -> Iterator[tuple[Explanation, Problem]]:
    """What is found in an event log, in the order of its lines. Each is of its explained line."""
    from atlint.pipeline.names import stock

    judge, broken = Judge(made.plan), made.broken
    lines = from_bytes(broken.raw + b"\n" * broken.terminated, broken.path or _LOG)
    for explained in run([judge], lambda _: judge, lines, Tally(), tailer=stock() if broken.path else None):
        for problem in explained.problems:
            yield explained, problem


def example(rule: Rule) -> str:
    """The example in Markdown: what is bad, what is said of it, and what would be good."""
    made = made_of(rule)
    if rule.scope is Scope.SOURCE:
        return f"Bad, in Python:\n\n```python\n{_shortened_lines(made.broken.raw.decode())}\n```"
    if rule.scope is Scope.CLUSTER:
        return _manifests(made)
    if rule.scope is Scope.REGISTRATION and not made.event:
        return _case(made)
    return _event(made) if made.event else _log(made)


def _event(made: Made) -> str:
    pointer, at = made.broken.pointer, f"Bad, in {made.plan.edition}"
    at += ", by a registration that says otherwise" if made.plan.registration else ""
    found = next((problem for _, problem in problems_of(made) if problem.code == made.rule.code), None)
    return (
        f"{at}, at `{pointer}`:\n\n```json\n{_around(made.bad, pointer)}\n```{_said(made.plan, found)}\n\n"
        f"Good:\n\n```json\n{_around(made.good, pointer)}\n```"
    )


def _log(made: Made) -> str:
    """The lines of a log around the fault."""
    found: dict[int, tuple[Explanation, Problem]] = {}
    for explained, problem in problems_of(made):
        if problem.code == made.rule.code:
            found.setdefault(explained.line.number, (explained, problem))
    said = _said(made.plan, next(iter(found.values()))[1]) if found else ""
    places = {number: explained.place(problem) for number, (explained, problem) in found.items()}
    path = f", in `{made.broken.path}`" if made.broken.path else ""
    shown = "\n".join(_lines(made.broken, places))
    return f"Bad, in {made.plan.edition}{path}:\n\n```text\n{shown}\n```{said}"


def _lines(broken: Broken, places: Mapping[int, Span]) -> Iterator[str]:
    """Lines with their numbers where there are several, each cut to what is at fault in one of them."""
    texts = broken.raw.decode("utf-8", "surrogateescape").split("\n")
    last = len(texts)
    shown = range(1, last + 1) if last <= _MOST else sorted({*range(1, _FIRST + 1), *places, last})
    before = 0
    for number in shown:
        text, place = texts[number - 1], places.get(number)
        if number > before + 1:
            yield "..."
        before = number
        marked = place is not None and place != (0, len(text))
        snippet = window(text, [], place if place is not None and marked else _looked_at(texts, number, broken.pointer))
        head = f"{number}: " if last > 1 else ""
        yield f"{head}{snippet.text}".rstrip()
        if marked:
            yield " " * (len(head) + snippet.start) + "^" * (snippet.end - snippet.start)


def _looked_at(texts: list[str], number: int, pointer: str) -> Span:
    """What to show of a line of which no part is at fault: the member, or where it differs from its neighbour."""
    text = texts[number - 1]
    other = texts[number - 2] if number > 1 else texts[min(1, len(texts) - 1)]
    scanned = scan(text) if pointer else None
    if isinstance(scanned, Scan) and pointer in scanned.members:
        return scanned.members[pointer].value
    if text == other:
        return Span(0, 0)
    pairs = enumerate(zip(text, other, strict=False))
    at = next((at for at, (mine, its) in pairs if mine != its), min(len(text), len(other)))
    return Span(at, at)


def _manifests(made: Made) -> str:
    """What differs between a compliant file and the broken one, and what is said of it."""
    from atlint.pipeline import cluster, document
    from atlint.pipeline.checks import problems
    from atlint.pipeline.view import View

    bad = made.broken.raw
    view = View.of(cluster.read([document.read(bad, "example.yaml", fence=True)]), made.plan, kept=_kept)
    told = next((one.problem for one in problems(view) if one.problem.code == made.rule.code), None)
    good = Manifests.of(Draft(made.plan, made.good)).text
    return _difference(good, bad.decode(), _said(made.plan, told))


def _case(made: Made) -> str:
    """A file of a registration's case: the registration itself, or one that goes with it."""
    from atlint.pipeline import document, registration_file

    raw, path = made.broken.raw, made.broken.path
    if path != REGISTRATION_FILE:
        return (
            f"Bad, in `{path}`:\n\n```json\n{raw.decode()}\n```"
            if raw
            else f"Bad: `{path}` is empty, or there is none."
        )
    found = registration_file.read(document.read(raw, REGISTRATION_FILE))
    told = next((problem for problem in found.problems if problem.code == made.rule.code), None)
    return _difference(EXAMPLE, raw.decode(), _said(made.plan, told))


def _registered() -> Registration | None:
    from atlint.pipeline import document, registration_file

    return registration_file.read(document.read(EXAMPLE.encode(), REGISTRATION_FILE)).registration


def _said(plan: Plan, problem: Problem | None) -> str:
    return f"\n\n> {Redactor(b'example').message(plan, problem)[0]}" if problem else ""


def _difference(good: str, bad: str, said: str) -> str:
    """The lines in which two YAML files differ."""
    before, after = good.splitlines(), bad.splitlines()
    changes = [
        each
        for each in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if each[0] != "equal"
    ]
    start, end = min(each[3] for each in changes), max(each[4] for each in changes)
    first, last = min(each[1] for each in changes), max(each[2] for each in changes)
    bad_part = _shortened_lines("\n".join(after[max(start - 2, 0) : end + 1]), strip=False)
    good_part = _shortened_lines("\n".join(before[max(first - 2, 0) : last + 1]), strip=False)
    return f"Bad:\n\n```yaml\n{bad_part}\n```{said}\n\nGood:\n\n```yaml\n{good_part}\n```"


def _kept(_path: str) -> str:
    """The example is one of a file under version control."""
    from atlint.pipeline.custody import TRACKED

    return TRACKED


def _shortened_lines(text: str, *, strip: bool = True) -> str:
    lines = (text.strip() if strip else text).splitlines()
    return "\n".join(line if len(line) <= 100 else f"{line[:95]} ..." for line in lines)


def _around(event: Json, pointer: str) -> str:
    """The members of the object at fault that are no objects themselves."""
    holder = parent(pointer)
    while True:
        try:
            value = resolve(event, holder)
            break
        except (LookupError, ValueError):
            holder = parent(holder)
    return json.dumps(_shortened(value), indent=2, ensure_ascii=False)


def _shortened(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: "..." if isinstance(child, dict | list) and child else child for key, child in value.items()}
    return value
