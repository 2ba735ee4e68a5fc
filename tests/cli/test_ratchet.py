"""What a team does with a log that is not clean yet: a baseline, a rate, ignore entries."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from junitparser import JUnitXml

from atlint.cli.check import command as check
from atlint.cli.ready import command as ready
from atlint.lint.examples import compliant
from atlint.report.formats import FORMATS
from atlint.rules.draft import Draft
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import everything
from tests.cli.conftest import Done

NOW = ("--now", "2026-01-31T12:00:00Z", "--isolated")
SEED = Path(__file__).parent.parent.parent / "fixtures" / "seed" / "noisy_events.log"
GOOD = Draft(everything("at-2018"), next(compliant("at-2018"))).line() + b"\n"


def release(seed: int, *more: tuple[str, object]) -> bytes:
    """A release's log: its faults are those of every other, its times, people, clusters and lines are not."""
    draw = random.Random(seed)
    lines = []
    for number in range(draw.randrange(30, 60)):
        draft = Draft(everything("at-2018"), next(compliant("at-2018")))
        cluster, account = f"{draw.getrandbits(128):032x}", "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
        worker = f"kube-{draw.choice(['dal10', 'us-south-1'])}-cr{draw.getrandbits(32):x}-w{number}"
        location = draw.choice(["dal10", "us-south", "eu-de"])
        moment = f"2018-11-{draw.randrange(10, 30)} {draw.randrange(10, 24)}:14:52.{draw.randrange(10, 99)} +0000 UTC"
        faults: Iterable[tuple[str, object]] = (
            ("eventTime", moment),
            ("initiator/id", f"IBMid-{draw.getrandbits(40):X}"),
            ("initiator/credential/type", draw.choice(["Token", "TOKEN"])),
            (
                "target/id",
                f"crn:v1:bluemix:public:containers-kuberentes:{location}:a/{account}:{cluster}:worker:{worker}",
            ),
            ("target/name", f" {worker}"),
            *more,
        )
        for role, value in faults:
            draft.put(role, value)
        lines.append(draft.line())
        if not number % 7:
            lines.append(b'{"torn": ')
    return b"\n".join(lines) + b"\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.log"
    path.write_bytes(release(1))
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.log"
    path.write_bytes(release(2))
    return path


@pytest.fixture
def known(tmp_path: Path, old: Path, invoke: Callable[..., object]) -> Path:
    path = tmp_path / "known.json"
    assert invoke(check, old, "--write-baseline", path, *NOW).code == 0
    return path


def summary(done: object) -> dict[str, object]:
    return json.loads(done.out)["summary"]  # type: ignore[attr-defined]


def test_a_baseline_of_one_release_silences_the_next(
    old: Path, new: Path, known: Path, invoke: Callable[..., object]
) -> None:
    assert invoke(check, old, *NOW).code == invoke(check, new, *NOW).code == 1
    done = invoke(check, new, "--baseline", known, "--fail-on", "info", "-o", "json", *NOW)
    said = summary(done)
    assert (done.code, said["by_rule"]) == (0, {})
    assert said["suppressed"] > 100
    assert said["baseline"] == {"entries": len(json.loads(known.read_bytes())["findings"]), "unused": 0}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (("outcome", "done"), "AT103"),
        (("initiator/typeURI", "security/account/user"), "AT215"),
        (("meta/userSpaceId", "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32"), "AT401"),
        (("eventTime", "29/Nov/2018:08:14:52 +0000"), "AT501"),
    ],
)
def test_one_new_kind_of_fault_fails(
    new: Path, known: Path, fault: tuple[str, object], code: str, invoke: Callable[..., object]
) -> None:
    new.write_bytes(release(3) + release(4, fault).splitlines(keepends=True)[0])
    done = invoke(check, new, "--baseline", known, "--fail-on", "warning", "-o", "json", *NOW)
    assert done.code == 1
    assert code in summary(done)["by_rule"]


def test_a_finding_that_became_heavier_is_new(old: Path, tmp_path: Path, invoke: Callable[..., object]) -> None:
    known = tmp_path / "known.json"
    light = ("--severity", "AT310=info,AT501=info,AT003=info")
    invoke(check, old, "--write-baseline", known, *light, *NOW)
    assert invoke(check, old, "--baseline", known, *light, *NOW).code == 0
    assert invoke(check, old, "--baseline", known, *NOW).code == 1


def test_the_file_holds_no_value_no_line_and_is_the_same_for_the_same(
    new: Path, known: Path, invoke: Callable[..., object]
) -> None:
    text = known.read_text(encoding="utf-8")
    assert "3f1b7c0d" not in text
    assert "kube-" not in text
    assert '"line"' not in text
    before = [{key: entry[key] for key in entry if key != "count"} for entry in json.loads(text)["findings"]]
    assert before == sorted(before, key=lambda entry: list(entry.values()))
    invoke(check, new, "--write-baseline", known, *NOW)
    after = json.loads(known.read_bytes())["findings"]
    assert [{key: entry[key] for key in entry if key != "count"} for entry in after] == before


def test_what_an_event_names_badly_is_not_written_down(tmp_path: Path, invoke: Callable[..., object]) -> None:
    log, known = tmp_path / "a.log", tmp_path / "known.json"
    leaked = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    log.write_bytes(release(5, ("action", f"Bearer {leaked}"), ("meta/serviceProviderName", f"Bearer {leaked}")))
    invoke(check, log, "--write-baseline", known, "--show-values", *NOW)
    assert "eyJ" not in known.read_text(encoding="utf-8")
    assert invoke(check, log, "--baseline", known, "--fail-on", "info", *NOW).code == 0


def test_tightening_only_takes_away(old: Path, new: Path, known: Path, invoke: Callable[..., object]) -> None:
    entries = json.loads(known.read_bytes())["findings"]
    lines = [line for line in release(2, ("outcome", "done")).splitlines(keepends=True) if b"torn" not in line]
    new.write_bytes(b"".join(lines).replace(b"kuberentes", b"kubernetes"))
    text = invoke(check, new, "--baseline", known, "--fail-on", "never", *NOW)
    assert "unused baseline entries: 2; --tighten takes out" in text.out
    assert json.loads(known.read_bytes())["findings"] == entries
    done = invoke(check, new, "--baseline", known, "--tighten", *NOW)
    assert done.code == 1
    assert "2 entries removed" in done.err
    left = json.loads(known.read_bytes())["findings"]
    assert [entry for entry in entries if entry["rule"] not in {"AT003", "AT310"}] == left
    assert invoke(check, old, "--baseline", known, "-o", "json", *NOW).code == 1


def test_rules_that_were_not_asked_do_not_tighten(new: Path, known: Path, invoke: Callable[..., object]) -> None:
    before = known.read_bytes()
    new.write_bytes(GOOD)
    invoke(check, new, "--baseline", known, "--tighten", "--select", "AT2", *NOW)
    assert known.read_bytes() == before
    new.write_bytes(b"\n")
    assert invoke(check, new, "--baseline", known, "--tighten", *NOW).code == 3
    assert known.read_bytes() == before
    missing = known.with_name("none.json")
    assert invoke(check, new, "--write-baseline", missing, *NOW).code == 3
    assert not missing.exists()


def test_a_baseline_that_could_shrink_and_is_not_writable_fails(
    new: Path, known: Path, invoke: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    new.write_bytes(GOOD)
    monkeypatch.setattr(os, "access", lambda *_: False)
    done = invoke(check, new, "--baseline", known, "--tighten", *NOW)
    assert done.code == 1
    assert "not writable here" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tighten",), "--tighten needs --baseline"),
        (("--tighten", "--write-baseline", "x.json"), "choose one"),
        (("--baseline", "missing.json"), "--write-baseline missing.json makes one"),
        (("--max-rate", "AT104"), "RULE=SHARE"),
        (("--max-rate", "AT104=1"), "a share such as 0.1%"),
        (("--max-rate", "AT1044=1%"), "did you mean AT104"),
    ],
)
def test_wrong_usage(old: Path, arguments: tuple[str, ...], said: str, invoke: Callable[..., object]) -> None:
    done = invoke(check, old, *arguments, *NOW)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("bad", "good", "rate", "code", "state"),
    [
        (1, 999, "0.1%", 0, "within"),
        (1, 998, "0.1%", 1, "above"),
        (2, 998, "0.1%", 1, "above"),
        (3, 997, "0.3%", 0, "within"),
        (1, 0, "100%", 0, "within"),
        (1, 0, "99.999999%", 1, "above"),
        (1, 999, "0%", 1, "above"),
    ],
)
def test_a_rate_is_exact_at_its_boundary(
    tmp_path: Path, bad: int, good: int, rate: str, code: int, state: str, invoke: Callable[..., object]
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(GOOD.replace(b'"success"', b'"done"') * bad + GOOD * good)
    done = invoke(check, log, "--max-rate", f"AT103={rate}", "--ignore", "AT6", "-o", "json", *NOW)
    assert done.code == code
    row = {"rule": "AT103", "findings": bad, "events": bad + good, "limit": rate, "state": state}
    assert summary(done)["rates"] == [row]


@pytest.mark.parametrize(("rate", "code"), [("25%", 0), ("24.9%", 1)])
def test_a_rate_is_of_the_lines_that_should_be_events_in_check_and_in_ready(
    tmp_path: Path, rate: str, code: int, invoke: Callable[..., Done]
) -> None:
    log, registration = tmp_path / "a.log", tmp_path / "r.yaml"
    log.write_bytes(GOOD * 3 + b"\nTraceback\n\n")
    registration.write_text(EXAMPLE)
    done = invoke(check, log, "--max-rate", f"AT003={rate}", "--ignore", "AT6", "-o", "json", *NOW)
    (row,) = summary(done)["rates"]
    assert (done.code, row["findings"], row["events"]) == (code, 1, 4)
    given = (registration, "--logs", log, "--max-error-rate", rate, "--ignore", "AT6", "-o", "json", *NOW)
    items = {each["code"]: each for each in json.loads(invoke(ready, *given).out)["items"]}
    assert items["AT904"]["state"] == ("not-ready" if code else "ready")
    assert items["AT904"]["message"] == f"1 of 4 lines have errors, and at most {rate} may"
    assert items["AT901"]["message"].endswith("; 1 line cannot be read as events")


def test_a_rate_is_that_of_its_rule_alone_and_of_nothing_is_none(tmp_path: Path, invoke: Callable[..., object]) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(GOOD.replace(b'"success"', b'"done"') + GOOD.replace(b"+0000", b"+00x0"))
    assert invoke(check, log, "--max-rate", "AT103=100%", *NOW).code == 1
    log.write_bytes(b"torn\n")
    assert invoke(check, log, "--max-rate", "AT003=100%", *NOW).code == 1
    log.write_bytes(b"")
    assert invoke(check, log, "--max-rate", "ALL=100%", *NOW).code == 3


def test_the_configuration_says_it_too(old: Path, known: Path, invoke: Callable[..., object]) -> None:
    config = old.with_name("atlint.toml")
    config.write_text(f'baseline = "{known.name}"\n[max-rate]\nAT103 = "100%"\n', encoding="utf-8")
    old.write_bytes(old.read_bytes() + GOOD.replace(b'"success"', b'"done"'))
    assert invoke(check, old, "--config", config, *NOW[:2]).code == 0
    assert invoke(check, old, "--config", config, "--max-rate", "AT103=0.001%", *NOW[:2]).code == 1


def test_the_baseline_of_the_configuration_is_made_and_made_anew(
    old: Path, new: Path, tmp_path: Path, invoke: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("atlint.toml").write_text('baseline = "made.json"\n')
    asked = invoke(check, old, *NOW[:2])
    assert (asked.code, "--write-baseline" in asked.err) == (2, True)
    for log in (old, new):
        assert invoke(check, log, *NOW[:2], "--write-baseline", "made.json").code == 0
        assert invoke(check, log, *NOW[:2]).code == 0


def test_several_formats_are_one_pass(
    old: Path, tmp_path: Path, invoke: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    from atlint.lint import source

    opened: list[str] = []
    really = source.opened
    monkeypatch.setattr(source, "opened", lambda found, *ahead: (opened.append(found.path), really(found, *ahead))[1])
    invoke(check, old, *NOW)
    once = opened.copy()
    opened.clear()
    sarif, junit = tmp_path / "r.sarif", tmp_path / "r.xml"
    done = invoke(check, old, "--output", "text", "--output", f"sarif:{sarif}", "--output", f"junit:{junit}", *NOW)
    assert opened == once
    assert done.code == 1
    assert "error[AT310]" in done.out
    codes = {result["ruleId"] for result in json.loads(sarif.read_bytes())["runs"][0]["results"]}
    assert {"AT310", "AT501"} <= codes
    assert JUnitXml.fromfile(str(junit)).failures > 0


def test_the_report_tells_of_entries_that_do_nothing(tmp_path: Path, invoke: Callable[..., object]) -> None:
    path = tmp_path / "atlint.toml"
    path.write_text(
        """
        [[ignore]]
        rule = "AT310"
        service = "YOUR_SERVICE_NAME"
        pointer = "*/target/id"
        reason = "the seed's own slip"
        [[ignore]]
        rule = "AT101"
        action = "kms.*"
        reason = "no such action here"
        [[ignore]]
        rule = "AT501"
        reason = "until the release"
        until = 2026-01-30
        """,
        encoding="utf-8",
    )
    arguments = (SEED, "--config", path, "--now", "2026-01-31T12:00:00Z")
    report = json.loads(invoke(check, *arguments, "-o", "json").out)
    assert report["summary"]["suppressed"] == 1
    assert "AT310" not in report["summary"]["by_rule"]
    assert report["summary"]["ignores"] == [
        {"rule": "AT101", "action": "kms.*", "reason": "no such action here", "state": "unused"},
        {"rule": "AT501", "reason": "until the release", "until": "2026-01-30", "state": "expired"},
    ]
    assert "expired ignore entry: rule = AT501" in invoke(check, *arguments).out
    for formats in (["gitlab"], ["jsonl"], ["gitlab", f"jsonl:{tmp_path / 'l'}"]):
        asked = [option for name in formats for option in ("-o", name)]
        done = invoke(check, *arguments, *asked)
        assert "entry" not in done.out, "the list is that of findings"
        assert done.err.splitlines() == [
            "atlint: note: unused ignore entry: rule = AT101, action = kms.*, reason = no such action here",
            "atlint: note: expired ignore entry: rule = AT501, reason = until the release, until = 2026-01-30",
        ]
        assert invoke(check, *arguments, *asked, "--quiet").err == ""
    for name in sorted(FORMATS.keys() - {"gitlab", "jsonl"}):
        told = invoke(check, *arguments, "-o", name, "-o", f"gitlab:{tmp_path / 'g'}")
        assert told.err == ""
        assert "AT501" in told.out
    assert "ignore entry" not in invoke(check, *arguments, "--quiet").out
