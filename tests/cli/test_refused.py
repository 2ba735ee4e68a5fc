"""Folders that may not be listed: what lies in them is unknown, so no verdict speaks of the whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

#: a superuser may read everything, unless that is taken away
_MAY_NOT = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps=-all", "--")
_AS_ANYBODY = _MAY_NOT if os.geteuid() == 0 else ()

pytestmark = pytest.mark.skipif(
    bool(_AS_ANYBODY) and shutil.which(_MAY_NOT[0]) is None, reason="a superuser may read everything"
)


def atlint(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [*_AS_ANYBODY, sys.executable, "-m", "atlint", *arguments]
    return subprocess.run(command, capture_output=True, cwd=cwd, check=False, timeout=60)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """A folder with one of two events, and the other in a folder below; beside it their manifest."""
    below = tmp_path / "logs" / "below"
    below.mkdir(parents=True)
    made = atlint("generate", "--count", "2", "--manifest", "manifest.jsonl", cwd=tmp_path).stdout
    for folder, event in zip((below.parent, below), made.splitlines(keepends=True), strict=True):
        (folder / "pod.log").write_bytes(event)
    yield below.parent
    below.chmod(0o700)


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o400], ids=oct)
@pytest.mark.parametrize("command", [("check",), ("verify", "manifest.jsonl")], ids=lambda command: command[0])
def test_a_folder_that_cannot_be_listed_is_not_passed_over(command: tuple[str, ...], mode: int, logs: Path) -> None:
    whole = atlint(*command, "logs", cwd=logs.parent)
    assert (whole.returncode, whole.stderr) == (0, b"")
    (logs / "below").chmod(mode)
    done = atlint(*command, "logs", cwd=logs.parent)
    assert (done.returncode, done.stdout) == (2, b"")
    [said] = done.stderr.decode().splitlines()
    assert str(Path("logs", "below")) in said
    assert said.endswith(": Permission denied")
