"""The rules: an explicit, ordered registry. Start here to find the one behind a code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from atlint.rules import (
    across,
    byte_rules,
    crn,
    data,
    fields,
    fluentd_rules,
    identity,
    line_rules,
    manifest_rules,
    naming,
    outcome,
    readiness_rules,
    routing,
    secrets,
    source_code,
    target,
    text,
    time,
    workload_rules,
)
from atlint.rules.rule import FAMILIES, Rule

_FAMILIES: Final = (
    byte_rules,
    line_rules,
    fields,
    text,
    naming,
    crn,
    target,
    routing,
    time,
    outcome,
    identity,
    secrets,
    data,
    across,
    source_code,
    manifest_rules,
    fluentd_rules,
    workload_rules,
    readiness_rules,
)

#: code -> rule, in the order of the codes
REGISTRY: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.code: rule for rule in sorted((r for family in _FAMILIES for r in family.RULES), key=lambda r: r.code)}
)

__all__ = ["FAMILIES", "REGISTRY", "Rule"]
