"""What is said of a registration is the same to the byte, whoever shares the work and however small the pieces are."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from atlint.lint.source import find
from atlint.lint.suppress import Entry
from atlint.model import Report, Verdict
from atlint.pipeline.registration_file import load
from atlint.readiness import coverage
from atlint.readiness.verdict import Asked, ready
from atlint.report.check import Options
from atlint.report.formats.json import render
from atlint.report.spread import Crew
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import Choice
from tests.readiness.case import BOTH, NOW, Case, event, item
from tests.report.test_spread import Inline


def log(draw: random.Random, count: int) -> bytes:
    """Events of which some are foreign, of another region, undeclared, wrong, twice there, or no events at all."""

    def change(number: int) -> bytes:
        def made(value: dict[str, Any]) -> None:
            meta, record = value["meta"], value["payload"]
            record["id"] = f"{draw.choice([number, 7])}"
            match draw.randrange(8):
                case 0 | 4 | 5:
                    meta["serviceProviderName"] = f"other-{draw.randrange(9)}"
                case 1:
                    meta["serviceProviderRegion"] = draw.choice(["eu-gb", "eu-de", "mars"])
                case 2:
                    record["action"] = f"containers-kubernetes.worker.{draw.choice(['create', 'reboot'])}"
                case 3:
                    record["outcome"] = draw.choice(["failure", "maybe"])

        return event(made)

    lines = [b"\n"]
    for number in range(count):
        lines.append(draw.choice(lines) if draw.random() < 0.3 else change(number))
    return b"".join(lines) + draw.choice([b"", b"{", b"[1]\n"])


def judged(case: Case, names: tuple[str, ...], crew: Crew | None) -> Report:
    found = load(case.write("registration.yaml", case.registration.encode()))
    assert found.registration is not None
    options = Options(
        found.registration.edition,
        found.registration,
        Choice(extend_select=("AT6",), severity={"AT602": "error"}),
        entries=(Entry("known", rule="AT103", action="containers-kubernetes.worker.reboot"),),
        now=NOW,
    )
    logs = tuple(find(tuple(str(case.folder / name) for name in names)))
    return ready(found, Asked(logs=logs, options=options), crew)


def text(report: Report) -> str:
    return "".join(render(report, rules={}))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [1, 2_000, 9_000])
def test_the_report_is_the_same_for_any_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, size: int
) -> None:
    monkeypatch.setattr(coverage, "MOST", 3)
    monkeypatch.setattr(coverage.Found, "__init__", bounded(3))
    draw = random.Random(seed)
    case = Case(tmp_path, BOTH)
    names = ("a.log", "b.log", "c.log")
    for name in names:
        case.write(name, log(draw, 25))
    alone = judged(case, names, None)
    assert alone.verdict is Verdict.NOT_READY
    assert 0 < alone.summary["with_errors"] < alone.summary["lines"]
    assert coverage.OTHER in "".join(each.have for each in alone.items)
    assert text(judged(case, names, Crew(Inline(), 3, size))) == text(alone)


def test_processes_of_this_machine_say_the_same(tmp_path: Path) -> None:
    """The options of a run without any configuration go there and back, too."""
    Case(tmp_path).judge()
    (tmp_path / "events.log").write_bytes(log(random.Random(1), 40))
    said = []
    for jobs in ("1", "2"):
        arguments = ["registration.yaml", "--logs", "events.log", "--isolated", "--now", "2026-01-31T00:00:00Z"]
        command = [sys.executable, "-m", "atlint", "ready", *arguments, "--jobs", jobs, "-o", "json"]
        said.append(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False))
    alone, together = said
    assert alone.returncode == together.returncode == 1
    assert together.stdout == alone.stdout != ""
    assert together.stderr == alone.stderr == ""


def bounded(least: int) -> Any:
    """Found's own beginning, with a bound that a short log reaches."""
    begin = coverage.Found.__init__

    def made(self: coverage.Found, most: int | None = least, **given: Any) -> None:
        begin(self, most, **given)

    return made


def test_there_may_be_more_declared_actions_than_values_that_are_told_apart(tmp_path: Path) -> None:
    actions = [f"containers-kubernetes.worker{number}.create" for number in range(coverage.MOST + 1)]
    head = EXAMPLE.partition("actions:\n")[0]
    declared = "".join(f"  - {{action: {action}, outcomes: [success, failure]}}\n" for action in actions)
    lines = [
        event(lambda value, action=action, outcome=outcome: value["payload"].update(action=action, outcome=outcome))  # type: ignore[misc]  # bound early
        for action in actions
        for outcome in ("success", "failure")
    ]
    report = Case(tmp_path, f"{head}actions:\n{declared}", b"".join(lines)).judge()
    assert item(report, "AT902").state is item(report, "AT903").state is Verdict.READY
    assert json.loads(text(report))["summary"]["own"] == 2 * len(actions)
