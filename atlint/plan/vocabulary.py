"""The closed and the open sets of an edition, read from `schemas/vocabulary`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atlint.plan.truth import EDITIONS, read_json


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What an edition calls things."""

    verbs: frozenset[str]
    vague_verbs: frozenset[str]
    #: services whose name has two parts, as an expression over `part.part`
    two_part: re.Pattern[str]
    locations: re.Pattern[str]
    location_names: frozenset[str]
    tracker_regions: frozenset[str]
    #: environment -> region -> host, None where there is no tracker
    endpoints: Mapping[str, Mapping[str, str | None]]
    severity_by_code: Mapping[int, str]
    severity_by_verb: Mapping[str, str]
    phrases: Mapping[int, str]


def _of_edition(by_edition: Mapping[str, list[str]], edition: str) -> list[str]:
    """What the newest list not younger than the edition says."""
    best: list[str] = []
    for name in EDITIONS[: EDITIONS.index(edition) + 1]:
        best = by_edition.get(name, best)
    return best


@functools.cache
def load(edition: str) -> Vocabulary:
    """The vocabulary of one edition. Raises SchemaError where a file is missing or no JSON."""
    verbs = read_json("vocabulary/verbs.json")
    locations = read_json("vocabulary/locations.json")
    two_part = read_json("vocabulary/two-part-services.json")
    regions = read_json("vocabulary/tracker-regions.json")
    return Vocabulary(
        verbs=frozenset(_of_edition(verbs["editions"], edition)),
        vague_verbs=frozenset(verbs["vague"]),
        two_part=re.compile("|".join(map(_wildcard, two_part["services"]))),
        locations=re.compile("|".join([*map(re.escape, locations["names"]), *locations["patterns"]])),
        location_names=frozenset(locations["names"]),
        tracker_regions=frozenset(regions["enum"]),
        endpoints={
            environment: {region: place["host"] for region, place in table.items()}
            for environment, table in read_json("vocabulary/endpoints.json")["environments"].items()
        },
        severity_by_code=_by_code("vocabulary/severity-by-reason-code.json", "codes"),
        severity_by_verb=dict(read_json("vocabulary/severity-by-verb.json")["verbs"]),
        phrases=_by_code("vocabulary/reason-phrases.json", "phrases"),
    )


def _wildcard(name: str) -> str:
    return r"\.".join("[a-z0-9-]+" if part == "*" else re.escape(part) for part in name.split("."))


def _by_code(file: str, member: str) -> dict[int, Any]:
    return {int(code): value for code, value in read_json(file)[member].items()}
