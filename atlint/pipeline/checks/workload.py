"""What pods write, where, and with which rights: whether the tailer will ever see it, whole and once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.model import Fact, Problem, Span
from atlint.pipeline.cluster import Writer
from atlint.pipeline.embedded import events
from atlint.pipeline.environment import LOG_FILE
from atlint.pipeline.names import names
from atlint.pipeline.node import Node, at
from atlint.pipeline.source import Source
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
#: what a variable that names a log ends with; a file of state or a lock beside it is none
_LOG_NAME: Final = re.compile(r"[^*?\[\],;\s]+\.(?:log|jsonl?|ndjson|txt|out)", re.IGNORECASE)
_PREPARING: Final = frozenset({"chmod", "chown", "install"})


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that a container writes, or is told to write, and where the manifest says so."""

    workload: Workload
    container: Container
    #: on the container
    path: str
    #: whether all pods of a node write to the same one
    alike: bool
    pointer: str
    source: Source
    span: Span
    #: the variable that names it, where nothing says that events are written there but its name
    variable: str = ""
    #: references in the path that Kubernetes leaves as they are
    undefined: tuple[str, ...] = ()

    @property
    def host_path(self) -> str | None:
        """Where it lies on its node, if a volume of the node holds it."""
        return self.workload.host_path(self.container, self.path)

    @property
    def mount(self) -> Mount | None:
        """What holds it."""
        return self.container.mount(self.path) if self.path.startswith("/") else None

    def sight(self, code: str, case: str = "", **facts: Fact) -> Sighting:
        """A Sighting where it is named."""
        return Sighting(Problem(code, self.pointer, case, facts), self.source, self.span)


def _by_programs(view: View) -> Iterator[tuple[Writer, _Written]]:
    for writer in view.cluster.writers():
        target, script = writer.write.target, writer.container.script
        if target is None or script is None:
            continue
        on_root = names().within(writer.path) or names().within(writer.host_path or "")
        if on_root or any(events(writer)):
            span = script.offsets.span(target.span)
            written = _Written(
                writer.workload, writer.container, writer.path, target.constant,
                script.scalar.pointer, script.stream.source, span,
            )  # fmt: skip
            yield writer, written


def _by_variables(workload: Workload, container: Container) -> Iterator[_Written]:
    """The files that the environment names for a service's own program.

    `AT_LOG_FILE` says that it is the log. Another variable is believed only where its text is a log's path below a log
    root, and the container may write there.
    """
    told = {write.target.path for write in container.writes if write.target}
    for variable in container.variables if not container.init else ():
        value = at(variable.node, "value")
        if not variable.text or value is None:
            continue
        path = posixpath.normpath(posixpath.join(container.folder, variable.text))
        sure = variable.name == LOG_FILE
        written = _Written(
            workload, container, path, variable.alike, value.pointer, workload.stream.source, value.span,
            "" if sure else variable.name, variable.undefined,
        )  # fmt: skip
        if path not in told and path.startswith("/") and (sure or _names_log(written)):
            yield written


def _names_log(written: _Written) -> bool:
    mount = written.mount
    below = names().within(written.path) or names().within(written.host_path or "")
    return below and _LOG_NAME.fullmatch(written.path) is not None and not (mount and mount.read_only)


def _writers(view: View) -> Iterator[Sighting]:
    for writer, written in _by_programs(view):
        yield from _judged(view, written)
        yield from _torn(writer, written)
    for workload in view.cluster.workloads:
        seen: set[tuple[str, Span]] = set()
        for container in workload.containers:
            for written in _by_variables(workload, container):
                for sighting in _judged(view, written):
                    if (sighting.problem.code, sighting.span) not in seen:
                        seen.add((sighting.problem.code, sighting.span))
                        yield sighting


def _judged(view: View, written: _Written) -> Iterator[Sighting]:
    """What is wrong with a file: first whether it is read at all."""
    found = list(_place(view, written))
    yield from found
    if not found:
        yield from _shared(written)
        yield from _rights(written)


def _place(view: View, written: _Written) -> Iterator[Sighting]:
    """AT721 and AT717: whether the file lies on the node, and where the tailer looks for it."""
    workload, mount = written.workload, written.mount
    case = "named" if written.variable else ""
    about = said(written.variable)
    if mount is None:
        if written.path.startswith("/"):
            name = written.container.name
            yield written.sight("AT721", case, path=said(written.path), name=name, variable=about)
        return
    if (wrong := _mount(workload, mount)) is not None:
        yield wrong
        return
    if mount.read_only:
        yield _mounted(workload, mount, "read-only", mount.node)
        return
    host_path = written.host_path
    if host_path is None:
        return
    tailer, own = view.tailer()
    reading = tailer.reads(_EXPANSION.sub("x", host_path))
    if not reading.read:
        case = case if own else "stock"
        yield written.sight("AT717", case, path=said(host_path), why=reading.why, variable=about)


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
            writing |= {id(written.mount) for written in _by_variables(workload, container)}
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


def _rights(written: _Written) -> Iterator[Sighting]:
    container, workload = written.container, written.workload
    if container.init or written.mount is None or container.security.root is True:
        return
    folder = posixpath.dirname(_EXPANSION.sub("x", written.path))
    other = _other_folder(workload, container, folder)
    if other:
        host = workload.host_path(container, folder) or folder
        yield written.sight("AT722", "elsewhere", path=said(host), other=said(other))
    else:
        yield from _unprepared(workload, container, folder)


def _unprepared(workload: Workload, container: Container, folder: str) -> Iterator[Sighting]:
    """AT722 for a container that is surely not root, where nothing opens the folder to it."""
    if container.security.root is not False or list(_prepared(workload)):
        return
    yield sight(workload.stream.source, "AT722", _user(container), path=said(folder), name=container.name)


def _prepared(workload: Workload) -> Iterator[str]:
    """The folders of the node that init containers open to others."""
    for container in workload.containers:
        yield from _opened(workload, container)


def _opened(workload: Workload, container: Container) -> Iterator[str]:
    if not container.init or container.script is None:
        return
    for command in container.script.program.commands:
        if command.name in _PREPARING:
            for word in command.words[1:]:
                path = workload.host_path(container, posixpath.normpath(word.text)) if "/" in word.text else None
                if path:
                    yield path


def _powerless(view: View) -> Iterator[Sighting]:
    """AT722 for an init container that opens a folder of the logs without the right to: at first only root has it."""
    for workload in view.cluster.workloads:
        able = {
            path for each in workload.containers if each.security.root is not False for path in _opened(workload, each)
        }
        for container in workload.containers:
            opened = _opened(workload, container) if container.security.root is False else ()
            folder = next((path for path in opened if names().within(path) and not _below(path, able)), None)
            if folder:
                user = _user(container)
                yield sight(workload.stream.source, "AT722", user, "init", path=said(folder), name=container.name)


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _user(container: Container) -> Node:
    """Where it stands that a container is not root."""
    node = container.security.node
    return at(node, "runAsUser") or at(node, "runAsNonRoot") or node or container.node


def _other_folder(workload: Workload, container: Container, folder: str) -> str:
    """The folder that was prepared, where that is not the one that is written to nor one above it."""
    host = workload.host_path(container, folder)
    prepared = list(_prepared(workload))
    if host is None or not prepared or _below(host, prepared):
        return ""
    return prepared[0]


def _shared(written: _Written) -> Iterator[Sighting]:
    mount, host_path = written.mount, written.host_path
    if (
        not written.alike
        or host_path is None
        or (mount and "$(" in mount.sub_path)
        or not names().within(host_path)
        or written.workload.kind == "DaemonSet"  # one pod on each node
    ):
        return
    if written.undefined:
        yield written.sight("AT723", "undefined", path=said(host_path), name=said(written.undefined[0]))
    else:
        yield written.sight("AT723", path=said(host_path))


def _torn(writer: Writer, written: _Written) -> Iterator[Sighting]:
    """AT724: what is printed without its line feed, or in several pieces."""
    container, write = writer.container, writer.write
    if not write.terminated:
        yield written.sight("AT724", "unterminated", name=write.command.name)
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
        yield written.sight("AT724", name=program, shell=program if program.startswith("/") else shell, bytes=longest)


CHECKS: Final = (_writers, _mounts, _powerless)
