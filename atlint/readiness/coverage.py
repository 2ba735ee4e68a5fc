"""The events of a log to what they show of a registration: which actions, outcomes, regions and spaces occurred."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from atlint.model import Line
from atlint.plan import Plan
from atlint.plan.registration import Region, Registration
from atlint.rules.reading import Reading

#: different values of one kind that are told apart; no log can fill the memory with them
MOST: Final = 200
OTHER: Final = "others"

_decode: Final = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Tallied:
    """Counts by value, with the first place of each."""

    counts: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, value: str, place: str) -> None:
        """Count one."""
        if value not in self.counts and len(self.counts) >= MOST:
            value = OTHER
        self.counts[value] += 1
        self.places.setdefault(value, place)

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()

    def shown(self, most: int = 5) -> tuple[str, ...]:
        """The most frequent ones, each with its count and its first place."""
        listed = [f"{value} ({count}, first at {self.places[value]})" for value, count in self.counts.most_common(most)]
        rest = len(self.counts) - most
        return (*listed, f"{rest} more") if rest > 0 else tuple(listed)


@dataclass(slots=True)
class Coverage:
    """What the events say, against one registration and the regions of it that are judged."""

    plan: Plan
    registration: Registration
    #: the entries that are judged: those of the environment, or one region of it
    judged: tuple[Region, ...]
    events: int = 0
    #: events that belong to what is judged
    own: int = 0
    #: events of the same registration, for another environment or region
    elsewhere: int = 0
    foreign: Tallied = field(default_factory=Tallied)
    regions: Tallied = field(default_factory=Tallied)
    strange_regions: Tallied = field(default_factory=Tallied)
    strange_spaces: Tallied = field(default_factory=Tallied)
    undeclared: Tallied = field(default_factory=Tallied)
    differing: Tallied = field(default_factory=Tallied)
    #: of declared actions, and of `action outcome`
    actions: Tallied = field(default_factory=Tallied)
    outcomes: Tallied = field(default_factory=Tallied)

    def see(self, line: Line) -> None:
        """Take in one line; what is no event is the linter's to report."""
        try:
            value = _decode(line.raw)
        except (msgspec.DecodeError, RecursionError):
            return
        if not isinstance(value, dict):
            return
        self.events += 1
        place = f"{line.path}:{line.number}"
        reading = Reading(self.plan, value)
        action = _text(reading.raw("action"))
        service = _text(reading.raw("meta/serviceProviderName")) or action.partition(".")[0]
        if not self._ours(service, action):
            self.foreign.add(service or "no service", place)
            return
        if self._belongs(reading, place):
            self.own += 1
            self._declared(reading, action, place)

    def _ours(self, service: str, action: str) -> bool:
        """Whether the event is of the registered service; names of two parts count by their first one too."""
        names = self.registration.names
        return service in names or any(action.startswith(f"{name}.") for name in names if not service or "." in name)

    def _belongs(self, reading: Reading, place: str) -> bool:
        """Whether region and space are those that are judged; counts what they are instead."""
        region, space = (
            _text(reading.raw("meta/serviceProviderRegion")),
            _text(reading.raw("meta/serviceProviderProjectId")),
        )
        if not region:
            return True
        fitting = [entry for entry in self.registration.regions if entry.region == region and fits(entry, space)]
        here = [entry for entry in self.judged if entry.region == region]
        if any(entry in here for entry in fitting):
            self.regions.add(region, place)
            return True
        if fitting:
            self.elsewhere += 1
        elif not here:
            self.strange_regions.add(region, place)
        else:
            self.strange_spaces.add(f"another space than {here[0].space_id} in {region}", place)
        return False

    def _declared(self, reading: Reading, action: str, place: str) -> None:
        entry = next((each for each in self.registration.actions if each.action == action), None)
        if entry is None:
            if self.registration.actions:
                self.undeclared.add(action or "no action", place)
            return
        outcome, severity = _text(reading.raw("outcome")), _text(reading.raw("severity"))
        self.actions.add(action, place)
        self.outcomes.add(f"{action} {outcome}", place)
        target = _text(reading.raw("target/typeURI"))
        if entry.target and target and target != entry.target and not target.startswith(f"{entry.target}/"):
            self.differing.add(f"{action} on {target}", place)
        elif entry.severity and outcome == "success" and severity != entry.severity:
            self.differing.add(f"{action} with severity {severity}", place)

    @property
    def missing_actions(self) -> tuple[str, ...]:
        """Declared actions that never occurred, in the order of the registration."""
        declared = dict.fromkeys(entry.action for entry in self.registration.actions)
        return tuple(action for action in declared if not self.actions.counts[action])

    @property
    def declared_outcomes(self) -> tuple[str, ...]:
        """`action outcome` of all declared outcomes whose action occurred."""
        return tuple(
            f"{entry.action} {outcome}"
            for entry in self.registration.actions
            if self.actions.counts[entry.action]
            for outcome in entry.outcomes
        )

    @property
    def missing_outcomes(self) -> tuple[str, ...]:
        """Those of them that never occurred."""
        return tuple(pair for pair in self.declared_outcomes if not self.outcomes.counts[pair])


def fits(entry: Region, space: str) -> bool:
    """Whether an event's space is the one of a registration: its GUID, or `a:` with the account (EV18#meta)."""
    return not space or space == entry.space_id or bool(entry.account_id and space == f"a:{entry.account_id}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
