from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from atlint.cli.diff import command as diff

OLD = """
service: {name: kms}
registrations:
  - environment: stage1
    region: ng
    endpoint: https://activity-tracker.stage1.ng.bluemix.net
    spaceId: 72c5b9e0-1f4d-4a86-93d7-e08b6a5c2f14
actions:
  - {action: kms.secrets.create, target: kms/secrets, outcomes: [success, failure]}
"""


def test_the_command_tells_and_ends_with_1_on_breaking(tmp_path: Path, invoke: Callable[..., object]) -> None:
    old, new, out = tmp_path / "old.yaml", tmp_path / "new.yaml", tmp_path / "diff.json"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(
        OLD.replace("72c5b9e0-1f4d-4a86-93d7-e08b6a5c2f14", "e08b6a5c-2f14-4a86-93d7-72c5b9e01f4d"), encoding="utf-8"
    )
    done = invoke(diff, old, new, "-o", "text", "-o", f"json:{out}")
    assert done.code == 1
    assert done.out.splitlines()[-1] == "fail: 1 breaking, 0 compatible, 0 cosmetic"
    assert "72c5b9e0" not in done.out + out.read_text(encoding="utf-8")
    document = json.loads(out.read_bytes())
    assert (document["verdict"], document["summary"]["breaking"]) == ("fail", 1)
    assert document["changes"][0] == {
        "weight": "breaking",
        "where": "registration stage1/ng spaceId",
        "message": "the service's own copy goes to another space",
        "was": None,
        "now": None,
    }
    assert invoke(diff, old, old)[:2] == (0, "pass: 0 breaking, 0 compatible, 0 cosmetic\n")


@pytest.mark.parametrize(
    ("old", "new", "more", "said"),
    [
        ("at-2018", "missing.yaml", (), "at-2018 is an edition and missing.yaml is not"),
        (
            "missing.yaml",
            "missing.yaml",
            (),
            "missing.yaml: there is no such file, nor such an edition; the editions are at-2018, at-2019",
        ),
        ("at-2018", "at-2020", ("-o", "sarif"), "unknown output format 'sarif'"),
    ],
)
def test_what_cannot_be_compared_is_wrong_usage(
    old: str, new: str, more: tuple[str, ...], said: str, invoke: Callable[..., object]
) -> None:
    done = invoke(diff, old, new, *more)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
