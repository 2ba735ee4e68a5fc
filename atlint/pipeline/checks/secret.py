"""The tracker's Secret: its name and place, the endpoint that its key is, the services that its value declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Fact, Problem, Span
from atlint.pipeline.cluster import ConfigMap, Secret, SecretEntry
from atlint.pipeline.custody import TRACKED, UNTRACKED
from atlint.pipeline.encoded import Service
from atlint.pipeline.names import names, placeholder
from atlint.pipeline.node import Scalar, walk
from atlint.pipeline.service_token import wrong_kind
from atlint.pipeline.view import Sighting, View, name_node, namespace_node, said, sight
from atlint.rules.credentials import found_in
from atlint.rules.nearness import near

_HOST: Final = re.compile(r"(?:https?://)?activity-tracker\.[a-z0-9.-]+", re.IGNORECASE)
#: faults of the encoding; those of what is encoded speak as AT708
_ENCODING: Final = frozenset({"placeholder", "empty", "wrapped", "alphabet", "padding", "twice-encoded"})
#: a longer text is no setting
_LONGEST: Final = 100_000
_RUN: Final = re.compile(r"[A-Za-z0-9]{16,}")


def tracker_secrets(view: View) -> Iterator[Secret]:
    """The Secrets that are the tracker's, or are meant to be."""
    for secret in view.cluster.secrets:
        name = secret.resource.name
        if name == names().secret or near(name, [names().secret], most=4) or any(map(_of_tracker, secret.entries)):
            yield secret


def _of_tracker(entry: SecretEntry) -> bool:
    return bool(entry.encoded.services) or _HOST.fullmatch(entry.key.value) is not None


def _names(view: View) -> Iterator[Sighting]:
    for secret in tracker_secrets(view):
        resource = secret.resource
        if resource.name != names().secret:
            yield sight(
                resource.stream.source, "AT704", name_node(resource),
                pointer=f"{resource.root.pointer}/metadata/name", said=said(resource.name), want=names().secret,
            )  # fmt: skip
        yield from misplaced(secret)


def misplaced(holder: Secret | ConfigMap) -> Iterator[Sighting]:
    """AT705 for a Secret or ConfigMap of the tracker's that is not in its namespace."""
    resource = holder.resource
    if resource.namespace == names().namespace:
        return
    case = "" if resource.namespace else "release" if resource.document.template else "missing"
    yield sight(
        resource.stream.source, "AT705", namespace_node(resource), case,
        pointer=f"{resource.root.pointer}/metadata/namespace",
        kind=resource.kind, said=said(resource.namespace), want=names().namespace,
    )  # fmt: skip


def _keys(view: View) -> Iterator[Sighting]:
    for secret in tracker_secrets(view):
        source = secret.resource.stream.source
        if not secret.entries:
            yield sight(
                source, "AT706", name_node(secret.resource), "missing", pointer=f"{secret.resource.root.pointer}/data"
            )
        for entry in secret.entries:
            if entry.key.value not in names().hosts:
                key = entry.key.value
                bare = re.sub(r"^https?://|/+$", "", key, flags=re.IGNORECASE)
                case = "placeholder" if placeholder(key) else "scheme" if bare != key else ""
                close = near(bare.lower(), names().hosts, most=3) if not case else None
                if bare in names().hosts and case == "scheme":
                    close = bare
                problem = Problem("AT706", entry.key.pointer, case, {"said": said(key)}, suggestion=close)
                yield Sighting(problem, source, entry.key.span)


def _values(view: View) -> Iterator[Sighting]:
    for secret in tracker_secrets(view):
        source = secret.resource.stream.source
        for entry in secret.entries:
            for fault in entry.encoded.faults:
                code = "AT707" if fault.kind in _ENCODING else "AT708"
                case = fault.kind if code == "AT707" else ""
                problem = Problem(code, entry.value.pointer, case, {"what": fault.message})
                yield Sighting(problem, source, _narrow(entry, fault.span))
            for service in entry.encoded.services:
                yield from _service(view, secret, entry, service)


def _narrow(entry: SecretEntry, span: Span) -> Span:
    return entry.offsets.span(span if span.end > span.start else Span(span.start, span.start + 1))


def _service(view: View, secret: Secret, entry: SecretEntry, service: Service) -> Iterator[Sighting]:
    source = secret.resource.stream.source
    for field, member in (("service_name", service.name), ("project_id", service.project)):
        if member and placeholder(member.value):
            facts: dict[str, Fact] = {"field": field, "said": said(member.value)}
            problem = Problem("AT708", entry.value.pointer, "placeholder", facts)
            yield Sighting(problem, source, entry.offsets.span(member.span))
    if service.token is None or service.token_span is None:
        return
    token = service.token.reveal()
    case = wrong_kind(token)
    if case:
        problem = Problem("AT709", entry.value.pointer, case)
        yield Sighting(problem, source, entry.offsets.span(service.token_span))
    if case != "placeholder" and _alive(token) and (kept := view.kept(source.path)) in _KEPT:
        problem = Problem("AT710", entry.value.pointer, _KEPT[kept], {"what": "a service token"})
        yield Sighting(problem, source, entry.offsets.span(service.token_span))


_KEPT: Final = {TRACKED: "", UNTRACKED: "untracked"}


def _alive(token: str) -> bool:
    """Whether a text looks like a token that somebody gave out: letters and digits mixed as no word mixes them."""
    run = _RUN.search(re.sub(r"[-_.]", "", token))
    return run is not None and 2 <= sum(letter.isdigit() for letter in run[0]) < len(run[0])


def _elsewhere(view: View) -> Iterator[Sighting]:
    """Credentials in plain text in any other manifest that is under version control."""
    if not view.plan.selected("AT710"):
        return
    # events within a program are judged as events
    programs = {
        (each.stream.source.path, container.script.scalar.span)
        for each in view.cluster.workloads
        for container in each.containers
        if container.script
    }
    for resource in view.cluster.resources:
        if resource.kind == "Secret" or (kept := view.kept(resource.stream.source.path)) not in _KEPT:
            continue
        for node in walk(resource.root):
            if (
                isinstance(node, Scalar)
                and len(node.value) < _LONGEST
                and (resource.stream.source.path, node.span) not in programs
                and (found := found_in(node.value))
            ):
                what, part = found
                span = resource.stream.offsets(node).span(part.span)
                problem = Problem("AT710", node.pointer, _KEPT[kept], {"what": what})
                yield Sighting(problem, resource.stream.source, span)


CHECKS: Final = (_names, _keys, _values, _elsewhere)
