"""A file that shrinks, vanishes or is replaced while it is read ends in a verdict or in exit code 2, never worse."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from atlint.lint import source
from atlint.lint.source import Source, lines
from atlint.rules.readiness_rules import EXAMPLE
from tests.readiness.case import event

ROOT = Path(__file__).parent.parent.parent
COMMANDS = {
    "check": "check --isolated --jobs 1 --quiet a.log",
    "check in pieces": "check --isolated --jobs 2 --piece 200KB --quiet a.log",
    "check and fix": "check --isolated --jobs 1 --quiet --fix a.log",
    "check for a baseline": "check --isolated --jobs 1 --quiet --write-baseline b.json a.log",
    "ready": "ready r.yaml --isolated --jobs 1 --logs a.log",
    "ready in pieces": "ready r.yaml --isolated --jobs 2 --logs a.log",
    "verify": "verify m.jsonl a.log",
    "doctor": "doctor a.log",
    "init": "init --from-log a.log --out new.yaml",
}
CHANGES: dict[str, Callable[[Path], object]] = {
    "shrinks": lambda path: os.truncate(path, 1000),
    "is emptied": lambda path: os.truncate(path, 0),
    "vanishes": Path.unlink,
    "is replaced": lambda path: path.rename(path.with_suffix(".1")) and path.write_bytes(event()),
}
#: shares of a whole run's time at which the file changes
POINTS = (0.3, 0.6, 0.8)


def test_lines_end_where_the_file_ends_by_then(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(event() * 5_000)
    found = lines(Source(str(path)))
    first = next(found)
    os.truncate(path, len(event()) + 10)
    rest = list(found)
    assert first.raw == event()[:-1]
    assert len(rest) < 4_999
    assert all(line.raw == event()[:-1] for line in rest[:-1])
    assert event().startswith(rest[-1].raw)


def test_what_fails_while_it_is_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(event() * 10)

    class Failing:
        def __init__(self) -> None:
            self.left = 3

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, _most: int) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError(5, "Input/output error")
            return event()

    monkeypatch.setattr(source, "_raw", lambda *_: Failing())
    with pytest.raises(source.AtlintError, match="cannot be read to its end"):
        list(lines(Source(str(path))))


@pytest.mark.integration
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_survives(tmp_path: Path, command: str, change: str) -> None:
    def begin() -> subprocess.Popen[str]:
        (tmp_path / "a.log").write_bytes(log)
        (tmp_path / "new.yaml").unlink(missing_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", "atlint", *COMMANDS[command].split()],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    good = b"".join(event(lambda value, n=n: value["payload"].update(message=f"{n}")) for n in range(1_500))
    log = good + event(lambda value: value["payload"].update(outcome="Success"))
    (tmp_path / "r.yaml").write_text(EXAMPLE)
    make = [sys.executable, "-m", "atlint", "generate", "--count", "5", "--manifest", str(tmp_path / "m.jsonl")]
    subprocess.run(make, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    before = time.monotonic()
    begin().communicate(timeout=120)
    whole = time.monotonic() - before
    for point in POINTS:
        process = begin()
        time.sleep(whole * point)
        CHANGES[change](tmp_path / "a.log")
        said = "".join(process.communicate(timeout=120))
        assert process.returncode in {0, 1, 2, 3}, said
        assert "Traceback" not in said
