"""The events of a log to what they show of a registration: which actions, outcomes, regions and spaces occurred."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from atlint.lint.plain import NOT_JSON
from atlint.model import Line
from atlint.plan import Plan
from atlint.plan.registration import Action, Region, Registration
from atlint.rules.reading import Reading

#: different values of one kind that are told apart; no log can fill the memory with them
MOST: Final = 200
OTHER: Final = "others"

_decode: Final = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Tallied:
    """Counts by value, with the first place of each. `most` values are told apart, or all where it is None."""

    most: int | None = MOST
    counts: Counter[str] = field(default_factory=Counter)
    #: file and line
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, value: str, path: str, number: int, count: int = 1) -> None:
        """Count so many, of which the first stands there."""
        if value not in self.counts and self.most is not None and len(self.counts) >= self.most:
            value = OTHER
        self.counts[value] += count
        self.places.setdefault(value, (path, number))

    def follow(self, other: Tallied, before: int) -> None:
        """Take in what was counted in a piece that follows; `before` is how many lines its file has before it."""
        for value, count in other.counts.items():
            path, number = other.places[value]
            self.add(value, path, before + number, count)

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()

    def shown(self, most: int = 5) -> tuple[str, ...]:
        """The most frequent ones, each with its count and its first place."""
        listed = [
            f"{value} ({count}, first at {':'.join(map(str, self.places[value]))})"
            for value, count in self.counts.most_common(most)
        ]
        rest = len(self.counts) - most
        return (*listed, f"{rest} more") if rest > 0 else tuple(listed)


@dataclass(slots=True)
class Found:
    """What some lines have of each kind."""

    #: as in Tallied, for each of them
    most: int | None = MOST
    lines: int = 0
    events: int = 0
    #: events that belong to what is judged
    own: int = 0
    #: events of the same registration, for another environment or region
    elsewhere: int = 0
    foreign: Tallied = field(init=False)
    regions: Tallied = field(init=False)
    strange_regions: Tallied = field(init=False)
    strange_spaces: Tallied = field(init=False)
    undeclared: Tallied = field(init=False)
    differing: Tallied = field(init=False)
    #: of declared actions, and of `action outcome`
    actions: Tallied = field(init=False)
    outcomes: Tallied = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing counted."""
        for name in _TALLIED:
            setattr(self, name, Tallied(None if name in _DECLARED else self.most))

    def follow(self, other: Found, before: int) -> None:
        """Take in what was counted in a piece that follows; `before` is how many lines its file has before it."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _TALLIED:
            getattr(self, name).follow(getattr(other, name), before)


_COUNTED: Final = ("lines", "events", "own", "elsewhere")
_TALLIED: Final = (
    "foreign", "regions", "strange_regions", "strange_spaces", "undeclared", "differing", "actions", "outcomes",
)  # fmt: skip
#: of these there are as many as the registration declares
_DECLARED: Final = frozenset({"actions", "outcomes"})


@dataclass(slots=True)
class Coverage:
    """What the events say, against one registration and the regions of it that are judged."""

    plan: Plan
    registration: Registration
    #: the entries that are judged: those of the environment, or one region of it
    judged: tuple[Region, ...]
    found: Found = field(default_factory=Found)
    _actions: dict[str, Action] = field(init=False)
    _outcomes: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Look up what each event is asked for."""
        self._actions = {entry.action: entry for entry in reversed(self.registration.actions)}
        node = self.plan.node(self.plan.pointer("outcome"))
        self._outcomes = frozenset(map(str, (node.choices if node else None) or ()))

    def see(self, line: Line) -> None:
        """Take in one line; what is no event is the linter's to report."""
        self.found.lines += 1
        try:
            value = _decode(line.raw)
        except NOT_JSON:
            return
        if not isinstance(value, dict):
            return
        self.found.events += 1
        place = (line.path, line.number)
        reading = Reading(self.plan, value)
        action = _text(reading.raw("action"))
        service = _text(reading.raw("meta/serviceProviderName")) or action.partition(".")[0]
        if not self._ours(service, action):
            self.found.foreign.add(service or "no service", *place)
            return
        if self._belongs(reading, place):
            self.found.own += 1
            self._declared(reading, action, place)

    def _ours(self, service: str, action: str) -> bool:
        """Whether the event is of the registered service; names of two parts count by their first one too."""
        names = self.registration.names
        return service in names or any(action.startswith(f"{name}.") for name in names if not service or "." in name)

    def _belongs(self, reading: Reading, place: tuple[str, int]) -> bool:
        """Whether region and space are those that are judged; counts what they are instead."""
        region, space = (
            _text(reading.raw("meta/serviceProviderRegion")),
            _text(reading.raw("meta/serviceProviderProjectId")),
        )
        if not region:
            return True
        # what the registration does not say of a region agrees with every event: it is told of as missing
        fitting = [entry for entry in self.registration.regions if entry.region in {region, ""} and fits(entry, space)]
        here = [entry for entry in self.judged if entry.region in {region, ""}]
        if any(entry in here for entry in fitting):
            self.found.regions.add(region, *place)
            return True
        if fitting:
            self.found.elsewhere += 1
        elif not here:
            self.found.strange_regions.add(region, *place)
        else:
            self.found.strange_spaces.add(f"another space than {here[0].space_id} in {region}", *place)
        return False

    def _declared(self, reading: Reading, action: str, place: tuple[str, int]) -> None:
        entry = self._actions.get(action)
        if entry is None:
            if self.registration.actions:
                self.found.undeclared.add(action or "no action", *place)
            return
        outcome, severity = _text(reading.raw("outcome")), _text(reading.raw("severity"))
        self.found.actions.add(action, *place)
        self.found.outcomes.add(f"{action} {outcome if outcome in self._outcomes else OTHER}", *place)
        target = _text(reading.raw("target/typeURI"))
        if entry.target and target and target != entry.target and not target.startswith(f"{entry.target}/"):
            self.found.differing.add(f"{action} on {target}", *place)
        elif entry.severity and outcome == "success" and severity != entry.severity:
            self.found.differing.add(f"{action} with severity {severity}", *place)

    @property
    def missing_actions(self) -> tuple[str, ...]:
        """Declared actions that never occurred, in the order of the registration."""
        declared = dict.fromkeys(entry.action for entry in self.registration.actions)
        return tuple(action for action in declared if not self.found.actions.counts[action])

    @property
    def declared_outcomes(self) -> tuple[str, ...]:
        """`action outcome` of all declared outcomes whose action occurred."""
        return tuple(
            f"{entry.action} {outcome}"
            for entry in self.registration.actions
            if self.found.actions.counts[entry.action]
            for outcome in entry.outcomes
        )

    @property
    def missing_outcomes(self) -> tuple[str, ...]:
        """Those of them that never occurred."""
        return tuple(pair for pair in self.declared_outcomes if not self.found.outcomes.counts[pair])


def fits(entry: Region, space: str) -> bool:
    """Whether an event's space is the one of a registration: its GUID, or `a:` with the account (EV18#meta)."""
    if space.startswith("a:"):
        return not entry.account_id or space == f"a:{entry.account_id}"
    return not space or entry.space_id in {space, ""}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
