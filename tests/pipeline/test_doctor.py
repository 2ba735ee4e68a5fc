"""fluentd's own log to causes: each message once, counted, nothing of the events shown."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from atlint.cli.doctor import command
from atlint.model import AtlintError
from atlint.pipeline.doctor import diagnose, messages
from atlint.report.formats import FORMATS
from atlint.rules import REGISTRY
from tests.readiness.case import valid

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOG = FIXTURES / "doctor" / "agent.log"
KUBE = FIXTURES / "clusters" / "mended"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value), result.output


def told(*arguments: str) -> dict[str, object]:
    code, text = run(*arguments, "-o", "json")
    assert code == 1
    found = json.loads(text)
    valid("diagnosis", found)
    return found if isinstance(found, dict) else {}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (LOG.read_text().encode("utf-16"), "the file is UTF-16, .* iconv -f UTF-16 -t UTF-8"),
        (lzma.compress(LOG.read_bytes()), "the file is xz, .* unpack it"),
    ],
)
def test_a_log_in_another_form_is_told(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "agent.log"
    path.write_bytes(raw)
    with pytest.raises(AtlintError, match=rf"agent\.log: {said}"):
        run(str(path))


def test_every_message_is_told_once_and_counted() -> None:
    found = told(str(LOG))
    assert found["verdict"] == "fail"
    summary = found["summary"]
    assert isinstance(summary, dict)
    assert summary["by_message"] == {
        "flush-failed": 1,
        "not-json": 2,
        "number-too-large": 1,
        "record-too-large": 1,
        "retries-over": 1,
        "time-not-read": 1,
        "token-missing": 3,
        "tracker-away": 1,
        "unauthorized": 1,
        "unused-parameter": 2,
    }
    listed = found["findings"]
    assert isinstance(listed, list)
    rows = {(one["code"], one["line"], one["count"]) for one in listed}
    assert {("AT708", 12, 2), ("AT708", 14, 1), ("AT709", 15, 1), ("AT725", 18, 1), ("AT003", 9, 2)} <= rows
    assert all(one["severity"] == "warning" for one in listed if one["code"] == "AT713")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_value_of_an_event_is_shown(form: str) -> None:
    _, text = run(str(LOG), "-o", form)
    assert "SECRET" not in text


def test_the_manifests_say_more_of_a_missing_token() -> None:
    _, text = run(str(LOG), "--kube", str(KUBE))
    assert "the Secret given here has an entry for it" in text
    assert "the Secret given here has entries for parcel-tracking only" in text


def test_the_causes_in_the_manifests_follow(tmp_path: Path) -> None:
    config = (KUBE / "config-map.yaml").read_text().replace("retry_forever true", "retry_max_times 10")
    (tmp_path / "config.yaml").write_text(config)
    _, text = run(str(LOG), "--kube", str(tmp_path), "-o", "concise")
    assert re.search(r"config\.yaml:\d+:\d+: AT725 warning with 'retry_max_times 10'", text)


def test_the_registration_says_whose_service_it_is(tmp_path: Path) -> None:
    (tmp_path / "at.yaml").write_text("service: {name: letters}\nlogs: /var/log/at/letters\n")
    _, text = run(str(LOG), "--registration", str(tmp_path / "at.yaml"))
    assert "service letters, so that its events are not sent; it is the registered service" in text
    assert "none of the files that fluentd follows (1) is below /var/log/at/letters" in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 3),
        ('{"payload":{}}\n', 3),
        ("2026-11-02 08:00:02 +0000 [info]: #0 fluentd worker is now running worker=0\n", 0),
        ("2026-11-02 08:00:02 +0000 [warn]: #0 failed to flush the buffer. retry_times=1\n", 0),
        ('{"level":"error","ts":1772439294.12,"caller":"a.go:1","msg":"cannot write audit event: disk full"}\n', 3),
        ('{"level":"info","time":1772439294,"message":"connecting to fluentd:24224"}\n', 3),
        ("[2026/03/02 08:00:00] [ info] [fluent bit] version=2.1.4\n", 3),
        ("2026-03-02T08:00:00.000Z [error]: Permission denied\n", 3),
        ("dial tcp: lookup tracker: ECONNREFUSED\nconfig error\n", 3),
        ('2026-03-02 08:00:00 +0000 [error]: config error file="fluent.conf"\n', 1),
        ("[info]: #0 fluentd worker is now running worker=0\n", 0),
        ('{"log":"2026-03-02 08:00:02 +0000 [info]: starting fluentd-1.16.2\\n","stream":"stdout"}\n', 0),
        ('{"time":"2026-03-02 08:00:02 +0000","level":"info","message":"worker is running","worker_id":0}\n', 0),
        ('{"time":"2026-03-02 08:00:02 +0000","level":"warn","worker_id":0,"message":"pattern not matched: x"}\n', 1),
        ("service token does not exist for service kms\n", 1),
        ('2026-11-02 08:00:02 +0000 [warn]: #0 pattern not matched: "x"\n', 1),
    ],
)
def test_exit_codes(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "pod.log").write_text(text)
    found, said = run(str(tmp_path / "pod.log"))
    assert found == code
    assert ("not one of fluentd's own log" in said) is (code == 3 and text != "")
    assert ("the log of fluentd is empty" in said) is (text == "")
    assert ("with the label app=ibm-kube-fluentd" in said) is (code == 3 and text != "")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_log_of_another_program_has_no_findings(tmp_path: Path, form: str) -> None:
    (tmp_path / "app.log").write_text("Permission denied\nECONNREFUSED\nstack level too deep\n")
    code, said = run(str(tmp_path / "app.log"), "-o", form)
    assert code == 3
    assert re.search(r"AT\d{3}", said) is None


def test_every_message_names_rules_that_there_are() -> None:
    for message in messages():
        assert message.rules
        assert set(message.rules) <= set(REGISTRY), message.name
        assert set(message.show) <= set(message.pattern.groupindex), message.name
        facts = dict.fromkeys(message.show, "x")
        assert message.cause.format_map(facts)
        assert message.repair.format_map(facts)


def test_hostile_lines_are_bounded() -> None:
    found = diagnose(f"service token does not exist for service s{number}" for number in range(3000))
    assert len(found.symptoms) == 1000
    assert diagnose(["x" * 1_000_000 + "pattern not matched", "\x00\ud800"]).symptoms == []
