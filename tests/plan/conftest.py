"""Schemas to change: a copy of the real ones that plans are compiled from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atlint.plan import form, grammar, truth, vocabulary


class Copy:
    """A folder of schemas of one's own; what is cached of the real ones is forgotten at each change."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def change(self, name: str, change: Callable[[Any], object]) -> None:
        """Load a JSON file, change it, write it; what `change` returns is of no interest."""
        value = json.loads((self.root / name).read_text(encoding="utf-8"))
        change(value)
        self.write(name, json.dumps(value, ensure_ascii=False))

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")
        forget()


def forget() -> None:
    for cached in (truth.read_json, vocabulary.load, grammar.load, form.acceptor):
        cached.cache_clear()


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    """The real schemas, in a place where they can be changed."""
    real, root = truth.root(), tmp_path / "schemas"
    shutil.copytree(real, root)
    monkeypatch.setattr(truth, "root", lambda: root)
    forget()
    yield Copy(root)
    forget()
