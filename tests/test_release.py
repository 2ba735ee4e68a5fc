"""What a release promises: one version, a change log that knows it, and commands that are the same everywhere."""

from __future__ import annotations

import ast
import datetime
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from atlint import __version__

ROOT = Path(__file__).resolve().parent.parent
_HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?$", re.MULTILINE)
#: the kinds of change that Keep a Changelog knows
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def project() -> dict[str, object]:
    return dict(tomllib.loads(text("pyproject.toml"))["project"])


def faults(log: str, current: str) -> list[str]:
    """What is wrong with a change log of a package at version `current`."""
    found = list(_HEADING.finditer(log))
    names = [heading["version"] for heading in found]
    wrong = [f"unknown kind {kind}" for kind in re.findall(r"^### (.*)$", log, re.MULTILINE) if kind not in KINDS]
    if not names or names[0] != "Unreleased":
        wrong.append("the first heading is Unreleased")
    released = [heading for heading in found if heading["version"] != "Unreleased"]
    numbers = [tuple(map(int, heading["version"].split("."))) for heading in released]
    if numbers != sorted(set(numbers), reverse=True):
        wrong.append("releases go from the newest to the oldest")
    if released and released[0]["version"] != current:
        wrong.append(f"the newest release is {released[0]['version']}, the package {current}")
    for heading in released:
        try:
            datetime.date.fromisoformat(heading["date"] or "")
        except ValueError:
            wrong.append(f"{heading['version']} has no date")
    return wrong


def test_the_change_log_is_in_order() -> None:
    assert faults(text("CHANGELOG.md"), __version__) == []


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("## [0.1.0] - 2026-01-31\n", "first heading"),
        ("## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n", "newest release is 0.2.0"),
        ("## [Unreleased]\n\n## [0.1.0]\n", "no date"),
        ("## [Unreleased]\n\n### Improved\n", "unknown kind"),
        ("## [Unreleased]\n\n## [0.1.0] - 2026-01-31\n\n## [0.2.0] - 2026-02-01\n", "newest to the oldest"),
    ],
)
def test_a_change_log_out_of_order_is_noticed(log: str, said: str) -> None:
    assert any(said in fault for fault in faults(log, "0.1.0"))


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in project()
    assert project()["dynamic"] == ["version"]
    assert version("atlint") == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    said = subprocess.run(
        [sys.executable, "-m", "atlint", "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == f"atlint {__version__}\n"


def sessions() -> set[str]:
    """The verbs of `noxfile.py`."""
    return {
        node.name
        for node in ast.parse(text("noxfile.py")).body
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(each) for each in node.decorator_list)
    }


def test_contributors_read_the_verbs_that_there_are() -> None:
    assert set(re.findall(r"^\| `nox -s (\w+)` \|", text(".github/CONTRIBUTING.md"), re.MULTILINE)) == sessions()


def test_the_gate_runs_the_verbs_and_nothing_else() -> None:
    gate = text(".ci/run")
    # fmt changes files; tests is run by the README's own command
    assert set(re.findall(r"^verb (\w+)$", gate, re.MULTILINE)) == sessions() - {"fmt", "tests"}
    for tool in ("ruff", "mypy", "pytest", "lint-imports", "build"):
        assert not re.search(rf"^\s*(?:python -m )?{tool}\b", gate, re.MULTILINE), tool


def test_the_tests_are_run_by_the_command_of_the_readme() -> None:
    (command,) = re.findall(r"&& \.venv/bin/(pytest.*)$", text("README.md"), re.MULTILINE)
    body = next(node for node in ast.parse(text("noxfile.py")).body if getattr(node, "name", "") == "tests")
    call = next(node for node in ast.walk(body) if isinstance(node, ast.Call) and len(node.args) > 1)
    assert command.split() == [word.value for word in call.args if isinstance(word, ast.Constant)]
    assert f"`{command}`" in text(".github/CONTRIBUTING.md")


def test_every_dependency_has_a_lowest_version() -> None:
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    assert all(re.match(r"[\w.-]+>=\d", each) for each in wanted)
