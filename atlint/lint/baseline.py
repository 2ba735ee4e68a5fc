"""Findings that were there before: a file of their identities, so that only new kinds of faults fail a run.

An identity is rule, service, action, pointer and shape of the value: no line number, so that the next log finds
itself in it, and no value of an event.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from atlint import regular
from atlint.model import AtlintError, Severity
from atlint.rules import REGISTRY

#: rule, service, action, pointer, shape
Key: TypeAlias = tuple[str, str, str, str, str]

VERSION: Final = 1
PARTS: Final = ("rule", "service", "action", "pointer", "shape")
#: identities that a baseline holds before it is no help any more
MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Known:
    """One entry: the heaviest that it was, and how often it was found, for people to read."""

    severity: Severity
    count: int = 1


@dataclass(slots=True)
class Baseline:
    """Known findings, and what this run has seen of them. With `recording`, whatever is found becomes known."""

    path: str = ""
    known: dict[Key, Known] = field(default_factory=dict)
    recording: bool = False
    #: keys that the run should have found and did not; set by `settle`
    idle: tuple[Key, ...] = ()
    _seen: set[Key] = field(default_factory=set)

    def covers(self, key: Key, severity: Severity) -> bool:
        """Whether a finding was there before; one that has become heavier was not. Raises AtlintError."""
        if self.recording:
            self._record(key, severity)
            return True
        known = self.known.get(key)
        if known is None or severity.rank < known.severity.rank:
            return False
        self._seen.add(key)
        return True

    def apart(self) -> Baseline:
        """One that knows as much and has seen nothing yet, for findings that are seen elsewhere."""
        return Baseline(self.path, {} if self.recording else self.known, recording=self.recording)

    def lesson(self) -> Baseline:
        """What this one has seen or recorded, without what it knew before."""
        return Baseline(self.path, self.known if self.recording else {}, self.recording, (), self._seen)

    def learn(self, lesson: Baseline) -> None:
        """Take what was seen or recorded elsewhere for its own. Raises AtlintError."""
        self._seen |= lesson._seen
        for key, known in lesson.known.items():
            self._record(key, known.severity, known.count)

    def _record(self, key: Key, severity: Severity, count: int = 1) -> None:
        known = self.known.get(key)
        if known is None:
            if len(self.known) >= MOST:
                raise AtlintError(
                    f"there are more than {MOST:,} kinds of findings, too many for a baseline: repair the most "
                    f"frequent first, or leave rules out with --ignore"
                )
            self.known[key] = Known(severity, count)
        else:
            self.known[key] = Known(min(severity, known.severity, key=lambda s: s.rank), known.count + count)

    def settle(self, rules: Collection[str]) -> None:
        """At the end of a run that judged by these rules: find the entries of theirs that no longer occur."""
        self.idle = (
            () if self.recording else tuple(key for key in self.known if key[0] in rules and key not in self._seen)
        )

    def tightened(self) -> Baseline:
        """The same without the idle entries; nothing is added and no count changes."""
        gone = frozenset(self.idle)
        return Baseline(self.path, {key: known for key, known in self.known.items() if key not in gone})

    def summary(self) -> dict[str, Any]:
        """What a report says of it."""
        return {"entries": len(self.known), "unused": len(self.idle)}

    def text(self) -> Iterator[str]:
        """The file: JSON, sorted, an entry a line, so that a version control system shows what changed."""
        yield f'{{\n  "atlint-baseline": {VERSION},\n  "findings": ['
        separator = "\n    "
        for key, known in sorted(self.known.items()):
            entry = dict(zip(PARTS, key, strict=True)) | {"severity": str(known.severity), "count": known.count}
            yield separator + json.dumps(entry)
            separator = ",\n    "
        yield "\n  ]\n}\n" if self.known else "]\n}\n"


def load(path: Path) -> Baseline:
    """Read a baseline file. Raises AtlintError where it is missing, no JSON, or not what `text` writes."""
    try:
        document = json.loads(regular.read(path))
    except FileNotFoundError:
        raise AtlintError(f"{path}: there is no such baseline; --write-baseline {path} makes one") from None
    except OSError as error:
        raise AtlintError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise AtlintError(f"{path}: not a baseline: no JSON: {error}") from error
    if not isinstance(document, dict) or "atlint-baseline" not in document:
        raise AtlintError(f"{path}: not a baseline: an object with atlint-baseline and findings is expected")
    version, entries = document["atlint-baseline"], document.get("findings")
    if version != VERSION:
        raise AtlintError(f"{path}: a baseline of version {version!r}; this atlint reads {VERSION}: write it anew")
    if not isinstance(entries, list):
        raise AtlintError(f"{path}: /findings: a list is expected")
    return Baseline(str(path), dict(_entry(path, index, entry) for index, entry in enumerate(entries)))


def _entry(path: Path, index: int, entry: Any) -> tuple[Key, Known]:
    where = f"{path}: /findings/{index}"
    if not isinstance(entry, Mapping):
        raise AtlintError(f"{where}: an object is expected")
    unknown = [name for name in entry if name not in {*PARTS, "severity", "count"}]
    if unknown:
        raise AtlintError(f"{where}: {unknown[0]!r} is not part of an entry: {', '.join(PARTS)}, severity, count are")
    for name in PARTS:
        if not isinstance(entry.get(name), str):
            raise AtlintError(f"{where}/{name}: a string is expected")
    if entry["rule"] not in REGISTRY:
        raise AtlintError(f"{where}/rule: unknown rule {entry['rule']!r}; a newer atlint may have written this file")
    count = entry.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise AtlintError(f"{where}/count: a number from 1 is expected, not {count!r}")
    try:
        severity = Severity(entry.get("severity", Severity.ERROR))
    except ValueError:
        raise AtlintError(f"{where}/severity: error, warning or info is expected") from None
    rule, service, action, pointer, shape = (entry[name] for name in PARTS)
    return (rule, service, action, pointer, shape), Known(severity, count)
