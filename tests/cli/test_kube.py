"""`check --kube`: whether the tailer that is configured reads the logs at all (AT607)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readiness.case import Case, event

STOCK = "<source>\n@type tail\npath /var/log/at/**/*.log*\nexclude_path /var/log/at/**/*.gz\n</source>\n"


def check(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "atlint", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fluentd.conf").write_text(STOCK)
    for name in ("at/kms/a.log", "at/kms/b.jsonl", "at/kms/.c.log", "at-no-rotate/d.log"):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            event() + event(lambda value: value["payload"].update(eventTime="2018-11-29T09:00:00.00+0000"))
        )
    return tmp_path


def unread(folder: Path, *arguments: str) -> set[str]:
    done = check("logs", "-o", "json", "--select", "AT607", *arguments, cwd=folder)
    report = json.loads(done.stdout)
    assert done.returncode == (1 if report["findings"] else 0), done.stderr
    assert report["summary"]["by_rule"] == ({"AT607": len(report["findings"])} if report["findings"] else {})
    assert {(found["line"], found["severity"]) for found in report["findings"]} <= {(1, "error")}
    return {Path(found["path"]).name for found in report["findings"]}


def test_files_that_the_tailer_never_reads(folder: Path) -> None:
    assert unread(folder) == set()
    assert unread(folder, "--kube", "fluentd.conf") == {"b.jsonl", ".c.log", "d.log"}


def test_the_configuration_names_the_manifests_beside_it(folder: Path) -> None:
    (folder / "atlint.toml").write_text('kube = ["fluentd.conf"]\n')
    assert unread(folder) == {"b.jsonl", ".c.log", "d.log"}
    assert unread(folder, "--isolated") == set()


def test_a_folder_of_manifests_says_it_too(folder: Path) -> None:
    for name, text in Case(folder).manifests().items():
        path = folder / "kube" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (folder / "kube" / "noise.log").write_text("{: no YAML")
    assert unread(folder, "--kube", "kube") == {"b.jsonl", ".c.log"}


@pytest.mark.parametrize(("path", "said"), [("empty", "no configuration of fluentd"), ("missing", "No such file")])
def test_without_a_tailer_nothing_can_be_said(folder: Path, path: str, said: str) -> None:
    (folder / "empty").mkdir()
    done = check("logs", "--kube", path, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
