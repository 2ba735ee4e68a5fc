"""A log to the registration that it would agree with: what `init --from-log` starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from atlint.lint.plain import NOT_JSON
from atlint.lint.source import Source, lines
from atlint.model import Line
from atlint.plan import EDITIONS, vocabulary
from atlint.plan.grammar import load as grammar
from atlint.plan.registration import Action
from atlint.plan.shape import nearest
from atlint.plan.truth import read_json

#: different values that are learned of one kind: a log cannot fill the memory
_MOST: Final = 2_000
#: files without an event of which the first line is kept: it may be long
_MOST_SILENT: Final = 3
_ACTION: Final = read_json("registration.schema.json")["properties"]["actions"]["items"]["properties"]
_OUTCOMES: Final[list[str]] = _ACTION["outcomes"]["items"]["enum"]
_SEVERITIES: Final[list[str]] = _ACTION["severity"]["enum"]
_decode: Final = msgspec.json.Decoder().decode


@dataclass(slots=True)
class _Seen:
    """What occurred with one action."""

    targets: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    outcomes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Learned:
    """What the events of a log say. Everything is counted by service first: a log may hold several."""

    events: int = 0
    #: lines that hold something, and no event with an action
    passed_over: int = 0
    editions: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    #: of a service, region and space
    homes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    spaces: Counter[str] = field(default_factory=Counter)
    #: the first lines of the first files that have lines, and no event among them
    silent: list[Line] = field(default_factory=list)
    _actions: dict[tuple[str, str], _Seen] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The service that most events name; empty where none does."""
        return next((name for name, _ in self.services.most_common(1)), "")

    @property
    def edition(self) -> str:
        """The edition that most events have the shape of; empty without events."""
        return next((name for name, _ in self.editions.most_common(1)), "")

    def user_copy(self, service: str) -> str:
        """`account` or `space`, as most of the service's events have it; empty where they do not say."""
        account, space = self.accounts[service], self.spaces[service]
        return "" if not account + space else "space" if space > account else "account"

    def regions(self, service: str) -> dict[str, tuple[str, str]]:
        """Region -> space and account of the service's own copy, the most frequent ones."""
        found: dict[str, tuple[str, str]] = {}
        for (name, region, project), _ in self.homes.most_common():
            if name == service:
                space, account = found.get(region, ("", ""))
                if project.startswith("a:"):
                    found[region] = (space, account or project[2:])
                else:
                    found[region] = (space or project, account)
        return dict(sorted(found.items()))

    def actions(self, service: str) -> tuple[Action, ...]:
        """The service's actions with the target, the severity of successes, and the outcomes that occurred."""
        return tuple(
            Action(
                action=action,
                target=next((target for target, _ in seen.targets.most_common(1)), ""),
                severity=next((severity for severity, _ in seen.severities.most_common(1)), ""),
                outcomes=tuple(sorted(seen.outcomes, key=_OUTCOMES.index)),
            )
            for (name, action), seen in sorted(self._actions.items())
            if name == service
        )

    def see(self, raw: bytes) -> None:
        """Take in one line; whatever does not have the form of an event's fact is not learned."""
        try:
            value = _decode(raw)
        except NOT_JSON:
            return
        record = value.get("payload", value) if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(record, dict):
            return
        action = _text(record.get("action"))
        if not grammar("action").fits(action):
            return
        self.events += 1
        self.editions[nearest(value)] += 1
        meta = value.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        service = _text(meta.get("serviceProviderName")) or action.partition(".")[0]
        if service not in self.services and len(self.services) >= _MOST:
            return
        self.services[service] += 1
        self._home(service, meta)
        self._act(service, action, record)

    def _home(self, service: str, meta: dict[str, Any]) -> None:
        region, project = _text(meta.get("serviceProviderRegion")), _text(meta.get("serviceProviderProjectId"))
        known = region in vocabulary.load(EDITIONS[0]).tracker_regions and grammar("identity").fits(project, "space_id")
        if known and len(self.homes) < _MOST:
            self.homes[service, region, project] += 1
        self.accounts[service] += bool(meta.get("userAccountIds"))
        self.spaces[service] += bool(meta.get("userSpaceId"))

    def _act(self, service: str, action: str, record: dict[str, Any]) -> None:
        if (service, action) not in self._actions and len(self._actions) >= _MOST:
            return
        seen = self._actions.setdefault((service, action), _Seen())
        outcome, severity = _text(record.get("outcome")), _text(record.get("severity"))
        if outcome in _OUTCOMES:
            seen.outcomes.add(outcome)
        if outcome == "success" and severity in _SEVERITIES:
            seen.severities[severity] += 1
        target = record.get("target")
        kind = _text(target.get("typeURI")) if isinstance(target, dict) else ""
        if grammar("type-uri").fits(kind) and len(seen.targets) < _MOST:
            seen.targets[kind] += 1


def learn(sources: Iterable[Source]) -> Learned:
    """Read every line of the sources. Raises AtlintError where one cannot be read."""
    learned = Learned()
    for source in sources:
        before, first = learned.events, None
        for line in lines(source):
            first, events = first or line, learned.events
            learned.see(line.raw)
            learned.passed_over += learned.events == events and not line.raw.isspace() and line.raw != b""
        if first and learned.events == before and len(learned.silent) < _MOST_SILENT:
            learned.silent.append(first)
    return learned


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
