"""A node says what its schema says: each keyword, each annotation, and what holds where nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from atlint.model import Severity
from atlint.plan import EDITIONS, Node, SchemaError, compile_plan, compiler
from tests.plan.conftest import Copy

PAYLOAD = "editions/at-2018/payload.schema.json"


def planted(schemas: Copy, schema: Any, **definitions: Any) -> Node:
    """The node that the schema becomes as a member `planted` of the payload."""

    def plant(payload: dict[str, Any]) -> None:
        payload["properties"]["planted"] = schema
        payload["$defs"] |= definitions

    schemas.change(PAYLOAD, plant)
    node = compile_plan("at-2018").node("/payload/planted")
    assert node is not None
    return node


def test_a_schema_that_says_nothing_lets_everything_be(schemas: Copy) -> None:
    node = planted(schemas, {})
    assert (node.pointer, node.types, dict(node.members)) == ("/payload/planted", frozenset(), {})
    assert (node.required, node.closed, node.items, node.choices) == ((), False, None, None)
    assert (node.min_items, node.max_items, node.min_length) == (0, None, 0)
    assert (node.minimum, node.maximum, node.form, node.forbidden) == (None, None, "", False)
    assert (node.missing, node.empty, dict(node.levels)) == (None, None, {})
    assert (node.sensitive, node.weight, node.cites, node.since) == (False, 1.0, (), "")
    assert (node.description, node.examples) == ("", ())
    assert dict(node.codes) == compiler._CODES


def test_each_keyword_of_a_single_value(schemas: Copy) -> None:
    node = planted(
        schemas,
        {
            "$comment": "no matter",
            "title": "no matter",
            "type": ["string", "integer"],
            "enum": ["a", 7],
            "format": "at-crn",
            "minimum": 2,
            "maximum": 9,
            "minLength": 3,
            "description": "what it is",
            "examples": ["a", 7],
            "x-at": {
                "rule": {"format": "AT301", "enum": "AT109", "type": "AT103"},
                "missing": "warning",
                "empty": "info",
                "level": {"enum": "info", "type": "warning"},
                "sensitive": True,
                "weight": 0.25,
                "cites": ["EV18#a", "EV18#b"],
                "since": "at-2018",
            },
        },
    )
    assert node.types == {"string", "number"}
    assert (node.choices, node.form) == (("a", 7), "at-crn")
    assert (node.minimum, node.maximum, node.min_length) == (2, 9, 3)
    assert (node.description, node.examples) == ("what it is", ("a", 7))
    assert (node.codes["format"], node.codes["enum"], node.codes["type"]) == ("AT301", "AT109", "AT103")
    assert node.codes["minimum"] == "AT102"
    assert (node.missing, node.empty) == (Severity.WARNING, Severity.INFO)
    assert dict(node.levels) == {"enum": Severity.INFO, "type": Severity.WARNING}
    assert (node.sensitive, node.weight) == (True, 0.25)
    assert (node.cites, node.since) == (("EV18#a", "EV18#b"), "at-2018")


def test_each_keyword_of_objects_and_arrays(schemas: Copy) -> None:
    node = planted(
        schemas,
        {
            "type": "object",
            "properties": {
                "a/b~c": {"const": 5},
                "list": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 4},
                "open": {"type": "object", "additionalProperties": True},
                "null": {"const": None},
                "gone": {"not": {}, "x-at": {"rule": {"not": "AT109"}}},
            },
            "required": ["list", "a/b~c"],
            "additionalProperties": False,
        },
    )
    assert node.types == {"object"}
    assert node.required == ("list", "a/b~c")
    assert node.closed
    assert [child.pointer for child in node.walk()] == [
        "/payload/planted",
        "/payload/planted/a~1b~0c",
        "/payload/planted/list",
        "/payload/planted/list/*",
        "/payload/planted/open",
        "/payload/planted/null",
        "/payload/planted/gone",
    ]
    inner = node.members["list"]
    assert (inner.min_items, inner.max_items, inner.types) == (1, 4, {"array"})
    assert inner.items is not None
    assert inner.items.types == {"string"}
    assert node.members["a/b~c"].choices == (5,)
    assert node.members["null"].choices == (None,)
    assert not node.members["open"].closed
    assert [child.forbidden for child in node.members.values()] == [False, False, False, False, True]


def test_what_stands_at_a_reference_goes_before_what_it_leads_to(schemas: Copy) -> None:
    there = {
        "type": "string",
        "description": "there",
        "examples": ["there"],
        "x-at": {"missing": "error", "empty": "error", "weight": 2, "cites": ["EV18#there"]},
    }
    here = {"$ref": "#/$defs/there", "description": "here", "x-at": {"missing": "info", "weight": 3}}
    node = planted(schemas, here, there=there)
    assert (node.pointer, node.types) == ("/payload/planted", {"string"})
    assert (node.missing, node.empty, node.weight) == (Severity.INFO, Severity.ERROR, 3.0)
    assert (node.description, node.examples, node.cites) == ("here", ("there",), ("EV18#there",))
    node = planted(schemas, {"$ref": "#/$defs/there", "examples": ["here", 1]}, there=there)
    assert (node.description, node.examples) == ("there", ("here", 1))
    node = planted(schemas, {"$ref": "#/$defs/there"}, there=there)
    assert (node.description, node.examples, node.missing) == ("there", ("there",), Severity.ERROR)


def test_references_may_follow_each_other_and_be_used_again(schemas: Copy) -> None:
    node = planted(
        schemas,
        {"type": "object", "properties": {"x": {"$ref": "#/$defs/one"}, "y": {"$ref": "#/$defs/one"}}},
        one={"$ref": "./payload.schema.json#/$defs/two"},
        two={"type": "boolean"},
    )
    assert [child.types for child in node.members.values()] == [{"boolean"}, {"boolean"}]


@pytest.mark.parametrize(
    ("schema", "pointer", "message"),
    [
        ({"properties": {"a/b": {"items": {"if": 1}}}}, "/properties/a~1b/items/if", "the keyword 'if' is not known"),
        ({"anyOf/~": 1}, "/anyOf~1~0", "the keyword 'anyOf/~' is not known"),
        ({"x-at": {"a/b": 1}}, "/x-at/a~1b", "'a/b' is not known"),
        ([], "", "an object is expected here"),
        ({"properties": {"a": None}}, "/properties/a", "an object is expected here"),
        ({"items": 3}, "/items", "an object is expected here"),
        ({"format": "date"}, "/format", "the format 'date' is not known"),
        ({"format": "at-crn"}, "/format", "x-at.rule names no code for 'format'"),
        ({"not": {}}, "/not", "x-at.rule names no code for 'not'"),
        ({"not": {}, "x-at": {"rule": {"format": "AT301"}}}, "/not", "x-at.rule names no code for 'not'"),
        ({"required": ["b"], "properties": {"a": {}}}, "/required", "'b' is required but not described"),
        ({"required": ["b"]}, "/required", "'b' is required but not described"),
        ({"$ref": "#/$defs/no"}, "/$ref", "'#/$defs/no' names nothing"),
    ],
)
def test_a_schema_that_is_not_understood_is_refused_at_its_place(
    schemas: Copy, schema: Any, pointer: str, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        planted(schemas, schema)
    assert str(caught.value) == f"{PAYLOAD}#/properties/planted{pointer}: {message}"
    assert (caught.value.file, caught.value.pointer) == (PAYLOAD, f"/properties/planted{pointer}")


def test_a_circle_of_references_is_refused_where_it_closes(schemas: Copy) -> None:
    with pytest.raises(SchemaError) as caught:
        planted(schemas, {"$ref": "#/$defs/one"}, one={"items": {"$ref": "#/$defs/one"}})
    assert str(caught.value) == f"{PAYLOAD}#/$defs/one/items/$ref: '#/$defs/one' leads back to itself"


def test_a_reference_to_a_file_that_is_not_there(schemas: Copy) -> None:
    with pytest.raises(
        SchemaError, match=r"^editions/at-2018/gone\.json: cannot be read \(No such file or directory\)$"
    ):
        planted(schemas, {"$ref": "gone.json"})


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_node_stands_where_its_pointer_says(edition: str) -> None:
    plan = compile_plan(edition)
    for node in plan.root.walk():
        assert plan.node(node.pointer.replace("*", "3")) is node


@pytest.mark.parametrize(
    ("types", "value", "taken"),
    [
        ("object", {}, True),
        ("array", [], True),
        ("string", "", True),
        ("boolean", False, True),
        ("number", 1, True),
        ("integer", 1.5, True),
        ("null", None, True),
        ("number", True, False),
        ("boolean", 1, False),
        ("string", None, False),
        ("object", [], False),
        ("null", object(), False),
        ([], object(), True),
    ],
)
def test_takes_values_of_its_types(schemas: Copy, types: Any, value: Any, taken: bool) -> None:
    assert planted(schemas, {"type": types}).takes(value) is taken


@pytest.mark.parametrize(
    ("schema", "is_open"),
    [
        ({"type": "object"}, True),
        ({"type": ["object", "string"]}, True),
        ({"type": "string"}, False),
        ({"type": "object", "additionalProperties": False}, False),
        ({"type": "object", "properties": {"a": {}}}, False),
    ],
)
def test_open_data_is_an_object_of_which_nothing_is_said(schemas: Copy, schema: Any, is_open: bool) -> None:
    assert planted(schemas, schema).open_data is is_open
