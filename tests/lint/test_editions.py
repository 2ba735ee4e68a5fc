from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from atlint.lint.editions import another, picker
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.source import find, from_bytes
from atlint.model import Line, Report
from atlint.plan import EDITIONS
from atlint.plan.shape import fitting
from atlint.report.check import Options, check_lines, check_sources
from atlint.rules.selection import Choice, everything

NOW = 1769817600.0
PLANS = [everything(edition) for edition in EDITIONS]
JUDGES = [Judge(plan, NOW) for plan in PLANS]
PICK = picker(JUDGES)
EXAMPLES = [
    pytest.param(edition, event, id=f"{edition}-{index}")
    for edition in EDITIONS
    for index, event in enumerate(compliant(edition))
]


def raw_of(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def picked(raw: bytes) -> str:
    return PICK(Line("a.log", 1, 0, raw)).plan.edition


def changed(edition: str, **members: Any) -> dict[str, Any]:
    """The edition's first example with root members set, or taken away by None."""
    event = copy.deepcopy(next(iter(compliant(edition)))) | members
    return {name: value for name, value in event.items() if value is not None}


@pytest.mark.parametrize("asked", EDITIONS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_events_of_another_edition_are_noted(edition: str, asked: str, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    events = list(compliant(edition))
    log.write_bytes(b"".join(raw_of(event) + b"\n" for event in events))
    notes = check_sources(find((str(log),)), Options(edition=asked, now=NOW)).summary.get("notes", [])
    if any(asked in fitting(event) for event in events):
        assert not notes
    else:
        (note,) = notes
        named = {edition, "at-2025" if edition == "at-2020" else edition}
        assert any(f"{each}, and {asked} is asked of them: --edition {each} (or auto)" in note for each in named)
    assert not check_sources(find((str(log),)), Options(edition="auto", now=NOW)).summary.get("notes")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], None),
        (["{"], None),
        (["{}"], None),
        (['{"payload": {}, "meta": {}}'] * 10, ("at-2018", 10)),
        (['{"payload": {}, "meta": {}}'] * 19 + ["{}", "no event", "{"], ("at-2018", 20)),
        (['{"payload": {}, "meta": {}}'] * 9 + ["{}"], None),
    ],
)
def test_nearly_all_must_be_of_the_other_edition(lines: list[str], found: tuple[str, int] | None) -> None:
    assert another((line.encode() for line in lines), "at-2025") == found


@pytest.mark.parametrize(("edition", "event"), EXAMPLES)
def test_examples_are_clean_in_the_edition_that_is_picked(edition: str, event: dict[str, Any]) -> None:
    raw = raw_of(event)
    found = picked(raw)
    assert found == edition or {found, edition} == {"at-2020", "at-2025"}
    assert picked(json.dumps(event).encode() + b"\r") == found, "escapes and blanks make no difference"
    assert JUDGES[EDITIONS.index(found)].explainer.explain(Line("a.log", 1, 0, raw)).problems == ()


@pytest.mark.parametrize(
    ("event", "edition"),
    [
        pytest.param(changed("at-2020", resourceGroupId=None), "at-2025", id="no mark of its own: the newest"),
        pytest.param(
            changed("at-2020", resourceGroupId=None, outcome="unknown"), "at-2020", id="clean in the older one alone"
        ),
        pytest.param(changed("at-2020", outcome="Unknown!"), "at-2020", id="clean in none: as the marks say"),
        pytest.param(changed("at-2025", outcome="Unknown!"), "at-2025", id="the same without a mark"),
        pytest.param(changed("at-2018", saveServiceCopy=False), "at-2019", id="a member of the later form"),
        pytest.param(changed("at-2019", logSourceCRN=None, meta=None), "at-2019", id="no customer's copy"),
        pytest.param(changed("at-2018", meta=None), "at-2018", id="the record alone"),
        pytest.param(changed("at-2020", logSourceCRN=None, resourceGroupId=None), "at-2025", id="flat, to nowhere"),
        pytest.param({"meta": {}}, "at-2018", id="the envelope alone"),
        pytest.param({}, "at-2025", id="an empty object"),
        pytest.param([], "at-2018", id="no object: the first judge"),
        pytest.param("text", "at-2018", id="a string"),
    ],
)
def test_a_lines_shape_picks_its_judge(event: Any, edition: str) -> None:
    assert picked(raw_of(event)) == edition


@pytest.mark.parametrize(
    ("raw", "edition"),
    [
        (b"", "at-2018"),
        (b"not json", "at-2018"),
        (b'{"payload": {}, "logSourceCRN": "x"', "at-2018"),
        (b'\xef\xbb\xbf{"payload": {}, "logSourceCRN": "x"}', "at-2019"),
        (b'{"payload": {}, "logSourceCRN": "x"}\r', "at-2019"),
        (b"[" * 100_000, "at-2018"),
        (b'{"logSourceCRN":' * 50_000, "at-2018"),
        (b'{"a": "\xff", "payload": {}, "logSourceCRN": 1}', "at-2019"),
    ],
)
def test_damaged_lines_are_picked_too(raw: bytes, edition: str) -> None:
    assert picked(raw) == edition


def test_what_came_before_makes_no_difference() -> None:
    """An edition is a matter of the line alone: counts are the same in any order."""
    raws = [raw_of(event) for edition in EDITIONS for event in compliant(edition)]
    counts = []
    for order in (raws, raws[::-1], raws[1::2] + raws[::2]):
        tally = Tally()
        for _ in run(JUDGES, PICK, from_bytes(b"\n".join(order) + b"\n"), tally):
            pass
        counts.append(dict(tally.editions))
    assert counts[0] == counts[1] == counts[2]
    assert sum(counts[0].values()) == len(raws)


def checked(raw: bytes, edition: str, *ignored: str) -> Report:
    options = Options(edition=edition, now=NOW, choice=Choice(ignore=ignored))
    return check_lines(from_bytes(raw, "a.log"), options, files=("a.log",))


def test_a_mixed_file_is_counted_by_edition() -> None:
    events = [changed("at-2018"), changed("at-2019"), changed("at-2020"), changed("at-2019"), {"meta": 1}, []]
    report = checked(b"".join(raw_of(event) + b"\n" for event in events), "auto", "AT60")
    assert report.edition == "auto"
    assert report.summary["editions"] == {"at-2018": 2, "at-2019": 2, "at-2020": 1}
    assert (report.summary["events"], report.summary["clean"], report.summary["unreadable"]) == (5, 4, 1)


def test_the_plan_of_auto_stands_for_all_its_plans() -> None:
    raw = raw_of(changed("at-2018")) + b"\n"
    single = {checked(raw, edition).plan for edition in EDITIONS}
    auto = checked(raw, "auto").plan
    assert auto not in single
    assert len(auto) == len(next(iter(single)))
    assert auto != checked(raw, "auto", "AT412").plan, "a rule that only later editions have counts as well"


@pytest.mark.parametrize("edition", ["at-2018", "auto"])
@pytest.mark.parametrize(
    ("editions", "lines"),
    [
        (["at-2018", "at-2018"], []),
        (["at-2018", "at-2019"], [2]),
        (["at-2020", "at-2025", "at-2020"], []),
        (["at-2018", "at-2025", "at-2018", "at-2020", "at-2019", "at-2019"], [2, 5]),
    ],
)
def test_a_further_edition_is_told_at_its_first_event(edition: str, editions: list[str], lines: list[int]) -> None:
    raw = b"".join(raw_of(changed(name)) + b"\n" for name in editions)
    options = Options(edition=edition, now=NOW, choice=Choice(select=("AT605",)))
    report = check_lines(from_bytes(raw, "a.log"), options, files=("a.log",))
    assert [(found.code, found.place.line, found.severity) for found in report.findings] == [
        ("AT605", line, "warning") for line in lines
    ]
