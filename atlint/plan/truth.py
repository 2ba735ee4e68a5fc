"""The files under `schemas/`: where they are, and how one is read. They hold every fact; code holds none."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

from atlint.model import AtlintError

#: published states of the event format, oldest first
EDITIONS: Final = ("at-2018", "at-2019", "at-2020", "at-2025")


def known_edition(name: str, *others: str) -> str:
    """The name of an edition, or one of `others`, as it is given. Raises AtlintError for another."""
    known = (*EDITIONS, *others)
    if name not in known:
        raise AtlintError(f"unknown edition {name!r}: atlint knows {', '.join(known)}")
    return name


class SchemaError(AtlintError):
    """A schema, grammar or vocabulary file that does not say what the compiler understands."""

    def __init__(self, file: str, pointer: str, message: str) -> None:
        super().__init__(f"{file}#{pointer}: {message}" if pointer else f"{file}: {message}")
        self.file = file
        self.pointer = pointer


@functools.cache
def root() -> Path:
    """The folder of the schemas: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_schemas"
    return shipped if shipped.is_dir() else package.parent / "schemas"


def read_text(name: str) -> str:
    """The text of one file, `name` being its path below `schemas/`. Raises SchemaError where it is missing."""
    try:
        return (root() / name).read_text(encoding="utf-8")
    except OSError as error:
        raise SchemaError(name, "", f"cannot be read ({error.strerror})") from error


@functools.cache
def read_json(name: str) -> Any:
    """One JSON file, decoded; shared, so never to be changed. Raises SchemaError."""
    try:
        return json.loads(read_text(name))
    except json.JSONDecodeError as error:
        raise SchemaError(name, "", f"line {error.lineno}, column {error.colno}: {error.msg}") from error
