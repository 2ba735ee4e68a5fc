from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlint.model import AtlintError, Severity
from atlint.plan import EDITIONS, SchemaError, Settings, compile_plan, truth

REAL = truth.root()
Change = Callable[[Any], Any]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Compile at-2018 from a copy of the schemas in which the payload's schema was changed."""

    def run(change: Change) -> None:
        root = tmp_path / "schemas"
        shutil.copytree(REAL, root)
        path = root / "editions/at-2018/payload.schema.json"
        schema = json.loads(path.read_text())
        change(schema)
        path.write_text(json.dumps(schema))
        monkeypatch.setattr(truth, "root", lambda: root)
        truth.read_json.cache_clear()
        try:
            compile_plan("at-2018")
        finally:
            truth.read_json.cache_clear()

    return run


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        (lambda s: s["$defs"]["eventTime"].update(pattern="x"), "/$defs/eventTime/pattern", "'pattern' is not known"),
        (lambda s: s["$defs"]["eventTime"].update(format="uri"), "/$defs/eventTime/format", "'uri' is not known"),
        (lambda s: s["$defs"]["eventTime"]["x-at"].pop("rule"), "/$defs/eventTime/format", "names no code"),
        (lambda s: s["$defs"]["eventTime"]["x-at"].update(colour=1), "/$defs/eventTime/x-at/colour", "not known"),
        (lambda s: s["required"].append("colour"), "/required", "not described"),
        (lambda s: s["properties"].update(action={"$ref": "#/$defs/no"}), "/properties/action/$ref", "names nothing"),
        (lambda s: s["$defs"].update(action={"$ref": "#/$defs/action"}), "/$defs/action/$ref", "back to itself"),
        (lambda s: s["properties"].update(action=7), "/properties/action", "an object is expected"),
    ],
)
def test_compile_errors_name_the_file_and_the_pointer(
    planted: Callable[[Change], None], change: Change, pointer: str, said: str
) -> None:
    with pytest.raises(SchemaError, match=said) as caught:
        planted(change)
    assert caught.value.file == "editions/at-2018/payload.schema.json"
    assert caught.value.pointer == pointer


def test_unknown_edition_names_those_there_are() -> None:
    with pytest.raises(AtlintError, match="at-2018, at-2019, at-2020, at-2025"):
        compile_plan("at-2017")


def test_digest_follows_everything_that_can_change_a_verdict() -> None:
    digests = {compile_plan(edition).digest for edition in EDITIONS}
    digests.add(compile_plan("at-2018", None, Settings(levels={"AT310": {"": Severity.INFO}})).digest)
    digests.add(compile_plan("at-2018", None, Settings(verbs=("frobnicate",))).digest)
    assert len(digests) == 6
    assert compile_plan("at-2018").digest == compile_plan("at-2018").digest


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


@pytest.mark.parametrize(
    ("pointer", "sensitive"),
    [
        ("/payload/initiator/id", True),
        ("/meta/userAccountIds/0", True),
        ("/payload/requestData/anything/below", True),
        ("/payload/action", False),
        ("/payload/unknown/x", False),
    ],
)
def test_sensitive_covers_all_that_is_below(pointer: str, sensitive: bool) -> None:
    assert compile_plan("at-2018").sensitive(pointer) is sensitive


def test_what_stands_beside_a_reference_describes_the_place() -> None:
    node = compile_plan("at-2018").node("/payload/outcome")
    assert node is not None
    assert node.description
    assert node.examples == ("success",)
