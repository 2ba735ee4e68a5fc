"""A file as a manifest: stray fence lines, faults of YAML, what the Kubernetes API refuses, APIs that are gone."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from atlint.model import Problem, Span
from atlint.pipeline.cluster import Resource
from atlint.pipeline.document import UNRENDERED, Stream
from atlint.pipeline.node import Mapping as MappingNode
from atlint.pipeline.node import Node, at, to_json, walk
from atlint.pipeline.source import Fault
from atlint.pipeline.view import Sighting, View, name_node, sight
from atlint.pipeline.workload import POD
from atlint.plan.truth import read_json
from atlint.pointer import escape

#: objects whose absence of a version, or of a name, is surely a slip: other tools have files with a `kind` too
_KNOWN: Final = frozenset({"Secret", "ConfigMap", *POD})
#: the validator makes the name of a file of these two: a manifest must not say which file is read
_KIND: Final = re.compile(r"[A-Za-z0-9]{1,63}")
_VERSION: Final = re.compile(r"[a-z0-9.-]{1,253}(?:/[a-z0-9]{1,63})?")
_LINE: Final = re.compile(r"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
#: a line of base64 that was pasted without its indentation
_BASE64: Final = re.compile(r"[ \t]*[A-Za-z0-9+/]{20,}={0,2}[ \t]*")
_SECRET: Final = re.compile(r"^[ \t]*kind[ \t]*:[ \t]*[\"']?Secret\b", re.MULTILINE)
_JSON_TYPES: Final = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "nothing"}


def _fences(view: View) -> Iterator[Sighting]:
    for stream in view.cluster.streams:
        if stream.fence:
            text = stream.source.text
            word = next((span for span in stream.fence if not text.startswith("`", span.start)), stream.fence[0])
            yield Sighting(Problem("AT701", "", repair=""), stream.source, word)


def without_fence(text: str, stream: Stream) -> str:
    """The text of a file without the lines that a code fence left behind: the repair of AT701."""
    for span in reversed(stream.fence):
        end = re.compile(r"[ \t]*(?:\r\n|\r|\n)?").match(text, span.end)
        text = text[: span.start] + text[end.end() if end else span.end :]
    return text


def _faults(view: View) -> Iterator[Sighting]:
    for stream in view.cluster.streams:
        for fault in stream.faults:
            wrapped = _wrapped(stream, fault)
            case = "template" if fault.kind == UNRENDERED else "syntax"
            code, case = ("AT707", "wrapped-yaml") if wrapped else ("AT702", case)
            yield Sighting(Problem(code, "", case, {"what": fault.message}), stream.source, wrapped or fault.span)


def _wrapped(stream: Stream, fault: Fault) -> Span | None:
    """The first line that a wrapped base64 text goes on in, where YAML breaks off at one of these lines."""
    source = stream.source
    if not _SECRET.search(source.text):
        return None
    lines = list(_LINE.finditer(source.text))
    at_line = source.mark(fault.span.start).line
    found = [line for line in lines[max(at_line - 2, 0) : at_line] if _BASE64.fullmatch(line[1])]
    if not found:
        return None
    first = lines.index(found[0])
    while first and _BASE64.fullmatch(lines[first - 1][1]):
        first -= 1
    return Span(*lines[first].span(1))


def _kinds(view: View) -> Iterator[Sighting]:
    for stream in view.cluster.streams:
        for document in stream.documents:
            root = document.root
            if not isinstance(root, MappingNode) or root.get("kind") is not None:
                continue
            # a chart's own file has an apiVersion too, and no metadata
            if root.get("apiVersion") is not None and root.get("metadata") is not None:
                yield _missing(stream, root, "kind")


def _members(view: View) -> Iterator[Sighting]:
    for resource in view.cluster.resources:
        if resource.kind not in _KNOWN:
            continue
        if not resource.api_version:
            yield _missing(resource.stream, resource.root, "apiVersion")
        if not resource.name and at(resource.root, "metadata", "generateName") is None:
            node = name_node(resource)
            yield sight(
                resource.stream.source, "AT702", node, "missing",
                pointer=f"{resource.root.pointer}/metadata/name", field="metadata.name",
            )  # fmt: skip
        yield from _duplicates(resource)


def _duplicates(resource: Resource) -> Iterator[Sighting]:
    source = resource.stream.source
    for node in walk(resource.root):
        for before, again in node.duplicates() if isinstance(node, MappingNode) else ():
            line = source.mark(before.key.span.start).line
            yield sight(source, "AT702", again.key, "duplicate-key", field=again.key.value, line=line)


def _missing(stream: Stream, root: MappingNode, field: str) -> Sighting:
    first = root.entries[0].key if root.entries else root
    return sight(stream.source, "AT702", first, "missing", pointer=f"{root.pointer}/{field}", field=field)


def _removed(view: View) -> Iterator[Sighting]:
    for resource in view.cluster.resources:
        gone = _gone(resource)
        node = resource.root.get("apiVersion")
        if gone is None or node is None:
            continue
        facts = {"kind": resource.kind, "version": resource.api_version, "removed": gone["removed"]}
        case = "" if gone["successor"] else "no-successor"
        yield sight(resource.stream.source, "AT703", node, case, successor=gone["successor"] or "", **facts)


def _gone(resource: Resource) -> Mapping[str, Any] | None:
    apis: Mapping[str, Mapping[str, Mapping[str, Any]]] = read_json("vocabulary/removed-apis.json")["apis"]
    return apis.get(resource.api_version, {}).get(resource.kind)


def _refused(view: View) -> Iterator[Sighting]:
    """What the Kubernetes API would refuse, by kubernetes-validate where that is installed: one fault an object."""
    if not view.plan.selected("AT702") or not validates():
        return
    for resource in view.cluster.resources:
        if not resource.api_version or resource.kind == "List":
            continue
        gone = _gone(resource)
        version = gone["successor"] if gone else resource.api_version
        value = to_json(resource.root)
        if version is None or not isinstance(value, dict):
            continue
        found = _error(json.dumps(value | {"apiVersion": version}))
        if found is not None:
            yield _told(resource, found)


@functools.cache
def validates() -> bool:
    """Whether manifests can be held against the Kubernetes API: the extra `k8s` is installed."""
    try:
        import kubernetes_validate  # type: ignore[import-untyped,unused-ignore]  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


@functools.lru_cache(maxsize=64)
def _error(text: str) -> Any | None:
    """What the API has against an object, given as JSON: the validator takes its time, and objects come again."""
    import kubernetes_validate  # type: ignore[import-untyped,unused-ignore]  # it ships no types

    found = json.loads(text)
    if not (_KIND.fullmatch(found["kind"]) and _VERSION.fullmatch(found["apiVersion"])):
        return None
    try:
        kubernetes_validate.validate(found, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        return error
    except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError):
        return None
    return None


def _told(resource: Resource, error: Any) -> Sighting:
    """A validator's error without any value of the manifest, which may be a Secret's."""
    path = [str(token) for token in error.absolute_path]
    node: Node = resource.root
    for token in path:
        inner = at(node, int(token) if token.isdigit() and not isinstance(node, MappingNode) else token)
        if inner is None:
            break
        node = inner
    place = ".".join(path) or resource.kind
    pointer = node.pointer
    instance, wanted = error.instance, error.validator_value
    if error.validator == "required" and isinstance(instance, dict):
        field = next((name for name in wanted if name not in instance), "")
        case, facts = "missing", {"field": f"{place}.{field}" if path else field}
        pointer = f"{node.pointer}/{escape(field)}"
        node = _holder(resource, path) or node
    elif error.validator == "additionalProperties" and isinstance(instance, dict):
        known = error.schema.get("properties", {})
        field = next((name for name in instance if name not in known), "")
        entry = node.entry(field) if isinstance(node, MappingNode) else None
        node, pointer = (entry.key, entry.key.pointer) if entry else (node, pointer)
        case, facts = "unknown", {"field": field, "place": place}
    elif error.validator == "type":
        types = wanted if isinstance(wanted, list) else [wanted]
        found = _JSON_TYPES.get(type(instance), "a number")
        case, facts = "type", {"field": place, "want": " or ".join(types), "found": found}
    else:
        case, facts = "", {"field": place}
    return Sighting(Problem("AT702", pointer, case, facts), resource.stream.source, _head(node))


def _holder(resource: Resource, path: list[str]) -> Node | None:
    """The key of the object that lacks a member, if it has one."""
    if not path:
        kind = resource.root.entry("kind")
        return kind.key if kind else None
    around = at(resource.root, *(int(token) if token.isdigit() else token for token in path[:-1]))
    entry = around.entry(path[-1]) if isinstance(around, MappingNode) else None
    return entry.key if entry else None


def _head(node: Node) -> Span:
    """A node's span; of a collection, its first code point."""
    if isinstance(node, MappingNode) or hasattr(node, "items"):
        return Span(node.span.start, node.span.start + 1)
    return node.span


CHECKS: Final = (_fences, _faults, _kinds, _members, _removed, _refused)
