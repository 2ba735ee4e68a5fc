"""The tables of an edition, and the files they are read from."""

from __future__ import annotations

import pytest

from atlint.plan import SchemaError, compile_plan
from atlint.plan.truth import read_json, read_text
from tests.plan.conftest import Copy


def verbs(edition: str) -> frozenset[str]:
    return compile_plan(edition).vocabulary.verbs


def test_an_edition_without_a_list_takes_its_predecessors(schemas: Copy) -> None:
    lists = {"at-2019": ["wave"], "at-2025": ["greet", "wave"]}
    schemas.change("vocabulary/verbs.json", lambda s: s.update(editions=lists, vague=["do"]))
    assert [verbs(edition) for edition in ("at-2018", "at-2019", "at-2020", "at-2025")] == [
        frozenset(),
        {"wave"},
        {"wave"},
        {"greet", "wave"},
    ]
    assert compile_plan("at-2018").vocabulary.vague_verbs == {"do"}


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("is.vpc", True),
        ("is.floating-ip2", True),
        ("is.", False),
        ("is.VPC", False),
        ("is.a.b", False),
        ("isxvpc", False),
        ("directlink.connect", True),
        ("directlink.other", False),
        ("directlinkxconnect", False),
        ("hyperp-dbaas.x", True),
        ("kms.secrets", False),
    ],
)
def test_services_of_two_parts(text: str, two: bool) -> None:
    assert (compile_plan("at-2018").vocabulary.two_part.fullmatch(text) is not None) is two


def test_marks_in_a_service_mean_themselves(schemas: Copy) -> None:
    schemas.change("vocabulary/two-part-services.json", lambda s: s.update(services=["a+b.c", "*.end"]))
    two_part = compile_plan("at-2018").vocabulary.two_part
    assert two_part.fullmatch("a+b.c")
    assert two_part.fullmatch("any-thing.end")
    assert not two_part.fullmatch("aab.c")


@pytest.mark.parametrize(
    ("text", "known"),
    [("us-south", True), ("us-south-1", True), ("us-souht", False), ("", False), ("us-south|eu-de", False)],
)
def test_locations(text: str, known: bool) -> None:
    assert (compile_plan("at-2018").vocabulary.locations.fullmatch(text) is not None) is known


def test_marks_in_a_location_mean_themselves(schemas: Copy) -> None:
    schemas.change("vocabulary/locations.json", lambda s: s.update(names=["a.b", "c"], patterns=["d[0-9]", "e+"]))
    vocabulary = compile_plan("at-2018").vocabulary
    found = {text for text in ("a.b", "axb", "c", "d7", "d", "ee", "e+") if vocabulary.locations.fullmatch(text)}
    assert found == {"a.b", "c", "d7", "ee"}
    assert vocabulary.location_names == {"a.b", "c"}


def test_tables_that_are_looked_up() -> None:
    vocabulary = compile_plan("at-2018").vocabulary
    assert vocabulary.tracker_regions == {"ng", "eu-gb", "eu-de", "au-syd"}
    assert vocabulary.endpoints["stage1"]["ng"] == "activity-tracker.stage1.ng.bluemix.net"
    assert vocabulary.endpoints["stage1"]["eu-de"] is None
    assert vocabulary.severity_by_code[401] == "critical"
    assert vocabulary.severity_by_verb["delete"] == "critical"
    assert vocabulary.phrases[404] == "Not Found"


def test_a_file_that_is_not_there_is_named(schemas: Copy) -> None:
    (schemas.root / "vocabulary/verbs.json").unlink()
    with pytest.raises(SchemaError) as caught:
        read_text("vocabulary/verbs.json")
    assert str(caught.value) == "vocabulary/verbs.json: cannot be read (No such file or directory)"
    assert (caught.value.file, caught.value.pointer) == ("vocabulary/verbs.json", "")


def test_a_file_that_is_no_json_is_named_with_the_place(schemas: Copy) -> None:
    schemas.write("vocabulary/verbs.json", '{\n  "a" 1}')
    with pytest.raises(SchemaError) as caught:
        read_json("vocabulary/verbs.json")
    assert str(caught.value) == "vocabulary/verbs.json: line 2, column 7: Expecting ':' delimiter"
    assert (caught.value.file, caught.value.pointer) == ("vocabulary/verbs.json", "")


def test_files_are_read_as_utf_8_whatever_the_locale(schemas: Copy) -> None:
    (schemas.root / "odd.txt").write_bytes("Wurzelschlüssel".encode())
    assert read_text("odd.txt") == "Wurzelschlüssel"
