from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlint.lint.examples import compliant
from atlint.model import AtlintError, Report, Verdict
from atlint.report.formats import FORMATS, renderer
from atlint.report.rule_page import cards
from atlint.rules.draft import Draft
from atlint.rules.readiness_rules import EVIDENCE_FILE, EXAMPLE, LOG_FILE, RULES, UNPROVEN
from atlint.rules.rule import Broken, Rule
from atlint.rules.selection import Choice, everything
from tests.readiness.case import BOTH, NOW, TOKEN, Case, event, failing, item, unproven

Change = Callable[[dict[str, Any]], object]


def meta(field: str, value: str) -> Change:
    return lambda event: event["meta"].update({field: value})


def payload(field: str, value: object) -> Change:
    return lambda event: event["payload"].update({field: value})


def test_the_example_is_ready(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.kube = case.manifests()
    report = case.judge()
    assert report.verdict is Verdict.READY, [each for each in report.items if each.state is not Verdict.READY]
    assert not report.findings
    assert {each.code for each in report.items} >= {
        "AT901",
        "AT902",
        "AT903",
        "AT904",
        "AT907",
        "AT909",
        "AT912",
        "AT607",
    }


def broken(case: Case, rule: Rule, draw: random.Random) -> Report:
    """What is said of a case that was ready until the rule's breaker had its way."""
    report = case.judge()
    assert report.verdict is Verdict.READY
    case.evidence(report)
    draft = Draft(everything("at-2018"), next(iter(compliant("at-2018"))))
    assert rule.breaker is not None
    made = rule.breaker(draft, draw)
    if isinstance(made, str):
        made = Broken(draft.line(), made, path=LOG_FILE)
    if made.path == EVIDENCE_FILE:
        case.registration = BOTH
        case.log = event(lambda value: value["meta"].update(_PRODUCTION))
        staging = case.write(EVIDENCE_FILE, made.raw) if made.raw else None
        return case.judge("production", staging=staging)
    if made.path == LOG_FILE:
        case.log = made.raw
    else:
        case.registration = made.raw.decode()
    return case.judge()


def test_what_was_not_looked_at_is_said(tmp_path: Path) -> None:
    case = Case(tmp_path)
    assert case.judge().summary["notes"] == ["the cluster was not looked at: give its manifests with --kube"]
    case.kube = case.manifests()
    assert "notes" not in case.judge().summary


def test_a_template_in_the_place_of_a_manifest_is_no_pass(tmp_path: Path) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    made["deployment.yaml"] = made["deployment.yaml"].replace("replicas: 2", "replicas: {{ .Values.count }}")
    for folder in ("kube", "chart/templates"):
        for name, text in made.items():
            case.write(f"{folder}/{name}", text.encode())
    assert "AT702 at" in item(case.judge(kube=tmp_path / "kube"), "AT904").have
    report = case.judge(kube=tmp_path / "chart")
    assert "no Deployment that writes events" in item(report, "AT912").message
    assert "templates, not judged: " in report.summary["notes"][-1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@pytest.mark.parametrize("seed", range(4))
def test_every_breaker_breaks_its_rule(tmp_path: Path, rule: Rule, seed: int) -> None:
    """Law 3 for readiness: what the breaker makes yields its rule."""
    report = broken(Case(tmp_path, BOTH), rule, random.Random(seed))
    assert rule.code in (unproven(report) if rule.code in UNPROVEN else failing(report))


_PRODUCTION = {
    "serviceProviderRegion": "eu-de",
    "serviceProviderProjectId": "0d84f3b1-52ce-4a97-b06f-9e1d7c3a5824",
}


@pytest.mark.parametrize("log", [b"", b"\n\n", b"not json\n"])
def test_nothing_to_judge_is_never_ready(tmp_path: Path, log: bytes) -> None:
    report = Case(tmp_path, log=log).judge()
    assert report.verdict is not Verdict.READY
    assert "AT901" in unproven(report)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (meta("serviceProviderName", "kms"), "AT912", "service kms (1, first at"),
        (meta("serviceProviderRegion", "au-syd"), "AT910", "au-syd"),
        (meta("serviceProviderProjectId", "9c1d7b20-4e6f-4a53-8b12-70d5e3f6a981"), "AT912", "another space"),
        (payload("action", "containers-kubernetes.worker.reload"), "AT911", "worker.reload"),
        (payload("outcome", "Success"), "AT904", "AT103 1"),
    ],
)
def test_an_event_that_does_not_fit(tmp_path: Path, change: Change, code: str, said: str) -> None:
    report = Case(tmp_path, log=event() + event(change)).judge()
    assert code in failing(report)
    found = item(report, code)
    assert said in found.have
    assert "1 of 2" in found.message + found.have


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, "") for field in ("region", "endpoint", "spaceId", "accountId")),
        *((field, value) for field in ("spaceId", "accountId") for value in ("TODO", "YOUR_ID")),
        ("spaceId", "5e0b"),
        ("accountId", "a/5e0b"),
    ],
)
def test_a_missing_or_malformed_fact_is_one_fault(tmp_path: Path, field: str, value: str) -> None:
    """It is told of once, and nothing is compared with it, nor said to be nothing."""
    case = Case(tmp_path)
    case.kube = case.manifests()
    case.registration = re.sub(rf"    {field}: .*\n", f"    {field}: {value}\n" if value else "", EXAMPLE)
    assert case.registration != EXAMPLE
    account = event(meta("serviceProviderProjectId", "a:3f1b7c0d9e2a4586b1c7d0e9f8a24356"))
    case.log = event() + account
    report = case.judge()
    assert [(each.code, each.pointer) for each in report.findings] == [("AT909", f"/registrations/0/{field}")]
    assert failing(report) == {"AT909"}
    assert unproven(report) == set()
    words = [word for each in report.items for word in (each.message, each.have, each.want)]
    assert [
        word for word in words if re.search(r"  |''| $|\b(?:are|is|with|in|space) ,|\b(?:are|is|with|in|not)$", word)
    ] == []


def test_what_was_not_filled_in_yet_is_shown(tmp_path: Path) -> None:
    report = Case(tmp_path, EXAMPLE.replace("5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", "TODO")).judge()
    assert [each.message for each in report.findings] == ["spaceId is 'TODO', and should be a GUID"]


def test_without_declared_actions_none_is_undeclared(tmp_path: Path) -> None:
    report = Case(tmp_path, EXAMPLE.partition("actions:")[0]).judge()
    assert [(each.code, each.pointer) for each in report.findings] == [("AT909", "/actions")]


def test_a_log_of_another_registration_is_refused(tmp_path: Path) -> None:
    kms = list(compliant("at-2018"))[1]
    report = Case(tmp_path, log=json.dumps(kms).encode() + b"\n").judge()
    assert report.verdict is Verdict.NOT_READY
    assert "AT912" in failing(report)
    assert "AT901" in unproven(report)


def test_events_of_the_other_environment_count_for_nothing(tmp_path: Path) -> None:
    other = event(lambda value: value["meta"].update(_PRODUCTION))
    case = Case(tmp_path, BOTH, log=other)
    assert unproven(case.judge()) >= {"AT901"}
    case.log = event() + other
    report = case.judge()
    assert report.verdict is Verdict.READY
    assert "1 are of another environment" in item(report, "AT901").message


def test_each_region_wants_its_own_events(tmp_path: Path) -> None:
    london = EXAMPLE.split("registrations:\n")[1].split("actions:")[0]
    london = london.replace("ng", "eu-gb").replace("5e0b2c4a", "6e0b2c4a")
    case = Case(tmp_path, EXAMPLE.replace("actions:\n", f"{london}actions:\n"))
    report = case.judge()
    assert report.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "eu-gb" in item(report, "AT901").message
    assert case.judge(region="ng").verdict is Verdict.READY
    with pytest.raises(AtlintError, match="au-syd"):
        case.judge(region="au-syd")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    declared = EXAMPLE.replace("outcomes: [success]", "outcomes: [success, failure]")
    declared += "  - action: containers-kubernetes.worker.delete\n"
    report = Case(tmp_path, declared).judge()
    assert report.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert item(report, "AT902").want == "containers-kubernetes.worker.delete"
    assert item(report, "AT902").message.startswith("1 of 2 declared actions")
    assert item(report, "AT903").want == "containers-kubernetes.worker.create failure"


def test_not_ready_outranks_not_enough_evidence(tmp_path: Path) -> None:
    declared = f"{EXAMPLE}  - action: containers-kubernetes.worker.delete\n"
    report = Case(tmp_path, declared, log=event() + event(payload("outcome", "SUCCESS"))).judge()
    assert unproven(report)
    assert report.verdict is Verdict.NOT_READY


@pytest.mark.parametrize(("bound", "ready"), [("0", False), ("1/100", False), ("1/10", True)])
def test_the_bound_of_errors(tmp_path: Path, bound: str, *, ready: bool) -> None:
    log = event() * 9 + event(payload("outcome", "SUCCESS"))
    report = Case(tmp_path, log=log).judge(bound=bound, choice=Choice(ignore=("AT6",)))
    assert ("AT904" not in failing(report)) is ready
    assert report.summary["with_errors"] == 1


def test_frankfurt_at_stage1(tmp_path: Path) -> None:
    case = Case(tmp_path, EXAMPLE.replace("region: ng", "region: eu-de"))
    report = case.judge()
    found = item(report, "AT907")
    assert found.state is Verdict.NOT_READY
    assert "Frankfurt at stage1" in found.message
    for host in ("activity-tracker.stage1.ng.bluemix.net", "activity-tracker.stage1.eu-gb.bluemix.net"):
        assert host in found.message
    (finding,) = (each for each in report.findings if each.code == "AT907")
    assert (finding.place.line, finding.pointer) == (8, "/registrations/0/endpoint")


def test_a_fault_of_another_environment_can_wait(tmp_path: Path) -> None:
    case = Case(tmp_path, BOTH.replace("https://activity-tracker.eu-de", "https://activity-tracker.ng"))
    assert "AT908" not in failing(case.judge())
    assert "AT908" in failing(case.judge("production"))


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("activity-tracker.stage1.ng.bluemix.net: ", "activity-tracker.stage1.eu-gb.bluemix.net: ", "AT910", "London"),
        ("activity-tracker.stage1.ng.bluemix.net: ", "at.example.com: ", "AT912", "not the registered endpoint"),
        ("service_region ng", "service_region eu-gb", "AT912", "service_region"),
        ("targetHost activity-tracker.stage1.ng", "targetHost activity-tracker.ng", "AT912", "Dallas"),
        ("/var/log/at/**/*.log,", "", "AT607", "does not read"),
        ("path: /var/log/at\n", "path: /var/log/other\n", "AT912", "mounted"),
        ("$(POD_NAME).log", "$(POD_NAME).json", "AT904", "AT717"),
        ("value: /var/log/at/", "value: /var/log/audit/", "AT904", "AT721"),
        ("name: POD_NAME", "name: POD", "AT904", "AT723"),
        ("value: /var/log/at/", "value: /var/log/at/x-", "AT912", "AT_LOG_FILE is not in /var/log/at/containers-kub"),
        ("retry_forever true", "retry_forever true\n      </bufer>", "AT904", "AT712"),
        ("        tag kubernetes.at.*\n", "", "AT904", "AT712"),
        ("        @type ibmactivitytracker\n", "", "AT904", "AT712"),
        ("read_from_head true", "read_from_head True", "AT904", "AT712"),
    ],
)
def test_manifests_that_do_not_fit(tmp_path: Path, old: str, new: str, code: str, said: str) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    assert any(old in text for text in made.values())
    case.kube = {name: text.replace(old, new) for name, text in made.items() if name != "load_job.yaml"}
    report = case.judge()
    assert code in failing(report)
    assert said in item(report, code).have + item(report, code).message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("$(POD_NAME).log", "x.log", "AT723 at "), ("runAsUser: 0\n", "runAsUser: 7\n", "AT722 at ")],
)
def test_warnings_of_the_manifests_are_counted(tmp_path: Path, old: str, new: str, said: str) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    case.kube = {**made, "deployment.yaml": made["deployment.yaml"].replace(old, new)}
    report = case.judge()
    assert report.verdict is Verdict.READY
    found = next(each for each in report.items if "of the cluster" in each.message)
    assert found.message == "no errors in 4 files of the cluster, and 1 warning"
    assert said in found.have


@pytest.mark.parametrize(
    ("service", "space"), [("other-service", None), (None, "9c1d7b20-4e6f-4a53-8b12-70d5e3f6a981")]
)
def test_a_secret_of_another_registration(tmp_path: Path, service: str | None, space: str | None) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    changed = EXAMPLE.replace("5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", space) if space else EXAMPLE
    changed = changed.replace("name: containers-kubernetes", f"name: {service}") if service else changed
    case.kube = {**made, "at_secret.yaml": case.manifests(changed)["at_secret.yaml"]}
    assert "AT912" in failing(case.judge())


@pytest.mark.parametrize("left_out", ["at_secret.yaml", "at_config.yaml", "deployment.yaml"])
def test_a_manifest_that_is_not_there(tmp_path: Path, left_out: str) -> None:
    case = Case(tmp_path)
    case.kube = {name: text for name, text in case.manifests().items() if name != left_out}
    assert "AT912" in unproven(case.judge())


def test_a_configuration_without_an_output_is_not_called_absent(tmp_path: Path) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    case.kube = {name: text.replace("        @type ibmactivitytracker\n", "") for name, text in made.items()}
    told = next(each for each in case.judge().items if each.code == "AT912" and "manifests" in each.message)
    assert told.state is Verdict.NOT_ENOUGH_EVIDENCE
    assert told.message == "the manifests have no output with @type ibmactivitytracker in fluentd's configuration"
    assert told.have == "1 Secret, 1 configuration with 0 outputs to the tracker, 1 workload"
    case.kube = {name: text for name, text in made.items() if name != "at_config.yaml"}
    told = next(each for each in case.judge().items if each.code == "AT912" and "manifests" in each.message)
    assert told.message == "the manifests have no ConfigMap with fluentd's configuration"
    assert told.have == "1 Secret, 0 configurations with 0 outputs to the tracker, 1 workload"


@pytest.mark.parametrize(
    "started",
    [
        "command: [atlint, load, /var/log/at]",
        "command: [python3, -m, atlint, load, /var/log/at]",
        "args: [load, /var/log/at]",
        'command: [sh, -c, "sleep 5; /usr/bin/atlint load /var/log/at"]',
    ],
)
def test_no_load_stands_for_the_service(tmp_path: Path, started: str) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    load = made.pop("load_job.yaml")
    case.kube = made
    assert case.judge().verdict is Verdict.READY
    loading = made["deployment.yaml"].replace('image: "containers-kubernetes:', f'{started}\n        image: "x/atlint:')
    case.kube = {**made, "deployment.yaml": loading, "load_job.yaml": load}
    assert "no Deployment that writes events" in item(case.judge(), "AT912").message


def test_a_load_that_sees_the_folder_does_not_speak_for_the_service(tmp_path: Path) -> None:
    case = Case(tmp_path)
    made = case.manifests()
    without = made["deployment.yaml"].rpartition("        volumeMounts:\n")[0]
    agents = made["deployment.yaml"].replace("app: containers-kubernetes", "app: ibm-kube-fluentd")
    case.kube = {**made, "deployment.yaml": without, "agents.yaml": agents}
    report = case.judge()
    assert "mounted for writing" in item(report, "AT912").message
    assert "deployment.yaml" in item(report, "AT912").have


def test_production_wants_the_evidence_of_staging(tmp_path: Path) -> None:
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    staged = Case(tmp_path, BOTH).judge()
    path = case.evidence(staged)
    assert unproven(case.judge("production")) == {"AT905"}
    assert case.judge("production", staging=path).verdict is Verdict.READY


def _edited(members: dict[str, Any]) -> None:
    members["verdict"] = "ready "


def _other_plan(members: dict[str, Any]) -> None:
    members["plan"] = "0123456789ab"


@pytest.mark.parametrize("edit", [_edited, _other_plan, lambda members: members.pop("digest"), lambda m: m.clear()])
def test_edited_evidence_is_refused(tmp_path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    members = json.loads(case.evidence(Case(tmp_path, BOTH).judge()).read_text())
    edit(members)
    path = case.write("edited.json", json.dumps(members).encode())
    assert failing(case.judge("production", staging=path)) == {"AT906"}


@pytest.mark.parametrize(
    "change", [{"now": "yesterday"}, {"now": "2026-01-31T00:00:00"}, {"now": ""}, {"plan": None}, {"atlint": ["0"]}]
)
def test_forged_evidence_ends_in_no_traceback(tmp_path: Path, change: dict[str, Any]) -> None:
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    members = json.loads(case.evidence(Case(tmp_path, BOTH).judge()).read_text()) | change
    del members["digest"]
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    members["digest"] = hashlib.sha256(text.encode()).hexdigest()
    path = case.write("forged.json", json.dumps(members).encode())
    assert failing(case.judge("production", staging=path)) == {"AT906"}


def test_staging_may_not_have_allowed_more_errors_than_production(tmp_path: Path) -> None:
    log = event() * 999 + event(payload("outcome", "done"))
    staged = Case(tmp_path, BOTH, log=log).judge(bound="1/1000")
    assert staged.verdict is Verdict.READY
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    path = case.evidence(staged, bound="1/1000")
    assert "allowed errors in 0.1% of the lines" in item(case.judge("production", staging=path), "AT906").message
    for bound, state in (("1/1001", Verdict.NOT_READY), ("1/1000", Verdict.READY), ("1", Verdict.READY)):
        assert item(case.judge("production", staging=path, bound=bound), "AT906").state is state


def test_stale_evidence_is_refused(tmp_path: Path) -> None:
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    path = case.evidence(Case(tmp_path, BOTH).judge())
    day = 86400
    assert case.judge("production", staging=path, now=NOW + 89 * day).verdict is Verdict.READY
    for now, said in ((NOW + 91 * day, "days old"), (NOW - 2 * day, "yet to come")):
        assert said in item(case.judge("production", staging=path, now=now), "AT906").message
    strict = case.judge("production", staging=path, choice=Choice(extend_select=("AT525",)))
    assert "another Plan" in item(strict, "AT906").message
    case.registration = BOTH.replace("Kubernetes Service", "Kubernetes")
    assert "registration" in item(case.judge("production", staging=path), "AT906").message


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'{"kind": "atlint readiness evidence"}', b"[" * 100_000, b"\xff"]
)
def test_hostile_evidence_is_refused(tmp_path: Path, raw: bytes) -> None:
    case = Case(tmp_path, BOTH)
    assert "AT906" in failing(case.judge("production", staging=case.write("bad.json", raw)))


def test_evidence_of_an_unready_staging_is_refused(tmp_path: Path) -> None:
    case = Case(tmp_path, BOTH, log=event(lambda value: value["meta"].update(_PRODUCTION)))
    path = case.evidence(Case(tmp_path, BOTH, log=b"").judge())
    assert "not-enough-evidence" in item(case.judge("production", staging=path), "AT906").message


@pytest.mark.parametrize("name", FORMATS)
def test_no_token_in_any_format(tmp_path: Path, name: str) -> None:
    case = Case(tmp_path)
    case.kube = {
        name: text.replace("service_region ng", f"service_region ng\n        auth_token {TOKEN}")
        for name, text in case.manifests().items()
    }
    leaked = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpYW0ifQ.c2lnbmF0dXJl"
    leak = payload("requestData", json.dumps({"note": f"Bearer {leaked}"}))
    case.log = event() + event(leak) + event(payload("action", f"containers-kubernetes.worker.{leaked}"))
    text = "".join(renderer(name)(case.judge(), rules=cards("at-2018")))
    assert TOKEN not in text
    assert leaked not in text
