"""The Plan: what an edition, a registration and a selection of rules come to. Immutable; every reader starts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from atlint.model import NOTHING, Json, Severity
from atlint.plan.node import Node
from atlint.plan.registration import Registration
from atlint.plan.vocabulary import Vocabulary
from atlint.pointer import tokens


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`levels` holds the selected rules only: code -> case -> severity."""

    edition: str
    root: Node
    #: where the CADF record stands: "/payload", or "" in the flat editions
    record: str
    vocabulary: Vocabulary
    levels: Mapping[str, Mapping[str, Severity]] = field(default_factory=lambda: NOTHING)
    registration: Registration | None = None
    #: other names of a service, besides those of the registration
    aliases: Mapping[str, frozenset[str]] = field(default_factory=lambda: NOTHING)
    #: the digest of all that went in
    digest: str = ""

    def pointer(self, role: str) -> str:
        """Where a field of the CADF record, or else of the root, stands: `target/id`, `meta/userSpaceId`."""
        first = role.partition("/")[0]
        return f"/{role}" if not self.record or first in self.root.members else f"{self.record}/{role}"

    def node(self, pointer: str) -> Node | None:
        """The node of a place; None where the edition knows nothing of it."""
        node: Node | None = self.root
        for token in tokens(pointer):
            if node is None:
                return None
            node = node.members.get(token) or (node.items if token.isdigit() else None)
        return node

    def choices(self, role: str) -> tuple[str, ...]:
        """The closed set of a role; empty where it has none, or the edition has not the role."""
        node = self.node(self.pointer(role))
        return tuple(choice for choice in (node.choices or ()) if isinstance(choice, str)) if node else ()

    def sensitive(self, pointer: str) -> bool:
        """Whether what stands there, or above it, must be masked."""
        node: Node | None = self.root
        for token in tokens(pointer):
            if node is None:
                break
            if node.sensitive:
                return True
            node = node.members.get(token) or (node.items if token.isdigit() else None)
        return node is not None and node.sensitive

    def names_of(self, service: str) -> frozenset[str]:
        """The service's own name and all its aliases."""
        names = frozenset([service])
        registration = self.registration
        if registration is not None and service in registration.names:
            names = registration.names
        for name, others in self.aliases.items():
            if service == name or service in others:
                names |= others | {name}
        return names

    def selected(self, code: str) -> bool:
        """Whether the rule is in this Plan."""
        return code in self.levels


def record_of(plan: Plan, event: Json) -> Json:
    """The CADF record of a decoded event; None where it is absent."""
    if not isinstance(event, dict):
        return None
    return event.get(plan.record[1:]) if plan.record else event
