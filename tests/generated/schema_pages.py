"""A page for each file format that has a schema: every field with its type, its values and what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from atlint.cli import COMMANDS, diff
from atlint.plan.truth import read_json
from atlint.report.formats import FORMATS
from tests.generated.command_page import command
from tests.generated.page import Page, made, table

Schema = dict[str, Any]
#: what other commands print or write, in the order of the page
_OTHERS = (
    "verification.schema.json",
    "load.schema.json",
    "difference.schema.json",
    "readiness.schema.json",
    "evidence.schema.json",
    "diagnosis.schema.json",
)


class Field(NamedTuple):
    """`path` from the root, `[]` for an array's items and `*` for any name."""

    path: str
    required: bool
    schema: Schema


def pages() -> Iterator[Page]:
    """Configuration, registration, report and manifest."""
    yield made(
        "docs/reference/configuration.md",
        _of(
            "config.schema.json",
            "Configuration",
            "`atlint.toml`, or the table `[tool.atlint]` of `pyproject.toml`. The nearest file above the working",
            "folder counts and is never merged with another; `--config` names one, `--isolated` uses none. An option",
            "of the command line wins over the file. Paths are relative to the file.",
            "",
            "Which rules are applied is chosen in two layers, as with ruff: `--select` begins anew, whatever the file",
            "selects, adds or ignores; `--ignore` and `--extend-select` without it are laid over the file's choice,",
            "and win over it. Within a layer the most specific selector wins. Where no rule is left, that is refused.",
        ),
    )
    yield made(
        "docs/reference/registration.md",
        _of(
            "registration.schema.json",
            "The registration file",
            "`at-registration.yaml`: what a service tells the tracker before it may send events. `atlint init` writes",
            "one, `atlint check` and `atlint ready` judge it, with the line and column of each fault.",
        ),
    )
    yield made("docs/reference/report.md", _report())
    yield made(
        "docs/reference/manifest.md",
        _of(
            "manifest.schema.json",
            "The manifest of a load run",
            "The truth about every event that `atlint load` or `atlint generate --manifest` wrote, one JSON object a",
            "line: a header, an event after each line that is written, a file after each that is closed, an end.",
            "`atlint verify` compares it with what arrived.",
        ),
    )


def _of(name: str, title: str, *words: str) -> Iterator[str]:
    yield from (f"# {title}", "", *words, "", f"The schema is `schemas/{name}`; this page is written from it.", "")
    yield from _tables(name)


def _report() -> Iterator[str]:
    yield from (
        "# Output formats and the report",
        "",
        "`--output FORMAT[:FILE]` may be given several times: all formats are written in one pass. The verdict, and",
        "with it the [exit code](exit-codes.md), is the same in each. These commands have it:",
        "",
        *table(("command", "formats"), _formats()),
        "`json` prints one object, `jsonl` one finding a line. The schemas are `schemas/report.schema.json` and",
        "`schemas/finding.schema.json`, and of other commands those that are named; this page is written from them.",
        "",
        "## The report of check",
        "",
    )
    yield from _tables("report.schema.json")
    yield from ("## A finding", "")
    yield from _tables("finding.schema.json")
    for name in _OTHERS:
        schema = read_json(name)
        yield from (f"## {schema['title']}", "", f"{schema['description']} `schemas/{name}`", "")
        yield from _tables(name)


def _formats() -> Iterator[tuple[str, str]]:
    """The commands whose reports have a format, and those that each takes."""
    for name in COMMANDS:
        repeatable = any(option.name == "output" and option.multiple for option in command(name).params)
        if repeatable:
            formats = diff.FORMATS if name == "diff" else tuple(FORMATS)
            yield f"`atlint {name}`", ", ".join(f"`{each}`" for each in formats)


def _tables(name: str) -> Iterator[str]:
    schema = read_json(name)
    kinds = [ref["$ref"].rpartition("/")[2] for ref in schema.get("oneOf", ())]
    if not kinds:
        yield from _table(schema, schema)
    for kind in kinds:
        yield from (f"## {kind}", "")
        yield from _table(schema, schema["$defs"][kind])


def _table(root: Schema, schema: Schema) -> Iterator[str]:
    rows = (
        (f"`{field.path}`", "yes" if field.required else "", values(field.schema), field.schema.get("description", ""))
        for field in fields(root, schema)
    )
    yield from table(("field", "required", "value", "what it holds"), rows)


def fields(root: Schema, schema: Schema, above: str = "") -> Iterator[Field]:
    """Every field below `schema`, depth first. What another file describes is left to that file's own table."""
    for name, child in schema.get("properties", {}).items():
        path = f"{above}.{name}" if above else name
        node = resolved(root, child)
        yield Field(path, name in schema.get("required", ()), node)
        yield from _below(root, node, path)


def _below(root: Schema, node: Schema, path: str) -> Iterator[Field]:
    yield from fields(root, node, path)
    items = node.get("items")
    if items:
        for each in (resolved(root, one) for one in (items, *items.get("anyOf", ()))):
            yield from _below(root, each, f"{path}[]")
    for each in node.get("oneOf", ()):
        yield from fields(root, resolved(root, each), path)


def resolved(root: Schema, node: Schema) -> Schema:
    """A node with its reference within the same file followed; what stands beside the reference wins."""
    ref = node.get("$ref", "")
    if not ref.startswith("#/"):
        return node
    found: Any = root
    for token in ref[2:].split("/"):
        found = found[token]
    return {**resolved(root, found), **{key: value for key, value in node.items() if key != "$ref"}}


def values(node: Schema) -> str:
    """What may stand there, in a few words."""
    if "$ref" in node:
        return f"as in {node['$ref'].removesuffix('.schema.json')}"
    if "const" in node or "enum" in node:
        return ", ".join(f"`{value}`" for value in node.get("enum", [node.get("const")]))
    if "oneOf" in node:
        return " or ".join(values(each) for each in node["oneOf"])
    kind = node.get("type", "object" if "properties" in node else "any")
    kind = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array" and "enum" in node.get("items", {}):
        return f"array of {values(node['items'])}"
    if "pattern" in node:
        return f"{kind}, `{node['pattern']}`"
    return f"object of {values(node['additionalProperties'])}" if _is_map(node) else kind


def _is_map(node: Schema) -> bool:
    return isinstance(node.get("additionalProperties"), dict) and "properties" not in node
