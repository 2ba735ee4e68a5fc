from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlint.cli.check import command as check
from atlint.lint.examples import compliant
from tests.conftest import below, ended

NOW = ("--isolated", "--now", "2026-01-31T00:00:00Z")
#: however fast lines become that are alike, a process is then at work long enough to be met at it
SLOWLY = ("--explain-only",)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    broken = next(iter(compliant("at-2018")))
    broken["payload"]["outcome"] = "done"
    events = [*compliant("at-2018"), broken]
    path.write_text("".join(json.dumps(event) + "\n" for event in events) * 3, encoding="utf-8")
    return path


def test_timings_name_stages_and_rules_and_change_no_report(invoke: Callable[..., Any], log: Path) -> None:
    plain, timed = invoke(check, log, "-o", "json", *NOW), invoke(check, log, "-o", "json", "--timings", *NOW)
    assert timed.out == plain.out
    assert timed.code == plain.code == 1
    header, *rows = timed.err.splitlines()
    assert header.split()[0] == "stage"
    costs = {row.split()[0]: float(row.split()[1]) for row in rows}
    assert {"accept", "decode", "shape", "AT310"} <= set(costs)
    assert list(costs.values()) == sorted(costs.values(), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "0"), "--jobs takes a number from 1 to 1,024, not 0"),
        (("--jobs", "99999999999999999999"), "--jobs takes a number from 1 to 1,024, not 99999999999999999999"),
        (("--engine", "dask://a:b:c"), "--engine takes dask://HOST:PORT, not 'dask://a:b:c'"),
        (("--engine", "dask://anna:hunter2@127.0.0.1:1"), "--engine takes dask://HOST:PORT"),
        (("https://anna:hunter2@127.0.0.1:1/x.log",), "a user and a password before its host"),
        (("--jobs", "2", "--engine", "dask://127.0.0.1:1"), "choose one"),
        (("--engine", "ray://127.0.0.1:1"), "--engine takes dask://HOST:PORT"),
        (("--jobs", "2", "--piece", "0MB"), "0MB"),
    ],
)
def test_what_contradicts_itself_is_refused(
    invoke: Callable[..., Any], log: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = invoke(check, log, *arguments, *NOW)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_signal_ends_all_processes_with_a_message(log: Path, number: signal.Signals, jobs: str) -> None:
    """One of the sort that a terminal sends: to every process of the command."""
    log.write_bytes(log.read_bytes() * 4_000)
    command = [sys.executable, "-m", "atlint", "check", log, "--jobs", jobs, "-o", "json", *NOW, *SLOWLY]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as check:
        try:
            at_work(check.pid, int(jobs))
            others = below(check.pid)
            os.killpg(check.pid, number)
            out, err = check.communicate(timeout=60)
        finally:
            check.kill()
    assert (check.returncode, out) == (128 + number, ""), err
    word = "interrupted" if number == signal.SIGINT else "ended"
    assert err.strip() == f"atlint: {word} before it was done"
    assert bool(others) == (jobs != "1")
    assert ended(others)


@pytest.mark.parametrize("whole", [False, True])
def test_nobody_outlives_one_that_is_killed(log: Path, whole: bool) -> None:
    """A worker of two, or the process that the user sees."""
    log.write_bytes(log.read_bytes() * 4_000)
    command = [sys.executable, "-m", "atlint", "check", log, "--jobs", "2", "-o", "json", *NOW, *SLOWLY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as check:
        try:
            at_work(check.pid, 2)
            others = below(check.pid)
            os.kill(check.pid if whole else max(others, key=seconds), signal.SIGKILL)
            _, err = check.communicate(timeout=60)
        finally:
            check.kill()
    assert check.returncode == (-signal.SIGKILL if whole else 2)
    assert ("a worker process ended before its work did" in err) == (not whole)
    assert ended(others)


def at_work(pid: int, jobs: int) -> None:
    """Wait until so many processes have used a third of a second of CPU each: more than they do to begin with."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        used = sorted(map(seconds, below(pid) if jobs > 1 else {pid}))
        if len(used) >= jobs and used[-jobs] > (1.0 if jobs == 1 else 0.3):
            return
        time.sleep(0.05)
    raise AssertionError("the processes do nothing")


def seconds(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(("number", "word"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "ended")])
def test_a_signal_that_comes_while_an_object_is_cleared_away_is_heard(number: signal.Signals, word: str) -> None:
    """Python drops what is raised there."""
    program = f"""
import atlint.cli, os, time
class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), {number.value})
        time.sleep(1)
def main(**_):
    Swallowing()
    time.sleep(30)
atlint.cli.group.main = main
atlint.cli.main([])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (128 + number, f"atlint: {word} before it was done\n")


@pytest.mark.parametrize("jobs", [(), ("--jobs", "1"), ("--jobs", "2", "--piece", "1KB")])
def test_a_log_that_is_named_again_is_judged_once_by_any_number(
    invoke: Callable[..., Any], log: Path, jobs: tuple[str, ...]
) -> None:
    other = log.with_name("b.log")
    other.write_bytes(log.read_bytes())
    once = json.loads(invoke(check, log, other, "-o", "json", "--select", "ALL", *NOW).out)
    twice = json.loads(invoke(check, log, other, log, log.parent, "-o", "json", "--select", "ALL", *NOW, *jobs).out)
    assert twice["summary"].pop("notes") == [f"found again, and not judged twice: {log}, {log}, {other}"]
    assert twice == once
    assert once["summary"]["files"] == 2


def test_a_log_that_is_named_again_is_told_of_below_a_diff(invoke: Callable[..., Any], log: Path) -> None:
    note = f"found again, and not judged twice: {log}"
    assert f"atlint: {note}\n" in invoke(check, log, log, "--diff", *NOW).err
    assert note not in invoke(check, log, log, "--diff", "--quiet", *NOW).err
    assert f"note: {note}\n" in invoke(check, log, log, "-o", "concise", *NOW).out


def test_a_note_names_a_few_files_and_keeps_the_others(invoke: Callable[..., Any], log: Path) -> None:
    (log.with_name("pod.yaml")).write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", encoding="utf-8")
    done = invoke(check, log.parent, *[log] * 4, "-o", "json", *NOW)
    notes = json.loads(done.out)["summary"]["notes"]
    assert notes[-1] == f"found again, and not judged twice: {log}, {log}, {log} and 1 more"
    assert json.loads(done.out)["summary"]["manifests"]["objects"] == 1
