"""Completion in the real shells, set up as the page says, at a terminal where that is what completes."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from atlint.cli import COMMANDS, group

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "shell-completion.md"
BIN = str(Path(sys.executable).parent)
#: what is typed -> what completes it
TYPED = {
    "atlint ser": "server",
    "atlint explain --ou": "--output",
    "atlint explain --output js": "json",
    "atlint explain AT3": "AT310",
    "atlint explain crn-service-m": "crn-service-mismatch",
    "atlint check eve": "events.log",
    "atlint check --registration eve": "events.log",
    "atlint check --edition at-": "at-2019",
    "atlint check --fail-on warn": "warning",
    "atlint load fol": "folder/",
}
#: how a shell is started at a terminal without a user's own settings, and told of the script
TERMINAL = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], "source $SCRIPT"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u -D; source $SCRIPT"),
}


def shown(process: subprocess.Popen[bytes], terminal: int, wanted: str) -> str:
    """What comes to the terminal until `wanted` is in it, without what moves the cursor; all, where it never is."""
    text, end = "", time.monotonic() + 60
    while wanted not in text and process.poll() is None and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            text += os.read(terminal, 65536).decode(errors="replace")
            text = re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[=>])|[\x00-\x08\x0e-\x1a]", "", text)
    return text


def at_a_terminal(shell: str, environment: dict[str, str], folder: Path, typed: str, wanted: str) -> str:
    """What an interactive shell shows once somebody has typed this, and a few tabs."""
    command, setup = TERMINAL[shell]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder, start_new_session=True
    )
    try:
        os.write(ours, f"PS1=; {setup}; echo ready-$((1+1))\n".encode())
        assert "ready-2" in shown(process, ours, "ready-2")
        # where several fit, they are listed at a further one
        os.write(ours, f"{typed}\t\t\t".encode())
        return shown(process, ours, wanted)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


@pytest.mark.integration
@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(tmp_path: Path, shell: str, typed: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} on the PATH (Debian: apt-get install {shell})")
    [line] = re.findall(rf"^(_ATLINT_COMPLETE={shell}_source atlint) > ", PAGE.read_text(), re.MULTILINE)
    script = tmp_path / "completion"
    (tmp_path / "work" / "folder").mkdir(parents=True)
    (tmp_path / "work" / "events.log").touch()
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "dumb",
        "SCRIPT": str(script),
        "TYPED": typed,
    }
    made = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=True)
    script.write_text(made.stdout)
    if shell == "fish":
        done = subprocess.run(
            [program, "-c", "source $SCRIPT; complete -C $TYPED"],
            env=environment,
            cwd=tmp_path / "work",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert TYPED[typed] in done.stdout, done.stderr
    else:
        assert TYPED[typed] in at_a_terminal(shell, environment, tmp_path / "work", typed, TYPED[typed])


@pytest.mark.parametrize("name", COMMANDS)
def test_no_argument_that_names_a_file_is_left_out(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    with click.Context(command) as context:
        for param in command.params:
            if re.search("PATH|FILE(?!.*FORMAT)|MANIFEST|REGISTRATION|DIR", param.metavar or ""):
                kinds = {item.type for item in param.shell_complete(context, "x")}
                assert kinds <= {"file", "dir"}
                assert kinds or str(param.metavar).startswith("FORMAT"), param.name
