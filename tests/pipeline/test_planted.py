"""A token that looks like nothing in particular, pasted where it does not belong, is in no output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from atlint.lint.source import find
from atlint.report.check import Options, check_sources
from atlint.report.formats import FORMATS
from atlint.report.rule_page import cards
from atlint.rules.readiness_rules import EXAMPLE
from tests.readiness.case import NOW, Case

PLANTED = "Tok3nq7Zk9xyz"
_PAIR = re.compile(r"(?P<before>\s*(?:- )?)(?P<key>[\w./@-]+)(?P<joint>:?\s+)(?P<value>\S.*)")


def planted(text: str) -> Iterator[str]:
    """The text with the token in place of one value, or of one key."""
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines):
        if found := _PAIR.match(line):
            for part in ("key", "value"):
                start, end = found.span(part)
                yield "".join((*lines[:index], line[:start], PLANTED, line[end:], *lines[index + 1 :]))


@pytest.mark.parametrize("name", ["at_secret.yaml", "at_config.yaml", "deployment.yaml", "registration.yaml"])
@pytest.mark.parametrize("shown", [False, True])
def test_a_token_in_the_wrong_place_is_not_shown(tmp_path: Path, name: str, shown: bool) -> None:
    files = {**Case(tmp_path).manifests(), "registration.yaml": EXAMPLE}
    path, found = tmp_path / name, 0
    for text in planted(files[name]):
        path.write_text(text)
        report = check_sources(find((str(path),)), Options(now=NOW, show_values=shown))
        found += bool(report.findings)
        for form, render in FORMATS.items():
            assert PLANTED not in "".join(render(report, rules=cards("at-2018"))), (form, text)
    assert found > 5


@pytest.mark.parametrize("setting", ["targetHost activity-tracker.stage1.ng.bluemix.net", "service_region ng"])
@pytest.mark.parametrize(
    ("value", "seen"),
    [("hunter2", False), ("us-south", True), ("NG", True), ("tracker.example.com", True), ("YOUR_REGION", True)],
)
def test_a_host_or_a_region_is_shown_where_it_is_like_one(tmp_path: Path, setting: str, value: str, seen: bool) -> None:
    name = setting.split(maxsplit=1)[0]
    path = tmp_path / "at_config.yaml"
    path.write_text(Case(tmp_path).manifests()[path.name].replace(setting, f"{name} {value}"))
    report = check_sources(find((str(path),)), Options(now=NOW, show_values=True))
    text = "".join(FORMATS["text"](report, rules=cards("at-2018")))
    assert report.findings
    if (seen and ("." in value) is (name == "targetHost")) or value.startswith("YOUR"):
        assert value in text
    if not seen:
        assert value not in text
