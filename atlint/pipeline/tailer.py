"""Would this path be read? The file search of fluentd's in_tail, as a pure function of the configuration."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.pipeline import fluentd_values, globbing
from atlint.pipeline.fluentd import Config, Quoting, Section, Text
from atlint.pipeline.globbing import Pattern

#: the plugins that read files this way: fluentd's own, and its twin in the tracker's set-up
TAILING: Final = frozenset({"tail", "tailinodes"})

#: names, below a folder of logs, that the tracker's own page would have read
PROBES: Final = ("events.log", "my-service/events.log")
#: what to tell, the most telling cause first
_CAUSES: Final = ("excluded", "hidden", "case", "not-matched")


@dataclass(frozen=True, slots=True)
class TailSource:
    """One source that reads files: what it reads and what it leaves out."""

    section: Section
    paths: tuple[Pattern, ...]
    excludes: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a path is read, and by which source.

    `cause` is one of read, excluded, hidden, case, not-matched, relative, no-source; `why` says it
    in words; `source` is the one that reads the path, or comes nearest.
    """

    read: bool
    cause: str
    why: str
    source: TailSource | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Tailer:
    """The tailing sources of one or more configurations."""

    sources: tuple[TailSource, ...]

    @classmethod
    def of(cls, configs: Iterable[Config]) -> Tailer:
        """Collect the tailing sources of parsed configurations, in workers and at the root alike."""
        return cls(tuple(source for config in configs for source in _sources(config)))

    def reads(self, path: str) -> Reading:
        """Whether the file at the absolute `path` is read, no folder above it being a symbolic link."""
        if not path.startswith("/"):
            return Reading(read=False, cause="relative", why="the path is not absolute")
        path = posixpath.normpath(path)
        nearest: Reading | None = None
        for source in self.sources:
            reading = _judge(source, path)
            if reading.read:
                return reading
            if nearest is None or _CAUSES.index(reading.cause) < _CAUSES.index(nearest.cause):
                nearest = reading
        return nearest or Reading(read=False, cause="no-source", why="no source of the configuration reads files")


def _sources(config: Config) -> Iterator[TailSource]:
    for section in config.walk():
        if section.name == "source" and section.type in TAILING:
            yield TailSource(section, _patterns(section, "path"), _patterns(section, "exclude_path"))


def _patterns(section: Section, name: str) -> tuple[Pattern, ...]:
    parameter = section.get(name)
    if parameter is None:
        return ()
    return tuple(globbing.compile_path(text, ruby=parameter.value.ruby) for text in _texts(section, parameter.value))


def _texts(section: Section, value: Text) -> list[str]:
    delimiter = section.text("path_delimiter") or ","
    if value.quoting is Quoting.JSON or value.value.startswith("["):
        listed = fluentd_values.array(value.value).read
        return [str(text) for text in listed] if isinstance(listed, list) else []
    return [text.strip() for text in value.value.split(delimiter) if text.strip()]


def _judge(source: TailSource, path: str) -> Reading:
    read = next((pattern for pattern in source.paths if pattern.matches(path)), None)
    if read is None:
        return _miss(source, path)
    excluded = next((pattern for pattern in source.excludes if pattern.matches(path)), None)
    if excluded is not None:
        why = f"exclude_path {excluded.text} leaves it out"
        return Reading(read=False, cause="excluded", why=why, source=source, pattern=excluded.text)
    why = f"path {read.text} matches it" + (" on the days that its date stands for" if read.dated else "")
    return Reading(read=True, cause="read", why=why, source=source, pattern=read.text)


def _miss(source: TailSource, path: str) -> Reading:
    """Why no pattern matches: what would have to be otherwise for one to."""
    for pattern in source.paths:
        if pattern.matches(path, hidden=True):
            why = f"path {pattern.text} finds no hidden files and enters no hidden folders"
            return Reading(read=False, cause="hidden", why=why, source=source, pattern=pattern.text)
        if pattern.matches(path, fold=True):
            why = f"path {pattern.text} tells upper case from lower case"
            return Reading(read=False, cause="case", why=why, source=source, pattern=pattern.text)
    texts = ", ".join(pattern.text for pattern in source.paths)
    why = f"path {texts} does not match it" if texts else "the source names no path"
    return Reading(read=False, cause="not-matched", why=why, source=source)
