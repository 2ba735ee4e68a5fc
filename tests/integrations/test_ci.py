"""What the CI systems are given, run as they run it: the shell that each names, its flags, its variables."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "actions" / "atlint" / "action.yml").read_text())
TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab" / "atlint.yml").read_text())[".atlint"]
#: how a runner of GitHub calls the shell that a step names
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A service's repository: a clean log, one with faults, and the registration."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "fixtures" / "key-vault", folder)
    return folder


def ran(shell: Sequence[str], script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), **variables}
    return subprocess.run(
        [*shell, script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def step(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's last step, as a runner starts it with these inputs."""
    last = ACTION["runs"]["steps"][-1]
    given = {name: about.get("default", "") for name, about in ACTION["inputs"].items()} | inputs
    variables = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], value)
        for name, value in last["env"].items()
    }
    return ran(BASH, last["run"], folder, GITHUB_STEP_SUMMARY=str(folder / "summary.md"), **variables)


def test_the_action_fails_with_the_right_rules_and_tells_everywhere(project: Path) -> None:
    done = step(project, paths="logs events.log")
    assert done.returncode == 1, done.stderr
    assert "::error file=events.log,line=4," in done.stdout
    assert "AT310" in done.stdout
    assert "## atlint check: fail" in (project / "summary.md").read_text()
    [run] = json.loads((project / "atlint.sarif").read_text())["runs"]
    assert {"AT310", "AT103"} <= {result["ruleId"] for result in run["results"]}


def test_no_line_of_the_actions_inputs_is_dropped(project: Path) -> None:
    done = step(project, paths="logs\nevents.log\n", arguments="--ignore AT103\n--ignore AT5\n")
    assert done.returncode == 1, done.stderr
    assert "AT310" in done.stdout
    assert not re.search("AT103|AT501", done.stdout)


def test_the_action_passes_what_is_clean_or_known(project: Path) -> None:
    assert step(project, paths="logs", arguments="--registration at-registration.yaml").returncode == 0
    known = "my baseline.json"
    assert ran(BASH, f"atlint check events.log --write-baseline '{known}'", project).returncode == 0
    assert step(project, paths="events.log", baseline=known).returncode == 0


@pytest.mark.parametrize(
    ("inputs", "code"),
    [({"paths": "nowhere"}, 2), ({"paths": ""}, 2), ({"paths": "logs", "arguments": "--nope"}, 2)],
)
def test_the_action_keeps_the_exit_code_of_wrong_usage(project: Path, inputs: dict[str, str], code: int) -> None:
    done = step(project, **inputs)
    assert done.returncode == code
    assert not (project / "summary.md").exists()


def test_nothing_of_an_input_is_run(project: Path) -> None:
    hostile = "logs $(touch${IFS}hurt) `touch${IFS}hurt`"
    assert step(project, paths=hostile, arguments="; touch hurt", baseline="$(touch hurt)").returncode == 2
    assert not (project / "hurt").exists()


def test_each_step_of_the_action_takes_its_inputs_by_environment() -> None:
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", "")


def gitlab(folder: Path, shell: str = "sh", **variables: str) -> subprocess.CompletedProcess[str]:
    """The script of the template's job but for its installation, as a runner joins it."""
    install, *script = TEMPLATE["script"]
    assert install.startswith("python -m pip install ")
    flags = ["-eo", "pipefail"] if shell == "bash" else ["-e"]
    return ran([shell, *flags, "-c"], "\n".join(script), folder, **(TEMPLATE["variables"] | variables))


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_template_of_gitlab_judges(project: Path, shell: str) -> None:
    done = gitlab(project, shell, AT_PATHS="logs events.log", AT_ARGUMENTS="--ignore AT5")
    assert done.returncode == 1, done.stderr
    reports: Mapping[str, str] = TEMPLATE["artifacts"]["reports"]
    told = json.loads((project / reports["codequality"]).read_text())
    assert {"AT310", "AT103"} <= {one["check_name"] for one in told}
    assert "<failure" in (project / reports["junit"]).read_text()
    assert gitlab(project, shell, AT_PATHS="lo*s").returncode == 0
    assert gitlab(project, shell).returncode == 2


def test_the_template_of_gitlab_takes_a_baseline(project: Path) -> None:
    known = "my baseline.json"
    assert ran(BASH, f"atlint check events.log --write-baseline '{known}'", project).returncode == 0
    assert gitlab(project, AT_PATHS="events.log", AT_BASELINE=known).returncode == 0


def test_the_snippet_for_jenkins_judges(project: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "ci.md").read_text()
    install, check = re.findall(r"^ *sh '(.+)'$", page, re.MULTILINE)
    assert install.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "atlint").symlink_to(BIN / "atlint")
    (project / "build").mkdir()
    (project / "events.log").rename(project / "build" / "at")
    done = ran(["sh", "-xe", "-c"], check, project)
    assert done.returncode == 1, done.stderr
    for report in re.findall(r"junit '(.+)'|pattern: '(.+)'", page):
        assert (project / "".join(report)).stat().st_size
    assert "AT310" in done.stdout
    assert shlex.split(check)[1] == "check"
