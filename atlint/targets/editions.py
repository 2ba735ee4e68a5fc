"""The schemas to the reference page of the editions: an event of each, what differs, and all fields side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from atlint.lint.examples import compliant
from atlint.model import Severity
from atlint.plan import EDITIONS, Node, Plan, compile_plan
from atlint.plan.shape import Shape, shapes
from atlint.rules.line import limits

#: what the tables do not say: where an edition comes from, and what to make of its form
_ABOUT: Final[Mapping[str, str]] = {
    "at-2018": "The generation of the first producer documentation, and what atlint takes a log for unless told "
    "otherwise. `meta` is for the tracker: who provides the service, and whether the user's copy goes to an account or "
    "to a Cloud Foundry space. `payload` is the CADF record that readers get. What a request asked for and what came "
    "back are JSON within a string, so that the record stays flat for the index.",
    "at-2019": "The years of the move from the old tracker to hosted log analysis. The record is the same, with a "
    "`message` for people. `logSourceCRN` beside it says whose instance the event belongs to and takes it to that "
    "customer; `saveServiceCopy` whether the service keeps one. `meta` stays for as long as the old tracker is fed "
    "too. An event with neither a `logSourceCRN` nor a service copy is kept by nobody (AT411).",
    "at-2020": "The record moves to the root, which readers always saw so. `meta` and `payload` are gone: what routes "
    "is `logSourceCRN` alone. Data is an object now, not JSON within a string. `reason.reasonType` is required, an "
    "event says with `dataEvent` whether it is about data or about management, and names its observer.",
    "at-2025": "What is published today. It goes on from at-2020: who logged in stands beside who acts "
    "(`initiator.authnId`), the target has an alias and its resource group, and there are more kinds of credential and "
    "of address. An unknown outcome is no longer one.",
}
_LETTERS: Final = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "I", None: "o"}
_LEGEND: Final = (
    "**E**, **W**, **I**: required, its absence is an error, a warning or advice; **o**: optional; **-**: not in the "
    "edition. A type in brackets is that of the edition alone."
)


def page() -> str:
    """The page in Markdown, made from the schemas and the examples that they ship."""
    plans = [compile_plan(edition) for edition in EDITIONS]
    return "\n".join(_lines(plans)) + "\n"


def _lines(plans: list[Plan]) -> Iterator[str]:
    yield "# The editions of the event format"
    yield ""
    yield (
        "An edition is a state of the format that was published. `--edition` names it, or the registration, or the "
        "configuration; with `--edition auto` the root keys of each line decide, and the report counts the events of "
        "each. In a registration and on the command line an edition is named as below."
    )
    yield ""
    yield from _recognition(plans)
    for before, plan in zip([None, *plans], plans, strict=False):
        yield ""
        yield from _section(before, plan)
    yield ""
    yield from _fields(plans)
    yield ""
    yield from _values(plans)
    yield ""
    yield from _refused(plans)


def _recognition(plans: list[Plan]) -> Iterator[str]:
    yield "| edition | `auto` takes a line for it that has | and has not | the record | longest line, bytes |"
    yield "|---|---|---|---|---|"
    for plan, shape in zip(plans, shapes(), strict=True):
        where = f"`{plan.record}`" if plan.record else "the root"
        most, _ = limits(plan.edition)
        yield f"| {plan.edition} | {_codes(shape.has)} | {_codes(shape.lacks)} | {where} | {most:,} |"
    yield ""
    yield from _ties()


def _ties() -> Iterator[str]:
    groups: dict[tuple[frozenset[str], frozenset[str]], list[Shape]] = {}
    for shape in shapes():
        groups.setdefault((shape.has, shape.lacks), []).append(shape)
    for group in groups.values():
        if len(group) > 1:
            names = " and ".join(shape.edition for shape in group)
            often = "; ".join(f"{_codes(shape.often)} speaks for {shape.edition}" for shape in group if shape.often)
            yield (
                f"A line may fit {names} alike: {often}, else it is taken for {group[-1].edition}. If something is "
                "found in it there and nothing in the other, it is of the other. A line that fits no edition goes to "
                "the one that it contradicts least."
            )


def _section(before: Plan | None, plan: Plan) -> Iterator[str]:
    yield f"## {plan.edition}"
    yield ""
    yield _ABOUT[plan.edition]
    yield ""
    yield "```json"
    yield json.dumps(next(iter(compliant(plan.edition))), indent=2, ensure_ascii=False)
    yield "```"
    if before is not None:
        yield ""
        yield f"What differs from {before.edition}:"
        yield ""
        yield from _differences(before, plan)


def _differences(before: Plan, plan: Plan) -> Iterator[str]:
    old, new = _leaves(before), _leaves(plan)
    if gone := [role for role in old if role not in new]:
        yield f"- gone: {_codes(gone)}"
    if come := [role for role in new if role not in old]:
        yield f"- new: {_codes(come)}"
    if bound := [role for role in new if role in old and _need(plan, role) != _need(before, role)]:
        yield "- " + "; ".join(f"`{role}` is {_words(plan, role)}, was {_words(before, role)}" for role in bound)
    for role in new:
        if role in old:
            yield from _changes(role, old[role], new[role])


def _changes(role: str, old: Node, new: Node) -> Iterator[str]:
    if old.types != new.types:
        yield f"- `{role}` holds {_types(new)}, held {_types(old)}"
    had, has = old.choices or (), new.choices or ()
    if had and has and set(had) != set(has):
        more, less = [str(v) for v in has if v not in had], [str(v) for v in had if v not in has]
        told = [f"takes {_codes(more)} too"] * bool(more) + [f"no longer takes {_codes(less)}"] * bool(less)
        yield f"- `{role}` {' and '.join(told)}"
    if old.form != new.form and new.form and old.types == new.types:
        yield f"- `{role}` has a form of its own (`{new.form}`)"
    if bool(old.min_length) != bool(new.min_length):
        yield f"- `{role}` {'must not' if new.min_length else 'may'} be empty"


def _fields(plans: list[Plan]) -> Iterator[str]:
    yield "## The fields"
    yield ""
    yield _LEGEND
    yield ""
    yield f"| field | type | {' | '.join(plan.edition for plan in plans)} | what it holds |"
    yield f"|---|---|{'---|' * len(plans)}---|"
    leaves = [_leaves(plan) for plan in plans]
    for role in dict.fromkeys(role for found in reversed(leaves) for role in found):
        newest = next(found[role] for found in reversed(leaves) if role in found)
        cells = [_cell(plan, role, found.get(role), newest) for plan, found in zip(plans, leaves, strict=True)]
        yield f"| `{role}` | {_types(newest)} | {' | '.join(cells)} | {newest.description.replace('|', '/')} |"


def _cell(plan: Plan, role: str, node: Node | None, newest: Node) -> str:
    if node is None:
        return "-"
    own = "" if node.types == newest.types else f" ({_types(node)})"
    return f"{_need(plan, role)}{own}"


def _values(plans: list[Plan]) -> Iterator[str]:
    yield "## The closed values"
    yield ""
    yield f"| field | value | {' | '.join(plan.edition for plan in plans)} |"
    yield f"|---|---|{'---|' * len(plans)}"
    leaves = [_leaves(plan) for plan in plans]
    for role in dict.fromkeys(role for found in leaves for role in found):
        sets = [(found[role].choices or ()) if role in found else () for found in leaves]
        for value in dict.fromkeys(str(value) for values in sets for value in values):
            cells = ["yes" if value in map(str, values) else "-" for values in sets]
            yield f"| `{role}` | `{value}` | {' | '.join(cells)} |"


def _refused(plans: list[Plan]) -> Iterator[str]:
    yield "## What a producer does not send"
    yield ""
    yield "| rule | fields | editions |"
    yield "|---|---|---|"
    told: dict[tuple[str, str], list[str]] = {}
    for plan in plans:
        by_code: dict[str, dict[str, None]] = {}
        for node in plan.root.walk():
            if node.forbidden:
                by_code.setdefault(node.codes["not"], {})[_role(plan, node)] = None
        for code, roles in by_code.items():
            told.setdefault((code, _codes(roles)), []).append(plan.edition)
    for (code, fields), editions in sorted(told.items()):
        yield f"| [{code}](rules/{code}.md) | {fields} | {', '.join(editions)} |"


def _role(plan: Plan, node: Node) -> str:
    """A place without the record's own prefix, so that it is called alike in every edition."""
    pointer = node.pointer
    if plan.record and pointer.startswith(f"{plan.record}/"):
        pointer = pointer[len(plan.record) :]
    return pointer[1:].replace("/", ".").replace(".*", "[]")


def _leaves(plan: Plan) -> dict[str, Node]:
    """The fields that hold values: what an edition refuses, and objects of fields, left out."""
    return {
        _role(plan, node): node
        for node in plan.root.walk()
        if not (node.forbidden or node.members or node.pointer.endswith("/*") or not node.pointer)
    }


def _need(plan: Plan, role: str) -> str:
    """The letter for a field's absence from the object that should hold it."""
    pointer = plan.pointer(role.replace(".", "/"))
    holder, _, name = pointer.rpartition("/")
    parent, node = plan.node(holder), plan.node(pointer)
    required = parent is not None and node is not None and name in parent.required
    return _LETTERS[node.missing if required and node is not None else None]


def _words(plan: Plan, role: str) -> str:
    return "required" if _need(plan, role) != _LETTERS[None] else "optional"


def _types(node: Node) -> str:
    return " or ".join(sorted(node.types)) or "anything"


def _codes(names: Mapping[str, None] | frozenset[str] | list[str]) -> str:
    ordered = sorted(names) if isinstance(names, frozenset) else names
    return ", ".join(f"`{name}`" for name in ordered) or "-"
