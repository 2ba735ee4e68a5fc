"""The schema speaks: walk an event along the Plan's nodes and yield a Problem for every keyword that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from atlint.model import Fact, Json, Problem, Said, Severity
from atlint.plan import Node
from atlint.plan.form import acceptor
from atlint.plan.node import JSON_TYPES
from atlint.pointer import escape, parent, tokens
from atlint.rules.forms import DIAGNOSERS, repair_type
from atlint.rules.nearness import near
from atlint.rules.reading import Reading

#: how people say the JSON types
TYPE_WORDS: Final = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def walk(reading: Reading) -> Iterator[Problem]:
    """Every fault of shape, in the order of the text; what was told of a value silences its parts."""
    yield from judge(reading, reading.plan.root, reading.value, "")


def judge(reading: Reading, node: Node, value: Json, pointer: str) -> Iterator[Problem]:
    """The same for one value and what is below it."""
    if node.forbidden:
        yield _problem(node, "not", pointer, value, key=True)
        return
    if None in reading.spoilt.get(pointer, ()):
        return
    if not node.takes(value):
        yield _wrong_type(node, pointer, value)
    elif isinstance(value, dict):
        yield from _object(reading, node, value, pointer)
    elif isinstance(value, list):
        yield from _array(reading, node, value, pointer)
    elif isinstance(value, str):
        yield from _string(reading, node, value, pointer)
    elif node.choices is not None and value is not None and value not in node.choices:
        yield _problem(node, "enum", pointer, value, want=_words(node.choices))
    elif value is not None and not isinstance(value, bool):
        yield from _number(node, value, pointer)


def _object(reading: Reading, node: Node, value: dict[str, Any], pointer: str) -> Iterator[Problem]:
    if not value and node.min_length:
        yield _problem(node, "minLength", pointer, value)
        return
    found_slips = slips(node, value)
    yield from absences(node, value, pointer, found_slips)
    told = frozenset(found_slips.values())
    for name, child in value.items():
        member, place = node.members.get(name), f"{pointer}/{escape(name)}"
        if member is not None:
            yield from judge(reading, member, child, place)
        elif place not in reading.spoilt and (found := stranger(node, name, place, value, told)):
            yield found


def absences(node: Node, value: Mapping[str, Any], pointer: str, slipped: Mapping[str, str]) -> Iterator[Problem]:
    """The members that an object lacks, `slipped` being its `slips`. Only the names of those it has are looked at."""
    for name in node.required:
        if name not in value and not _leaked(node, name, value):
            yield _missing(node.members[name], f"{pointer}/{escape(name)}", slipped.get(name))


def stranger(node: Node, name: str, pointer: str, value: Mapping[str, Any], told: frozenset[str]) -> Problem | None:
    """What is wrong with a member that the node has not, at its `pointer`; None where its absence was told instead.

    That is so of the names in `told`, the keys that `slips` finds. Only the names of the members are looked at.
    """
    if not node.closed or name in told:
        return None
    return _unknown(node, name, pointer, value)


def slips(node: Node, value: Mapping[str, Any]) -> dict[str, str]:
    """Required members that are absent, each with the unknown key that was surely meant to be it.

    Every name is held against every absent member: ask once for an object, not once for each of its members.
    """
    absent = [name for name in node.required if name not in value]
    if not absent:
        return {}
    unknown = [name for name in value if name not in node.members] if node.closed else ()
    found = ((_meant(name, absent), name) for name in unknown)
    return {meant: name for meant, name in found if meant}


def _meant(name: str, known: list[str]) -> str | None:
    """The one known field that this name is a slip of: in case, or by a letter; requestPath is not requestData."""
    folded = [field for field in known if field.lower() == name.lower()]
    return folded[0] if folded else near(name, known, most=1)


def _leaked(node: Node, name: str, value: Mapping[str, Any]) -> bool:
    """Whether the field stands there in the snake_case of protobuf, which has its own finding."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return snake != name and snake in value and snake in node.members


def _missing(node: Node, pointer: str, slip: str | None) -> Problem:
    """Point as deep as one can: an absent object with one required member stands for that member."""
    code = node.codes["required"]
    while len(node.required) == 1 and code == node.codes["required"]:
        only = node.required[0]
        node, pointer = node.members[only], f"{pointer}/{escape(only)}"
    case = str(node.missing) if code == "AT101" else "required"
    path = ".".join(tokens(pointer))
    if slip is None:
        return Problem(code, pointer, case, {"field": path, "about": _within(node.description)})
    place = f"{parent(pointer)}/{escape(slip)}"
    return Problem(code, pointer, f"{case}-misspelt", {"field": path, "found": Said(slip, place)})


def _within(description: str) -> str:
    """What a field holds, as it goes on within a sentence."""
    words = description.removesuffix(".")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _unknown(node: Node, name: str, pointer: str, value: Mapping[str, Any]) -> Problem:
    free = [known for known, member in node.members.items() if known not in value and not member.forbidden]
    slip = _meant(name.strip(), free)
    facts: dict[str, Fact] = {"field": Said(name, pointer)}
    code = node.codes["additionalProperties"]
    if name != name.strip() or not name:
        return Problem("AT017", pointer, "padded" if name.strip() else "empty", facts, key=True, suggestion=slip)
    head = name.partition(".")[0]
    if "." in name and head in node.members and "object" in node.members[head].types:
        return Problem("AT113", pointer, "", facts, key=True)
    return Problem(code, pointer, "near-miss" if slip else "", facts, key=True, suggestion=slip, repair=slip)


def _array(reading: Reading, node: Node, value: list[Any], pointer: str) -> Iterator[Problem]:
    if len(value) < node.min_items:
        yield _problem(node, "minItems", pointer, value, have=len(value), want=node.min_items)
    elif node.max_items is not None and len(value) > node.max_items:
        yield _problem(node, "maxItems", pointer, value, have=len(value), want=node.max_items)
    elif node.items is not None:
        for index, child in enumerate(value):
            yield from judge(reading, node.items, child, f"{pointer}/{index}")


def _string(reading: Reading, node: Node, value: str, pointer: str) -> Iterator[Problem]:
    if len(value) < node.min_length:
        yield _problem(node, "minLength", pointer, value)
    elif node.choices is not None:
        if value not in node.choices and pointer not in reading.spoilt:
            yield _not_a_choice(node, value, pointer)
    elif node.form and (value or node.min_length) and not acceptor(node.form)(value):
        yield from DIAGNOSERS[node.form](reading, pointer, value)


def _number(node: Node, value: float, pointer: str) -> Iterator[Problem]:
    if node.minimum is not None and value < node.minimum:
        yield _problem(node, "minimum", pointer, value, want=int(node.minimum))
    elif node.maximum is not None and value > node.maximum:
        yield _problem(node, "maximum", pointer, value, want=int(node.maximum))


def _not_a_choice(node: Node, value: str, pointer: str) -> Problem:
    """Right but for case and blanks is a slip of spelling, and says so; else the one close choice."""
    choices = [choice for choice in node.choices or () if isinstance(choice, str)]
    folded = {choice.lower(): choice for choice in choices}
    meant = folded.get(value.strip().lower())
    case = "spelling" if meant else "enum"
    slip = meant or near(value, choices)
    if slip is None and f"service/{value.strip('/')}" in choices:
        case, slip = "prefix", f"service/{value.strip('/')}"
    problem = _problem(node, case, pointer, value, keyword="enum", want=_words(choices))
    repair = slip if case != "enum" else None
    return Problem(
        problem.code, pointer, problem.case, problem.facts, repair=repair, suggestion=None if repair else slip
    )


def _wrong_type(node: Node, pointer: str, value: Json) -> Problem:
    if node.choices is not None and isinstance(value, int) and not isinstance(value, bool):
        return Problem("AT108", pointer, "enum", {"said": Said(str(value), pointer), "want": _words(node.choices)})
    want = tuple(TYPE_WORDS[kind] for kind in TYPE_WORDS if kind in node.types)
    problem = _problem(node, "type", pointer, value, want=want, type=TYPE_WORDS[JSON_TYPES[type(value)]])
    repair = repair_type(node, value)
    return problem if repair is None else Problem(problem.code, pointer, problem.case, problem.facts, repair=repair)


def _problem(
    node: Node, case: str, pointer: str, value: Json, *, keyword: str = "", key: bool = False, **facts: Fact
) -> Problem:
    """A Problem of the code that the node names for the keyword; AT103 and AT105 weigh by field."""
    keyword = keyword or case
    code = node.codes[keyword]
    if code == "AT105":
        case = str(node.empty or Severity.INFO)
    elif code == "AT103":
        case = f"{node.levels.get('enum', Severity.WARNING)}{'-spelling' if case == 'spelling' else ''}"
    said = value if isinstance(value, str) else ""
    name = _named(pointer)
    return Problem(
        code,
        pointer,
        case,
        {"said": Said(said, pointer), "field": Said(name, pointer) if key else name, **facts},
        key=key,
    )


def _named(pointer: str) -> str:
    """The field that a value stands in, with its place in it where that is an array."""
    *_, above, last = ("", *pointer.split("/"))
    return f"{above}[{last}]" if above and last.isdigit() else last


def _words(choices: Any) -> tuple[str, ...]:
    return tuple(str(choice) for choice in choices)
