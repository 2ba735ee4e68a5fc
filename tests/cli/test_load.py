from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from atlint.load.scenarios import SCENARIOS
from tests.conftest import below, ended


def atlint(*arguments: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "atlint", *arguments]
    return subprocess.run(command, capture_output=True, cwd=cwd, check=False, timeout=120, **more)


def summary(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)["summary"]
    return found


@pytest.mark.parametrize("edition", ["at-2018", "at-2019", "at-2020", "at-2025"])
def test_what_is_loaded_is_verified_and_clean(edition: str, tmp_path: Path) -> None:
    arguments = ["--rate", "2000", "--duration", "500ms", "--pods", "2", "--rotate", "300KB", "--edition", edition]
    loaded = atlint("load", "at", *arguments, "--manifest", "m.jsonl", "--output", "json", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert (summary(loaded)["offered"], summary(loaded)["written"]) == (1000, 1000)
    verified = atlint("verify", "m.jsonl", "at", "--output", "json", cwd=tmp_path)
    assert verified.returncode == 0
    assert (summary(verified)["sent"], summary(verified)["delivered"]) == (1000, 1000)
    checked = atlint("check", "at", "--edition", edition, "--fail-on", "info", "--ignore", "AT505,AT6", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout.decode()


def test_processes_make_what_one_writes(tmp_path: Path) -> None:
    at = ["--now", "2026-01-31T12:00:00Z", "--seed", "3", "--mix", "compliant=9,AT310=1", "--rotate", "300KB"]
    found = []
    for jobs in ("1", "3"):
        arguments = ["--rate", "4000", "--duration", "500ms", "--pods", "2", *at, "--jobs", jobs]
        done = atlint("load", jobs, *arguments, "--manifest", f"{jobs}.jsonl", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        files = {path.relative_to(tmp_path / jobs): path.read_bytes() for path in (tmp_path / jobs).rglob("*.log*")}
        records = [json.loads(line) for line in (tmp_path / f"{jobs}.jsonl").read_text().splitlines()]
        told = [{**record, "written": 0, "intended": 0} for record in records if record["kind"] == "event"]
        found.append((files, told))
    assert found[0] == found[1]
    assert len(found[0][1]) == 2000
    assert len(found[0][0]) > 2


def test_what_was_written_before_a_worker_died_is_accounted_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "atlint", "load", "at", "--rate", "3000", "--duration", "60s", "--jobs", "2"]
    with subprocess.Popen(
        [*command, "--manifest", "m.jsonl"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        manifest = tmp_path / "m.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (manifest.exists() and manifest.stat().st_size > 200_000):
            time.sleep(0.05)
        workers = below(running.pid)
        os.kill(max(workers), signal.SIGKILL)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 2
    assert b"a worker process ended before its work did" in said
    assert b"Traceback" not in said
    assert ended(workers)
    last = json.loads(manifest.read_text().splitlines()[-1])
    assert last["kind"] == "end"
    assert last["stopped"]
    verified = atlint("verify", "m.jsonl", "at", "--output", "json", cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout
    assert summary(verified)["sent"] == summary(verified)["delivered"] > 0


def test_a_mix_is_labelled_with_the_rules_it_breaks(tmp_path: Path) -> None:
    mix = ["--mix", "compliant=80,AT310=10,AT401=10"]
    atlint("load", "at", "--rate", "1000", "--duration", "1s", *mix, "--manifest", "m.jsonl", cwd=tmp_path)
    rules: dict[str, int] = {}
    for line in (tmp_path / "m.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] == "event" and record["rule"]:
            rules[record["rule"]] = rules.get(record["rule"], 0) + 1
    assert set(rules) == {"AT310", "AT401"}
    checked = atlint("check", "at", "--select", "AT310,AT401", "--output", "json", cwd=tmp_path)
    assert summary(checked)["by_rule"] == rules
    assert atlint("verify", "m.jsonl", "at", cwd=tmp_path).returncode == 0


def test_losses_are_found(tmp_path: Path) -> None:
    atlint("load", "at", "--rate", "500", "--duration", "1s", "--manifest", "m.jsonl", cwd=tmp_path)
    (log,) = (tmp_path / "at").rglob("*.log")
    lines = log.read_bytes().splitlines(keepends=True)
    (tmp_path / "arrived").write_bytes(b"".join(lines[:100] + lines[150:] + lines[:3]))
    verified = atlint("verify", "m.jsonl", "arrived", "--output", "json", cwd=tmp_path)
    assert verified.returncode == 1
    assert (summary(verified)["lost"], summary(verified)["duplicated"]) == (50, 3)


def test_lines_and_manifests_come_by_standard_input_too(tmp_path: Path) -> None:
    made = atlint("generate", "--count", "9", "--manifest", "m.jsonl", cwd=tmp_path).stdout
    lines, manifest = made.splitlines(keepends=True), (tmp_path / "m.jsonl").read_bytes()
    (tmp_path / "arrived").write_bytes(made)
    assert atlint("verify", "m.jsonl", "-", cwd=tmp_path, input=gzip.compress(made)).returncode == 0
    assert atlint("verify", "-", "arrived", cwd=tmp_path, input=manifest).returncode == 0
    less = atlint("verify", "m.jsonl", "-", "--output", "json", cwd=tmp_path, input=b"".join([*lines[1:], b"{}"]))
    assert (less.returncode, summary(less)["lost"], summary(less)["foreign"]) == (1, 1, 1)
    assert [each["path"] for each in json.loads(less.stdout)["examples"]] == ["-"]
    twice = atlint("verify", "-", "-", cwd=tmp_path, input=made)
    assert (twice.returncode, b"given twice" in twice.stderr) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_it_the_account_is_right(number: signal.Signals, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "atlint",
        "load",
        "at",
        "--rate",
        "3000",
        "--duration",
        "60s",
        "--manifest",
        "m.jsonl",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        manifest = tmp_path / "m.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (manifest.exists() and manifest.stat().st_size > 200_000):
            time.sleep(0.05)
        running.send_signal(number)
        running.wait(30)
    for line in (p for log in (tmp_path / "at").rglob("*.log") for p in log.read_bytes().splitlines()[:-1]):
        json.loads(line)
    verified = atlint("verify", "m.jsonl", "at", "--output", "json", cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout
    assert summary(verified)["sent"] == summary(verified)["delivered"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["load", "at"], b"--rate and --duration"),
        (["load", "at", "--rate", "1", "--duration", "5"], b"duration"),
        (["load", "at", "--rate", "1", "--duration", "1s", "--scenario", "flood"], b"rename-rotation"),
        (["load", "at", "--rate", "1", "--duration", "1s", "--mix", "AT999=1"], b"AT999"),
        (["load", "at", "--rate", "1", "--duration", "1s", "--shard", "5/4"], b"1/4"),
        (["load", "/proc/none", "--rate", "1", "--duration", "1s", "--manifest", "m.jsonl"], b"/proc/none"),
        (["verify", "missing.jsonl", "at"], b"missing.jsonl"),
        (["sink", "--listen", "192.0.2.1:80", "--store", "s"], b"loopback"),
        (["sink", "--listen", "nowhere", "--store", "s"], b"HOST:PORT"),
    ],
)
def test_wrong_usage_says_how_to_mend_it(arguments: list[str], said: bytes, tmp_path: Path) -> None:
    done = atlint(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert b"Traceback" not in done.stderr


def test_scenarios_are_listed(tmp_path: Path) -> None:
    done = atlint("load", "--scenarios", cwd=tmp_path)
    assert all(name.encode() in done.stdout for name in SCENARIOS)
