from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from atlint.lint import Explainer, Explanation
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.model import Line, Problem, Said, Span
from atlint.pipeline.registration_file import registration_of
from atlint.report.check import Options, check_lines
from atlint.report.redact import Hidden, Redactor, places, window
from atlint.rules.selection import everything

PLAN = everything("at-2018")
SHY = Redactor(b"key")
OPEN = Redactor(b"key", show_values=True)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRva2Vu"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (Said("success!", "/payload/outcome"), "'success!'"),
        (Said("a\x1b[31mb", "/payload/outcome"), r"'a\x1b[31mb'"),
        (Said("n" * 200, "/payload/outcome"), f"'{'n' * 80}...'"),
        (Said("anna@example.com", "/payload/initiator/name"), None),
        (Said("0123", "/payload/target/id", sensitive=True), None),
        (Said(f"x {TOKEN}", "/payload/outcome"), None),
        (Said("password=hunter2hunter2", "/payload/outcome"), None),
        (Said("crn:v1:bluemix:public:kms:us-south:a/0123abcd:::", "/payload/target/id"), None),
        (Said("secret-word", ""), "other text"),
        (Said("NaN", ""), "'NaN'"),
    ],
)
def test_values_in_sentences(said: Said, shown: str | None) -> None:
    text = SHY.value(PLAN, said)
    if shown is not None:
        assert text == shown
    else:
        assert "[masked:" in text
        for secret in ("anna", "0123", TOKEN, "hunter2"):
            assert secret not in text


def test_equal_values_stay_equal_under_one_key_only() -> None:
    assert SHY.mask("a") == SHY.mask("a") != SHY.mask("b")
    assert SHY.mask("a") != Redactor(b"other").mask("a")


LINE = (
    '{"meta":{"userAccountIds":["0123456789abcdef"]},"payload":{"initiator":{"id":"IBMid-310000ABC",'
    '"name":"anna@example.com"},"target":{"id":"crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef:::"},"outcome":"done"}}'
)


def explained(raw: str) -> Explanation:
    return Explainer(PLAN).explain(Line("a.log", 1, 0, raw.encode()))


@pytest.mark.parametrize(
    "damage",
    [lambda s: s, lambda s: s[:-1], lambda s: s.replace('"outcome"', "outcome"), lambda s: s + s, lambda s: "x " + s],
    ids=["whole", "cut", "unquoted", "glued", "prefixed"],
)
def test_snippets_show_no_sensitive_value(damage: Callable[[str], str]) -> None:
    found = explained(damage(LINE))
    assert found.problems
    for problem in found.problems:
        snippet = Hidden(SHY, found).snippet(found.place(problem))
        for secret in ("0123456789abcdef", "IBMid-310000ABC", "anna@example.com"):
            assert secret not in snippet.text
        assert 0 <= snippet.start < snippet.end


def test_the_caret_stays_under_the_fault_behind_masks() -> None:
    found = explained(LINE)
    (problem,) = [problem for problem in found.problems if problem.code == "AT103"]
    for redactor in (SHY, OPEN):
        snippet = Hidden(redactor, found).snippet(found.place(problem))
        assert snippet.text[snippet.start : snippet.end] == '"done"'
    assert "0123456789abcdef" in Hidden(OPEN, found).snippet(found.place(problem)).text


@pytest.mark.parametrize("wide", ["anna", "é" * 90, "\U0001f680", 'say \\"x\\"', f"see {TOKEN}"])
@pytest.mark.parametrize("most", [1, 4096])
def test_a_window_has_the_masks_of_the_whole_line(monkeypatch: pytest.MonkeyPatch, wide: str, most: int) -> None:
    monkeypatch.setattr(places, "_MOST_PLACES", most)
    places.of.cache_clear()
    more = f'"tags":["{wide}",{{"a/b":["{wide}"]}}],"note":"{wide}"'
    found = explained(LINE.replace("anna", wide).replace('"outcome":"done"', f'"outcome":"done",{more}'))
    assert found.problems
    masks, text = SHY.masks(found), found.line.text
    for start in range(len(text)):
        place = Span(start, min(start + 9, len(text)))
        assert Hidden(SHY, found).snippet(place) == window(text, masks, place)


@pytest.mark.parametrize(
    ("old", "new", "secret"),
    [
        ('"outcome":"done"', '"outcome":"done","tags":["Bearer Zq81Zq81Zq81Zq81Zq81"]', "Zq81Zq81"),
        ('"outcome":"done"', '"outcome":"done","requestData":"{\\"password\\":\\"hunter2\\"}"', "hunter2"),
        ('"outcome":"done"', '"outcome":"password=hunter2hunter2"', "hunter2"),
        ('"name":"anna@example.com"', '"credential":{"type":"user","token":"opensesame x"}', "opensesame"),
        ('"name":"anna@example.com"', f'"credential":{{"type":"user","token":"{TOKEN} rest-of-it"}}', "rest-of-it"),
    ],
)
def test_credentials_are_masked_though_values_are_shown(old: str, new: str, secret: str) -> None:
    found = explained(LINE.replace(old, new))
    assert old in LINE
    for problem in found.problems:
        for redactor in (SHY, OPEN):
            assert secret not in Hidden(redactor, found).snippet(found.place(problem)).text
            assert secret not in " ".join(redactor.message(PLAN, problem))
            assert secret not in redactor.line(found)
    assert "IBMid-310000ABC" in OPEN.line(found)


@pytest.mark.parametrize("damage", [lambda s: s, lambda s: s[:-2], lambda s: s.replace('{"meta"', "{meta", 1)])
@pytest.mark.parametrize(
    ("spelt", "secret"),
    [
        (r"apikey\u003dZq81Zq81Zq81Zq81Zq81Zq81Zq81Zq81", "Zq81Zq81"),
        (r"https:\/\/user:PassWord81@host.example\/p", "PassWord81"),
        (r"{\u0022apikey\u0022:\u0022Zq81Zq81Zq81Zq81\u0022}", "Zq81Zq81"),
        (r"{\"a\":\"{\\u0022apikey\\u0022:\\u0022Zq81Zq81Zq81Zq81\\u0022}\"}", "Zq81Zq81"),
        ("apikey: Zq81Zq81", "Zq81Zq81"),
        ("API key : 'Zq81 Zq81Zq81'", "Zq81Zq81"),
        (r"Password = \"two Zq81Zq81\"", "Zq81Zq81"),
        (r"secret\u003a\u0020Zq81Zq81", "Zq81Zq81"),
        (r"password:\n\n Zq81Zq81", "Zq81Zq81"),
        ("crn:v1:bluemix:public:kms::::: password: Zq81Zq81", "Zq81Zq81"),
        (r"Bearer\u0020Zq81Zq81Zq81Zq81Zq81", "Zq81Zq81"),
        (TOKEN.replace("e", r"\u0065", 1), TOKEN[-12:]),
    ],
)
def test_a_credential_is_masked_however_it_is_spelt(spelt: str, secret: str, damage: Callable[[str], str]) -> None:
    for old, new in (('"done"', f'"{spelt}"'), ('"outcome"', f'"{spelt}":1,"outcome"')):
        found = explained(damage(LINE.replace(old, new)))
        assert found.problems
        for problem in found.problems:
            for redactor in (SHY, OPEN):
                assert secret not in Hidden(redactor, found).snippet(found.place(problem)).text
                assert secret not in redactor.line(found)


def test_a_wary_redactor_hides_what_looks_random() -> None:
    wary = Redactor(b"key", wary=True)
    for text in ("Tok3nq7Zk9xyz", "a1b2c3d4e5f6x", "YWJjZGVmZ2gx=="):
        assert text not in wary.without_secrets(f"x {text}, y")
        assert text in SHY.without_secrets(text)
    for text in (
        "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
        "3f1b7c0d9e2a4586b1c7d0e9f8a24356",
        "activity-tracker.stage1.ng",
    ):
        assert wary.without_secrets(text) == text


@pytest.mark.parametrize(
    "message", ["postgres://admin:q7Xw2mZ9dKf4@db.example.com/orders", 'Orders {"apikey": "q7Xw2mZ9dKf4Lr8v"}']
)
def test_a_part_of_a_value_shows_no_more_than_the_whole(message: str) -> None:
    event = next(iter(compliant("at-2020"))) | {"message": message}
    found = check_lines(from_bytes(json.dumps(event).encode()), Options(edition="at-2020"), files=("-",)).findings
    (said,) = [finding.message for finding in found if finding.code == "AT221"]
    assert "verb" in said
    assert "[masked:" in said
    assert "q7Xw2mZ9" not in said


def test_a_word_of_running_text_is_hidden_in_no_sentence() -> None:
    event = next(iter(compliant("at-2020"))) | {
        "message": "password: must",
        "tags": ["token: is said"],
        "severity": "odd",
    }
    for tag in ("token: is said", "\\ token: use said"):
        raw = json.dumps(event | {"tags": [tag]}).encode()
        found = check_lines(from_bytes(raw), Options(edition="at-2020"), files=("-",)).findings
        said = {finding.code: finding.message for finding in found}
        assert said["AT103"] == "'odd' is not allowed for severity: use normal, warning or critical"
        assert not any("must" in (finding.snippet.text if finding.snippet else "") for finding in found)


def titles(rule: str, number: int, redactor: Redactor = SHY) -> list[str]:
    """What the fixes of one bad line of a rule say that they do."""
    folder = Path(__file__).parents[2] / "fixtures" / "rules" / rule
    declared = folder / "registration.yaml"
    plan = everything("at-2018", registration_of(declared) if declared.exists() else None)
    raw = (folder / "bad.jsonl").read_bytes().split(b"\n")[number - 1]
    found = Explainer(plan).explain(Line("a.log", 1, 0, raw)).problems
    return [redactor.repair(plan, one) for one in found if one.code == rule]


@pytest.mark.parametrize(
    ("rule", "number", "title"),
    [
        ("AT208", 2, "write 'containers-kubernetes.worker.create'"),
        ("AT310", 1, "write 'containers-kubernetes'"),
        ("AT503", 1, "write '2018-11-29T08:14:52.07+0000'"),
        ("AT511", 1, "write 200"),
    ],
)
def test_a_fix_says_what_it_writes(rule: str, number: int, title: str) -> None:
    assert titles(rule, number) == [title]


def test_a_fix_of_what_is_hidden_says_how_and_shows_nothing() -> None:
    account = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
    instead = everything("at-2020"), Problem("AT414", "/logSourceCRN", "", {}, repair=":")
    assert SHY.repair(*instead) == "leave the last two segments empty"
    assert titles("AT307", 2) == ["write the letters in lower case"]
    assert titles("AT307", 2, OPEN) == [f"write '{account}'"]
    crn = f"crn:v1:bluemix:public:kms:us-south:a/{account.upper()}:9c4e17d2-60fb-4a85-b9d3-2e78f05c1a6b:key:k1"
    event = next(iter(compliant("at-2020")))
    event = event | {"target": event["target"] | {"id": crn}}
    for shown in (False, True):
        options = Options(edition="at-2020", show_values=shown)
        (found,) = [
            one
            for one in check_lines(from_bytes(json.dumps(event).encode()), options, files=("-",)).findings
            if one.code == "AT307"
        ]
        assert found.fix is not None
        assert [edit.text for edit in found.fix.edits] == [account] * shown
        assert (account in found.fix.title) == shown


def test_an_account_is_masked_that_lacks_what_should_stand_before_it() -> None:
    account = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
    event = next(iter(compliant("at-2018")))
    event["payload"]["target"]["id"] = f"crn:v1:bluemix:public:kms:us-south:{account}:i:key:k1"
    for shown in (False, True):
        options = Options(edition="at-2018", show_values=shown)
        report = check_lines(from_bytes(json.dumps(event).encode()), options, files=("-",))
        (found,) = [one for one in report.findings if one.code == "AT306"]
        assert found.fix is not None
        assert found.snippet is not None
        told = (found.message, found.snippet.text, found.fix.title, *(edit.text for edit in found.fix.edits))
        assert [account in text for text in told] == [shown] * len(told)
