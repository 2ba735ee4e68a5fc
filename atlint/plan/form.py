"""The custom formats that schemas may name: which grammar rule each is, or which code knows it."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

from atlint.plan.grammar import Grammar, load
from atlint.pointer import Scan, scan

#: format -> grammar file and rule ("" for its start rule)
GRAMMARS: Final[Mapping[str, tuple[str, str]]] = {
    "at-crn": ("crn", ""),
    "at-action": ("action", ""),
    "at-event-time": ("event-time", ""),
    "at-type-uri": ("type-uri", ""),
    "at-message": ("message", ""),
    "at-initiator-id": ("identity", "initiator_id"),
    "at-space-id": ("identity", "space_id"),
    "at-account-id": ("identity", "account_id"),
}
_PREFIX_LENGTH: Final = re.compile("0|[1-9][0-9]{0,2}")


def _is_address(text: str) -> bool:
    """An IPv4 or IPv6 address without a zone, or a network in CIDR notation."""
    address, slash, length = text.partition("/")
    try:
        size = ipaddress.ip_address(address).max_prefixlen
    except ValueError:
        return False
    if slash and not (_PREFIX_LENGTH.fullmatch(length) and int(length) <= size):
        return False
    return "%" not in text


def _is_embedded_json(text: str) -> bool:
    """A string that holds one JSON object or array of its own."""
    found = scan(text)
    return isinstance(found, Scan) and not found.blemishes and isinstance(found.value, dict | list)


#: formats that are no regular language
CODED: Final[Mapping[str, Callable[[str], bool]]] = {
    "at-address": _is_address,
    "at-embedded-json": _is_embedded_json,
}


def known(form: str) -> bool:
    """Whether schemas may name this format."""
    return form in GRAMMARS or form in CODED


def grammar_of(form: str) -> tuple[Grammar, str] | None:
    """The grammar and the rule behind a format; None for those that code knows."""
    named = GRAMMARS.get(form)
    return (load(named[0]), named[1]) if named else None


@functools.cache
def acceptor(form: str) -> Callable[[str], object]:
    """The test for a whole text: truthy where it has the form."""
    found = grammar_of(form)
    return found[0].pattern(found[1]).fullmatch if found else CODED[form]
