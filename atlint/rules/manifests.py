"""A compliant set of manifests around a compliant event, on its way to being broken by the rules of family AT7."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from atlint.model import PRODUCTION
from atlint.plan.truth import read_text
from atlint.rules.draft import Draft
from atlint.rules.rule import Breaker, Broken

_DEFAULT_REGION: Final = "ng"


@dataclass(slots=True)
class Manifests:
    """One YAML file with the Secret, the ConfigMap and a Deployment that writes one event."""

    text: str
    #: the members of the service's entry in the Secret
    services: dict[str, str]
    host: str
    region: str

    @classmethod
    def of(cls, draft: Draft) -> Manifests:
        """The set for the draft's event: its service, its space, its region."""
        action = draft.reading.action()
        service = draft.get("meta/serviceProviderName") or (action.service.text if action and action.service else "")
        region = draft.get("meta/serviceProviderRegion")
        hosts = draft.plan.vocabulary.endpoints[PRODUCTION]
        host = hosts.get(region) if isinstance(region, str) else None
        if host is None:
            region, host = _DEFAULT_REGION, str(hosts[_DEFAULT_REGION])
        services = {
            "service_name": str(service),
            "auth_token_value": "sample-token-of-the-service",
            "project_id": str(draft.get("meta/serviceProviderProjectId") or "sample-space"),
        }
        event = json.dumps(draft.value, separators=(",", ":")).replace("'", "\\u0027")
        text = read_text("samples/cluster.yaml")
        for mark, value in (("EVENT", event), ("HOST", host), ("REGION", region), ("SERVICES", encoded(services))):
            text = text.replace(f"@{mark}@", str(value))
        return cls(text, services, host, str(region))

    def swap(self, old: str, new: str) -> None:
        """Replace a text that must be there, once. Raises ValueError where it is not."""
        if old not in self.text:
            raise ValueError(f"the sample has no {old!r}")
        self.text = self.text.replace(old, new, 1)

    def declare(self, **members: str) -> None:
        """Change members of the service's entry in the Secret."""
        before = encoded(self.services)
        self.services |= members
        self.swap(before, encoded(self.services))

    def broken(self, pointer: str) -> Broken:
        """The file's bytes, with the place where the rule will speak."""
        return Broken(self.text.rstrip("\n").encode(), pointer)


def encoded(services: dict[str, str]) -> str:
    """The value of the Secret that declares one service."""
    return base64.b64encode(json.dumps({"services": [services]}).encode()).decode()


def swapping(pointer: str, *swaps: Sequence[tuple[str, str]]) -> Breaker:
    """A breaker that makes one of several groups of replacements."""

    def broken(draft: Draft, draw: random.Random) -> Broken:
        manifests = Manifests.of(draft)
        for old, new in draw.choice(swaps):
            manifests.swap(old.replace("@HOST@", manifests.host), new.replace("@HOST@", manifests.host))
        return manifests.broken(pointer.replace("@HOST@", manifests.host))

    return broken
