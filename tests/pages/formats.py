"""What a block of data claims to be, and whether it is that."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema
import yaml
from referencing import Registry, Resource

from atlint.integrations.hooks import HOOKS
from atlint.plan.truth import read_json
from tests.pages.commands import faults
from tests.pages.markdown import ROOT, Block

_SCHEMAS: Final = (
    "config.schema.json",
    "registration.schema.json",
    "report.schema.json",
    "finding.schema.json",
    "manifest.schema.json",
)
_REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(read_json(name))) for name in _SCHEMAS
)
#: a member by which JSON or YAML claims to be of a schema
_CLAIMS: Final[Mapping[str, str]] = {
    "service": "registration.schema.json",
    "summary": "report.schema.json",
    "fingerprint": "finding.schema.json",
    "kind": "manifest.schema.json",
}


def problems(block: Block) -> Iterator[str]:
    """What is wrong with a block of data; nothing for a language that is none."""
    read = _READERS.get(block.language)
    if read:
        yield from read(block)


def _toml(block: Block) -> Iterator[str]:
    value = tomllib.loads(block.text)
    if block.name in {"", "atlint.toml"}:
        yield from _against("config.schema.json", value)
    elif "atlint" in value.get("tool", {}):
        yield from _against("config.schema.json", value["tool"]["atlint"])


def _json(block: Block) -> Iterator[str]:
    for line in [block.text] if block.text.count("\n}") == 1 else block.text.splitlines():
        yield from _claimed(json.loads(line))


def _claimed(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member, schema in _CLAIMS.items():
            if member in value:
                yield from _against(schema, value)
                return


def _yaml(block: Block) -> Iterator[str]:
    value = yaml.safe_load(block.text)
    if isinstance(value, dict) and "jobs" in value:
        yield from _github(value)
    elif isinstance(value, dict) and "include" in value:
        yield from _gitlab(value)
    elif isinstance(value, list) or "repos" in value:
        for repository in value if isinstance(value, list) else value["repos"]:
            yield from _hooks(repository)
    elif "apiVersion" not in value:
        yield from _claimed(value)


def _github(workflow: Mapping[str, Any]) -> Iterator[str]:
    """The steps that use our action give it inputs that it has."""
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            place = re.match(r"OWNER/atlint/(?P<folder>[^@]+)@", step.get("uses", ""))
            if place:
                action = yaml.safe_load((ROOT / place["folder"] / "action.yml").read_text(encoding="utf-8"))
                given = step.get("with", {})
                yield from (f"the action has no input {name}" for name in given if name not in action["inputs"])
                wanted = {name for name, about in action["inputs"].items() if about.get("required")}
                yield from (f"the action wants {name}" for name in wanted - set(given))
                yield from faults(f"check {given.get('arguments', '')}")


def _gitlab(pipeline: Mapping[str, Any]) -> Iterator[str]:
    """What is included is there, and its jobs are given variables that they have."""
    jobs: dict[str, Any] = {}
    for included in pipeline["include"]:
        place = re.search(r"/OWNER/atlint/v[^/]+/(?P<path>.+)", included["remote"])
        if place:
            jobs |= yaml.safe_load((ROOT / place["path"]).read_text(encoding="utf-8"))
    for job in (value for name, value in pipeline.items() if name != "include"):
        if job["extends"] not in jobs:
            yield f"what is included has no job {job['extends']}"
            continue
        known, given = jobs[job["extends"]]["variables"], job.get("variables", {})
        yield from (f"{job['extends']} has no variable {name}" for name in given if name not in known)
        yield from faults(f"check {given.get('AT_ARGUMENTS', '')}")


def _hooks(repository: Mapping[str, Any]) -> Iterator[str]:
    """The hooks of our own repository exist, and what they are given too."""
    if not repository["repo"].endswith("/atlint"):
        return
    entries = {hook.id: hook.entry.removeprefix("atlint ") for hook in HOOKS}
    for hook in repository["hooks"]:
        if hook["id"] not in entries:
            yield f"there is no hook {hook['id']}"
        else:
            yield from faults(" ".join([entries[hook["id"]], *hook.get("args", ())]))


def _ini(block: Block) -> Iterator[str]:
    parser = configparser.ConfigParser()
    parser.read_string(block.text)
    if not parser.sections():
        yield "it has no section"


def _against(name: str, value: Any) -> Iterator[str]:
    checker = jsonschema.Draft202012Validator({"$ref": name}, registry=_REGISTRY)
    for error in checker.iter_errors(value):
        yield f"not of {name}: {error.json_path} {error.message}"


_READERS: Final = {"toml": _toml, "json": _json, "yaml": _yaml, "ini": _ini}
