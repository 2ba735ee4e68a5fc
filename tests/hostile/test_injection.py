"""Text that would be obeyed if it were not shown: by a terminal, a browser, a CI system, a parser or a file system."""

from __future__ import annotations

import ast
import contextlib
import json
import random
import re
import tempfile
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from atlint.cli import main
from tests.hostile.commands import COMMANDS, put_out
from tests.hostile.planted import world

#: each has a part that is in no output of atlint's own
ORDERS: Final = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "\r\x1b[Kline", "\x00", "\x08\x08", "\u202eevil", "\u2066x\u2069",
    "<script>hurt()</script>", "</pre><img src=x onerror=hurt()>", "' onload='hurt()", "]]><hurt/>", "--><hurt>",
    "\n::error::hurt", "%0A::set-output name=a::hurt", "##[hurt]", "|hurt|`hurt`|", "[hurt](javascript:hurt())",
    "{{ hurt }}", "${{ hurt }}", '"; import hurt #', "'''\nimport hurt", "\n- hurt: [", "../../hurt",
    "/hurt/../../hurt",
)  # fmt: skip
#: what a terminal, or a viewer of a log, obeys; a line feed ends a line of atlint's own
OBEYED: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
#: commands of CI systems that atlint itself writes
CI: Final = re.compile(r"(?m)^(?:::(?!(?:error|warning|notice) )|##\[)")


class Page(HTMLParser):
    """Elements and attributes of a page that are none of atlint's."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        runs = any(
            name.startswith("on")
            or (name in {"href", "src"} and (value or "").lower().startswith(("javascript", "data")))
            for name, value in attrs
        )
        if runs or tag in {"img", "hurt", "iframe", "object"}:
            self.foreign.append(tag)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and "hurt" in data:
            self.foreign.append(data)


def html(text: str) -> None:
    assert not Page(text).foreign


def markdown(text: str) -> None:
    html(MarkdownIt("gfm-like", {"linkify": False}).render(text))


def python(text: str) -> None:
    imported = {name.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for name in node.names}
    assert "hurt" not in imported


def manifest(text: str) -> None:
    for document in yaml.safe_load_all(text):
        assert "hurt" not in document


def rows(text: str) -> None:
    for line in text.splitlines():
        json.loads(line)


SOUND: Final[Mapping[str, Callable[[str], object]]] = {
    ".json": json.loads,
    ".sarif": json.loads,
    ".gitlab": json.loads,
    ".jsonl": rows,
    ".junit": ET.fromstring,
    ".xml": ET.fromstring,
    ".html": html,
    ".markdown": markdown,
    ".md": markdown,
    ".py": python,
    ".yaml": manifest,
    ".github": lambda text: re.findall(CI, text) == [] or pytest.fail(text),
}


def attack(folder: Path, seed: int) -> None:
    """Put orders into the values and keys of a world's files, written as bytes and as escapes, and into names."""
    draw = random.Random(seed)
    for path in [path for path in sorted(folder.rglob("*")) if path.is_file()]:
        if path.suffix != ".yaml":
            path.write_bytes(b"".join(_attacked(line, draw) for line in path.read_bytes().splitlines(keepends=True)))
    for name in ("registration.yaml", "old.yaml"):
        text = (folder / name).read_text()
        for old in ("Kubernetes Service", "containers-kubernetes/worker", "/var/log/at/containers-kubernetes"):
            if draw.random() < 0.5:
                text = text.replace(old, json.dumps(f"{old}{draw.choice(ORDERS)}"), 1)
        (folder / name).write_text(text)
    for order in draw.sample(ORDERS, 5):
        name = order.replace("/", "_").replace("\x00", "")
        (folder / "names" / f"{name}.log").write_bytes((folder / "events.log").read_bytes())


def _attacked(line: bytes, draw: random.Random) -> bytes:
    places = [found.start() for found in re.finditer(rb"[a-z]{4}", line)]
    if not places or draw.random() < 0.3:
        return line
    at, order = draw.choice(places) + 2, draw.choice(ORDERS)
    spelt = json.dumps(order)[1:-1] if draw.random() < 0.7 else order
    return line[:at] + spelt.encode() + line[at:]


@pytest.mark.parametrize("name", COMMANDS)
@settings(max_examples=max(settings.default.max_examples // 5, 1))
@given(seed=st.integers(0, 2**32))
def test_no_order_is_handed_on(name: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "a", "b", "c")
        folder.mkdir(parents=True)
        made = world(folder, seed)
        attack(folder, seed)
        done = put_out(name, folder, token=made.token)
        for where, text in done.everything:
            assert not (found := OBEYED.search(text)), (where, text[max(found.start() - 80, 0) : found.end() + 40])
            check = SOUND.get(Path(where).suffix)
            if check is not None:
                check(text)
        assert not CI.search(done.streams)
        outside = {path for path in Path(place).rglob("*") if folder not in {path, *path.parents}}
        assert outside == {folder.parent, folder.parent.parent}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{}"],
        ["check", "--{}", "a.log"],
        ["check", "--edition", "{}", "a.log"],
        ["check", "--select", "{}", "a.log"],
        ["check", "-o", "{}", "a.log"],
        ["check", "--now", "{}", "a.log"],
        ["check", "--jobs", "{}", "a.log"],
        ["{}"],
        ["explain", "{}"],
        ["ready", "{}"],
        ["verify", "{}", "{}"],
        ["doctor", "{}"],
        ["diff", "{}", "at-2018"],
        ["load", "logs", "--mix", "{}"],
        ["load", "logs", "--schedule", "{}"],
        ["sink", "--listen", "{}", "--store", "s"],
        ["init", "--service", "{}"],
        ["generate", "--shard", "{}"],
    ],
)
def test_an_argument_is_told_and_not_obeyed(
    arguments: list[str], order: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file may be called anything, and `atlint check *` names it."""
    with contextlib.chdir(tmp_path), pytest.raises(SystemExit) as stop:
        main([argument.format(order.replace("\x00", "")) for argument in arguments])
    assert stop.value.code == 2
    said = "".join(capsys.readouterr())
    assert said
    assert not OBEYED.search(said)
    assert not CI.search(said)
