from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from atlint import __version__
from atlint.plan.truth import read_json
from atlint.rules import REGISTRY

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
SEED = FIXTURES / "seed" / "noisy_events.log"
REGISTRATION = FIXTURES / "key-vault" / "at-registration.yaml"


def atlint(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "atlint", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, check=False, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("check", str(SEED)), 1, b"error[AT310]"),
        (("check", "-"), 3, b"no evidence"),
        (("check", "missing.log"), 2, b"missing.log: No such file"),
        (("check",), 2, b"Missing argument"),
        (("chek", "x"), 2, b"Did you mean 'check'?"),
        (("check", str(SEED), "--select", "AT3100"), 2, b"did you mean AT310?"),
        (("check", str(SEED), "--select", "crn-service-mismach"), 2, b"did you mean crn-service-mismatch?"),
        (("check", str(SEED), "--output", "jsn"), 2, b"did you mean 'json'?"),
        (("check", str(SEED), "--edition", "at-2016"), 2, b"unknown edition"),
        (("check", str(SEED), "--severity", "AT310"), 2, b"RULE=LEVEL"),
        (("check", str(SEED), "--severity", "AT310=fatal"), 2, b"unknown severity"),
        (("check", str(SEED), "--fail-on", "sometimes"), 2, b"--fail-on takes"),
        (("check", str(SEED), "--now", "yesterday"), 2, b"2026-01-31T12:00:00Z"),
        (("check", str(SEED), "--fail-on", "never"), 0, b"AT310"),
        (("explain", "AT310"), 0, b"## Why it matters"),
        (("explain", "crn-service-mismatch"), 0, b"# AT310"),
        (("explain",), 2, b"--all"),
        (("explain", "AT999"), 2, b"unknown rule"),
        (("demo",), 0, b"AT310"),
        (("--version",), 0, __version__.encode()),
    ],
)
def test_exit_code_and_words(arguments: tuple[str, ...], code: int, said: bytes) -> None:
    done = atlint(*arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
    if code == 2 and b"Usage" not in done.stderr:
        assert done.stderr.count(b"\n") == 1
        assert not done.stdout


def test_json_report_is_valid_by_its_own_schema() -> None:
    done = atlint("check", str(SEED), "--output", "json")
    report = json.loads(done.stdout)
    names = ("report.schema.json", "finding.schema.json")
    registry = Registry().with_resources((name, Resource.from_contents(read_json(name))) for name in names)
    jsonschema.Draft202012Validator(read_json("report.schema.json"), registry=registry).validate(report)
    assert report["verdict"] == "fail"
    (typo,) = [finding for finding in report["findings"] if finding["code"] == "AT310"]
    assert typo["severity"] == "error"
    assert "containers-kubernetes" in typo["message"]
    line = SEED.read_text()
    assert line[typo["column"] - 1 : typo["end_column"] - 1] == "containers-kuberentes"


def test_the_mended_sample_is_clean() -> None:
    event = json.loads(SEED.read_text())
    account = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
    event["meta"] = {
        "serviceProviderName": "containers-kubernetes",
        "serviceProviderRegion": "ng",
        "serviceProviderProjectId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
        "userAccountIds": [account],
    }
    payload = event["payload"]
    payload["initiator"] |= {
        "id": "IBMid-55000KQ3RZ",
        "name": "rbertram@example.com",
        "typeURI": "service/security/account/user",
        "host": {"address": "9.9.9.9"},
    }
    instance = "6e4c93cdf28e47f6abecb7e97e65056d"
    payload["target"] |= {
        "id": f"crn:v1:bluemix:public:containers-kubernetes:dal09:a/{account}:{instance}:worker:w1",
        "name": "w1",
    }
    payload["eventTime"] = "2017-10-19T19:07:50.32+0000"
    done = atlint("check", "-", "--fail-on", "info", "--select", "ALL", stdin=json.dumps(event).encode() + b"\n")
    assert done.returncode == 0, done.stdout.decode()


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"nonsense\n" * 50_000)
    command = f"{sys.executable} -m atlint check {log} --output jsonl --select ALL | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize("more", [(), ("-o", "json"), ("-o", "html"), ("--fix",)])
def test_what_cannot_be_written_is_told_of(more: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "atlint", "check", "--isolated", *more, "-"]
        done = subprocess.run(command, input=b'{"a":1}\r\n', stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == ["atlint: output cannot be written: No space left on device"]


def test_alone_it_says_what_it_can_do() -> None:
    done = atlint()
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == atlint("--help").stdout


@pytest.mark.parametrize(
    "command", ["explain --all", "diff at-2018 at-2025 -o json", "generate --count 1000", "check x.log -o jsonl"]
)
def test_a_reader_that_has_gone_is_no_finding(command: str, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"nonsense\n" * 100)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        parts = [sys.executable, "-m", "atlint", *command.split()]
        done = subprocess.run(parts, cwd=tmp_path, stdout=gone, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("command", ["--version", "explain AT101", "check x.log", "generate --count 2"])
def test_a_closed_standard_output_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"nonsense\n")
    shell = f"exec {shlex.quote(sys.executable)} -m atlint {command} >&-"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.decode() == "atlint: standard output is closed: send it to a file, or to /dev/null\n"


READ = "it is read here"
WRITTEN = "it is written here already"


@pytest.mark.parametrize(
    ("command", "file", "why"),
    [
        ("check a.log -o text:a.log", "a.log", READ),
        ("check a.log -o text:link.log", "link.log", READ),
        ("check a.log --write-baseline a.log", "a.log", READ),
        ("check a.log --registration r.yaml -o json:r.yaml", "r.yaml", READ),
        ("check a.log --config atlint.toml -o json:atlint.toml", "atlint.toml", READ),
        ("check a.log -o json:x -o sarif:x", "x", WRITTEN),
        ("check a.log -o json:x --write-baseline x", "x", WRITTEN),
        ("ready r.yaml --evidence r.yaml", "r.yaml", READ),
        ("ready r.yaml --logs a.log --issue a.log", "a.log", READ),
        ("ready r.yaml --evidence x --issue x", "x", WRITTEN),
        ("doctor a.log -o json:a.log", "a.log", READ),
        ("verify m.jsonl a.log -o json:m.jsonl", "m.jsonl", READ),
        ("diff r.yaml s.yaml -o json:s.yaml", "s.yaml", READ),
    ],
)
def test_nothing_that_is_read_is_written_over(
    command: str, file: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    registration = REGISTRATION.read_bytes()
    held = {"a.log": b"nonsense\n", "r.yaml": registration, "s.yaml": registration, "m.jsonl": b"{}\n"}
    held["atlint.toml"] = b'edition = "at-2018"\n'
    for name, data in held.items():
        Path(name).write_bytes(data)
    Path("link.log").symlink_to("a.log")
    done = atlint(*command.split())
    assert done.returncode == 2
    assert done.stderr.decode() == f"atlint: {file}: {why}, and would be written over: give another file\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.is_symlink()} == held


def test_explain_all_as_json() -> None:
    pages = json.loads(atlint("explain", "--all", "--output", "json").stdout)
    assert [page["code"] for page in pages] == list(REGISTRY)
    for page in pages:
        assert set(page) == {
            "code", "name", "family", "scope", "summary", "documentation", "severity", "fix", "sources"
        }  # fmt: skip
        assert set(page["severity"].values()) <= {"error", "warning", "info", "off", None}


@pytest.mark.parametrize("module", ["click", "atlint.cli"])
def test_an_interrupt_while_all_is_imported_is_no_traceback(tmp_path: Path, module: str) -> None:
    """A finder that comes first stands in the way of a module, and is interrupted there."""
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import os, signal, sys
class Finder:
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
"""
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "atlint", "check", str(SEED)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr == b"atlint: interrupted before it was done\n"


def test_help_imports_nothing_slow() -> None:
    script = """
import sys
sys.argv = ["atlint", "--help"]
from atlint.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    loaded = set(done.stderr.decode().split())
    assert done.returncode == 0
    assert not loaded & {"rich", "jinja2", "lark", "jsonschema", "jsonschema_rs", "yaml", "msgspec", "hypothesis"}
