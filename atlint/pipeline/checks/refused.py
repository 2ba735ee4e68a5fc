"""What fluentd refuses of a configuration, and does not start: its grammar, and what its sections must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.pipeline import fluentd_values
from atlint.pipeline.fluentd import Include, Section
from atlint.pipeline.routing import COPYING
from atlint.pipeline.tailer import TAILING
from atlint.pipeline.view import Configuration, Sighting, View

#: sections in which fluentd refuses any `@` parameter but its own
_RESERVING: Final = frozenset({"source", "match", "filter", "system"})
_RESERVED: Final = frozenset({"@type", "@id", "@label", "@log_level", "@include"})
#: sections that hold plugins, as the root does
_HOLDERS: Final = frozenset({"worker", "label"})
_PLUGINS: Final = frozenset({"source", "match", "filter"})


def _syntax(view: View) -> Iterator[Sighting]:
    for each in view.configurations:
        for fault in each.config.faults:
            yield each.sight("AT712", fault.span, what=fault.message)
        for section in each.config.walk():
            if section.name == "worker":
                for inner in section.walk():
                    if inner.name == "worker" and inner is not section:
                        yield each.sight("AT712", inner.tag, what="a <worker> within a <worker>, which fluentd refuses")
            for parameter in section.parameters if section.name in _RESERVING else ():
                if parameter.name.startswith("@") and parameter.name not in _RESERVED:
                    what = "a parameter that starts with @ and is none of fluentd's own, which it refuses here"
                    yield each.sight("AT712", parameter.key.span, what=what)


def _missing(view: View) -> Iterator[Sighting]:
    """Plugins without what they must have. What an include within the section may bring is not missed."""
    for each in view.configurations:
        for section in _plugins(each.config.root):
            if any(isinstance(item, Include) for item in section.items):
                continue
            if not _typed(section):
                yield each.sight("AT712", section.tag, "missing", section=section.name, name="@type")
            elif section.name == "source" and section.type in TAILING:
                yield from _bare(each, section)


def _plugins(holder: Section | None) -> Iterator[Section]:
    """The sections of which fluentd makes plugins, and no section that another plugin reads for itself."""
    for section in holder.sections() if holder else ():
        if section.name in _HOLDERS:
            yield from _plugins(section)
        elif section.name in _PLUGINS:
            yield section
            yield from _stores(section)


def _stores(section: Section) -> Iterator[Section]:
    for store in section.sections("store") if section.type in COPYING else ():
        yield store
        yield from _stores(store)


def _typed(section: Section) -> bool:
    return section.get("@type") is not None or section.get("type") is not None


def _bare(each: Configuration, source: Section) -> Iterator[Sighting]:
    """A source that tails files and lacks one of the three things without which it does not start."""
    parsed = source.get("format") is not None or any(source.sections("parse"))
    lacking = [name for name in ("path", "tag") if not source.text(name).strip()]
    for name in (*lacking, *(() if parsed else ("<parse>",))):
        yield each.sight("AT712", source.tag, "missing", section=source.name, name=name)


def _positions(view: View) -> Iterator[Sighting]:
    """Sources that need a pos_file of their own. Between plugins, and between processes, fluentd does not see to it."""
    for each in view.configurations:
        seen: dict[str, list[tuple[str, Section | None]]] = {}
        for worker, section in _tails(each):
            file, inodes = section.get("pos_file"), section.get("follow_inodes")
            if file is None and inodes and fluentd_values.boolean(inodes.value.value).read is True:
                yield each.sight("AT712", inodes.whole, "positions")
            if file is None or file.value.ruby:
                continue
            held = seen.setdefault(file.value.value, [])
            if (section.type, worker) in held:
                yield each.sight("AT712", file.whole, "shared")
            elif held:
                why = "two sources write their positions over each other"
                yield each.sight("AT714", file.whole, one="pos_file", other="the same one above", why=why)
            held.append((section.type, worker))


def _tails(each: Configuration) -> Iterator[tuple[Section | None, Section]]:
    """The sources that read files, each with the `<worker>` that it stands in."""
    workers = [section for section in each.config.walk() if section.name == "worker"]
    for source in each.tails():
        yield next((one for one in workers if any(inner is source for inner in one.walk())), None), source


CHECKS: Final = (_syntax, _missing, _positions)
