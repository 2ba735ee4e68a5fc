"""What pods write, where, and with which rights: whether the tailer will ever see it, whole and once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Span
from atlint.pipeline.cluster import Writer
from atlint.pipeline.embedded import events
from atlint.pipeline.names import names
from atlint.pipeline.node import Node, at
from atlint.pipeline.tailer import PROBES
from atlint.pipeline.view import Sighting, View, quoted, said, sight
from atlint.pipeline.workload import Container, Mount, Volume, Workload

#: bytes that a shell's buffered output writes at once (measured: bash's stdio)
_BUFFER: Final = 4096
_TEARING_SHELLS: Final = frozenset({"bash", "ksh", "zsh"})
#: images whose `sh` is bash
_BASH_IMAGES: Final = re.compile(
    r"(?:^|/)(?:bash|centos|fedora|redhat|ubi\d*(?:-\w+)?|rockylinux|almalinux|amazonlinux)(?:[:@/]|$)"
)
#: what a running shell replaces
_EXPANSION: Final = re.compile(r"\$\([^()]*\)|\$\{[^{}]*\}|\$[A-Za-z_][A-Za-z0-9_]*|`[^`]*`")
_PREPARING: Final = frozenset({"chmod", "chown", "install"})


def _writers(view: View) -> Iterator[Sighting]:
    for writer in view.cluster.writers():
        target = writer.write.target
        if target is None or writer.container.script is None:
            continue
        on_root = names().within(writer.path) or names().within(writer.host_path or "")
        if not on_root and not any(events(writer)):
            continue
        found = list(_place(view, writer))
        yield from found
        if not found:
            yield from _shared(writer)
            yield from _rights(writer)
        yield from _torn(writer)


def _told(writer: Writer, code: str, case: str = "", **facts: object) -> Sighting:
    """A Sighting at the file name in a container's program."""
    script, target = writer.container.script, writer.write.target
    if script is None or target is None:
        raise ValueError("a writer without a program or a target has no place")
    problem = Problem(code, script.scalar.pointer, case, facts)  # type: ignore[arg-type]  # the callers give facts
    return Sighting(problem, script.stream.source, script.offsets.span(target.span))


def _place(view: View, writer: Writer) -> Iterator[Sighting]:
    """AT721 and AT717: whether the file lies on the node, and where the tailer looks for it."""
    container, workload = writer.container, writer.workload
    mount = container.mount(writer.path) if writer.path.startswith("/") else None
    if mount is None:
        if writer.path.startswith("/"):
            yield _told(writer, "AT721", path=said(writer.path), name=container.name)
        return
    if (wrong := _mount(workload, mount)) is not None:
        yield wrong
        return
    if mount.read_only:
        yield _mounted(workload, mount, "read-only", mount.node)
        return
    if writer.host_path is None:
        return
    tailer, own = view.tailer()
    reading = tailer.reads(_EXPANSION.sub("x", writer.host_path))
    if not reading.read:
        yield _told(writer, "AT717", "" if own else "stock", path=said(writer.host_path), why=reading.why)


def _mount(workload: Workload, mount: Mount) -> Sighting | None:
    """What is wrong with a mount that event logs are written to."""
    volume = workload.volume(mount.volume)
    if volume is None:
        return _mounted(workload, mount, "no-volume", mount.node)
    if not volume.host_path:
        return _mounted(workload, mount, "not-host", mount.node, kind=volume.kind)
    if names().within(mount.path) and not names().within(volume.host_path):
        return _mounted(
            workload,
            mount,
            "elsewhere",
            _path_node(volume),
            host=quoted(volume.host_path, like="/" in volume.host_path),
        )
    return None


def _path_node(volume: Volume) -> Node:
    return at(volume.node, "hostPath", "path") or volume.node


def _mounted(workload: Workload, mount: Mount, case: str, node: Node, **facts: object) -> Sighting:
    where = at(node, "mountPath") if node is mount.node else node
    return sight(
        workload.stream.source, "AT721", where or node, case,
        path=said(mount.path), volume=said(mount.volume), **facts,  # type: ignore[arg-type]  # the callers give facts
    )  # fmt: skip


def _mounts(view: View) -> Iterator[Sighting]:
    """The same for pods whose program is not in the manifest: what their mounts alone say."""
    tailer, own = view.tailer()
    for workload in view.cluster.workloads:
        seen: set[Span] = set()
        for container in workload.containers:
            writing = {id(container.mount(write.target.path)) for write in container.writes if write.target}
            for mount in container.mounts:
                if container.init or id(mount) in writing or not _for_logs(workload, mount):
                    continue
                sighting = _mount(workload, mount)
                volume = workload.volume(mount.volume)
                if (
                    sighting is None
                    and volume
                    and not any(tailer.reads(f"{volume.host_path}/{probe}").read for probe in PROBES)
                ):
                    node = _path_node(volume)
                    why = tailer.reads(f"{volume.host_path}/{PROBES[0]}").why
                    sighting = sight(
                        workload.stream.source, "AT717", node, "" if own else "stock",
                        path=said(volume.host_path), why=why,
                    )  # fmt: skip
                if sighting is not None and sighting.span not in seen:
                    seen.add(sighting.span)
                    yield sighting
                if sighting is None:
                    yield from _unprepared(workload, container, mount.path)


def _for_logs(workload: Workload, mount: Mount) -> bool:
    volume = workload.volume(mount.volume)
    return names().within(mount.path) or bool(volume and names().within(volume.host_path))


def _rights(writer: Writer) -> Iterator[Sighting]:
    container, workload = writer.container, writer.workload
    mount = container.mount(writer.path)
    if container.init or mount is None or container.security.root is True:
        return
    folder = posixpath.dirname(_EXPANSION.sub("x", writer.path))
    other = _other_folder(workload, container, folder)
    if other:
        host = workload.host_path(container, folder) or folder
        yield _told(writer, "AT722", "elsewhere", path=said(host), other=said(other))
    else:
        yield from _unprepared(workload, container, folder)


def _unprepared(workload: Workload, container: Container, folder: str) -> Iterator[Sighting]:
    """AT722 for a container that is surely not root, where nothing opens the folder to it."""
    if container.security.root is not False or list(_prepared(workload)):
        return
    node = container.security.node
    if node is not None:
        user = at(node, "runAsUser") or at(node, "runAsNonRoot") or node
        yield sight(workload.stream.source, "AT722", user, path=said(folder), name=container.name)


def _prepared(workload: Workload) -> Iterator[str]:
    """The folders of the node that init containers open to others."""
    for container in workload.containers:
        if not container.init or container.script is None:
            continue
        for command in container.script.program.commands:
            if command.name in _PREPARING:
                for word in command.words[1:]:
                    path = workload.host_path(container, posixpath.normpath(word.text)) if "/" in word.text else None
                    if path:
                        yield path


def _other_folder(workload: Workload, container: Container, folder: str) -> str:
    """The folder that was prepared, where that is not the one that is written to nor one above it."""
    host = workload.host_path(container, folder)
    prepared = list(_prepared(workload))
    if host is None or not prepared or any(host == path or host.startswith(path + "/") for path in prepared):
        return ""
    return prepared[0]


def _shared(writer: Writer) -> Iterator[Sighting]:
    target = writer.write.target
    mount = writer.container.mount(writer.path)
    if (
        target is None
        or not target.constant
        or writer.host_path is None
        or (mount and "$(" in mount.sub_path)
        or not names().within(writer.host_path)
        or writer.workload.kind == "DaemonSet"  # one pod on each node
    ):
        return
    yield _told(writer, "AT723", path=said(writer.host_path))


def _torn(writer: Writer) -> Iterator[Sighting]:
    """AT724: what is printed without its line feed, or in several pieces."""
    container, write = writer.container, writer.write
    if not write.terminated:
        yield _told(writer, "AT724", "unterminated", name=write.command.name)
        return
    program = write.command.words[0].text if write.command.words else ""
    shell = container.command[0].value.rpartition("/")[2] if container.command else ""
    tearing = (
        shell in _TEARING_SHELLS
        or (shell == "sh" and _BASH_IMAGES.search(container.image) is not None)
        or program.startswith("/")
    )
    longest = max((len(event.text.encode("utf-8", "surrogatepass")) for event in write.events), default=0)
    if tearing and longest >= _BUFFER:
        yield _told(writer, "AT724", name=program, shell=program if program.startswith("/") else shell, bytes=longest)


CHECKS: Final = (_writers, _mounts)
