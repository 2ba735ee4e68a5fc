"""An event written in Python to Problems with their places: the rules judge what is known and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from atlint.integrations.source.choices import settled
from atlint.integrations.source.find import PAYLOAD, Literal
from atlint.integrations.source.value import Array, Member, Object, Scalar, Text
from atlint.lint import Explainer
from atlint.model import Problem, Span
from atlint.plan import Node, Plan
from atlint.pointer import escape, parent
from atlint.rules.reading import Reading

#: what is unknown: of no JSON type, so that no check takes it for a value
_OPAQUE: Final = object()
#: forms whose parts are judged one by one, with the mark between the parts and how often it stands at least
_PARTED: Final[Mapping[str, tuple[str, int]]] = {"at-crn": (":", 9), "at-action": (".", 2)}
#: values of one event that are looked at; more are as good as unknown
_MOST: Final = 20_000


@dataclass(slots=True)
class _Draft:
    """An event on its way from the source to a Reading."""

    plan: Plan
    #: whether what is not known counts as present; else it is left out
    present: bool = True
    spoilt: dict[str, list[Span | None]] = field(default_factory=dict)
    places: dict[str, Member] = field(default_factory=dict)
    #: objects that may have further members
    open: set[str] = field(default_factory=set)
    left: int = _MOST

    def put(self, member: Member, node: Node | None, pointer: str) -> Any:
        """The JSON value of a member; what is not known of it counts as told."""
        self.places[pointer] = member
        self.left -= 1
        value = member.value
        if isinstance(value, Scalar):
            return value.value
        if self.left > 0:
            if isinstance(value, Object):
                return self._object(value, node, pointer)
            if isinstance(value, Array):
                items = node.items if node else None
                children = (Member(child.span, child) for child in value.items)
                return [self.put(child, items, f"{pointer}/{index}") for index, child in enumerate(children)]
            if isinstance(value, Text) and (value.whole or self._parted(value, node)):
                if not value.whole:
                    self.spoilt[pointer] = list(value.gaps)
                return value.value
        self.spoilt[pointer] = [None]
        return _unknown(node)

    def _object(self, value: Object, node: Node | None, pointer: str) -> dict[str, Any]:
        known = node.members if node else {}
        found = {
            name: self.put(member, known.get(name), f"{pointer}/{escape(name)}")
            for name, member in value.members.items()
            if name in known or not value.call
        }
        if not self.present:
            lost = (name for name in value.members if self.spoilt.get(f"{pointer}/{escape(name)}") == [None])
            for name in tuple(lost):
                found.pop(name, None)
        if not value.complete:
            self.open.add(pointer)
            for name, child in known.items() if self.present else ():
                if name not in found and not child.forbidden:
                    self.spoilt[f"{pointer}/{escape(name)}"] = [None]
                    found[name] = _unknown(child)
        return found

    def _parted(self, value: Text, node: Node | None) -> bool:
        mark, least = _PARTED.get(node.form if node else "", ("", 0))
        count = value.value.count(mark) if mark else 0
        return count == least if mark == ":" else bool(mark) and count >= least


def _unknown(node: Node | None) -> Any:
    """Something of the right build, so that what it may hold counts as present and as told."""
    if node is None:
        # Within a service's own data, which rules may write out as JSON.
        return None
    if node.members:
        return {name: _unknown(child) for name, child in node.members.items() if not child.forbidden}
    return [_unknown(node.items)] if node.items is not None else _OPAQUE


@dataclass(frozen=True, slots=True)
class Judged:
    """A Problem in a file of source: `span` are code points of the file."""

    problem: Problem
    span: Span


def judge(literal: Literal, explainer: Explainer) -> Iterator[Judged]:
    """What the explainer's Plan has to say of an event in the source; nothing of what is not known.

    Of an event with choices the same may be said several times.
    """
    plan = explainer.plan
    value = literal.value
    if literal.record and plan.record and not _at_root(literal, plan):
        value = Object({PAYLOAD: Member(value.span, value)}, value.span, complete=False)
    for each in settled(value):
        yield from _judged(each, explainer)


def _judged(value: Object, explainer: Explainer) -> Iterator[Judged]:
    """The same of an event of which each value is one thing, or not known."""
    plan = explainer.plan
    draft = _Draft(plan)
    problems = _problems(explainer, draft, value)
    if problems and (draft.open or draft.spoilt):
        # Only what is wrong whether or not the unknown is there is surely wrong.
        without = {(one.code, one.pointer) for one in _problems(explainer, _Draft(plan, present=False), value)}
        problems = [problem for problem in problems if (problem.code, problem.pointer) in without]
    yield from (Judged(problem, _place(problem, draft.places)) for problem in problems)


def _problems(explainer: Explainer, draft: _Draft, value: Object) -> list[Problem]:
    """What is said of the known parts of a draft's event."""
    event = draft.put(Member(value.span, value), draft.plan.root, "")
    unknown = {pointer: list(spans) for pointer, spans in draft.spoilt.items()}
    reading = Reading(draft.plan, event, now=explainer.now, spoilt=draft.spoilt)
    found = explainer.judge(reading)
    return [one for one in found if one.pointer not in draft.open and not _told(one, unknown)]


def _at_root(literal: Literal, plan: Plan) -> bool:
    """Whether a record without `payload` has fields that belong to the root: it is an event of another edition."""
    payload = plan.root.members[PAYLOAD].members
    return any(name in plan.root.members and name not in payload for name in literal.value.members)


def _told(problem: Problem, unknown: Mapping[str, list[Span | None]]) -> bool:
    """Whether a problem is about something that is not known."""
    pointer = problem.pointer
    within = problem.within
    for gap in unknown.get(pointer, ()):
        if gap is None or within is None or (within.start < gap.end and gap.start < within.end):
            return True
    while pointer:
        pointer = parent(pointer)
        if None in unknown.get(pointer, ()):
            return True
    return False


def _place(problem: Problem, places: Mapping[str, Member]) -> Span:
    """The value, its part or its key; for a missing field the first character of what should hold it."""
    pointer = problem.pointer
    member = places.get(pointer)
    if member is None:
        while member is None and pointer:
            pointer = parent(pointer)
            member = places.get(pointer)
        start = member.value.span.start if member else 0
        return Span(start, start + 1)
    if problem.key:
        return member.key
    if problem.within is not None and isinstance(member.value, Text):
        return member.value.part(problem.within)
    return member.value.span
