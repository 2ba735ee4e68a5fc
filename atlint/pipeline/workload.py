"""A Kubernetes workload to its containers: what they run, write, mount and may do, each with its node."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from atlint.model import Place, Span
from atlint.pipeline import environment, shell, writes
from atlint.pipeline.document import Stream
from atlint.pipeline.environment import Variable
from atlint.pipeline.node import Mapping as MappingNode
from atlint.pipeline.node import Node, Scalar, at, entries, items, text
from atlint.pipeline.shell import Program
from atlint.pipeline.source import OffsetMap
from atlint.pipeline.writes import Write

#: where each kind keeps the specification of its pods
POD: Final[Mapping[str, tuple[str, ...]]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    **dict.fromkeys(
        ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job"),
        ("spec", "template", "spec"),
    ),
}

_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh"})


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a pod; `host_path` is empty where it is of another kind."""

    name: str
    kind: str
    host_path: str
    node: Node


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a container sees a volume."""

    path: str
    volume: str
    sub_path: str
    read_only: bool
    node: Node


@dataclass(frozen=True, slots=True)
class Security:
    """What the container's security context says, and where it says nothing, the pod's; None is unsaid."""

    run_as_user: int | None
    run_as_non_root: bool | None
    node: Node | None

    @property
    def root(self) -> bool | None:
        """Whether it runs as root; None where only the image knows."""
        if self.run_as_user is not None:
            return self.run_as_user == 0
        return False if self.run_as_non_root else None


@dataclass(frozen=True, slots=True)
class Script:
    """A shell program that a container is started with."""

    program: Program
    scalar: Scalar
    offsets: OffsetMap
    stream: Stream

    def place(self, span: Span) -> Place:
        """Where a range of the program stands in the file."""
        return self.stream.source.place(self.offsets.span(span))


@dataclass(frozen=True, slots=True)
class Container:
    """One container. `writes` are those of its shell program, with paths as the container sees them."""

    name: str
    image: str
    init: bool
    node: MappingNode
    command: tuple[Scalar, ...]
    mounts: tuple[Mount, ...]
    variables: tuple[Variable, ...]
    security: Security
    #: where it starts, if the manifest says so
    folder: str
    script: Script | None
    writes: tuple[Write, ...]
    #: the mounts by their paths
    mounted: Mapping[str, Mount] = field(repr=False, compare=False)

    def mount(self, path: str) -> Mount | None:
        """The mount that an absolute path of the container lies in: the deepest one."""
        while path not in self.mounted and path not in {"", "/"}:
            path = path.rpartition("/")[0] or "/"
        return self.mounted.get(path)


@dataclass(frozen=True, slots=True)
class Workload:
    """What runs pods."""

    kind: str
    api_version: str
    name: str
    namespace: str
    root: MappingNode
    pod: MappingNode
    stream: Stream
    labels: Mapping[str, str]
    volumes: tuple[Volume, ...]
    containers: tuple[Container, ...]
    #: the volumes by their names
    named: Mapping[str, Volume] = field(repr=False, compare=False)

    def volume(self, name: str) -> Volume | None:
        """The pod's volume of that name."""
        return self.named.get(name)

    @property
    def loads(self) -> bool:
        """Whether it is a load on the cluster and no service: a container of it runs `atlint load`."""
        return any(pair == ("atlint", "load") for each in self.containers for pair in _pairs(each))

    def host_path(self, container: Container, path: str) -> str | None:
        """Where a path of the container lies on its node; None where it lies on no volume of the node."""
        mount = container.mount(path) if path.startswith("/") else None
        volume = self.volume(mount.volume) if mount else None
        if mount is None or volume is None or not volume.host_path:
            return None
        rest = path[len(mount.path) :].strip("/")
        return posixpath.normpath(posixpath.join(volume.host_path, mount.sub_path, rest))


def read(root: MappingNode, stream: Stream, kind: str, namespace: str) -> Workload | None:
    """The workload that `root` describes; None where its kind is none or it has no specification of pods."""
    where = POD.get(kind)
    pod = at(root, *where) if where else None
    if where is None or not isinstance(pod, MappingNode):
        return None
    holder = at(root, *where[:-1])
    volumes = tuple(_volumes(pod))
    return Workload(
        kind=kind,
        api_version=text(root.get("apiVersion")),
        name=text(at(root, "metadata", "name")),
        namespace=namespace,
        root=root,
        pod=pod,
        stream=stream,
        labels={each.key.value: text(each.value) for each in entries(at(holder, "metadata", "labels"))},
        volumes=volumes,
        containers=tuple(_containers(pod, stream)),
        named={volume.name: volume for volume in volumes},
    )


def _pairs(container: Container) -> Iterator[tuple[str, str]]:
    """Two words that follow each other in what a container is started with, without folders.

    The image's name stands before arguments alone, since they may be those of the program that it is named after.
    """
    image = container.image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    commands = [[image, *(word.value for word in container.command)]]
    if container.script:
        commands += ([word.text for word in each.words] for each in container.script.program.commands)
    for words in commands:
        yield from pairwise(word.rpartition("/")[2] for word in words)


def _volumes(pod: MappingNode) -> Iterator[Volume]:
    for node in items(pod.get("volumes")):
        kind = next((each.key.value for each in entries(node) if each.key.value != "name"), "emptyDir")
        host_path = text(at(node, "hostPath", "path"))
        yield Volume(text(at(node, "name")), kind, posixpath.normpath(host_path) if host_path else "", node)


def _containers(pod: MappingNode, stream: Stream) -> Iterator[Container]:
    for key in ("initContainers", "containers"):
        for node in items(pod.get(key)):
            if isinstance(node, MappingNode):
                yield _container(pod, node, stream, init=key == "initContainers")


def _container(pod: MappingNode, node: MappingNode, stream: Stream, *, init: bool) -> Container:
    started = (*items(node.get("command")), *items(node.get("args")))
    command = tuple(word for word in started if isinstance(word, Scalar))
    variables = tuple(environment.variables(node))
    mounts = tuple(_mounts(node))
    script = _script(command, stream)
    known = {variable.name: variable.value for variable in variables if variable.value is not None}
    folder = text(node.get("workingDir"))
    return Container(
        name=text(node.get("name")),
        image=text(node.get("image")),
        init=init,
        node=node,
        command=command,
        mounts=mounts,
        variables=variables,
        security=_security(pod, node),
        folder=folder,
        script=script,
        writes=tuple(writes.writes(script.program, variables=known, folder=folder)) if script else (),
        mounted={mount.path: mount for mount in mounts},
    )


def _mounts(container: MappingNode) -> Iterator[Mount]:
    for node in items(container.get("volumeMounts")):
        path = text(at(node, "mountPath"))
        yield Mount(
            path=posixpath.normpath(path) if path else "",
            volume=text(at(node, "name")),
            sub_path=text(at(node, "subPath")) or text(at(node, "subPathExpr")),
            read_only=_boolean(at(node, "readOnly")) is True,
            node=node,
        )


def _security(pod: MappingNode, container: MappingNode) -> Security:
    own, around = container.get("securityContext"), pod.get("securityContext")

    def said(key: str) -> Node | None:
        inner = at(own, key)
        return inner if inner is not None else at(around, key)

    return Security(
        run_as_user=_integer(said("runAsUser")),
        run_as_non_root=_boolean(said("runAsNonRoot")),
        node=own if own is not None else around,
    )


def _script(command: tuple[Scalar, ...], stream: Stream) -> Script | None:
    """The program that a shell is started with: what stands behind its option `c`."""
    names = [word.value.rpartition("/")[2] for word in command]
    start = 1 if names[:1] == ["busybox"] else 0
    if names[start : start + 1] and names[start] in _SHELLS:
        start += 1
    elif not (command and command[0].value.startswith("-")):  # arguments alone may be those of the image's shell
        return None
    for index in range(start, len(command) - 1):
        option = command[index].value
        if not option.startswith(("-", "+")):
            return None
        if option[0] == "-" and option[1:2] != "-" and "c" in option:
            scalar = command[index + 1]
            return Script(shell.parse(scalar.value), scalar, stream.offsets(scalar), stream)
    return None


def _integer(node: Node | None) -> int | None:
    value = node.json if isinstance(node, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _boolean(node: Node | None) -> bool | None:
    value = node.json if isinstance(node, Scalar) else None
    return value if isinstance(value, bool) else None
