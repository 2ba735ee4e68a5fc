"""The envelope against what was registered of the service's regions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from atlint.plan.registration import Region, from_value
from atlint.rules import REGISTRY
from atlint.rules.reading import Reading
from atlint.rules.selection import everything

NONE = replace(from_value({"service": {"name": "kms"}}), regions=())
ONE = replace(NONE, regions=(Region("production", "ng", "", "space-ng", ""),))
TWO = replace(NONE, regions=(*ONE.regions, Region("production", "eu-de", "", "space-de", "acc")))


def told(registration: Any, **meta: Any) -> list[tuple[str, str, Any, Any, Any]]:
    plan = everything("at-2018", registration)
    value = {"meta": {f"serviceProvider{name}": text for name, text in meta.items()}}
    check = REGISTRY["AT407"].check
    assert check is not None
    return [
        (each.case, each.pointer.rpartition("Provider")[2], each.facts.get("want"), each.repair, each.suggestion)
        for each in check(Reading(plan, value))
    ]


@pytest.mark.parametrize(
    ("region", "project", "said"),
    [
        ("ng", "space-ng", []),
        ("eu-de", "space-de", []),
        ("eu-de", "a:acc", []),
        ("ng", "a:acc", [("project", "ProjectId", None, None, None)]),
        ("ng", "space-de", [("project", "ProjectId", None, None, None)]),
        ("eu-de", "space-ng", [("project", "ProjectId", None, None, None)]),
        ("eu-gb", "space-ng", [("region", "Region", ("eu-de", "ng"), None, None)]),
        ("eu-gb", "space-de", [("region", "Region", ("eu-de", "ng"), None, None)]),
        (
            "eu-gb",
            "other",
            [("region", "Region", ("eu-de", "ng"), None, None), ("project", "ProjectId", None, None, None)],
        ),
        (None, "space-de", []),
        (None, "other", [("project", "ProjectId", None, None, None)]),
        ("ng", None, []),
        ("ng", "", []),
        (None, None, []),
    ],
)
def test_a_space_is_that_of_its_region(region: str | None, project: str | None, said: list[Any]) -> None:
    assert told(TWO, Name="kms", Region=region, ProjectId=project) == said
    assert told(NONE, Name="kms", Region=region, ProjectId=project) == []
    assert told(None, Name="other", Region=region, ProjectId=project) == []


def test_a_name_is_the_registered_one() -> None:
    assert told(ONE, Name="kms") == told(ONE, Name="") == told(ONE) == []
    assert told(ONE, Name="kmss") == [("name", "Name", "kms", "kms", "kms")]
    assert told(ONE, Name="cloudant") == [("name", "Name", "kms", "kms", None)]
