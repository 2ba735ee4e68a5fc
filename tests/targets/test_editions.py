from __future__ import annotations

import json
import re

import pytest

from atlint.lint import Explainer
from atlint.model import Line
from atlint.plan import EDITIONS, compile_plan
from atlint.rules.selection import everything
from atlint.targets.editions import page

NOW = 1769817600.0
PAGE = page()


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def cells(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_event_of_each_edition_is_compliant(edition: str) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", section(edition), re.DOTALL)
    raw = json.dumps(json.loads(text)).encode()
    assert Explainer(everything(edition), NOW).explain(Line("-", 1, 0, raw)).problems == ()


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_field_of_the_edition_has_a_row(edition: str) -> None:
    plan, column = compile_plan(edition), 2 + EDITIONS.index(edition)
    rows = {row[0].strip("`"): row[column] for row in cells("The fields")}
    for node in plan.root.walk():
        if node.members or node.forbidden or not node.pointer or node.pointer.endswith("/*"):
            continue
        role = node.pointer.removeprefix(plan.record)[1:].replace("/", ".")
        assert rows.pop(role)[0] in "EWIo", role
    assert set(rows.values()) == {"-"} or not rows


@pytest.mark.parametrize(
    ("edition", "line"),
    [
        ("at-2019", "- new: `logSourceCRN`, `saveServiceCopy`"),
        ("at-2019", "- `message` is required, was optional"),
        ("at-2020", "- `requestData` holds object, held string"),
        ("at-2020", "- `reason.reasonType` is required, was optional"),
        ("at-2025", "- `outcome` no longer takes `unknown`"),
        ("at-2025", "- `initiator.host.addressType` takes `CSE`, `subnet` too"),
    ],
)
def test_differences_are_told(edition: str, line: str) -> None:
    assert line in section(edition).splitlines()


def test_closed_values_are_those_of_the_plans() -> None:
    outcomes = {row[1].strip("`"): row[2:] for row in cells("The closed values") if row[0] == "`outcome`"}
    assert outcomes["unknown"] == ["yes", "yes", "yes", "-"]
    assert outcomes["success"] == ["yes"] * 4


def test_what_is_refused_names_its_rule() -> None:
    assert {row[0][1:6] for row in cells("What a producer does not send")} >= {"AT106", "AT107", "AT109", "AT415"}
