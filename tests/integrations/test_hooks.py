from __future__ import annotations

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

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        config = project / "config.yaml"
        entry = {"repo": str(source), "rev": "HEAD", "hooks": [{"id": "atlint", "args": list(arguments)}]}
        config.write_text(yaml.safe_dump({"repos": [entry]}))
        command = [sys.executable, "-m", "pre_commit", "run", "--config", str(config), "--all-files", "--verbose"]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=500)

    clean = run()
    assert clean.returncode == 0, clean.stdout + clean.stderr
    bad = GOOD.read_text().replace('"outcome":"success"', '"outcome":"Success"', 1)
    (project / "events.log").write_text(bad)
    broken = run()
    assert broken.returncode == 1
    assert "AT103" in broken.stdout
    run("--fix")
    mended = run()
    assert mended.returncode == 0, mended.stdout
    assert (project / "events.log").read_text() == GOOD.read_text()
