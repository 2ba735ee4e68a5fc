"""The files that are made from the truth: `python -m tests.generated` fails when one is stale, `--write` makes them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from atlint.cli import COMMANDS, group
from atlint.integrations import hooks
from atlint.report.rule_page import page
from atlint.rules import FAMILIES, REGISTRY
from atlint.targets import editions

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by `python -m tests.generated --write`; do not edit. -->\n\n"
BLOCK = re.compile(r"(```console\n\$ atlint (?P<arguments>[^\n]*)\n)(?P<output>.*?)(```\n)", re.DOTALL)


def rule_pages() -> Iterator[tuple[str, str]]:
    index = ["# The rules", "", "Every rule has a code and a name; both are accepted wherever a rule is named.", ""]
    for family, about in FAMILIES.items():
        rules = [rule for rule in REGISTRY.values() if rule.family == family]
        if rules:
            index += [f"## {family} {about}", "", "| code | name | what it finds |", "|---|---|---|"]
            index += [f"| [{rule.code}](rules/{rule.code}.md) | {rule.name} | {rule.summary} |" for rule in rules]
            index.append("")
    yield "docs/reference/rules.md", NOTE + "\n".join(index)
    for rule in REGISTRY.values():
        yield f"docs/reference/rules/{rule.code}.md", NOTE + page(rule)


def command_page() -> Iterator[tuple[str, str]]:
    parts = ["# The command line", ""]
    with click.Context(group, info_name="atlint") as above:
        parts += ["```text", group.get_help(above), "```", ""]
        for name in COMMANDS:
            command = group.get_command(above, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=above) as context:
                parts += [f"## atlint {name}", "", "```text", command.get_help(context), "```", ""]
    yield "docs/reference/commands.md", NOTE + "\n".join(parts)


def console_blocks(path: str) -> Iterator[tuple[str, str]]:
    """A page with the output of each `$ atlint ...` block, as it is now, run where the seed's sample lies."""
    text = (ROOT / path).read_text(encoding="utf-8")

    def fresh(block: re.Match[str]) -> str:
        return f"{block[1]}{output_of(block['arguments'])}```\n"

    yield path, BLOCK.sub(fresh, text)


def output_of(arguments: str) -> str:
    """What a command prints, without what it says on standard error."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    quiet = contextlib.redirect_stderr(io.StringIO())
    here = contextlib.chdir(ROOT / "fixtures" / "seed")
    with contextlib.redirect_stdout(out), quiet, here, contextlib.suppress(SystemExit):
        group.main(args=arguments.split(), prog_name="atlint", standalone_mode=False)
    out.seek(0)
    return out.read()


def everything() -> Iterator[tuple[str, str]]:
    os.environ["COLUMNS"] = "100"
    os.environ.pop("FORCE_COLOR", None)
    yield from rule_pages()
    yield from command_page()
    yield "docs/reference/editions.md", NOTE + editions.page()
    for path in ("README.md", *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "docs").rglob("*.md"))):
        if BLOCK.search((ROOT / path).read_text(encoding="utf-8")):
            yield from console_blocks(path)
    yield ".pre-commit-hooks.yaml", f"# Made by `python -m tests.generated --write`; do not edit.\n{hooks.catalogue()}"


def main(*, write: bool) -> int:
    stale = []
    made = set()
    for path, text in everything():
        made.add(path)
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(path)
            if write:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
    for file in (ROOT / "docs/reference/rules").glob("*.md"):
        if str(file.relative_to(ROOT)) not in made:
            stale.append(str(file.relative_to(ROOT)))
            if write:
                file.unlink()
    if stale and not write:
        sys.stderr.write("stale, run `python -m tests.generated --write`:\n" + "".join(f"  {p}\n" for p in stale))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv[1:]))
