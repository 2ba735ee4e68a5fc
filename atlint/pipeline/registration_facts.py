"""The facts of a registration against the tables and against each other, for a file of the right shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from atlint.model import HIDDEN, Fact, Problem, Said, Span
from atlint.pipeline import node
from atlint.pipeline.names import like_guid, like_host, like_one_of, like_region, names, placeholder
from atlint.pipeline.node import Mapping as MappingNode
from atlint.pipeline.node import Node, Scalar, Sequence
from atlint.plan.grammar import load as grammar
from atlint.plan.registration import Registration
from atlint.plan.truth import read_json
from atlint.rules.credentials import random_spans, secret_spans
from atlint.rules.nearness import near


def head(at: MappingNode | Sequence) -> Span:
    """Where a collection begins: its first key, so that a caret has something to stand under."""
    if isinstance(at, MappingNode) and at.entries:
        return at.entries[0].key.span
    return Span(at.span.start, min(at.span.start + 1, at.span.end))


def short(at: Node) -> Span:
    """Where a caret stands for a node: the value itself, or where a collection begins."""
    return at.span if isinstance(at, Scalar) else head(at)


def missing(field: str) -> dict[str, Fact]:
    """The facts of a Problem about a field that is not there."""
    return {"field": field, "about": _ABOUT.get(field, "")}


#: why the registration needs a fact that the schema can do without, or how to come by it
_ABOUT: Final = {
    "spaceId": ": the GUID of the Cloud Foundry space for the service's own copy",
    "accountId": ": the account of the space",
    "endpoint": ": the tracker's address in that environment and region",
    "name": ": the service's name in the catalog, as its CRNs have it",
    "registrations": ": one for each environment and region",
    "actions": ": every action that the service sends events for",
}


def quoted(pointer: str, text: str) -> Said:
    """A value for a message; where it is not even like what belongs there it may be a token, and is not shown."""
    like = _LIKE.get(pointer.rpartition("/")[2])
    credential = any(True for spans in (secret_spans, random_spans) for _ in spans(text))
    return Said(HIDDEN if credential or not (like is None or like(text)) else text, pointer)


def _with(mark: str) -> Callable[[str], bool]:
    return lambda text: placeholder(text) or mark in text


_LIKE: Final[Mapping[str, Callable[[str], bool]]] = {
    "edition": _with("at-"),
    "userCopy": lambda text: like_one_of(text, ("account", "space")),
    "environment": lambda text: like_one_of(text, places()),
    "region": like_region,
    "endpoint": like_host,
    "spaceId": like_guid,
    "accountId": lambda text: placeholder(text) or _is_account(text),
    "logs": _with("/"),
    "action": _with("."),
    "target": _with("/"),
    "severity": lambda text: like_one_of(text, ("normal", "warning", "critical")),
}


@dataclass(frozen=True, slots=True)
class _Judge:
    """The facts of a file on their way to Problems: what was told of a place is not told again."""

    root: Node
    told: set[str]

    def problem(
        self, code: str, pointer: str, case: str, facts: Mapping[str, Fact], *, suggestion: str | None = None
    ) -> Iterator[Problem]:
        """One Problem at a pointer, or at what should hold it; none where something was told there."""
        if pointer in self.told:
            return
        self.told.add(pointer)
        at = _at(self.root, pointer)
        holder = pointer
        while at is None:
            holder = holder.rpartition("/")[0]
            at = _at(self.root, holder)
        said: dict[str, Fact] = {"said": quoted(pointer, at.value)} if isinstance(at, Scalar) else {}
        yield Problem(code, pointer, case, {**said, **facts}, span=short(at), suggestion=suggestion)


def _at(root: Node, pointer: str) -> Node | None:
    tokens = [int(token) if token.isdigit() else token for token in pointer.split("/")[1:]]
    return node.at(root, *tokens)


def meaning(root: Node, registration: Registration, told: set[str]) -> Iterator[Problem]:
    """What the facts say together, for a file of the right shape."""
    judge = _Judge(root, told)
    if registration.service and not grammar("crn").fits(registration.service, "service"):
        yield from judge.problem(
            "AT909", "/service/name", "form", {"field": "name", "want": "lower-case letters, digits, dashes and dots"}
        )
    yield from _regions(judge, registration)
    yield from _actions(judge, registration)


def _regions(judge: _Judge, registration: Registration) -> Iterator[Problem]:
    if not registration.regions:
        yield from judge.problem("AT909", "/registrations", "missing", missing("registrations"))
    tables = places()
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(registration.regions):
        at = f"/registrations/{index}"
        if entry.environment and (entry.environment, entry.region) in seen:
            yield from judge.problem("AT909", f"{at}/region", "repeated", {"field": "region"})
        seen.add((entry.environment, entry.region))
        if entry.region in tables.get(entry.environment, {}):
            yield from _endpoint(judge, at, entry.environment, entry.region, entry.endpoint)
        if entry.space_id and not grammar("identity").fits(entry.space_id, "GUID"):
            yield from judge.problem("AT909", f"{at}/spaceId", "form", {"field": "spaceId", "want": "a GUID"})
        if not entry.account_id:
            yield from judge.problem("AT909", f"{at}/accountId", "missing", missing("accountId"))
        elif placeholder(entry.account_id) or not _is_account(entry.account_id):
            yield from judge.problem(
                "AT909", f"{at}/accountId", "form", {"field": "accountId", "want": "an id without prefix"}
            )


def _endpoint(judge: _Judge, at: str, environment: str, region: str, endpoint: str) -> Iterator[Problem]:
    """The endpoint against the tables: is there one at all, is it that of this place, is it one of any."""
    tables = places()
    own = tables[environment][region]
    pointer = f"{at}/endpoint"
    if own.host is None:
        there = tuple(f"{each.place} {each.url}" for each in tables[environment].values() if each.host)
        yield from judge.problem("AT907", pointer, "", {"place": own.place, "environment": environment, "want": there})
        return
    scheme, _, rest = endpoint.rpartition("://")
    host = rest.rstrip("/")
    if not endpoint or (host == own.host and scheme in {"https", ""}):
        return
    if host == own.host:
        yield from judge.problem("AT909", pointer, "form", {"field": "endpoint", "want": own.url})
        return
    facts: dict[str, Fact] = {"place": own.place, "environment": environment, "want": own.url}
    for other, table in tables.items():
        for name, each in table.items():
            if host == each.host:
                case = "environment" if name == region else "region"
                yield from judge.problem("AT908", pointer, case, {**facts, "there": f"{each.place} at {other}"})
                return
    hosts = [each.host for table in tables.values() for each in table.values() if each.host]
    yield from judge.problem("AT908", pointer, "", facts, suggestion=near(host, hosts))


@dataclass(frozen=True, slots=True)
class Tracker:
    """One cell of the table of endpoints; `host` is None where there is no tracker."""

    place: str
    host: str | None

    @property
    def url(self) -> str:
        """The endpoint as a registration writes it."""
        return f"https://{self.host}"


def places() -> dict[str, dict[str, Tracker]]:
    """Environment -> region -> what is there, from `vocabulary/endpoints.json`."""
    return {
        environment: {region: Tracker(cell["place"], cell["host"]) for region, cell in table.items()}
        for environment, table in read_json("vocabulary/endpoints.json")["environments"].items()
    }


def logs_of(registration: Registration) -> str:
    """The folder of the service's logs: the declared one, or one of the service's name (ST#log path)."""
    return (registration.logs or f"{names().roots[0]}/{registration.service}").rstrip("/")


def host_of(endpoint: str) -> str:
    """The endpoint's host, as the Secret's key and targetHost have it."""
    return endpoint.rpartition("://")[2].rstrip("/")


def _actions(judge: _Judge, registration: Registration) -> Iterator[Problem]:
    if not registration.actions:
        yield from judge.problem("AT909", "/actions", "missing", missing("actions"))
    seen: set[str] = set()
    names = registration.names
    for index, entry in enumerate(registration.actions):
        at = f"/actions/{index}"
        if entry.action in seen:
            yield from judge.problem("AT909", f"{at}/action", "repeated", {"field": "action"})
        seen.add(entry.action)
        if entry.action and not grammar("action").fits(entry.action):
            want = "service.object.verb in lower case"
            yield from judge.problem("AT909", f"{at}/action", "form", {"field": "action", "want": want})
        elif entry.action and not any(_of(entry.action, name, ".") for name in names):
            yield from _stranger(judge, f"{at}/action", "action", entry.action.partition(".")[0], registration)
        if entry.target and not grammar("type-uri").fits(entry.target):
            yield from judge.problem("AT909", f"{at}/target", "form", {"field": "target", "want": "service/object"})
        elif entry.target and not any(_of(entry.target, name, "/") for name in names):
            yield from _stranger(judge, f"{at}/target", "target", entry.target.partition("/")[0], registration)


def _of(text: str, service: str, mark: str) -> bool:
    """Whether an action or a type begins with a service, or with a part of it."""
    return text.startswith((f"{service}{mark}", f"{service}."))


def _stranger(judge: _Judge, pointer: str, field: str, service: str, registration: Registration) -> Iterator[Problem]:
    meant = near(service, sorted(registration.names))
    facts: dict[str, Fact] = {"field": field, "said": Said(service, pointer), "want": registration.service}
    yield from judge.problem("AT912", pointer, "registration", facts, suggestion=meant)


def _is_account(text: str) -> bool:
    """Whether a text has the form of an account's id; a run of letters and digits as generators make it is a token."""
    return any(grammar("identity").fits(text, rule) for rule in ("ACCOUNT_ID", "GUID")) and not any(random_spans(text))
