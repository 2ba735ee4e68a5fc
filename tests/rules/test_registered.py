"""The envelope against what was registered of the service's regions."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from atlint.lint.examples import compliant
from atlint.lint.explain import Explainer
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.plan.registration import Action, Region, from_value
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.selection import everything
from tests.rules.test_odd import ODD
from tests.test_constitution import NOW

NONE = replace(from_value({"service": {"name": "kms"}}), regions=())
ONE = replace(NONE, regions=(Region("production", "ng", "", "space-ng", ""),))
TWO = replace(NONE, regions=(*ONE.regions, Region("production", "eu-de", "", "space-de", "acc")))


def told(registration: Any, **meta: Any) -> list[tuple[str, str, Any, Any, Any]]:
    plan = everything("at-2018", registration)
    value: dict[str, Any] = {"meta": {f"serviceProvider{name}": text for name, text in meta.items()}}
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
        ("ng", "a:acc", []),
        ("eu-de", "a:other", [("project", "ProjectId", None, None, None)]),
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


@pytest.mark.parametrize(
    ("region", "registered", "said"),
    [
        ("ng", Region("stage1", "", "", "space", "acc"), []),
        ("ng", Region("stage1", "ng", "", "", "acc"), []),
        ("ng", Region("stage1", "", "", "", ""), []),
        ("ng", Region("stage1", "", "", "elsewhere", "acc"), ["project"]),
        ("eu-de", Region("stage1", "ng", "", "", "acc"), ["region"]),
    ],
)
def test_what_is_not_registered_agrees_with_all(region: str, registered: Region, said: list[str]) -> None:
    one = replace(NONE, regions=(registered,))
    assert [each[0] for each in told(one, Region=region, ProjectId="space")] == said


def test_a_name_is_the_registered_one() -> None:
    assert told(ONE, Name="kms") == told(ONE, Name="") == told(ONE) == []
    assert told(ONE, Name="kmss") == [("name", "Name", "kms", "kms", "kms")]
    assert told(ONE, Name="cloudant") == [("name", "Name", "kms", "kms", None)]


def test_a_declared_action_is_taken_as_agreed() -> None:
    """Its verb and its parts are; what is no action at all stays none."""
    actions = [text for text in ODD["values"]["action"] if isinstance(text, str)]
    declaring = replace(NONE, actions=tuple(Action(text, "", "", ()) for text in actions))
    for edition in EDITIONS:
        bare, plan = everything(edition), everything(edition, declaring)
        example = next(compliant(edition))
        for text in actions:
            draft = Draft(plan, copy.deepcopy(example))
            draft.put("action", text)
            line = Line("a.log", 1, 0, json.dumps(draft.value).encode())
            before, after = codes(bare, line), codes(plan, line)
            silent = {"AT202"} if text.count(".") > 3 else {"AT202", "AT204"}
            assert after & {"AT202", "AT204", "AT208"} == (before & {"AT202", "AT204"}) - silent, text


def codes(plan: Plan, line: Line) -> set[str]:
    return {problem.code for problem in Explainer(plan, NOW).explain(line).problems}
