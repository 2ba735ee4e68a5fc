"""Schema files to nodes, and nodes with vocabulary, registration and chosen rules to a Plan."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from atlint.model import NOTHING, Severity
from atlint.plan import form, vocabulary
from atlint.plan.node import Node
from atlint.plan.plan import Plan
from atlint.plan.registration import Registration
from atlint.plan.truth import SchemaError, known_edition, read_json, read_text
from atlint.pointer import escape, resolve

KEYWORDS: Final = frozenset(
    [
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "$comment",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "enum",
        "const",
        "format",
        "minimum",
        "maximum",
        "minLength",
        "not",
        "examples",
        "x-at",
    ]
)
ANNOTATIONS: Final = frozenset(
    ["rule", "missing", "empty", "level", "sensitive", "weight", "cites", "since", "record", "shape"],
)
#: the code that speaks for a failing keyword where the node does not name another
_CODES: Final = {
    "type": "AT102",
    "enum": "AT103",
    "required": "AT101",
    "additionalProperties": "AT104",
    "minLength": "AT105",
    "minItems": "AT105",
    "maxItems": "AT102",
    "minimum": "AT102",
    "maximum": "AT102",
}
_GRAMMAR_FILES: Final = ("crn", "action", "event-time", "type-uri", "message", "identity")


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """What a configuration adds to an edition.

    `levels` says which rules are in the Plan and how much each of their cases weighs; it comes from
    `atlint.rules.choose`, since the Plan knows no rules.
    """

    levels: Mapping[str, Mapping[str, Severity]] = field(default_factory=lambda: NOTHING)
    #: further verbs that are no findings
    verbs: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)


def compile_plan(edition: str, registration: Registration | None = None, settings: Settings | None = None) -> Plan:
    """The Plan of an edition, narrowed by a registration.

    Raises AtlintError for an edition that does not exist, SchemaError (file and pointer) for a schema that
    says something unknown: a keyword or a format is never ignored.
    """
    known_edition(edition)
    settings = settings or Settings()
    file = f"editions/{edition}/event.schema.json"
    root_schema = read_json(file)
    root = _Compiler().node(file, "", root_schema, "", {})
    about = root_schema.get("x-at", {})
    words = vocabulary.load(edition)
    return Plan(
        edition=edition,
        root=root,
        record=about.get("record", ""),
        vocabulary=replace(words, verbs=words.verbs | set(settings.verbs)),
        levels=settings.levels,
        registration=registration,
        aliases={name: frozenset(others) for name, others in settings.aliases.items()},
        digest=_digest(edition, root, registration, settings),
    )


class _Compiler:
    """Resolves `$ref`s by file path and turns each schema object into a Node."""

    def __init__(self) -> None:
        self.open: list[tuple[str, str]] = []

    def node(self, file: str, at: str, schema: Any, pointer: str, outer: Mapping[str, Any]) -> Node:
        """The node of `schema`, which stands at `at` in `file`; `outer` is the `x-at` of a `$ref` to it."""
        if not isinstance(schema, dict):
            raise SchemaError(file, at, "an object is expected here")
        for keyword in schema:
            if keyword not in KEYWORDS:
                raise SchemaError(file, f"{at}/{escape(keyword)}", f"the keyword {keyword!r} is not known")
        about = {**schema.get("x-at", {}), **outer}
        for annotation in about:
            if annotation not in ANNOTATIONS:
                raise SchemaError(file, f"{at}/x-at/{escape(annotation)}", f"{annotation!r} is not known")
        if "$ref" in schema:
            node = self._referred(file, at, schema["$ref"], pointer, about)
            return replace(node, **_said_beside(schema))
        return self._plain(file, at, schema, pointer, about)

    def _referred(self, file: str, at: str, ref: str, pointer: str, about: Mapping[str, Any]) -> Node:
        path, _, fragment = ref.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file
        if (target, fragment) in self.open:
            raise SchemaError(file, f"{at}/$ref", f"{ref!r} leads back to itself")
        try:
            schema = resolve(read_json(target), fragment)
        except LookupError:
            raise SchemaError(file, f"{at}/$ref", f"{ref!r} names nothing") from None
        self.open.append((target, fragment))
        try:
            return self.node(target, fragment, schema, pointer, about)
        finally:
            self.open.pop()

    def _plain(self, file: str, at: str, schema: Any, pointer: str, about: Mapping[str, Any]) -> Node:
        codes = dict(about.get("rule", {}))
        self._check(file, at, schema, codes)
        kinds = schema.get("type", ())
        kinds = [kinds] if isinstance(kinds, str) else kinds
        choices = (schema["const"],) if "const" in schema else schema.get("enum")
        members = {
            name: self.node(file, f"{at}/properties/{escape(name)}", child, f"{pointer}/{escape(name)}", {})
            for name, child in schema.get("properties", {}).items()
        }
        items = schema.get("items")
        return Node(
            pointer=pointer,
            types=frozenset("number" if kind == "integer" else kind for kind in kinds),
            members=members,
            required=tuple(schema.get("required", ())),
            closed=schema.get("additionalProperties") is False,
            items=None if items is None else self.node(file, f"{at}/items", items, f"{pointer}/*", {}),
            min_items=schema.get("minItems", 0),
            max_items=schema.get("maxItems"),
            min_length=schema.get("minLength", 0),
            choices=None if choices is None else tuple(choices),
            form=schema.get("format", ""),
            minimum=schema.get("minimum"),
            maximum=schema.get("maximum"),
            forbidden="not" in schema,
            codes={**_CODES, **codes},
            missing=_level(about.get("missing")),
            empty=_level(about.get("empty")),
            levels={keyword: Severity(level) for keyword, level in about.get("level", {}).items()},
            sensitive=bool(about.get("sensitive")),
            weight=float(about.get("weight", 1.0)),
            cites=tuple(about.get("cites", ())),
            since=about.get("since", ""),
            description=schema.get("description", ""),
            examples=tuple(schema.get("examples", ())),
        )

    def _check(self, file: str, at: str, schema: Mapping[str, Any], codes: Mapping[str, str]) -> None:
        named = schema.get("format")
        if named is not None and not form.known(named):
            raise SchemaError(file, f"{at}/format", f"the format {named!r} is not known")
        for keyword in ("format", "not"):
            if keyword in schema and keyword not in codes:
                raise SchemaError(file, f"{at}/{keyword}", f"x-at.rule names no code for {keyword!r}")
        for name in schema.get("required", ()):
            if name not in schema.get("properties", {}):
                raise SchemaError(file, f"{at}/required", f"{name!r} is required but not described")


def _said_beside(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside a `$ref` and describes the place rather than the kind of value."""
    said = {"description": str, "examples": tuple}
    return {key: kind(schema[key]) for key, kind in said.items() if key in schema}


def _level(name: str | None) -> Severity | None:
    return None if name is None else Severity(name)


def _digest(edition: str, root: Node, registration: Registration | None, settings: Settings) -> str:
    """Twelve hexadecimal digits over everything that can change a verdict."""
    rules = {code: dict(cases) for code, cases in sorted(settings.levels.items())}
    parts = [
        edition,
        json.dumps([_plain_node(node) for node in root.walk()], sort_keys=True),
        *(read_text(f"grammar/{name}.lark") for name in _GRAMMAR_FILES),
        *(json.dumps(read_json(f"vocabulary/{name}.json"), sort_keys=True) for name in _TABLES),
        json.dumps(asdict(registration), sort_keys=True) if registration else "",
        json.dumps([rules, settings.verbs, {k: list(v) for k, v in settings.aliases.items()}], sort_keys=True),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


_TABLES: Final = [
    "verbs",
    "locations",
    "two-part-services",
    "tracker-regions",
    "endpoints",
    "severity-by-reason-code",
    "severity-by-verb",
    "reason-phrases",
]


def _plain_node(node: Node) -> list[Any]:
    return [
        node.pointer, sorted(node.types), node.required, node.closed, node.min_items, node.max_items,
        node.min_length, node.choices, node.form, node.minimum, node.maximum, node.forbidden,
        dict(node.codes), node.missing, node.empty, dict(node.levels), node.sensitive,
    ]  # fmt: skip
