"""What is said of odd values, at both sides of all that the rules tell apart; kept in files as `test_said` keeps it.

`fixtures/odd.json` has the values: of one field, in `values`, and of several, in `together`; `{"$": "gone"}`
removes a field. They are put into an edition's first example, after `usual`. Whole lines are in `lines`, with
surrogates for bytes that are not UTF-8.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pytest

from atlint.lint.examples import compliant
from atlint.lint.explain import Explainer
from atlint.model import Line, Said
from atlint.plan import EDITIONS, Plan
from atlint.pointer import resolve, tokens
from atlint.rules.draft import Draft
from atlint.rules.selection import everything
from tests.plan.test_plan import KMS
from tests.rules.test_said import ROOT, kept, told
from tests.test_constitution import NOW

ODD: Final = json.loads((ROOT / "fixtures" / "odd.json").read_text(encoding="utf-8"))
GONE: Final = {"$": "gone"}
PLANS: Final = [everything(edition) for edition in EDITIONS]
REGISTERED: Final = [everything(edition, KMS) for edition in EDITIONS]

#: where a part stands differs from edition to edition
COLUMNS: Final = re.compile(r"(?<=^    at )\d+-\d+")

Changes = Mapping[str, Any]


def changed(plan: Plan, changes: Changes) -> Draft | None:
    """The event with its changes; None where the edition has no place for one of them."""
    draft = Draft(plan, next(compliant(plan.edition)))
    for role, value in ODD["usual"].items():
        if draft.get(role) is not None:
            draft.put(role, value)
    for role, value in changes.items():
        first = role.partition("/")[0]
        if first in {"meta", "payload"} and first not in plan.root.members:
            return None
        if value == GONE:
            draft.drop(role)
        else:
            draft.put(role, value)
    return draft


def found(plan: Plan, changes: Changes) -> Iterator[str]:
    draft = changed(plan, changes)
    if draft is not None:
        raw = json.dumps(draft.value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        yield from of_line(plan, raw)


def of_line(plan: Plan, raw: bytes, family: str = "") -> Iterator[str]:
    yield from told(plan, Explainer(plan, NOW).explain(Line("a.log", 1, 0, raw)), family)


def page(rows: Sequence[Changes], plans: Sequence[Plan]) -> str:
    """Each row, and what is told of it: in the first edition, and in others where that differs."""
    heads = ("; ".join(f"{role}: {shown(value)}" for role, value in changes.items()) for changes in rows)
    return compared(heads, (functools.partial(found, changes=changes) for changes in rows), plans)


def compared(heads: Iterable[str], tell: Iterable[Callable[[Plan], Iterator[str]]], plans: Sequence[Plan]) -> str:
    lines = []
    for head, of in zip(heads, tell, strict=True):
        lines.append(head)
        before: list[str] = []
        for plan in plans:
            said = list(of(plan))
            plain = [COLUMNS.sub("", line.replace(" /payload/", " /")) for line in said]
            if plain != before:
                lines += [f" {plan.edition}", *(said or ["  nothing"])]
            before = plain
    return "\n".join(lines) + "\n"


def shown(value: Any) -> str:
    text = "gone" if value == GONE else json.dumps(value)
    return text if len(text) < 500 else f"{text[:60]} ... ({len(text)} in all)"


@pytest.mark.parametrize("role", ODD["values"])
def test_odd_values(role: str) -> None:
    rows = [{role: value} for value in (*ODD["values"][role], GONE)]
    kept(f"odd/{role.replace('/', '.')}.txt", page(rows, PLANS))


def test_odd_lines() -> None:
    raws = [text.encode("utf-8", "surrogateescape") for text in ODD["lines"]]
    tell = [functools.partial(of_line, raw=raw, family="AT0") for raw in raws]
    kept("odd/lines.txt", compared(map(shown, ODD["lines"]), tell, PLANS))


#: beginnings of a line, and what follows them in the same line
BEFORE: Final = (
    "", "{", "{ ", "x", 'x"', 'x"y', 'x"y"', 'x"y":', "}", '"}', '"a":1}', '"a":1},', '"a":"b"}}', "[",
    "[1],", "{}", "{},", "{},,",
    "{} ,", '{"a":1}', '{"a":1', '{"a":1,', '{"a":', '{"a": ', '{"a":"b', '{"a":"b"', '{"a":{"b":1}', '{"a":[',
    '{"payload":{"action":"y', '{"payload":{"action":"y"', "Nov 29 app: ", "// ", '{"a":// ', '{"a":1} // ', "\ufeff",
    '{"x" ' * 19, '{"x" ' * 20, '{"x":' * 19, '{"x":' * 20,
)  # fmt: skip
BEHIND: Final = (
    '{"meta":{"a":1},"payload":{"action":"x"}}', '{"meta":{"a":1},"payload":{"act', '{"payload":{}}', '{"a":1}',
    '{"payload":{}}}', '{"payload":{}},"b":1}', '{"payload":{}} x',
)  # fmt: skip


@pytest.mark.parametrize("behind", range(len(BEHIND)))
def test_where_events_meet_in_a_line(behind: int) -> None:
    lines = [before + BEHIND[behind] for before in BEFORE]
    tell = [functools.partial(of_line, raw=line.encode(), family="AT0") for line in lines]
    kept(f"odd/meeting.{behind}.txt", compared(map(shown, lines), tell, PLANS))


def stands(event: Any, said: Said) -> bool:
    """Whether a text is said to stand where it does: in the value at its place, or as the name of a member there."""
    if said.text in list(tokens(said.pointer))[-1:]:
        return True
    try:
        value = resolve(event, said.pointer)
    except LookupError:
        return False
    if isinstance(value, dict | list):
        return said.text in {"", str(value)}
    return said.text in (value if isinstance(value, str) else str(value)) or said.text == json.dumps(value)


@pytest.mark.parametrize("role", ODD["values"])
def test_what_is_said_stands_where_it_is_said_to_stand(role: str) -> None:
    for plan in PLANS:
        explainer = Explainer(plan, NOW)
        for value in ODD["values"][role]:
            draft = changed(plan, {role: value})
            if draft is None:
                continue
            raw = json.dumps(draft.value, ensure_ascii=False).encode("utf-8", "surrogatepass")
            for problem in explainer.explain(Line("a.log", 1, 0, raw)).problems:
                assert isinstance(problem.case, str)
                for fact in problem.facts.values():
                    assert not isinstance(fact, Said) or stands(draft.value, fact), (problem, fact)


@pytest.mark.parametrize("name", ODD["together"])
def test_values_that_do_not_go_together(name: str) -> None:
    kept(f"odd/{name.replace(' ', '-')}.txt", page(ODD["together"][name], PLANS))


@pytest.mark.parametrize("role", ["action", "target/typeURI", "severity", "meta/serviceProviderName"])
def test_odd_values_under_a_registration(role: str) -> None:
    rows = [{role: value} for value in ODD["values"][role]]
    kept(f"odd/registered.{role.replace('/', '.')}.txt", page(rows, REGISTERED))
