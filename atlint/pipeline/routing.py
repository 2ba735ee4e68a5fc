"""Where what a source reads goes to: through the filters and matches of one configuration, as fluentd routes by tag."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from atlint.pipeline.fluentd import Config, Include, Section
from atlint.pipeline.names import names
from atlint.pipeline.tags import fits
from atlint.pipeline.vocabulary import ends

#: outputs of fluentd's own that hold others, each in a `<store>`
COPYING: Final = frozenset({"copy", "roundrobin"})
_WORKERS: Final = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


class End(enum.StrEnum):
    """Where a route ends. Of an output that copies, the first of these that one of its copies reaches counts."""

    TRACKER = "tracker"
    #: at a plugin that may send on what it takes, at a label of another file, at a pattern that cannot be read
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Route:
    """An end, the `<match>` that took the events to it, and the filters on the way."""

    end: End
    match: Section | None = None
    filters: tuple[Section, ...] = ()


def included(config: Config) -> bool:
    """Whether other files are read into it, which may route what this one does not."""
    sections = (config.root, *config.walk()) if config.root else ()
    return any(isinstance(item, Include) for section in sections for item in section.items)


def route(config: Config, source: Section, tag: str) -> Route:
    """The way of the events that `source`, a section of `config`, emits with `tag`."""
    return _Router.of(config, source, tag).follow(source.text("@label"))


def takes(config: Config, tag: str) -> bool:
    """Whether a configuration may bring to the tracker what another one beside it emits with `tag`."""
    if config.root is None:
        return False
    return _Router.of(config, config.root, tag).follow("").end in {End.TRACKER, End.UNKNOWN}


@dataclass(frozen=True, slots=True)
class _Router:
    """The sections that see the events of one source: the root's, then those of the workers that run it."""

    sections: tuple[Section, ...]
    tag: str
    #: labels that were followed, or are: fluentd would go round in a circle
    followed: dict[str, Route] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config, source: Section, tag: str) -> _Router:
        root = config.root or source
        workers = list(root.sections("worker"))
        own = next((one for one in workers if any(inner is source for inner in one.walk())), None)
        seen = [one for one in workers if own is None or _together(one, own)]
        return cls((*root.sections(), *(inner for one in seen for inner in one.sections())), tag)

    def follow(self, label: str) -> Route:
        """The way through the root, or through a label where one is named."""
        if label not in self.followed:
            self.followed[label] = Route(End.UNKNOWN)
            self.followed[label] = self._through(self._labelled(label))
        return self.followed[label]

    def _through(self, sections: tuple[Section, ...] | None) -> Route:
        filters: list[Section] = []
        for section in sections or ():
            if section.name not in {"match", "filter"}:
                continue
            argument = section.argument
            fit = None if argument and argument.ruby else fits(argument.value if argument else "", self.tag)
            if fit is not False and section.name == "filter":
                filters.append(section)
            elif fit is not False:
                found = self._taken(section, section) if fit else Route(End.UNKNOWN)
                return replace(found, filters=(*filters, *found.filters))
        return Route(End.UNKNOWN if sections is None else End.NOWHERE, None, tuple(filters))

    def _labelled(self, label: str) -> tuple[Section, ...] | None:
        if label in {"", "@ROOT"}:
            return self.sections
        found = [one for one in self.sections if one.name == "label" and one.argument and one.argument.value == label]
        return tuple(inner for one in found for inner in one.sections()) if found else None

    def _taken(self, output: Section, match: Section) -> Route:
        """The way on from an output, which is a `<match>` or one of its stores."""
        if output.type == names().output:
            return Route(End.TRACKER, match)
        if output.type == "relabel" and output.get("@label"):
            return self.follow(output.text("@label"))
        if output.type in COPYING:
            copies = [self._taken(store, match) for store in output.sections("store")]
            return min(copies, key=lambda one: _ENDS.index(one.end), default=Route(End.UNKNOWN))
        return Route(End.ELSEWHERE if output.type in ends() else End.UNKNOWN, match)


_ENDS: Final = tuple(End)


def _together(one: Section, other: Section) -> bool:
    """Whether two `<worker>` sections may be of one process."""
    ranges = [list(_numbers(section)) for section in (one, other)]
    return any(low <= last and first <= high for low, high in ranges[0] for first, last in ranges[1])


def _numbers(worker: Section) -> Iterator[tuple[int, int]]:
    """The first and last process that it is for; what is no number, fluentd takes for 0 or refuses."""
    found = _WORKERS.fullmatch(worker.argument.value.strip()) if worker.argument else None
    first = int(found[1]) if found else 0
    yield first, int(found[2]) if found and found[2] else first
