from __future__ import annotations

import subprocess
from pathlib import Path

from atlint.pipeline.custody import ELSEWHERE, TRACKED, UNTRACKED, custody


def test_what_git_takes_in_meanwhile_is_seen(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.touch()
    other.touch()
    assert custody(str(one)) == ELSEWHERE
    git("init", "-q")
    assert custody(str(one)) == UNTRACKED
    git("add", "one.yaml")
    assert (custody(str(one)), custody(str(other))) == (TRACKED, UNTRACKED)
    git("add", "other.yaml")
    assert (custody(str(one)), custody(str(other))) == (TRACKED, TRACKED)
