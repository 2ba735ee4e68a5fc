"""`ready`, `compile` and `init` as a user runs them."""

from __future__ import annotations

import base64
import gzip
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from atlint.rules.readiness_rules import EXAMPLE
from tests.readiness.case import BOTH, TOKEN, Case, event, valid

PLANTED = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpYW0ifQ.c2lnbmF0dXJl"


def atlint(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "atlint", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        timeout=60,
        input=stdin,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "registration.yaml").write_text(EXAMPLE)
    (tmp_path / "both.yaml").write_text(BOTH)
    (tmp_path / "events.log").write_bytes(event())
    (tmp_path / "copy.log").write_bytes(event())
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "broken.yaml").write_text(EXAMPLE.replace("displayName", "dispalyName"))
    (tmp_path / "unquoted.yaml").write_text(EXAMPLE.replace("    region: ng\n", ""))
    (tmp_path / "other.yaml").write_text("a: 1\n")
    (tmp_path / "torn.yaml").write_text("{\n")
    (tmp_path / "frankfurt.yaml").write_text(EXAMPLE.replace("region: ng", "region: eu-de"))
    return tmp_path


def test_manifests_come_by_a_pipe_as_well(tmp_path: Path) -> None:
    """As a note about templates says: what they render to need not lie in a file."""
    made = Case(tmp_path).manifests()
    for name, text in made.items():
        (tmp_path / "kube" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "kube" / name).write_text(text)
    (tmp_path / "events.log").write_bytes(event())
    rendered = "".join(f"---\n# Source: at/templates/{name}\n{text}" for name, text in made.items())
    asked = ("ready", "registration.yaml", "--logs", "events.log", "--isolated", "-o", "concise")
    piped = atlint(*asked, "--kube", "-", cwd=tmp_path, stdin=rendered)
    assert (piped.returncode, piped.stderr) == (0, "")
    assert "AT912 ready Secret, ConfigMap and Deployment name what is registered" in piped.stdout
    assert piped.stdout == atlint(*asked, "--kube", "kube", cwd=tmp_path).stdout.replace("4 files", "1 file")
    checked = atlint("check", "-", "--isolated", cwd=tmp_path, stdin=rendered)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("registration.yaml --logs events.log", 0, "ready: "),
        ("registration.yaml --logs events.log --logs copy.log", 0, "2 of 2 events in 2 files"),
        ("registration.yaml --logs events.log --logs ./events.log", 0, "1 of 1 events in 1 file"),
        ("registration.yaml --logs events.log --logs ./events.log", 0, "and not judged twice: ./events.log"),
        ("registration.yaml --logs empty.log", 3, "there is no event to judge"),
        ("registration.yaml", 3, "not enough evidence"),
        ("registration.yaml --logs events.log --environment production", 1, "nothing is registered for production"),
        ("both.yaml --logs events.log --environment production", 3, "AT905"),
        ("frankfurt.yaml --logs events.log", 1, "AT907"),
        ("frankfurt.yaml --logs events.log", 1, "https://activity-tracker.stage1.eu-gb.bluemix.net"),
        ("broken.yaml --logs events.log", 1, "AT909"),
        ("unquoted.yaml --logs events.log", 1, "region is missing"),
        ("other.yaml", 2, "other.yaml:1:1: /a: unknown key a"),
        ("events.log", 2, "events.log:1:2: /meta"),
        ("torn.yaml", 2, "torn.yaml:2:1: /: not YAML"),
        ("missing.yaml", 2, "No such file"),
        ("registration.yaml --logs missing.log", 2, "No such file"),
        ("registration.yaml --kube missing", 2, "No such file"),
        ("both.yaml --environment production --staging missing.json", 2, "No such file"),
        ("registration.yaml --region eu-gb", 2, "eu-gb"),
        ("registration.yaml --max-error-rate 5", 2, "0.1%"),
        ("registration.yaml --environment staging", 2, "stage1"),
        ("registration.yaml -o jsn", 2, "did you mean 'json'?"),
    ],
)
def test_ready_exit_code_and_words(folder: Path, arguments: str, code: int, said: str) -> None:
    done = atlint("ready", *arguments.split(), "--isolated", cwd=folder)
    assert done.returncode == code, done.stderr + done.stdout
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_ready_tells_of_every_fault_of_a_registration_that_has_no_shape(folder: Path) -> None:
    text = EXAMPLE.replace("region: ng", "region: us-south").replace("edition: at-2018", "edition: at-2017")
    (folder / "bad.yaml").write_text(text.replace("displayName", "dispalyName"))
    wanted = ("--evidence", "e.json", "--issue", "i.md", "-o", "json:rep.json", "-o", "text", "-o", "junit:j.xml")
    done = atlint("ready", "bad.yaml", "--logs", "events.log", *wanted, "--isolated", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads((folder / "rep.json").read_text())
    valid("readiness", found)
    checked = json.loads(atlint("check", "bad.yaml", "-o", "json", "--isolated", cwd=folder).stdout)
    for each in ("code", "pointer", "line", "column", "message"):
        assert [fault[each] for fault in found["findings"]] == [fault[each] for fault in checked["findings"]]
    assert [each["pointer"] for each in found["findings"]] == [
        "/edition", "/service/dispalyName", "/registrations/0/region",
    ]  # fmt: skip
    assert [(each["code"], each["state"]) for each in found["items"]] == [("AT909", "not-ready")]
    assert len(found["summary"]["notes"]) == 3
    assert "AT909" in (folder / "j.xml").read_text()
    assert "only the registration was looked at" in done.stdout
    assert [name for name in ("e.json", "i.md") if (folder / name).exists()] == []


def test_ready_prints_the_issue_for_people_only(folder: Path) -> None:
    text = atlint("ready", "registration.yaml", "--logs", "events.log", cwd=folder).stdout
    assert "# Register containers-kubernetes with Activity Tracker (stage1)" in text
    done = atlint("ready", "registration.yaml", "--logs", "events.log", "-o", "json", "--issue", "i.md", cwd=folder)
    found = json.loads(done.stdout)
    assert found["verdict"] == "ready"
    assert set(found["items"][0]) == {"code", "name", "state", "message", "have", "want"}
    assert (folder / "i.md").read_text() in text


def test_from_staging_to_production(folder: Path) -> None:
    staged = atlint("ready", "both.yaml", "--logs", "events.log", "--evidence", "e.json", "--isolated", cwd=folder)
    assert staged.returncode == 0, staged.stdout
    change = {"serviceProviderRegion": "eu-de", "serviceProviderProjectId": "0d84f3b1-52ce-4a97-b06f-9e1d7c3a5824"}
    (folder / "live.log").write_bytes(event(lambda value: value["meta"].update(change)))
    last = ("both.yaml", "--environment", "production", "--logs", "live.log", "--isolated", "--staging")
    assert atlint("ready", *last, "e.json", cwd=folder).returncode == 0
    (folder / "e.json").write_text((folder / "e.json").read_text().replace('"events": 1', '"events": 2'))
    done = atlint("ready", *last, "e.json", cwd=folder)
    assert done.returncode == 1
    assert "AT906" in done.stdout


def test_compile_kube_and_ready_with_it(folder: Path) -> None:
    arguments = ("compile", "registration.yaml", "--target", "kube", "--out", "kube")
    done = atlint(*arguments, cwd=folder, env={"ATLINT_SERVICE_TOKEN": TOKEN})
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    for path in (folder / "kube").iterdir():
        assert path.stat().st_mode & 0o777 == (0o700 if path.suffix == ".sh" else 0o600)
    secret = yaml.safe_load((folder / "kube" / "at_secret.yaml").read_text())
    (value,) = secret["data"].values()
    assert TOKEN in base64.b64decode(value).decode()
    before = {path.name: path.read_bytes() for path in (folder / "kube").iterdir()}
    (folder / "token").write_text(f"{TOKEN}\n")
    assert atlint(*arguments, "--token-file", "token", cwd=folder).returncode == 0
    assert before == {path.name: path.read_bytes() for path in (folder / "kube").iterdir()}
    done = atlint("ready", "registration.yaml", "--logs", "events.log", "--kube", "kube", "--isolated", cwd=folder)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "token", "said"),
    [
        ("registration.yaml --target kube --out k", "", "ATLINT_SERVICE_TOKEN"),
        ("registration.yaml --target kube --out k", "", "--token-file"),
        ("registration.yaml --target kube --out k", PLANTED, "IAM token"),
        ("registration.yaml --target kube --out k --token-file missing", TOKEN, "missing"),
        ("registration.yaml --target kube", TOKEN, "--out"),
        ("registration.yaml --target kube --out k --region eu-gb", TOKEN, "stage1 ng"),
        ("both.yaml --target kube --out k", TOKEN, "production eu-de"),
        ("frankfurt.yaml --target kube --out k", TOKEN, "AT907"),
        ("registration.yaml --target kube --out k --duration soon", TOKEN, "soon"),
        ("registration.yaml --target kube --out k --now soon", TOKEN, "soon"),
        ("--target kube --out k", TOKEN, "needs a registration"),
        ("--target docs", "", "needs a registration"),
        ("broken.yaml --target docs", "", "broken.yaml:2:40"),
        ("--target jsonschema --edition at-2016", "", "at-2016"),
        ("registration.yaml --target jsonschme", "", "jsonschema"),
    ],
)
def test_compile_refuses(folder: Path, arguments: str, token: str, said: str) -> None:
    done = atlint("compile", *arguments.split(), cwd=folder, env={"ATLINT_SERVICE_TOKEN": token})
    assert done.returncode == 2
    assert said in done.stderr
    assert not done.stdout
    assert not (folder / "k").exists()
    assert "Traceback" not in done.stderr
    assert PLANTED not in done.stderr


@pytest.mark.parametrize("target", ["jsonschema", "docs", "python", "issue"])
def test_compile_to_a_folder_and_to_standard_output(folder: Path, target: str) -> None:
    arguments = ("compile", "registration.yaml", "--target", target)
    shown = atlint(*arguments, cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert atlint(*arguments, "--out", "out", cwd=folder).returncode == 0
    (made,) = (folder / "out").iterdir()
    assert made.read_text() == shown.stdout


def test_compile_a_schema_without_a_registration(folder: Path) -> None:
    done = atlint("compile", "--target", "jsonschema", "--edition", "at-2025", cwd=folder)
    assert json.loads(done.stdout)["title"].endswith("at-2025")


_FLAGS = [
    "--service=kms",
    "--display-name=Protect",
    "--environment=stage1",
    "--region=eu-gb",
    "--account-id=71316012345",
    "--space-id=5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
    "--action=kms.secrets.read",
    "--action=kms.secrets.delete",
]


def test_init_by_options(folder: Path) -> None:
    done = atlint("init", *_FLAGS, "--out", "r.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load((folder / "r.yaml").read_text())
    assert made["registrations"] == [
        {
            "environment": "stage1",
            "region": "eu-gb",
            "endpoint": "https://activity-tracker.stage1.eu-gb.bluemix.net",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "71316012345",
        }
    ]
    assert [each["action"] for each in made["actions"]] == ["kms.secrets.read", "kms.secrets.delete"]
    assert atlint("ready", "r.yaml", "--isolated", cwd=folder).returncode == 3


def test_init_never_overwrites(folder: Path) -> None:
    (folder / "r.yaml").write_text("mine\n")
    (folder / "dangling.yaml").symlink_to(folder / "nowhere.yaml")
    for name in ("r.yaml", "dangling.yaml"):
        done = atlint("init", *_FLAGS, "--out", name, cwd=folder)
        assert done.returncode == 2
        assert "overwrites nothing" in done.stderr
    assert (folder / "r.yaml").read_text() == "mine\n"
    assert not (folder / "nowhere.yaml").exists()


def test_init_learns_from_a_log(folder: Path) -> None:
    failed = event(lambda value: value["payload"].update(outcome="failure", reason={"reasonCode": 403}))
    (folder / "more.log").write_bytes(failed)
    (folder / "noise.log").write_bytes(b"no event\n[1]\n{}\n\xff\n" + b"[" * 5000 + b"\n")
    done = atlint(
        "init", "--from-log", "events.log", "--from-log", "more.log", "--from-log", "noise.log", "--account-id",
        "3f1b7c0d9e2a4586b1c7d0e9f8a24356", "--out", "r.yaml", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load((folder / "r.yaml").read_text())
    assert made["service"]["name"] == "containers-kubernetes"
    assert made["userCopy"] == "account"
    assert made["actions"] == [
        {
            "action": "containers-kubernetes.worker.create",
            "target": "containers-kubernetes/worker",
            "severity": "normal",
            "outcomes": ["success", "failure"],
        }
    ]
    logs = ("--logs", "events.log", "--logs", "more.log")
    assert atlint("ready", "r.yaml", *logs, "--isolated", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "--service"),
        ("--service kms", "--region"),
        ("--service kms --region eu-de", "AT907"),
        ("--service kms --region mars", "no tracker in 'mars'"),
        ("--service kms --region ng --action kms.read", "/actions/0/action"),
        ("--service KMS --region ng", "/service/name"),
        ("--service kms --region ng --space-id 5", "/registrations/0/spaceId"),
        ("--service kms --region ng --action cos.bucket.read", "begins with"),
        ("--service kms --region ng --edition at-2016", "at-2016"),
        ("--from-log empty.log", "not one event"),
        ("--from-log missing.log", "No such file"),
    ],
)
def test_init_refuses(folder: Path, arguments: str, said: str) -> None:
    done = atlint("init", *arguments.split(), cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "at-registration.yaml").exists()


_SILENT = {
    "UTF-16": ("the file is UTF-16", event().decode().encode("utf-16")),
    "gzip": ("the file is gzip data", gzip.compress(event())),
    "returns": ("carriage returns stand where line feeds belong", event().replace(b"\n", b"\r") * 2),
    "text": ("a value is expected here", b"all is well\n"),
    "str": ("this looks like Python's str() of a dict", f"{json.loads(event())}\n".encode()),
}


@pytest.mark.parametrize("kind", _SILENT)
def test_init_says_of_a_log_without_events_what_check_says(folder: Path, kind: str) -> None:
    said, data = _SILENT[kind]
    (folder / "other.log").write_bytes(data)
    said = f"atlint: --from-log: there is not one event in other.log: {said}"
    done = atlint("init", "--from-log", "other.log", cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(said)
    done = atlint("init", "--from-log", "events.log", "--from-log", "other.log", cwd=folder)
    assert done.returncode == 0
    assert done.stderr.startswith(said)


def test_init_learns_from_the_logs_of_a_folder(folder: Path) -> None:
    (folder / "logs").mkdir()
    (folder / "logs" / "read.me").write_bytes(event())
    assert "not one event in logs" in atlint("init", "--from-log", "logs", cwd=folder).stderr
    (folder / "logs" / "events.log").write_bytes(event())
    (folder / "logs" / "pod.yaml").write_bytes(b"kind: Pod\n")
    done = atlint("init", "--from-log", "logs", cwd=folder)
    assert (done.returncode, "not one event" in done.stderr) == (0, False)


def test_init_says_what_it_left_out(folder: Path) -> None:
    other = event(lambda value: value["meta"].update(serviceProviderName=f"kms{PLANTED}"))
    vague = event(lambda value: value["payload"].update(action="worker"))
    (folder / "mixed.log").write_bytes(event() * 3 + other + b"\n \n" + vague + b"all is well\n")
    done = atlint("init", "--from-log", "mixed.log", cwd=folder)
    assert done.returncode == 0
    assert "left out of 4 events what is not of containers-kubernetes, 1;" in done.stderr
    assert "left out 2 lines: no event" in done.stderr
    assert PLANTED not in done.stderr
    assert "left out" not in atlint("init", "--from-log", "events.log", "--out", "clean.yaml", cwd=folder).stderr


def test_init_writes_to_standard_output(folder: Path) -> None:
    done = atlint("init", *_FLAGS, "--out", "-", cwd=folder)
    atlint("init", *_FLAGS, "--out", "r.yaml", cwd=folder)
    assert done.stdout == (folder / "r.yaml").read_text()
    assert not (folder / "-").exists()


def answered(folder: Path, *answers: str) -> str:
    """What `init` says on a terminal to someone who gives these answers; it writes r.yaml."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "atlint", "init", "--out", "r.yaml"],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
    ) as running:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        _, said = running.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 0, said
    return said.decode()


SPACE = "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32"


def test_init_asks_on_a_terminal(folder: Path) -> None:
    said = answered(folder, "kms", "Key Protect", "stage1", "ng", SPACE, "abc123", "kms.secrets.read")
    assert "Dallas" in said
    assert yaml.safe_load((folder / "r.yaml").read_text())["service"] == {"name": "kms", "displayName": "Key Protect"}


def test_init_asks_again_where_an_answer_will_not_do(folder: Path) -> None:
    said = answered(
        folder, "Key Protect", "", "kms", "", "moon", "", "", "mars", "ng", "5e0b", SPACE, "", "kms.read",
        "cos.bucket.read", "kms.secrets.read",
    )  # fmt: skip
    assert said.count("Error: ") == 8
    made = yaml.safe_load((folder / "r.yaml").read_text())
    assert made["service"] == {"name": "kms", "displayName": "kms"}
    [home] = made["registrations"]
    assert (home["environment"], home["region"], home["spaceId"]) == ("stage1", "ng", SPACE)
    assert [each["action"] for each in made["actions"]] == ["kms.secrets.read"]


@pytest.mark.parametrize(
    "output", ["text", "json", "junit", "markdown", "concise", "jsonl", "sarif", "github", "gitlab"]
)
def test_no_token_in_any_output_of_ready(folder: Path, output: str) -> None:
    env = {"ATLINT_SERVICE_TOKEN": TOKEN}
    atlint("compile", "registration.yaml", "--target", "kube", "--out", "kube", cwd=folder, env=env)
    secret = folder / "kube" / "at_secret.yaml"
    services = {"services": [{"service_name": "other", "auth_token_value": TOKEN, "project_id": PLANTED}]}
    encoded = base64.b64encode(json.dumps(services).encode()).decode()
    secret.write_text(secret.read_text().rpartition(": ")[0] + f": {encoded}\n")
    text = (folder / "registration.yaml").read_text()
    (folder / "planted.yaml").write_text(text.replace("stage1.ng.bluemix.net", f"stage1.ng.bluemix.net/{PLANTED}"))
    leak = event(lambda value: value["payload"].update(action=f"kms.secrets.{PLANTED}", tags=[f"Bearer {PLANTED}"]))
    (folder / "events.log").write_bytes(event() + leak)
    for name in ("registration.yaml", "planted.yaml"):
        done = atlint(
            "ready", name, "--logs", "events.log", "--kube", "kube", "--evidence", "e.json", "--issue", "i.md",
            "-o", output, cwd=folder, env=env,
        )  # fmt: skip
        assert done.returncode == 1
        files = (folder / "e.json").read_text() + (folder / "i.md").read_text()
        for planted in (TOKEN, PLANTED, encoded):
            assert planted not in done.stdout + done.stderr + files


@pytest.mark.parametrize("field", ["action", "target"])
@pytest.mark.parametrize(
    "command",
    [
        *(f"compile wrong.yaml --target {name}" for name in ("docs", "python", "issue", "jsonschema")),
        "compile wrong.yaml --target kube --out k",
        "generate --registration wrong.yaml",
        "load logs --rate 1 --duration 1s --registration wrong.yaml",
    ],
)
def test_nothing_is_made_of_what_is_no_action(folder: Path, command: str, field: str) -> None:
    text = (folder / "registration.yaml").read_text()
    (folder / "wrong.yaml").write_text(re.sub(rf"\b{field}: [^,}}]+", f"{field}: {PLANTED}", text))
    done = atlint(*command.split(), cwd=folder, env={"ATLINT_SERVICE_TOKEN": TOKEN})
    assert (done.returncode, done.stdout) == (2, "")
    assert f"/actions/0/{field}: {field} is [hidden]" in done.stderr
    assert PLANTED not in done.stderr


def test_a_token_for_a_key_is_not_told(folder: Path) -> None:
    text = (folder / "registration.yaml").read_text()
    (folder / "wrong.yaml").write_text(text.replace("userCopy", PLANTED))
    for command in ("diff wrong.yaml registration.yaml", "check --registration wrong.yaml -"):
        done = atlint(*command.split(), cwd=folder)
        assert done.returncode == 2
        assert "unknown key [hidden]" in done.stderr
        assert PLANTED not in done.stderr
    for output in ("text", "json", "junit", "markdown", "concise", "sarif"):
        done = atlint("ready", "wrong.yaml", "-o", output, cwd=folder)
        assert done.returncode == 1
        assert "unknown key " in done.stdout
        assert PLANTED not in done.stdout + done.stderr


def test_bytes_that_are_no_text_are_no_event(folder: Path) -> None:
    (folder / "events.log").write_bytes(event() + event().replace(b"success", b"succ\xffess") + b'{"a\xff": 1}\n')
    learned = atlint("init", "--from-log", "events.log", "--out", "learned.yaml", cwd=folder)
    assert learned.returncode == 0, learned.stderr
    judged = atlint("ready", "registration.yaml", "--logs", "events.log", "-o", "json", cwd=folder)
    assert judged.returncode == 1, judged.stderr
    assert "Traceback" not in learned.stderr + judged.stderr
