"""What the tracker's side of a cluster is called, read from `schemas/vocabulary/cluster.json` and `endpoints.json`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from atlint.model import HIDDEN, Problem, Said
from atlint.pipeline import fluentd, fluentd_values
from atlint.pipeline.tailer import Tailer
from atlint.plan import EDITIONS, vocabulary
from atlint.plan.truth import read_json
from atlint.rules.nearness import near

#: a word that a template leaves to be replaced: YOUR_SERVICE_NAME, TODO, <token>, ${TOKEN}, {{ .Values.token }}, $TOKEN
_PLACEHOLDER: Final = re.compile(
    r"TODO|TBD|TBA|FIXME|CHANGEME|XXX+|(?:https?://)?(?:<[^<>]*>|\$?\{\{?[^{}]*\}?\}|\$[A-Za-z_][A-Za-z0-9_]*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"
)

_HOST: Final = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z]{2,24}|[0-9]{1,3})(?::[0-9]{1,5})?/*")

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SERVICE: Final = re.compile(r"[a-z][a-z0-9._-]*")
#: one tag, or what is left of a pattern of tags without blanks and braces; where it has no dot, no digit either
_TAG: Final = re.compile(r"(?:[a-z_*-]+|[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)+)\.?")
_CHOICES: Final = re.compile(r"[\s{},]+")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{16,}")
#: code points of a setting that says a time, a size or a number
_LONGEST: Final = 20


def _numbered(run: str) -> bool:
    return any(map(str.isdigit, run))


@dataclass(frozen=True, slots=True)
class Names:
    """The fixed names of a cluster's set-up, and the folders of the event logs on a node."""

    secret: str
    config_map: str
    key: str
    namespace: str
    agents: str
    output: str
    roots: tuple[str, ...]
    #: host of a tracker -> its region
    hosts: Mapping[str, str]

    def within(self, path: str) -> bool:
        """Whether a path is a log root or lies in one."""
        return any(path == root or path.startswith(root + "/") for root in self.roots)


@functools.cache
def names() -> Names:
    """The names, read once. Raises SchemaError where a file is missing."""
    said = read_json("vocabulary/cluster.json")
    environments = read_json("vocabulary/endpoints.json")["environments"]
    return Names(
        secret=said["secret"],
        config_map=said["configMap"],
        key=said["key"],
        namespace=said["namespace"],
        agents=said["agents"],
        output=said["output"],
        roots=tuple(said["roots"]),
        hosts={
            place["host"]: region for table in environments.values() for region, place in table.items() if place["host"]
        },
    )


@functools.cache
def stock() -> Tailer:
    """What the stock configuration reads: that of the tracker's own page, for where no other is at hand."""
    said = read_json("vocabulary/cluster.json")["stock"]
    text = f"<source>\n@type tail\npath {said['path']}\nexclude_path {said['exclude']}\n</source>\n"
    return Tailer.of([fluentd.parse(text)])


def like_host(text: str) -> bool:
    """Whether a text has the form of a host or an address, or was to be replaced by one: it may be shown."""
    return placeholder(text) or _HOST.fullmatch(text) is not None


def like_region(text: str) -> bool:
    """Whether a text is a region or place of the cloud, resembles one of the tracker's, or was to be replaced."""
    regions, lower = set(names().hosts.values()), text.lower()
    known = lower in regions or vocabulary.load(EDITIONS[0]).locations.fullmatch(lower)
    return bool(known) or placeholder(text) or near(lower, regions) is not None


def like_setting(text: str) -> bool:
    """Whether a text says a time, a size, a number or a truth value, or was to be replaced by one: it may be shown."""
    spoken = any(fluentd_values.read(kind, text).meant is not None for kind in ("time", "size", "integer", "bool"))
    return placeholder(text) or (spoken and len(text) <= _LONGEST)


def like_one_of(text: str, choices: Iterable[str]) -> bool:
    """Whether a text is a slip of one of some words, or was to be replaced by one: it may be shown."""
    return placeholder(text) or near(text.lower(), choices, most=3) is not None or text.lower() in choices


def like_guid(text: str) -> bool:
    """Whether a text has the form of a GUID, or was to be replaced by one: it may be shown."""
    return placeholder(text) or _GUID.fullmatch(text) is not None


def like_tags(text: str) -> bool:
    """Whether a text can be a tag, or a pattern of tags, or was to be replaced by one: it may be shown."""
    return placeholder(text) or all(
        _TAG.fullmatch(part) is not None and not any(map(_numbered, _HEXADECIMAL.findall(part)))
        for part in _CHOICES.split(text)
        if part
    )


def like_service(text: str) -> bool:
    """Whether a text can be a service's name: a run of hexadecimal digits is none, and may be a token."""
    return placeholder(text) or (
        _SERVICE.fullmatch(text) is not None and not any(map(_numbered, _HEXADECIMAL.findall(text)))
    )


def unquoted(problem: Problem) -> bool:
    """Whether the sentence of a problem leaves out a value since it may be a token."""
    return any(isinstance(fact, Said) and fact.text == HIDDEN for fact in problem.facts.values())


def placeholder(text: str) -> bool:
    """Whether a text is nothing but a word that should have been replaced."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None
