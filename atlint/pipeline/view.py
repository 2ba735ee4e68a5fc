"""What the checks of a cluster look at, and what they yield: a Problem with its place in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from atlint.model import HIDDEN, Fact, Json, Place, Problem, Said, Span
from atlint.pipeline.cluster import Cluster, ConfigEntry, ConfigMap, Resource
from atlint.pipeline.custody import custody
from atlint.pipeline.fluentd import Config, Section
from atlint.pipeline.names import names, stock
from atlint.pipeline.node import Node, Scalar, at
from atlint.pipeline.source import OffsetMap, Source
from atlint.pipeline.tailer import TAILING, Tailer
from atlint.plan import Plan


@dataclass(frozen=True, slots=True)
class Sighting:
    """A Problem and the code points of the file where it stands.

    Its pointer leads from the root of the YAML document; for an event within a manifest, from the event's own.
    """

    problem: Problem
    source: Source = field(repr=False)
    span: Span

    @property
    def place(self) -> Place:
        """Path, line and columns."""
        return self.source.place(self.span)


def said(text: str) -> Said:
    """A text of a manifest for a message: shown unless it looks like a credential."""
    return Said(text, "/")


def quoted(text: str, *, like: bool) -> Said:
    """The same of a text that should be of some form: shown where it is at least like it, since else it may be a token.

    What is not quoted is hidden in the line, too (`report.cover`).
    """
    return said(text if like else HIDDEN)


def sight(
    source: Source, code: str, node: Node, case: str = "", *, pointer: str = "", repair: Json = None, **facts: Fact
) -> Sighting:
    """A Sighting at a node of a YAML file; `pointer` where it is not the node's own."""
    return Sighting(Problem(code, pointer or node.pointer, case, facts, repair=repair), source, node.span)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A fluentd configuration, in a file of its own or within a ConfigMap."""

    config: Config
    source: Source = field(repr=False)
    #: from the code points of the configuration to those of the file
    offsets: OffsetMap = field(repr=False)
    pointer: str = ""
    config_map: ConfigMap | None = None
    entry: ConfigEntry | None = None

    def sight(self, code: str, span: Span, case: str = "", *, suggestion: str | None = None, **facts: Fact) -> Sighting:
        """A Sighting at a range of the configuration."""
        problem = Problem(code, self.pointer, case, facts, suggestion=suggestion)
        return Sighting(problem, self.source, self.offsets.span(span))

    @property
    def text(self) -> str:
        """The configuration as it is written, before its place in a YAML file."""
        if self.entry is None:
            return self.source.text
        return self.entry.value.value if isinstance(self.entry.value, Scalar) else ""

    def tails(self) -> Iterator[Section]:
        """The sources that read files."""
        return (section for section in self.config.walk() if section.name == "source" and section.type in TAILING)

    def outputs(self) -> Iterator[Section]:
        """The outputs that feed the tracker."""
        for section in self.config.walk():
            if section.name in {"match", "store"} and section.type == names().output:
                yield section

    @property
    def tracks(self) -> bool:
        """Whether it has to do with the tracker: reads its folders, or feeds it."""
        return any(self.outputs()) or any(
            root in section.text("path") for section in self.tails() for root in names().roots
        )


@dataclass(frozen=True, slots=True)
class View:
    """The manifests and configurations of one run, under a Plan."""

    cluster: Cluster
    configurations: tuple[Configuration, ...]
    plan: Plan
    #: whether a file is under version control, as `custody.custody` says
    kept: Callable[[str], str] = custody

    @classmethod
    def of(
        cls,
        cluster: Cluster,
        plan: Plan,
        files: Iterable[tuple[Source, Config]] = (),
        kept: Callable[[str], str] = custody,
    ) -> View:
        """A cluster, and fluentd's configurations in files of their own."""
        within = [
            Configuration(config, each.resource.stream.source, entry.offsets, entry.value.pointer, each, entry)
            for each, entry, config in cluster.configs()
        ]
        alone = [Configuration(config, source, OffsetMap.straight(0, len(source.text))) for source, config in files]
        return cls(cluster, (*within, *alone), plan, kept)

    def tailer(self) -> tuple[Tailer, bool]:
        """What the configurations read, and whether there are any; the stock configuration's where not."""
        own = Tailer.of(each.config for each in self.configurations)
        return (own, True) if own.sources else (stock(), False)


def name_node(resource: Resource) -> Node:
    """Where a resource's name stands, or should."""
    return _at(resource, "name")


def namespace_node(resource: Resource) -> Node:
    """Where a resource's namespace stands, or should."""
    return _at(resource, "namespace")


def _at(resource: Resource, member: str) -> Node:
    metadata = resource.root.entry("metadata")
    if metadata is None:
        kind = resource.root.entry("kind")
        return kind.key if kind else resource.root
    inner = at(metadata.value, member)
    return inner if inner is not None else metadata.key
