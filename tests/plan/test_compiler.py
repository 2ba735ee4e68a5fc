from __future__ import annotations

import pytest

from atlint.model import AtlintError
from atlint.plan import EDITIONS, SchemaError, compile_plan
from tests.plan.conftest import Copy


def test_unknown_edition_names_those_there_are() -> None:
    with pytest.raises(AtlintError) as caught:
        compile_plan("at-2017")
    assert str(caught.value) == f"unknown edition 'at-2017': atlint knows {', '.join(EDITIONS)}"


def test_a_fault_of_the_whole_event_is_told_at_its_root(schemas: Copy) -> None:
    schemas.change("editions/at-2018/event.schema.json", lambda s: s.update({"if": {}}))
    with pytest.raises(SchemaError) as caught:
        compile_plan("at-2018")
    assert str(caught.value) == "editions/at-2018/event.schema.json#/if: the keyword 'if' is not known"


@pytest.mark.parametrize(
    ("edition", "role", "pointer"),
    [
        ("at-2018", "target/id", "/payload/target/id"),
        ("at-2018", "meta/userSpaceId", "/meta/userSpaceId"),
        ("at-2019", "logSourceCRN", "/logSourceCRN"),
        ("at-2019", "action", "/payload/action"),
        ("at-2025", "target/id", "/target/id"),
    ],
)
def test_roles_have_their_place_in_every_edition(edition: str, role: str, pointer: str) -> None:
    assert compile_plan(edition).pointer(role) == pointer


def test_what_stands_beside_a_reference_describes_the_place() -> None:
    node = compile_plan("at-2018").node("/payload/outcome")
    assert node is not None
    assert node.description
    assert node.examples == ("success",)
