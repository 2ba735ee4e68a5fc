"""AT727: what a source reads of the event logs, and where it goes to that is not the tracker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from atlint.pipeline.fluentd import Parameter, Section
from atlint.pipeline.names import like_tags, names
from atlint.pipeline.routing import End, Route, included, route, takes
from atlint.pipeline.tags import tag_of
from atlint.pipeline.tailer import PROBES, Tailer, TailSource
from atlint.pipeline.view import Configuration, Sighting, View, quoted
from atlint.pipeline.vocabulary import flat_parsers

#: a configuration with more than these was not written by hand, and is not routed
_MOST_SOURCES: Final = 30
_MOST_SECTIONS: Final = 2_000
#: filters that change nothing in a record
_PASSING: Final = frozenset({"grep", "stdout"})


@dataclass(frozen=True, slots=True)
class _Way:
    """What a source reads of one log: the tag that it emits, and where that leads."""

    source: Section
    tag: Parameter
    emitted: str
    route: Route


def _undelivered(view: View) -> Iterator[Sighting]:
    """Sources in a configuration that feeds the tracker. Of one into which other files are read nothing is told."""
    for each in view.configurations:
        sources = Tailer.of([each.config]).sources
        if not any(each.outputs()) or included(each.config) or len(sources) > _MOST_SOURCES or _vast(each):
            continue
        told: set[int] = set()
        for path in dict.fromkeys(path for source in sources for path in _logs(source)):
            for way, sighting in _lost(view, each, list(_ways(each, sources, path))):
                if way.tag.key.span.start not in told:
                    told.add(way.tag.key.span.start)
                    yield sighting


def _vast(each: Configuration) -> bool:
    return next(islice(each.config.walk(), _MOST_SECTIONS, None), None) is not None


def _logs(source: TailSource) -> list[str]:
    """Paths of event logs that a source reads: such as every configuration should, else one like its own pattern."""
    only = Tailer((source,))
    known = [f"{root}/{probe}" for root in names().roots for probe in PROBES]
    like = [pattern.text.replace("**", "my-service").replace("*", "events") for pattern in source.paths[:1]]
    found = [path for path in known if only.reads(path).read]
    return found or [path for path in like if names().within(path) and only.reads(path).read]


def _ways(each: Configuration, sources: tuple[TailSource, ...], path: str) -> Iterator[_Way]:
    for source in sources:
        tag = source.section.get("tag")
        if tag and Tailer((source,)).reads(path).read:
            emitted = tag_of(tag.value.value, path)
            way = Route(End.UNKNOWN) if tag.value.ruby else route(each.config, source.section, emitted)
            yield _Way(source.section, tag, emitted, way)


def _lost(view: View, each: Configuration, ways: list[_Way]) -> Iterator[tuple[_Way, Sighting]]:
    """What is wrong with the ways of one log: one leads to the tracker with what is no event, or none leads there."""
    for way in ways:
        if way.route.end is End.TRACKER and (parser := _flat(way)):
            text = parser.value.value
            yield way, each.sight("AT727", parser.value.span, "parser", said=quoted(text, like=text in flat_parsers()))
    if any(way.route.end in {End.TRACKER, End.UNKNOWN} for way in ways):
        return
    others = [one.config for one in view.configurations if one is not each]
    lost = [way for way in ways if not any(takes(config, way.emitted) for config in others)]
    if lost:
        way = next((way for way in lost if way.route.end is End.NOWHERE), lost[0])
        yield way, _sight(each, way)


def _sight(each: Configuration, way: _Way) -> Sighting:
    match = way.route.match
    tag = quoted(way.emitted, like=like_tags(way.tag.value.value))
    if match is None:
        return each.sight("AT727", way.tag.value.span, said=tag)
    pattern = match.argument.value if match.argument else "**"
    return each.sight("AT727", match.tag, "taken", said=tag, match=quoted(pattern, like=like_tags(pattern)))


def _flat(way: _Way) -> Parameter | None:
    """The parser that makes no events of the lines, where no filter on the way may make them of what it gives."""
    if any(section.type not in _PASSING for section in way.route.filters):
        return None
    parse = next(way.source.sections("parse"), None)
    parser = (parse.get("@type") or parse.get("type")) if parse else way.source.get("format")
    if parser is None or parser.value.ruby:
        return None
    text = parser.value.value
    return parser if text in flat_parsers() or text.startswith("/") else None


CHECKS: Final = (_undelivered,)
