"""What was really published must not drown in findings, and every error among them must be one.

The published events are not in the repository: `ATLINT_SHARED` names the folder that holds them, or they lie beside it.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from atlint.lint import Explanation
from atlint.lint.editions import AUTO, picker
from atlint.lint.engine import Tally, run
from atlint.lint.explain import level
from atlint.lint.source import from_bytes
from atlint.model import Severity
from atlint.plan import EDITIONS
from atlint.report.check import Options, judges_of
from atlint.rules import REGISTRY
from atlint.rules.selection import Choice

ROOT = Path(__file__).resolve().parent.parent
NOW = 1795000000.0
PAGE = ROOT / "docs" / "explanation" / "corpus.md"
ROW = re.compile(r"^\| (?P<code>AT\d{3}) (?P<name>[a-z-]+) \| (?P<families>[^|]+) \| (?P<why>[^|]+) \|$", re.MULTILINE)
#: errors on the at-2018 shaped events, placeholders included: family -> code -> why a careful reader agrees
AGREED = {
    "AT-kube(seed)": {
        "AT110": "YOUR_..., USER_...: the page says to replace them before the service is deployed",
        "AT310": "two letters of the service's name are swapped",
        "AT401": "account and space are both given",
        "AT501": "the time is Go's own text for it",
    },
    "k8s-stackdriver": {
        "AT101": "severity and reasonCode are absent",
        "AT103": "the outcome is no outcome",
        "AT108": "meta is in snake_case, so that the tracker finds no provider",
        "AT201": "the action has two parts",
        "AT402": "no account and no space under a name that is read",
        "AT501": "the time is a word",
    },
    "swarm-at": {
        "AT101": "severity is absent",
        "AT110": "placeholders that were never replaced",
    },
}

Row = dict[str, Any]
Told = dict[tuple[str, Severity], set[str]]


def shared() -> Path:
    named = os.environ.get("ATLINT_SHARED")
    return (Path(named) if named else ROOT.parent / "shared") / "corpus"


@pytest.fixture(scope="module")
def corpus() -> Path:
    if not shared().is_dir():
        pytest.skip(f"there are no published events at {shared()}: ATLINT_SHARED may name the folder above them")
    return shared()


@pytest.fixture(scope="module")
def full(corpus: Path) -> list[Row]:
    rows = [json.loads(line) for line in (corpus / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if not row.get("partial")]


def explained(rows: Iterable[Row], **options: Any) -> list[tuple[Row, Explanation]]:
    """Each row in which anything was found, all in one run."""
    rows = list(rows)
    raw = b"".join(json.dumps(row["event"], ensure_ascii=False).encode() + b"\n" for row in rows)
    judges = judges_of(Options(now=NOW, **options))
    found = run(judges, picker(judges), from_bytes(raw), Tally())
    return [(rows[explanation.line.number - 1], explanation) for explanation in found]


def families(found: Iterable[tuple[Row, Explanation]]) -> Told:
    """Code and severity to the families in which it fired."""
    told: Told = defaultdict(set)
    for row, explanation in found:
        for problem in explanation.problems:
            severity = level(explanation.plan, problem)
            if severity is not None:
                told[problem.code, severity].add(row["family"])
    return told


def errors(explanation: Explanation) -> set[str]:
    return {p.code for p in explanation.problems if level(explanation.plan, p) is Severity.ERROR}


def test_every_error_is_explained(full: list[Row]) -> None:
    """The page's table is what fires, rule by rule and family by family."""
    told = families(explained(full, edition=AUTO, choice=Choice(samples=True)))
    fired = {code: names for (code, severity), names in told.items() if severity is Severity.ERROR}
    rows = list(ROW.finditer(PAGE.read_text(encoding="utf-8")))
    assert {row["code"]: set(row["families"].split(", ")) for row in rows} == fired
    for row in rows:
        assert REGISTRY[row["code"]].name == row["name"]
        assert len(row["why"]) > 60


def test_errors_are_found_on_no_more_events_than_by_hand(full: list[Row]) -> None:
    found = explained(full, edition=AUTO, choice=Choice(samples=True))
    assert len(full) == 29
    assert sum(bool(errors(explanation)) for _, explanation in found) == 8


def test_no_warning_or_advice_drowns_a_reader(full: list[Row]) -> None:
    """Neither at one severity nor at both together does a rule fire in more than half of the families."""
    told = families(explained(full, edition=AUTO, choice=Choice(samples=True)))
    half = len({row["family"] for row in full}) / 2
    both: dict[str, set[str]] = defaultdict(set)
    for (code, severity), names in told.items():
        if severity is not Severity.ERROR:
            both[code] |= names
    assert {code: names for code, names in both.items() if len(names) > half} == {}


def test_every_error_on_an_event_of_the_first_edition_is_agreed_on(full: list[Row]) -> None:
    rows = [row for row in full if row["generation"].startswith("at-2018")]
    assert {row["family"] for row in rows} == set(AGREED)
    found = explained(rows, edition="at-2018")
    assert {row["family"]: errors(explanation) for row, explanation in found} == {
        family: set(reasons) for family, reasons in AGREED.items()
    }


def test_an_event_is_of_the_edition_that_its_source_says(full: list[Row]) -> None:
    judges = judges_of(Options(edition=AUTO))
    pick = picker(judges)
    said = Counter[tuple[str, str]]()
    for row in full:
        raw = json.dumps(row["event"]).encode()
        (line,) = from_bytes(raw)
        said[row["generation"].partition(" ")[0], pick(line).plan.edition] += 1
    assert {(generation, edition) for generation, edition in said if generation.startswith("at-2018")} == {
        ("at-2018", "at-2018")
    }
    assert {edition for generation, edition in said if "transition" in generation} == {"at-2019"}
    assert {edition for generation, edition in said if generation == "at-2019+"} == {"at-2020", "at-2025"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_published_actions(explain: Callable[..., Explanation], corpus: Path, edition: str) -> None:
    rows = [line.split("\t") for line in (corpus / "actions.tsv").read_text(encoding="utf-8").splitlines()]
    actions = [row[0] for row in rows if row[2] == "at-event"]
    told: Counter[tuple[str, Severity | None]] = Counter()
    for action in actions:
        explanation = explain(edition, lambda draft, action=action: draft.put("action", action))
        told.update({(problem.code, level(explanation.plan, problem)) for problem in explanation.problems})
    assert len(actions) > 1_000
    assert told["AT201", Severity.ERROR] <= len(actions) / 100
    assert told["AT202", Severity.ERROR] == 0


@pytest.mark.parametrize("edition", EDITIONS)
def test_published_crns(explain: Callable[..., Explanation], corpus: Path, edition: str) -> None:
    lines = (corpus / "crns.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len(rows) > 300
    for text, flags, *_ in rows:
        explanation = explain(edition, lambda draft, text=text: draft.put("target/id", text))
        codes = {p.code for p in explanation.problems if p.pointer.endswith("/target/id")}
        assert ("AT301" in codes) == ("segs=10" not in flags.split(",")), text
