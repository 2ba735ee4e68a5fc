"""The commands of a page, run top to bottom in one shell, as a reader types them."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.pages.markdown import Block, Markdown

#: what a page may take; no page takes a tenth of it
_LONGEST = 300
_END = re.compile(r"\x1e(\d+)\n")
_CODE = re.compile(r"#.*\bexit code (\d+)")
#: Ctrl-D, for whatever asks
_NO_ANSWER = b"\x04" * 100
#: a line that stands for any lines
ANY = "..."


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a block; `shown` is the output that the page shows, None where it shows none."""

    block: Block
    command: str
    shown: str | None = None
    #: None: what the page shows is enough to tell
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was run. Standard error is where it falls in the output, as on a terminal."""

    step: Step
    output: str
    code: int


def steps(page: Markdown) -> Iterator[Step]:
    """What the page's blocks do, in order."""
    for number, block in enumerate(page.blocks):
        if block.unrun:
            continue
        if block.name:
            yield Step(block, _heredoc(block.name, block.text), code=0)
        elif block.language == "console":
            yield from _console(block)
        elif block.language == "sh":
            for command in joined(block.text):
                said = _CODE.search(command)
                yield Step(block, command, code=int(said[1]) if said else 0)
        elif block.language == "python":
            name = f"example_{number}.py"
            yield Step(block, f"{_heredoc(name, block.text)} && python {name}", code=0)


def joined(text: str) -> Iterator[str]:
    """The commands of a block of shell: lines, continued by a backslash."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _console(block: Block) -> Iterator[Step]:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield Step(block, command, shown)


def _heredoc(name: str, text: str) -> str:
    folder = os.path.dirname(name) or "."  # noqa: PTH120 - a path of the shell's
    return f"mkdir -p {folder} && base64 -d <<<{_encoded(text)} >{name}"


def _encoded(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def run(page: Markdown) -> list[Done]:
    """Run the page's steps in a copy of its folder. Those after a time-out are not in the list."""
    wanted = list(steps(page))
    if not wanted:
        return []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "here"
        if page.folder:
            shutil.copytree(page.folder, folder)
        else:
            folder.mkdir()
        return _done(wanted, _shell([step.command for step in wanted], folder))


def _done(wanted: Sequence[Step], output: str) -> list[Done]:
    parts = _END.split(output)
    return [Done(*each) for each in zip(wanted, parts[::2], map(int, parts[1::2]), strict=False)]


def _shell(commands: Sequence[str], folder: Path) -> str:
    """What the commands print, each ended by a mark and its exit code."""
    script = "code=0\n" + "".join(
        f"(exit $code)\n{command}\ncode=$?; printf '\\036%d\\n' \"$code\"\n" for command in commands
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name in {"PIP_CONFIG_FILE", "SSL_CERT_FILE"}}
    here = {"PATH": path, "HOME": str(folder), "COLUMNS": "100", "LANG": "C.UTF-8", "TMPDIR": str(folder.parent)}
    # a reader sits at a terminal: there a command asks for what the page left out
    keyboard, terminal = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=kept | here,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as shell:
        try:
            os.write(keyboard, _NO_ANSWER)
            output, _ = shell.communicate(timeout=_LONGEST)
        finally:
            # what a page left in the background, and what took too long
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            os.close(terminal)
            os.close(keyboard)
    return output.decode()


def agrees(shown: str, output: str) -> bool:
    """Whether the page shows what was printed; a line `...` stands for any lines."""
    pattern = "".join(
        r"(?:[^\n]*\n)*" if line.rstrip("\n") == ANY else re.escape(line) for line in shown.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, output if output.endswith("\n") or not output else f"{output}\n") is not None
