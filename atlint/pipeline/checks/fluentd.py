"""fluentd's configuration by itself: parameters that do nothing, values misread, contradictions, losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.model import Json, Span
from atlint.pipeline import fluentd_values
from atlint.pipeline.checks import buffer, refused, routes
from atlint.pipeline.fluentd import Parameter, Section
from atlint.pipeline.names import like_one_of, like_setting, names
from atlint.pipeline.tailer import PROBES, Tailer, TailSource
from atlint.pipeline.view import Configuration, Sighting, View, quoted, said
from atlint.pipeline.vocabulary import Known, beside_buffer, known
from atlint.rules.nearness import near


def _parameters(view: View) -> Iterator[Sighting]:
    for each in view.configurations:
        for section in each.config.walk():
            about = known(section)
            buffered = section.name in {"match", "store"} and any(section.sections("buffer"))
            for parameter in section.parameters:
                if buffered and parameter.name in beside_buffer():
                    yield each.sight(
                        "AT713", parameter.key.span, "beside-buffer",
                        name=parameter.name, instead=_instead(parameter),
                    )  # fmt: skip
                elif about is not None:
                    yield from _parameter(each, section, parameter, about)


def _instead(parameter: Parameter) -> str:
    name, value = beside_buffer()[parameter.name], parameter.value.value
    return f"{name} {value}".strip() if like_setting(value) else name


def _parameter(each: Configuration, section: Section, parameter: Parameter, about: Known) -> Iterator[Sighting]:
    kind = about.parameters.get(parameter.name)
    if kind is None:
        renamed = beside_buffer().get(parameter.name) if section.name == "buffer" else None
        close = renamed or near(parameter.name, about.parameters)
        if close or not about.open:
            case = "near" if close else ""
            name = said(parameter.name)
            yield each.sight("AT713", parameter.key.span, case, said=name, section=section.name, suggestion=close)
        return
    if parameter.value.ruby or kind in {"string", "float", "array"} or parameter.name in about.unread:
        return
    text = parameter.value.value
    if isinstance(kind, tuple):
        if text not in kind:
            yield each.sight(
                "AT726" if parameter.name in about.private else "AT712", parameter.value.span, "word",
                name=parameter.name, said=quoted(text, like=like_one_of(text, kind)), want=kind,
            )  # fmt: skip
        return
    value = fluentd_values.read(kind, text)
    if value.differs:
        case = "refused" if value.read is None else "nothing" if value.meant is None else ""
        yield each.sight(
            "AT712" if case == "refused" else "AT726",
            parameter.value.span if not parameter.empty else parameter.key.span, case,
            name=parameter.name, said=quoted(text, like=like_setting(text)), kind=_KINDS[kind],
            read=_worded(kind, value.read), meant=_worded(kind, value.meant),
        )  # fmt: skip


_KINDS: Final = {"time": "a time", "size": "a size", "bool": "true or false", "integer": "an integer"}


def _worded(kind: str, value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).lower()
    if kind == "time":
        return buffer.spoken(value) if value >= 1 else f"{value:g} s"
    return f"{value:,} bytes" if kind == "size" else f"{value:,}"


def _sources(view: View) -> Iterator[Sighting]:
    for each in view.configurations:
        if not each.tracks:
            continue
        for source in Tailer.of([each.config]).sources:
            yield from _hidden(each, source)
            yield from _rotated(each, source)
            yield from _time(each, source.section)


def _hidden(each: Configuration, source: TailSource) -> Iterator[Sighting]:
    """AT718: what `path` finds below a log root and `exclude_path` takes away again."""
    parameter = source.section.get("exclude_path")
    for root in names().roots:
        for probe in PROBES:
            path = f"{root}/{probe}"
            found = any(pattern.matches(path) for pattern in source.paths)
            hides = next((pattern for pattern in source.excludes if pattern.matches(path)), None)
            if parameter and found and hides:
                yield each.sight("AT718", parameter.value.span, said=said(hides.text), path=path)
                return


def _rotated(each: Configuration, source: TailSource) -> Iterator[Sighting]:
    """AT719: a pattern that finds a rotated copy beside the file that is written."""
    parameter = source.section.get("path")
    only = Tailer((source,))
    for root in names().roots:
        for probe in PROBES:
            path = f"{root}/{probe}"
            if parameter and only.reads(path).read and (found := only.reads(f"{path}.1")).read:
                yield each.sight("AT719", parameter.value.span, said=said(found.pattern), path=f"{path}.1")
                return


def _time(each: Configuration, section: Section) -> Iterator[Sighting]:
    """AT720: a form for the time of the record's own key, which an event has not."""
    for holder in (section, *section.sections("parse")):
        parameter = holder.get("time_format")
        json = holder.text("format") == "json" or (holder.name == "parse" and holder.type == "json")
        if parameter and json and not holder.text("time_key"):
            yield each.sight("AT720", Span(parameter.key.span.start, parameter.value.span.end))


CHECKS: Final = (*refused.CHECKS, *routes.CHECKS, _parameters, _sources, buffer.check)
