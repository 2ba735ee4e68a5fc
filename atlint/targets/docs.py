"""A registration to the page of events that its customers get: every declared action, with an example of each."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from atlint.load.chooser import Dice
from atlint.load.compose import fill
from atlint.load.scene import scene_of
from atlint.load.world import world_of
from atlint.model import AtlintError, Json
from atlint.plan import Node, Plan, record_of
from atlint.plan.registration import Action, Registration
from atlint.report.redact import Redactor
from atlint.rules.reading import Reading

#: 2026-01-31 10:00 UTC, in hundredths of a second: the time of every example
_MOMENT: Final = 176_985_360_000
#: what all examples say of who asked and of what was acted on
_PINS: Final[Mapping[str, Json]] = {"target/name": "example", "initiator/name": "jo.public@example.com"}


def page(plan: Plan) -> str:
    """The page in Markdown; the same plan gives the same page.

    Raises AtlintError for a plan without a registration, or one without actions.
    """
    registration = plan.registration
    if registration is None or not registration.actions:
        raise AtlintError("--target docs needs a registration with actions: they are what the page lists")
    shown = Redactor().without_secrets(registration.display_name)
    registration = dataclasses.replace(registration, display_name=shown)
    plan = dataclasses.replace(plan, registration=registration)
    return "".join(f"{line}\n" for line in _lines(plan, registration))


def _lines(plan: Plan, registration: Registration) -> Iterator[str]:
    display = _cell(registration.display_name)
    yield f"# Auditing events for {display}"
    yield ""
    yield f"{display} sends an event to Activity Tracker for each of the {len(registration.actions)} actions below."
    listed = sorted(((_object(plan, entry), entry) for entry in registration.actions), key=lambda pair: pair[0])
    for thing, group in groupby(listed, key=lambda pair: pair[0]):
        entries = [entry for _, entry in group]
        yield ""
        yield f"## Events on {_cell(thing.replace('-', ' ').replace('.', ' '))}"
        yield ""
        yield "| action | target | outcomes | severity of a success |"
        yield "|---|---|---|---|"
        for entry in entries:
            outcomes = ", ".join(entry.outcomes) or "any"
            usual = entry.severity or plan.vocabulary.severity_by_verb.get(entry.action.rpartition(".")[2], "")
            yield f"| `{entry.action}` | {_code(entry.target)} | {outcomes} | {usual or 'normal'} |"
        for entry in entries:
            yield from _example(plan, registration, entry)
    yield from _fields(plan)


def _object(plan: Plan, entry: Action) -> str:
    record: dict[str, Json] = {"action": entry.action}
    parts = Reading(plan, {plan.record[1:]: record} if plan.record else record).action()
    return parts.object.text if parts and parts.object else entry.action


def _example(plan: Plan, registration: Registration, entry: Action) -> Iterator[str]:
    """A compliant event of the action, as the customer sees it: without the envelope."""
    outcomes = ("success",) if not entry.outcomes or "success" in entry.outcomes else entry.outcomes[:1]
    only = dataclasses.replace(registration, actions=(dataclasses.replace(entry, outcomes=outcomes),))
    narrowed = dataclasses.replace(plan, registration=only)
    draw = Dice(random.Random(entry.action))
    event = fill(narrowed, scene_of(narrowed, world_of(narrowed), draw, _MOMENT), draw, _pins(plan, entry))
    shown: Any = record_of(plan, event)
    yield ""
    yield f"Example of `{entry.action}`:"
    yield ""
    yield "```json"
    yield json.dumps(shown, indent=2, ensure_ascii=False)
    yield "```"


def _pins(plan: Plan, entry: Action) -> Mapping[str, Json]:
    kinds = plan.node(plan.pointer("initiator/typeURI"))
    kind = kinds.choices[0] if kinds and kinds.choices else None
    return {
        **_PINS,
        "initiator/id": "IBMid-550000ABCD",
        "initiator/typeURI": kind,
        "initiator/credential/type": "token",
        "initiator/host/address": "203.0.113.24",
        "initiator/host/addressType": "IPv4",
        "message": _message(plan, entry),
        "requestData": _data(plan, "requestData"),
        "responseData": _data(plan, "responseData"),
        "tags": ["example"],
    }


def _data(plan: Plan, role: str) -> Json:
    """What an example shows in place of data that each service makes up itself."""
    node = plan.node(plan.pointer(role))
    return '{"name": "example"}' if node and "string" in node.types else {"name": "example"}


def _message(plan: Plan, entry: Action) -> str:
    display = plan.registration.display_name.replace(":", " ").strip() if plan.registration else ""
    thing, verb = _object(plan, entry), entry.action.rpartition(".")[2]
    outcome = entry.outcomes[0] if entry.outcomes and "success" not in entry.outcomes else "success"
    return f"{display}: {verb} {thing} example" + ("" if outcome == "success" else f" -{outcome}")


def _fields(plan: Plan) -> Iterator[str]:
    """What each field of an event means."""
    root = plan.node(plan.record) if plan.record else plan.root
    yield ""
    yield "## Fields"
    yield ""
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    for node in root.walk() if root else ():
        if node.forbidden or not node.description or node is root:
            continue
        name = node.pointer.removeprefix(plan.record)[1:].replace("/", ".").replace(".*", "[]")
        yield f"| `{name}` | {' or '.join(sorted(_types(node)))} | {_cell(node.description)} |"


def _types(node: Node) -> Iterator[str]:
    return (kind for kind in node.types if kind != "null")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    """Text that stays one cell of a table, and no markup."""
    kept = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return kept.replace("|", "\\|").replace("<", "&lt;")
