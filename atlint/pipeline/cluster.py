"""The manifests of a cluster as one picture: Secrets, ConfigMaps and workloads, each with its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from atlint.model import Place, Span
from atlint.pipeline import encoded, fluentd, workload
from atlint.pipeline.document import Document, Stream
from atlint.pipeline.encoded import Encoded
from atlint.pipeline.fluentd import Config
from atlint.pipeline.node import Entry, Mapping, Node, Scalar, at, entries, items, text
from atlint.pipeline.source import OffsetMap
from atlint.pipeline.tailer import Tailer
from atlint.pipeline.workload import Container, Workload
from atlint.pipeline.writes import Write

#: lists within lists, as some exports hold them
MOST_NESTED: Final = 4

#: what a configuration of fluentd has and other texts have not
CONFIGURATION: Final = re.compile(r"^[ \t]*(?:<(?:source|match|filter|worker|system|label)\b|@include\b)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Resource:
    """One Kubernetes object, in a list or by itself."""

    kind: str
    api_version: str
    name: str
    #: as written; empty where the manifest leaves it to who applies it
    namespace: str
    #: not in the representation: a Secret's nodes hold its token
    root: Mapping = field(repr=False)
    document: Document = field(repr=False)
    stream: Stream = field(repr=False)

    def place(self, node: Node) -> Place:
        """Where a node of it stands."""
        return self.stream.source.place(node.span)


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """A key of a Secret and the services that its value declares; `plain` where it is of `stringData`."""

    key: Scalar
    value: Node = field(repr=False)
    encoded: Encoded
    plain: bool
    #: from the code points of the value to those of the file
    offsets: OffsetMap


@dataclass(frozen=True, slots=True)
class Secret:
    """A Secret with its keys."""

    resource: Resource
    entries: tuple[SecretEntry, ...]

    def place(self, entry: SecretEntry, span: Span) -> Place:
        """Where a range of a value stands in the file."""
        return self.resource.stream.source.place(entry.offsets.span(span))


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """A key of a ConfigMap; `config` where its text is a configuration of fluentd."""

    key: Scalar
    value: Node
    config: Config | None
    #: from the code points of the value to those of the file
    offsets: OffsetMap


@dataclass(frozen=True, slots=True)
class ConfigMap:
    """A ConfigMap with its keys."""

    resource: Resource
    entries: tuple[ConfigEntry, ...]

    def place(self, entry: ConfigEntry, span: Span) -> Place:
        """Where a range of a value stands in the file."""
        return self.resource.stream.source.place(entry.offsets.span(span))


@dataclass(frozen=True, slots=True)
class Writer:
    """A shell command of a container that writes into a file or prints an event.

    `path` is the file's on the container, `host_path` on its node where a volume of the node holds it.
    """

    workload: Workload
    container: Container
    write: Write
    path: str
    host_path: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything that the given manifests say."""

    streams: tuple[Stream, ...]
    resources: tuple[Resource, ...]
    secrets: tuple[Secret, ...]
    config_maps: tuple[ConfigMap, ...]
    workloads: tuple[Workload, ...]

    def configs(self) -> Iterator[tuple[ConfigMap, ConfigEntry, Config]]:
        """The fluentd configurations in ConfigMaps, those with faults included."""
        for config_map in self.config_maps:
            for entry in config_map.entries:
                if entry.config is not None:
                    yield config_map, entry, entry.config

    def tailer(self) -> Tailer:
        """What the configurations together read."""
        return Tailer.of(config for _, _, config in self.configs())

    def writers(self) -> Iterator[Writer]:
        """What the shell programs of all containers write."""
        for each in self.workloads:
            for container in each.containers:
                for write in container.writes:
                    path = write.target.path if write.target else ""
                    yield Writer(each, container, write, path, each.host_path(container, path) if path else None)


def read(streams: Iterable[Stream]) -> Cluster:
    """Put the documents of all files together. Documents that are no Kubernetes objects are left out."""
    known = tuple(streams)
    resources = tuple(resource for stream in known for resource in _resources(stream))
    return Cluster(
        streams=known,
        resources=resources,
        secrets=tuple(_secret(each) for each in resources if each.kind == "Secret"),
        config_maps=tuple(_config_map(each) for each in resources if each.kind == "ConfigMap"),
        workloads=tuple(found for each in resources if (found := _workload(each))),
    )


def _resources(stream: Stream) -> Iterator[Resource]:
    for document in stream.documents:
        pending: list[tuple[Node | None, int]] = [(document.root, 0)]
        while pending:
            node, depth = pending.pop()
            if not isinstance(node, Mapping):
                continue
            kind = text(node.get("kind"))
            members = items(node.get("items"))
            if kind.endswith("List") and members and depth < MOST_NESTED:
                pending += [(member, depth + 1) for member in reversed(members)]
            elif kind:
                yield Resource(
                    kind=kind,
                    api_version=text(node.get("apiVersion")),
                    name=text(at(node, "metadata", "name")),
                    namespace=text(at(node, "metadata", "namespace")),
                    root=node,
                    document=document,
                    stream=stream,
                )


def _secret(resource: Resource) -> Secret:
    listed = [(entry, False) for entry in entries(resource.root.get("data"))]
    listed += [(entry, True) for entry in entries(resource.root.get("stringData"))]
    return Secret(resource, tuple(_secret_entry(resource, entry, plain=plain) for entry, plain in listed))


def _secret_entry(resource: Resource, entry: Entry, *, plain: bool) -> SecretEntry:
    value = entry.value.value if isinstance(entry.value, Scalar) else ""
    read_text = encoded.plain if plain else encoded.decode
    return SecretEntry(entry.key, entry.value, read_text(value), plain, _offsets(resource, entry.value))


def _config_map(resource: Resource) -> ConfigMap:
    listed = []
    for entry in entries(resource.root.get("data")):
        value = entry.value.value if isinstance(entry.value, Scalar) else ""
        speaks = entry.key.value.endswith(".conf") or CONFIGURATION.search(value)
        config = fluentd.parse(value) if speaks else None
        listed.append(ConfigEntry(entry.key, entry.value, config, _offsets(resource, entry.value)))
    return ConfigMap(resource, tuple(listed))


def _workload(resource: Resource) -> Workload | None:
    return workload.read(resource.root, resource.stream, resource.kind, resource.namespace)


def _offsets(resource: Resource, node: Node) -> OffsetMap:
    if isinstance(node, Scalar):
        return resource.stream.offsets(node)
    return OffsetMap.straight(node.span.start, node.span.start)
