"""A FIFO, a socket, a device or a link that leads nowhere is exit code 2 wherever a path is given: never a hang.

Devices are only read here: a tool that replaces what it writes would replace them.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from atlint import regular
from atlint.cli.output import write_atomically
from atlint.model import AtlintError

ROOT = Path(__file__).parent.parent.parent
REGISTRATION = ROOT / "fixtures" / "rules" / "AT208" / "registration.yaml"
#: {} is the path
READING = [
    "check {}",
    "check --registration {} a.log",
    "check --baseline {} a.log",
    "check --config {} a.log",
    "ready {}",
    "ready r.yaml --logs {}",
    "ready r.yaml --kube {}",
    "ready r.yaml --environment production --staging {}",
    "verify {} a.log",
    "verify m.jsonl {}",
    "doctor {}",
    "diff {} r.yaml",
    "diff r.yaml {}",
    "compile {} --target kube --environment production --region ng --out made",
    "compile r.yaml --target kube --environment production --region ng --out made --token-file {}",
    "generate --count 1 --registration {}",
    "init --service svc --from-log {} --out new.yaml",
    "load logs --rate 1 --duration 1s --schedule replay:{}",
]
WRITING = [
    "check --output json:{} a.log",
    "check --write-baseline {} a.log",
    "load logs --rate 1 --duration 1s --manifest {}",
    "sink --listen 127.0.0.1:0 --store {}",
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "a.log").write_bytes(b"{}\n")
    (tmp_path / "m.jsonl").write_bytes(b"")
    shutil.copy(REGISTRATION, tmp_path / "r.yaml")
    return tmp_path


def run(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "atlint", *command.split()],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "loop"])
@pytest.mark.parametrize("command", READING)
def test_reading_ends_in_exit_code_2(place: Path, command: str, kind: str) -> None:
    done = run(place, command.format(kind))
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert kind in done.stderr


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["fifo", "loop"])
@pytest.mark.parametrize("command", WRITING)
def test_writing_ends_in_exit_code_2_and_replaces_nothing(place: Path, command: str, kind: str) -> None:
    before = (place / kind).lstat()
    done = run(place, command.format(kind))
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    after = (place / kind).lstat()
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


@pytest.mark.integration
@pytest.mark.parametrize(
    "command",
    ["check around", "ready r.yaml --logs around --kube around", "verify m.jsonl around", "check --kube around a.log"],
)
def test_folders_that_hold_themselves_are_walked_once(place: Path, command: str) -> None:
    around = place / "around"
    (around / "below").mkdir(parents=True)
    (around / "again").symlink_to(around)
    (around / "below" / "up").symlink_to("..")
    (around / "loop.log").symlink_to("loop.log")
    (around / "a.log").write_bytes(b"{}\n")
    done = run(place, command)
    assert done.returncode in {1, 2, 3}, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert "again" not in done.stdout
    assert "up" not in re.findall(r"[\w.]+(?=/)", done.stdout)


def test_no_special_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(tmp_path / "socket"))
        for name in ("fifo", "socket"):
            with pytest.raises(AtlintError, match="not a file"):
                write_atomically(tmp_path / name, ["text"])
            with pytest.raises(OSError, match=r"not a file|No such device"):
                regular.opened(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "socket"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", ["new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_file_that_is_larger_than_anybody_reads_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(regular.LONGEST + 1)
    with pytest.raises(OSError, match="larger than"):
        regular.read(tmp_path / "large")
