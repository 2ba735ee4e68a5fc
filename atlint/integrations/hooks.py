"""The catalogue of pre-commit hooks; `.pre-commit-hooks.yaml` is written from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook. `files` is a regular expression over paths; pre-commit's own types narrow it further."""

    id: str
    name: str
    description: str
    entry: str
    files: str
    types: tuple[str, ...]


#: pre-commit passes files in batches, so rules that look across events are off in all of them, and it picks files by
#: their names alone: where a batch holds nothing of ours, there is nothing to stop a commit for
HOOKS: Final = (
    Hook(
        id="atlint",
        name="atlint: event logs",
        description="Check event logs and fixtures, one JSON object a line.",
        entry="atlint check --ignore AT6 --allow-empty",
        files=r"\.(log|jsonl|ndjson)$",
        # not `text`: to pre-commit a log with a NUL or in UTF-16 is binary, and it is to be checked all the same
        types=("file",),
    ),
    Hook(
        id="atlint-registration",
        name="atlint: registration",
        description="Check the file that says what a service registers.",
        entry="atlint check",
        files=r"(^|/)at-registration\.ya?ml$",
        types=("yaml",),
    ),
    Hook(
        id="atlint-manifests",
        name="atlint: cluster manifests",
        description="Check the Secret, the ConfigMap and the Deployment that carry events to the tracker.",
        entry="atlint check --allow-empty",
        files=r"(^|/)at[-_].*\.(ya?ml|conf)$",
        types=("text",),
    ),
)


def catalogue() -> str:
    """The contents of `.pre-commit-hooks.yaml`."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    for hook in HOOKS:
        yield f"- id: {hook.id}\n"
        yield f"  name: '{hook.name}'\n"
        yield f"  description: {hook.description}\n"
        yield f"  entry: {hook.entry}\n"
        yield "  language: python\n"
        yield f"  files: '{hook.files}'\n"
        yield f"  types: [{', '.join(hook.types)}]\n"
        yield "  require_serial: true\n"
        yield "  minimum_pre_commit_version: '3.2.0'\n"
