"""The seed's own set-up, as it stands and mended by hand: the gate's first customer."""

from __future__ import annotations

from pathlib import Path

from atlint.model import Report, Verdict
from atlint.rules.readiness_rules import EXAMPLE
from tests.pipeline.seed import MADE_UP, SPACE, cut, mended, needs_the_page
from tests.readiness.case import Case, event, failing, item

pytestmark = needs_the_page


def judged(folder: Path, kube: dict[str, str]) -> Report:
    registration = EXAMPLE.replace("5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", SPACE)
    registration = registration.replace("logs: /var/log/at/containers-kubernetes", "logs: /var/log/at/helloAT")
    log = event(lambda value: value["meta"].update(serviceProviderProjectId=SPACE))
    return Case(folder, registration, log, kube).judge()


def test_mended_it_is_ready_at_stage1(tmp_path: Path) -> None:
    report = judged(tmp_path, mended())
    assert report.verdict is Verdict.READY, [each for each in report.items if each.state is not Verdict.READY]
    assert report.findings == ()


def test_as_it_stands_it_is_not(tmp_path: Path) -> None:
    report = judged(tmp_path, cut())
    assert failing(report) >= {"AT904", "AT912"}
    assert "AT701" in item(report, "AT904").message
    assert MADE_UP not in str(report)
