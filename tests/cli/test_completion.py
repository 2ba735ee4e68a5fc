"""Completion in the real shells, set up as the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "shell-completion.md"
BIN = str(Path(sys.executable).parent)
#: what is typed -> what completes it
TYPED = {"atlint ser": "server", "atlint explain --ou": "--output", "atlint explain --output js": "json"}

#: asks a shell for the completions of `$TYPED`, its function loaded from the file `$SCRIPT`
ASKING = {
    "bash": """
        source "$SCRIPT"
        read -ra COMP_WORDS <<< "$TYPED"; COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        name=$(complete -p atlint | sed -E 's/.*-F ([^ ]+).*/\\1/')
        $name atlint "${COMP_WORDS[COMP_CWORD]}" ""
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; stty -echo; autoload -Uz compinit; compinit -u -D; source $SCRIPT; print READY"
        zpty -r -m shell line '*READY*'
        zpty -w -n shell "$TYPED"$'\\t'
        zpty -r -m shell line "*$WANTED*" && print -r -- "$line"
        zpty -d shell
    """,
    "fish": 'source "$SCRIPT"; complete -C "$TYPED"',
}


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("shell", ASKING)
def test_the_shell_completes(tmp_path: Path, shell: str, typed: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} on the PATH (Debian: apt-get install {shell})")
    [line] = re.findall(rf"^(_ATLINT_COMPLETE={shell}_source atlint) > ", PAGE.read_text(), re.MULTILINE)
    script = tmp_path / "completion"
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "dumb",
        "SCRIPT": str(script),
        "TYPED": typed,
        "WANTED": TYPED[typed],
    }
    made = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=True)
    script.write_text(made.stdout)
    done = subprocess.run(
        [program, "-c", ASKING[shell]], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert TYPED[typed] in done.stdout.replace("\x08", ""), done.stdout + done.stderr
