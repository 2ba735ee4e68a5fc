"""Entries of a configuration that silence single findings: fields combine with AND, each with its reason."""

from __future__ import annotations

import contextlib
import datetime
import enum
import functools
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, Final

from atlint.lint.source import STANDARD_INPUT
from atlint.rules.selection import expand

_PATTERNS: Final = ("service", "action", "pointer", "path")


class State(enum.StrEnum):
    """Why an entry is reported."""

    EXPIRED = "expired"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[ignore]]` table. Empty fields match anything; in the others `*` is any text and `?` any letter.

    A `path` is matched with the file as it was named, with the file as seen from the configuration's folder, and,
    where it has no slash, with the file's name alone. A `./` in front is none of it, and a slash at its end stands for
    all that is in the folder.
    """

    reason: str
    rule: str = ""
    service: str = ""
    action: str = ""
    pointer: str = ""
    path: str = ""
    #: the last day on which it counts
    until: datetime.date | None = None
    #: the configuration's folder, from which `path` may be written
    folder: str = ""

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
        """Compile the patterns of the entries that have not expired; unknown rules are found in all."""
        self.entries = tuple(self.entries)
        codes = [
            frozenset(rule.code for rule in expand(entry.rule)) if entry.rule else frozenset() for entry in self.entries
        ]
        self._live = [
            (entry, rules, {name: _pattern(name, text) for name in _PATTERNS if (text := getattr(entry, name))})
            for entry, rules in zip(self.entries, codes, strict=True)
            if not self._expired(entry)
        ]

    def _expired(self, entry: Entry) -> bool:
        return entry.until is not None and entry.until < self.today

    def covers(self, code: str, *, path: str, **fields: str) -> bool:
        """Whether an entry silences a finding of this rule, service, action, pointer and path.

        All entries that do are in use, not only the first.
        """
        covered = False
        for entry, codes, patterns in self._live:
            if codes and code not in codes:
                continue
            if all(
                pattern.match(fields[name]) if name != "path" else _in_place(entry, pattern, path)
                for name, pattern in patterns.items()
            ):
                self._used.add(entry)
                covered = True
        return covered

    def used(self) -> frozenset[int]:
        """The places in the list of the entries that were of use."""
        return frozenset(place for place, entry in enumerate(self.entries) if entry in self._used)

    def use(self, places: Iterable[int]) -> None:
        """Take the entries at these places to be of use: they were so to findings seen elsewhere."""
        entries = tuple(self.entries)
        self._used.update(entries[place] for place in places)

    def idle(self) -> list[dict[str, Any]]:
        """The entries that are expired or matched nothing, as the report's `ignores`."""
        return [
            entry.as_json() | {"state": str(State.EXPIRED if self._expired(entry) else State.UNUSED)}
            for entry in self.entries
            if entry not in self._used
        ]


def _pattern(field: str, text: str) -> re.Pattern[str]:
    if field == "path":
        text = text.removeprefix("./")
        text += "*" * text.endswith("/")
    return re.compile(translate(text.replace("[", "[[]")))


def _in_place(entry: Entry, pattern: re.Pattern[str], path: str) -> bool:
    return any(pattern.match(name) for name in _names(path, entry.folder, "/" not in entry.path))


@functools.lru_cache(maxsize=256)
def _names(path: str, folder: str, bare: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache takes places only
    """How a file may be written in an entry, with slashes on every system."""
    if path == STANDARD_INPUT:
        return (path,)
    names = [path, os.path.normpath(path)]
    if folder:
        # relpath needs one drive on Windows; on another drive no relative path leads there
        with contextlib.suppress(ValueError):
            names.append(os.path.relpath(path, folder))
    if bare:
        names.append(os.path.basename(path))  # noqa: PTH119 - strings all the way
    return tuple(name.replace(os.sep, "/") for name in names)
