"""Manifests against each other, and against the registration: hosts, regions, services, spaces, exclusions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from atlint.model import HIDDEN, Problem, Span
from atlint.pipeline.checks.secret import tracker_secrets
from atlint.pipeline.cluster import Secret, SecretEntry
from atlint.pipeline.embedded import events, settled
from atlint.pipeline.encoded import Member
from atlint.pipeline.fluentd import Parameter
from atlint.pipeline.names import like_guid, like_host, like_region, like_service, names, placeholder
from atlint.pipeline.node import at
from atlint.pipeline.view import Configuration, Sighting, View, quoted, said
from atlint.pipeline.writes import EventText
from atlint.pointer import Scan, scan
from atlint.rules.nearness import near

#: variables by which log agents are told what to leave out
_EXCLUSION: Final = re.compile(r"(?:LOGDNA|MEZMO)_EXCLUDE(?:D_PATHS)?|LOGDNA_EXCLUSION_RULES")
_REGION: Final = re.compile(r"activity-tracker\.(?:stage1\.)?([a-z-]+)\.bluemix\.net")


def _hosts(view: View) -> Iterator[Sighting]:
    keys = {entry.key.value for secret in tracker_secrets(view) for entry in secret.entries}
    regions = view.plan.registration.regions if view.plan.registration else ()
    registered = {_bare(entry.endpoint) for entry in regions}
    for each, output in [(one, section) for one in view.configurations for section in one.outputs()]:
        host, region = output.get("targetHost"), output.get("service_region")
        if host is None:
            yield each.sight("AT715", output.tag, "missing")
        elif not host.value.ruby:
            yield from _host(each, host, keys, registered if "" not in registered else set())
        if region is None:
            yield each.sight("AT716", output.tag, "missing")
        elif not region.value.ruby:
            told = list(_region(each, region, host))
            yield from told or _elsewhere(view, each, region)


def _bare(endpoint: str) -> str:
    return re.sub(r"^https?://|/+$", "", endpoint)


def _host(each: Configuration, host: Parameter, keys: set[str], registered: set[str]) -> Iterator[Sighting]:
    text = host.value.value
    bare = _bare(text)
    known = set(names().hosts)
    want: tuple[str, ...] = ()
    close: str | None = None
    if placeholder(text):
        case = "placeholder"
    elif bare != text:
        case, close = "scheme", bare if bare in known else near(bare, known, most=3)
    elif bare not in known:
        case, close = "unknown", near(bare, known, most=3)
    elif keys & known and text not in keys:
        case, want = "", tuple(sorted(keys & known))
    elif registered and text not in registered:
        case, want = "registration", tuple(sorted(registered))
    else:
        return
    yield each.sight(
        "AT715", host.value.span, case, said=quoted(text, like=like_host(text)), want=want, suggestion=close
    )


def _region(each: Configuration, region: Parameter, host: Parameter | None) -> Iterator[Sighting]:
    text = region.value.value
    if placeholder(text):
        yield each.sight("AT716", region.value.span, "placeholder", said=said(text))
        return
    bare = _bare(host.value.value) if host else ""
    found = _REGION.fullmatch(bare)
    want = names().hosts.get(bare) or (found[1] if found else "")
    if want and text != want:
        yield each.sight(
            "AT716", region.value.span, said=quoted(text, like=like_region(text)), want=want, host=bare, suggestion=want
        )
    elif not want and text not in set(names().hosts.values()):
        close = near(text, set(names().hosts.values()))
        known = tuple(sorted(set(names().hosts.values())))
        yield each.sight(
            "AT716",
            region.value.span,
            "unknown",
            said=quoted(text, like=like_region(text)),
            want=known,
            suggestion=close,
        )


def _elsewhere(view: View, each: Configuration, region: Parameter) -> Iterator[Sighting]:
    """AT716 where the events in the manifests are all of regions that no output is for.

    A registration has the last word of that: with one, the events themselves are at fault (AT407).
    """
    if view.plan.registration is not None:
        return
    outputs = {section.text("service_region") for one in view.configurations for section in one.outputs()}
    found = {fact.region for fact in provided(view)} & set(names().hosts.values())
    if found and not found & outputs:
        yield each.sight("AT716", region.value.span, "events", said=said(region.value.value), want=tuple(sorted(found)))


@dataclass(frozen=True, slots=True)
class Fact:
    """What an event within a manifest says of its provider."""

    service: str
    space: str
    region: str


def provided(view: View) -> list[Fact]:
    """The providers that the events in the manifests name; placeholders and what a shell puts in left out."""
    found = []
    for writer in view.cluster.writers():
        for event in events(writer):
            meta = _meta(event)
            facts = [meta.get(f"serviceProvider{what}") for what in ("Name", "ProjectId", "Region")]
            service, space, region = (
                text if isinstance(text, str) and "$" not in text and not placeholder(text) else "" for text in facts
            )
            if service:
                found.append(Fact(service, space, region))
    return found


def _meta(event: EventText) -> dict[str, Any]:
    scanned = scan(settled(event))
    value = scanned.value if isinstance(scanned, Scan) else None
    meta = value.get("meta") if isinstance(value, dict) else None
    return meta if isinstance(meta, dict) else {}


def _services(view: View) -> Iterator[Sighting]:
    """AT708: what the Secret's services have to say about the registered service, and that of the events."""
    registration = view.plan.registration
    facts = provided(view)
    wanted = {registration.service} if registration else {fact.service for fact in facts}
    aliases = registration.names if registration else frozenset(wanted)
    for secret in tracker_secrets(view):
        for entry in secret.entries:
            services = entry.encoded.services
            if not services or any(service.name is None or placeholder(service.name.value) for service in services):
                continue
            yield from _entry(view, secret, entry, wanted, aliases, facts)


def _entry(
    view: View, secret: Secret, entry: SecretEntry, wanted: set[str], aliases: frozenset[str], facts: list[Fact]
) -> Iterator[Sighting]:
    services = entry.encoded.services
    listed = {service.name.value for service in services if service.name}
    for name in sorted(wanted):
        if not listed & (aliases if name in aliases else {name}):
            first = services[0].name
            close = near(name, listed)
            span = next(
                (s.name.span for s in services if s.name and s.name.value == close), first.span if first else None
            )
            if span is not None:
                have = ", ".join(sorted(text if like_service(text) else HIDDEN for text in listed))
                yield _at_entry(secret, entry, span, "service", {"want": said(name), "have": have})
    for service in services:
        if service.name and service.project and not placeholder(service.project.value):
            spaces = _spaces(view, entry, service.name, facts)
            if spaces and service.project.value not in spaces:
                project = service.project.value
                told = {
                    "said": said(service.name.value),
                    "have": quoted(project, like=like_guid(project)),
                    "want": _ordered(spaces),
                }
                yield _at_entry(secret, entry, service.project.span, "space", told)


def _ordered(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts))


def _at_entry(secret: Secret, entry: SecretEntry, span: Span, case: str, facts: dict[str, Any]) -> Sighting:
    problem = Problem("AT708", entry.value.pointer, case, facts)
    return Sighting(problem, secret.resource.stream.source, entry.offsets.span(span))


def _spaces(view: View, entry: SecretEntry, name: Member, facts: list[Fact]) -> set[str]:
    """The spaces that a service may name: those registered for the endpoint, else those of the events."""
    registration = view.plan.registration
    if registration is not None:
        if name.value not in registration.names:
            return set()
        own = {region.space_id for region in registration.regions if _bare(region.endpoint) == entry.key.value}
        return {space for space in own if space}
    return {fact.space for fact in facts if fact.service == name.value and fact.space}


def _agents(view: View) -> Iterator[Sighting]:
    """AT718: an agent's exclusion of a log root that takes its neighbour too."""
    for workload in view.cluster.workloads:
        for container in workload.containers:
            for variable in container.variables:
                if variable.value is None or not _EXCLUSION.fullmatch(variable.name):
                    continue
                pattern = next(
                    (part for part in map(str.strip, variable.value.split(",")) if _takes_neighbours(part)), None
                )
                value = at(variable.node, "value")
                if pattern and value is not None:
                    problem = Problem(
                        "AT718", value.pointer, "agent",
                        {"name": variable.name, "said": said(pattern), "path": names().roots[1]},
                    )  # fmt: skip
                    yield Sighting(problem, workload.stream.source, value.span)


def _takes_neighbours(pattern: str) -> bool:
    return any(pattern.startswith(f"{root}*") for root in names().roots)


CHECKS: Final = (_hosts, _services, _agents)
