"""What the schema says of shapes: keywords that the editions hardly use have their words too."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from atlint.model import Problem, Said, Severity
from atlint.plan import Node
from atlint.rules.reading import Reading
from atlint.rules.selection import everything
from atlint.rules.shape import judge, walk

PLAN: Final = everything("at-2020")
CODES: Final = {"enum": "AT108", "minItems": "AT104", "maxItems": "AT104", "minimum": "AT109", "maximum": "AT109"}
ANY: Final = frozenset({"object", "array", "string", "number", "boolean", "null"})


def of(node: Node, value: Any) -> list[Problem]:
    return list(judge(Reading(replace(PLAN, root=node), value), node, value, "/a/b"))


def told(node: Node, value: Any) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [(problem.code, problem.case, dict(problem.facts)) for problem in of(node, value)]


NODE: Final = Node("/a/b", ANY, codes=CODES)
FACTS: Final = {"said": Said("", "/a/b"), "field": "b"}


def test_a_number_outside_of_its_range() -> None:
    node = replace(NODE, minimum=1.0, maximum=5.0)
    found = {value: told(node, value) for value in (0, 1, 5, 6, 0.5, 5.5, True, None)}
    low, high = (("AT109", "minimum", {**FACTS, "want": 1}), ("AT109", "maximum", {**FACTS, "want": 5}))
    assert found == {0: [low], 1: [], 5: [], 6: [high], 0.5: [low], 5.5: [high], None: []}
    assert told(replace(NODE, minimum=1.0), 6) == []
    assert told(replace(NODE, maximum=5.0), 0) == []


def test_one_of_some_values_that_are_no_texts() -> None:
    node = replace(NODE, types=ANY - {"string"}, choices=(1, 2.5, True))
    wrong = ("AT108", "enum", {**FACTS, "want": ("1", "2.5", "True")})
    assert {value: told(node, value) for value in (1, 2.5, 3, False, None)} == {
        1: [],
        2.5: [],
        3: [wrong],
        False: [wrong],
        None: [],
    }


def test_an_object_that_may_not_be_empty() -> None:
    node = replace(NODE, min_length=1, codes={"minLength": "AT105"}, empty=Severity.WARNING)
    assert told(node, {}) == [("AT105", "warning", FACTS)]
    assert told(node, {"a": 1}) == told(replace(NODE, min_length=0), {}) == []
    assert told(node, "") == [("AT105", "warning", FACTS)]


def test_too_few_and_too_many_in_a_list() -> None:
    node = replace(NODE, min_items=1, max_items=2)
    assert told(node, []) == [("AT104", "minItems", {**FACTS, "have": 0, "want": 1})]
    assert told(node, [1]) == told(node, [1, 2]) == []
    assert told(node, [1, 2, 3]) == [("AT104", "maxItems", {**FACTS, "have": 3, "want": 2})]
    assert told(replace(NODE, min_items=1), [1, 2, 3]) == []


def test_what_was_told_of_a_value_silences_its_parts() -> None:
    event: dict[str, Any] = {"action": 7, "target": {"id": 7}}
    reading = Reading(PLAN, event)
    found = {problem.pointer for problem in walk(reading)}
    assert {"/action", "/target/id"} <= found
    silent = Reading(PLAN, copy.deepcopy(event))
    silent.tell(Problem("AT110", "/target", ""))
    assert {problem.pointer for problem in walk(silent)} == {each for each in found if not each.startswith("/target/")}


def test_what_stands_in_an_array_is_named_by_its_field() -> None:
    node = replace(NODE, min_length=1, codes={"minLength": "AT105"})
    places = ("/meta/userAccountIds/0", "/tags/10", "/a/b", "/b", "/0", "/a/b2")
    said = [next(judge(Reading(replace(PLAN, root=node), ""), node, "", at)).facts["field"] for at in places]
    assert said == ["userAccountIds[0]", "tags[10]", "b", "b", "0", "b2"]


def test_a_member_named_by_its_path() -> None:
    names = ("target.id", "target.host.address", "action.x", "other.id", "tags.0", ".target", "target.")
    found = {
        name: [problem.code for problem in walk(Reading(PLAN, {"target": {}, name: 1})) if problem.key]
        for name in names
    }
    assert found == {
        "target.id": ["AT113"],
        "target.host.address": ["AT113"],
        "action.x": ["AT104"],
        "other.id": ["AT104"],
        "tags.0": ["AT104"],
        ".target": ["AT104"],
        "target.": ["AT113"],
    }
