"""The parameters of fluentd's sections that are known, read from `schemas/vocabulary/fluentd-parameters.json`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from atlint.pipeline.fluentd import Section
from atlint.plan.truth import read_json

#: a type of fluentd's, or the words that the parameter takes
Kind: TypeAlias = "str | tuple[str, ...]"

#: sections that hold a plugin of the kind that the name says
_KINDS: Final = {"source": "source", "match": "match", "store": "match", "buffer": "buffer"}


@dataclass(frozen=True, slots=True)
class Known:
    """The parameters of one section; `open` where others may exist that nobody outside knows."""

    parameters: Mapping[str, Kind]
    open: bool = False
    #: those that a plugin reads which is not public: what it does with a wrong value is not known
    private: frozenset[str] = frozenset()
    #: those that nothing reads, since a section of its own says the same
    unread: frozenset[str] = frozenset()


def known(section: Section) -> Known | None:
    """What is known of a section's parameters; None where its plugin is not known at all."""
    kind = _KINDS.get(section.name)
    if kind is None:
        return None
    return _known(kind, section.type, parsing=any(section.sections("parse")))


@functools.lru_cache(maxsize=64)
def _known(kind: str, name: str, *, parsing: bool) -> Known | None:
    said: Mapping[str, Any] = read_json("vocabulary/fluentd-parameters.json")
    name = said["twins"].get(name, name)
    parameters = dict(said["common"])
    if kind == "buffer":
        parameters |= said["buffer"]["*"]
        own = said["buffer"].get(name or "memory")
        # of another buffer plugin only the parameters that all have are known
        return Known(_kinds(parameters | (own or {})), open=own is None)
    own = said[kind].get(name)
    if own is None:
        return None
    private = frozenset(own) if name in said["open"] else frozenset[str]()
    parser: Mapping[str, Any] = said["parser"] if kind == "source" else {}
    unread = frozenset(parser) if parsing else frozenset[str]()
    return Known(_kinds(parameters | own | parser), bool(private), private, unread)


def _kinds(parameters: Mapping[str, Any]) -> dict[str, Kind]:
    return {name: tuple(kind) if isinstance(kind, list) else kind for name, kind in parameters.items()}


def beside_buffer() -> Mapping[str, str]:
    """Settings that do nothing beside a `<buffer>`, each with what to write within it."""
    found: Mapping[str, str] = read_json("vocabulary/fluentd-parameters.json")["beside-buffer"]
    return found


@functools.cache
def ends() -> frozenset[str]:
    """Outputs that are known to send nothing on to another `<match>`."""
    return frozenset(read_json("vocabulary/fluentd-parameters.json")["ends"])


@functools.cache
def flat_parsers() -> frozenset[str]:
    """Parsers that make no nested record of a line, and so no event."""
    return frozenset(read_json("vocabulary/fluentd-parameters.json")["flat-parsers"])
