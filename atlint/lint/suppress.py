"""Entries of a configuration that silence single findings: fields combine with AND, each with its reason."""

from __future__ import annotations

import datetime
import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

from atlint.rules.selection import expand


class State(enum.StrEnum):
    """Why an entry is reported."""

    EXPIRED = "expired"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[ignore]]` table. Empty fields match anything; `*` and `?` match within the others."""

    reason: str
    rule: str = ""
    service: str = ""
    action: str = ""
    pointer: str = ""
    path: str = ""
    until: datetime.date | None = None

    def as_json(self) -> dict[str, str]:
        """The fields that are set, as a report shows them."""
        fields = ("rule", "service", "action", "pointer", "path", "reason")
        shown = {name: value for name in fields if (value := getattr(self, name))}
        return shown | ({"until": self.until.isoformat()} if self.until else {})


@dataclass(slots=True)
class Suppressions:
    """All entries, ready to ask; remembers which were of use. Raises AtlintError for an unknown rule."""

    entries: Iterable[Entry]
    today: datetime.date
    _live: list[tuple[Entry, frozenset[str], Mapping[str, re.Pattern[str]]]] = field(init=False)
    _used: set[Entry] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Compile the patterns of the entries that have not expired."""
        self.entries = tuple(self.entries)
        self._live = [
            (
                entry,
                frozenset(rule.code for rule in expand(entry.rule)) if entry.rule else frozenset(),
                {
                    name: re.compile(translate(pattern))
                    for name in ("service", "action", "pointer", "path")
                    if (pattern := getattr(entry, name))
                },
            )
            for entry in self.entries
            if not self._expired(entry)
        ]

    def _expired(self, entry: Entry) -> bool:
        return entry.until is not None and entry.until < self.today

    def covers(self, code: str, **fields: str) -> bool:
        """Whether an entry silences a finding of this rule, service, action, pointer and path."""
        for entry, codes, patterns in self._live:
            if codes and code not in codes:
                continue
            if all(pattern.match(fields[name]) for name, pattern in patterns.items()):
                self._used.add(entry)
                return True
        return False

    def idle(self) -> list[dict[str, Any]]:
        """The entries that are expired or matched nothing, as the report's `ignores`."""
        return [
            entry.as_json() | {"state": str(State.EXPIRED if self._expired(entry) else State.UNUSED)}
            for entry in self.entries
            if entry not in self._used
        ]
