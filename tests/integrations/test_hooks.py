from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from atlint.integrations.hooks import HOOKS, catalogue

ROOT = Path(__file__).parent.parent.parent
GOOD = ROOT / "schemas" / "editions" / "at-2018" / "examples.jsonl"


def test_the_catalogue_is_what_pre_commit_reads() -> None:
    found = yaml.safe_load(catalogue())
    assert [hook["id"] for hook in found] == [hook.id for hook in HOOKS]
    for hook in found:
        assert hook["require_serial"] is True
        assert hook["language"] == "python"


@pytest.mark.parametrize(
    ("known", "name", "text", "code"),
    [
        ("atlint", "empty.log", "", 0),
        ("atlint", "other.log", "listening\n", 1),
        ("atlint-manifests", "at-home.yaml", "lights: []\n", 0),
        ("atlint-manifests", "at-home.yaml", "# nothing yet\n", 0),
        ("atlint-registration", "at-registration.yaml", "# nothing yet\n", 3),
        ("atlint-registration", "at-registration.yaml", "lights: []\n", 3),
    ],
)
def test_what_is_not_ours_stops_no_commit(known: str, name: str, text: str, code: int, tmp_path: Path) -> None:
    [hook] = (hook for hook in HOOKS if hook.id == known)
    assert re.search(hook.files, name)
    (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", *shlex.split(hook.entry), name]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode == code


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one clean log."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "events.log").write_bytes(GOOD.read_bytes())
    git(folder, "add", "events.log")
    return folder


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.integration
def test_real_pre_commit_fails_and_passes_once_fixed(project: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed (extra dev)")
    source = tmp_path / "atlint"
    ignored = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, source, ignore=ignored)
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "all")

    def run(config: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One hook on all files: tried out as it stands, or as a configuration has it."""
        command = [sys.executable, "-m", "pre_commit"]
        command += ["try-repo", str(source), "atlint"] if config is None else ["run", "--config", str(config)]
        command += ["--all-files", "--verbose"]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=500)

    # to pre-commit these are binary, and they are judged all the same
    (project / "nul.log").write_bytes(GOOD.read_bytes().replace(b"outcome", b"out\0ome", 1))
    (project / "wide.log").write_bytes(GOOD.read_text().encode("utf-16"))
    git(project, "add", ".")
    odd = run()
    assert odd.returncode == 1, odd.stdout + odd.stderr
    assert "AT015" in odd.stdout
    assert "wide.log" in odd.stdout
    git(project, "rm", "-qf", "nul.log", "wide.log")

    log = project / "events.log"
    bad = GOOD.read_text().replace('"outcome":"success"', '"outcome":"Success"', 1)
    log.write_text(bad)
    broken = run()
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "AT103" in broken.stdout
    subprocess.run([sys.executable, "-m", "atlint", "check", "--fix", str(log)], check=True, capture_output=True)
    mended = run()
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert log.read_text() == GOOD.read_text()

    log.write_text(bad)
    entry = {"repo": str(source), "rev": "HEAD", "hooks": [{"id": "atlint", "args": ["--fix"]}]}
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"repos": [entry]}))
    # a hook that changed a file fails once, so that the change is looked at
    assert [run(config).returncode for _ in range(2)] == [1, 0]
    assert log.read_text() == GOOD.read_text()
