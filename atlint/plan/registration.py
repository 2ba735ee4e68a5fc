"""What a service has registered, or is about to: the facts that every event must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Region:
    """One registration: an environment, a region, and what the tracker was told for it."""

    environment: str
    region: str
    endpoint: str
    space_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Action:
    """One action that the service declares."""

    action: str
    target: str
    severity: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration file, decoded."""

    edition: str
    service: str
    display_name: str
    aliases: tuple[str, ...]
    user_copy: str
    logs: str
    regions: tuple[Region, ...]
    actions: tuple[Action, ...]

    @property
    def names(self) -> frozenset[str]:
        """The service's registered name and its aliases."""
        return frozenset((self.service, *self.aliases))

    @property
    def action_names(self) -> frozenset[str]:
        """All declared actions."""
        return frozenset(action.action for action in self.actions)


def from_value(value: Mapping[str, Any]) -> Registration:
    """A Registration from the decoded file, which has passed `registration.schema.json`.

    Facts that the schema requires and that are missing all the same are empty: readiness has a word for them.
    """
    service = value.get("service", {})
    name = service.get("name", "")
    return Registration(
        edition=value.get("edition", "at-2018"),
        service=name,
        display_name=service.get("displayName", name),
        aliases=tuple(service.get("aliases", ())),
        user_copy=value.get("userCopy", "account"),
        logs=value.get("logs", ""),
        regions=tuple(
            Region(
                environment=entry.get("environment", ""),
                region=entry.get("region", ""),
                endpoint=entry.get("endpoint", ""),
                space_id=entry.get("spaceId", ""),
                account_id=entry.get("accountId", ""),
            )
            for entry in value.get("registrations", ())
        ),
        actions=tuple(
            Action(
                action=entry.get("action", ""),
                target=entry.get("target", ""),
                severity=entry.get("severity", ""),
                outcomes=tuple(entry.get("outcomes", ())),
            )
            for entry in value.get("actions", ())
        ),
    )
