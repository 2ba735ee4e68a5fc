from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.model import AtlintError
from atlint.pipeline import document
from atlint.pipeline.registration_file import is_registration, judge_registration, judged, load, read
from atlint.rules.readiness_rules import EXAMPLE, READINESS
from atlint.targets.registration import text_of

SPACE = "    spaceId: 5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32\n"
ENDPOINT = "https://activity-tracker.stage1.ng.bluemix.net"


def stream(text: str) -> document.Stream:
    return document.read(text.encode("utf-8", "surrogatepass"), "registration.yaml")


def found(text: str) -> list[tuple[str, str, str, str]]:
    """Code, case, pointer and `line:column` of each fault."""
    given = stream(text)
    rows = []
    for problem in judge_registration(given):
        assert problem.span is not None
        assert problem.case in READINESS[problem.code].cases
        mark = given.source.mark(problem.span.start)
        rows.append((problem.code, problem.case, problem.pointer, f"{mark.line}:{mark.column}"))
    return rows


def test_the_example_has_no_fault() -> None:
    assert found(EXAMPLE) == []


@pytest.mark.parametrize(
    ("old", "new", "want"),
    [
        ("region: ng", "region: eu-de", [("AT907", "", "/registrations/0/endpoint", "8:15")]),
        ("region: ng", "region: au-syd", [("AT907", "", "/registrations/0/endpoint", "8:15")]),
        ("stage1.ng", "stage1.eu-gb", [("AT908", "region", "/registrations/0/endpoint", "8:15")]),
        ("stage1.ng", "ng", [("AT908", "environment", "/registrations/0/endpoint", "8:15")]),
        ("activity-tracker.", "activity-traker.", [("AT908", "", "/registrations/0/endpoint", "8:15")]),
        ("https://", "http://", [("AT909", "form", "/registrations/0/endpoint", "8:15")]),
        ("https://", "", []),
        (SPACE, "", [("AT909", "missing", "/registrations/0/spaceId", "6:5")]),
        (SPACE, "    spaceId: YOUR_SERVICE_SPACE_ID\n", [("AT909", "form", "/registrations/0/spaceId", "9:14")]),
        (SPACE, "    spaceId: 12345\n", [("AT909", "type", "/registrations/0/spaceId", "9:14")]),
        (SPACE, "    spaceID: x\n", [("AT909", "unknown", "/registrations/0/spaceID", "9:5")]),
        ("    accountId: 3f", "    accountId: a/3f", [("AT909", "form", "/registrations/0/accountId", "10:16")]),
        ("environment: stage1", "environment: stage2", [("AT909", "value", "/registrations/0/environment", "6:18")]),
        ("name: c", "nmae: c", [("AT909", "unknown", "/service/nmae", "2:11")]),
        ("name: containers-kubernetes, d", "d", [("AT909", "missing", "/service/name", "2:11")]),
        ("name: c", "name: C", [("AT909", "form", "/service/name", "2:17"), *2 * [("AT912", "registration", "", "")]]),
        ("worker.create", "worker", [("AT909", "form", "/actions/0/action", "12:13")]),
        ("action: containers-kub", "action: containers-kbu", [("AT912", "registration", "/actions/0/action", "12:13")]),
        ("target: containers-k", "target: x", [("AT912", "registration", "/actions/0/target", "13:13")]),
        ("[success]", "[success, success]", [("AT909", "repeated", "/actions/0/outcomes", "15:15")]),
        ("[success]", "[succes]", [("AT909", "value", "/actions/0/outcomes/0", "15:16")]),
        ("[success]", "[]", [("AT909", "missing", "/actions/0/outcomes", "15:15")]),
        ("logs: /var", "logs: var", [("AT909", "form", "/logs", "4:7")]),
        ("edition: at-2018\n", "edition: at-2018\nedition: at-2018\n", [("AT909", "repeated-key", "/edition", "2:1")]),
        ("userCopy: account", "userCopy: [", [("AT909", "yaml", "", "4:5")]),
        ("userCopy: account", "token: planted", [("AT909", "unknown", "/token", "3:1")]),
    ],
)  # fmt: skip
def test_each_fault_at_its_place(old: str, new: str, want: list[tuple[str, str, str, str]]) -> None:
    assert old in EXAMPLE
    rows = found(EXAMPLE.replace(old, new, 1))
    assert [row[:2] for row in rows] == [row[:2] for row in want]
    for row, expected in zip(rows, want, strict=True):
        assert not expected[2] or row == expected


@pytest.mark.parametrize("text", ["", "[]", "5", "a", "null", "---\n---\n", "\x00", "service: {name: a}\n---\na: 1\n"])
def test_what_is_no_registration(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registration.yaml"
    path.write_text(text)
    for reading in (load, judged):
        if reading is judged and text.startswith("service"):
            continue
        with pytest.raises(AtlintError) as error:
            reading(path)
        assert str(error.value).startswith(f"{path}:")
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["service: 1\n", "actions: []\n", "service: {name: a}\n---\na: 1\n"])
def test_what_means_to_be_a_registration_is_judged_without_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registration.yaml"
    path.write_text(text)
    found = judged(path)
    assert found.registration is None
    assert list(found.problems) == list(judge_registration(found.stream))
    with pytest.raises(AtlintError):
        load(path)


def test_an_error_names_line_column_and_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "registration.yaml"
    path.write_text(EXAMPLE.replace("displayName", "dispalyName"))
    with pytest.raises(AtlintError, match=r"registration\.yaml:2:40: /service/dispalyName: .*mean 'displayName'"):
        load(path)


def test_repeated_places_and_actions() -> None:
    entries = EXAMPLE.split("registrations:\n")[1].split("actions:\n")
    text = EXAMPLE.replace("actions:\n", f"{entries[0]}actions:\n{entries[1]}")
    assert [row[:3] for row in found(text)] == [
        ("AT909", "repeated", "/registrations/1/region"),
        ("AT909", "repeated", "/actions/1/action"),
    ]


def test_nothing_declared_is_incomplete() -> None:
    assert [row[:3] for row in found("service: {name: kms}\n")] == [
        ("AT909", "missing", "/registrations"),
        ("AT909", "missing", "/actions"),
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (EXAMPLE, True),
        ("service: {name: a}", True),
        ("actions: []", True),
        ("apiVersion: v1\nkind: Service\nservice: x", False),
        ("a: 1", False),
        ("", False),
        ("[]", False),
    ],
)
def test_which_files_mean_to_be_registrations(text: str, *, is_one: bool) -> None:
    assert is_registration(stream(text)) is is_one


def test_what_init_writes_reads_the_same() -> None:
    registration = read(stream(EXAMPLE)).registration
    assert registration is not None
    again = read(stream(text_of(registration)))
    assert again.problems == ()
    assert again.registration == registration


@given(text=st.text(max_size=200), at=st.integers(0, len(EXAMPLE)), length=st.integers(0, 60))
def test_no_text_ends_in_a_traceback(text: str, at: int, length: int) -> None:
    for changed in (text, EXAMPLE[:at] + text + EXAMPLE[at + length :]):
        for problem in judge_registration(stream(changed)):
            assert problem.span is not None
