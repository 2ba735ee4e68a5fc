"""A compliant event on its way to being broken: what breakers change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from atlint.model import Json
from atlint.plan import Plan
from atlint.pointer import tokens
from atlint.rules.reading import CRN_SEGMENTS, Reading


@dataclass(slots=True)
class Draft:
    """`value` is the breaker's own copy. Roles are those of `Reading`: `target/id`, `meta/userSpaceId`."""

    plan: Plan
    value: dict[str, Any]

    @property
    def reading(self) -> Reading:
        """The draft as rules read it now."""
        return Reading(self.plan, self.value)

    def get(self, role: str) -> Any:
        """The value of a role; None where it is absent."""
        return self.reading.raw(role)

    def put(self, role: str, value: Json) -> str:
        """Set a role, making the objects above it where they are missing. Returns its pointer."""
        pointer = self.plan.pointer(role)
        *path, last = tokens(pointer)
        box: Any = self.value
        for token in path:
            box = box.setdefault(token, {})
        if isinstance(box, list):
            box[int(last)] = value
        else:
            box[last] = value
        return pointer

    def drop(self, role: str) -> str:
        """Remove a role where it is there. Returns its pointer."""
        pointer = self.plan.pointer(role)
        *path, last = tokens(pointer)
        box: Any = self.value
        for token in path:
            box = box.get(token, {})
        box.pop(last, None)
        return pointer

    def put_segment(self, role: str, segment: str, text: str) -> str:
        """Replace one segment of a CRN. Returns the CRN's pointer."""
        pieces = str(self.get(role)).split(":", 9)
        pieces[CRN_SEGMENTS.index(segment) + 1] = text
        return self.put(role, ":".join(pieces))

    def act(self) -> tuple[str, str, str]:
        """Service, object and verb of the action; those of an example where another breaker has spoilt it."""
        action = self.reading.action()
        if action is None or action.service is None or action.object is None or action.verb is None:
            return "example-service", "thing", "read"
        return action.service.text, action.object.text, action.verb.text

    def succeed(self) -> None:
        """Make the event a success in outcome, reason and message."""
        self.put("outcome", "success")
        self.put("reason/reasonCode", 200)
        if isinstance(message := self.get("message"), str):
            self.put("message", message.removesuffix(" -failure").removesuffix(" -pending"))

    def line(self) -> bytes:
        """The event as one line, without its line feed."""
        return json.dumps(self.value, ensure_ascii=False, separators=(",", ":")).encode()
