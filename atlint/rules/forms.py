"""Which family explains a value that has not the form its schema names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from atlint.model import Json, Problem
from atlint.plan import Node
from atlint.rules import crn, data, identity, naming, outcome, time
from atlint.rules.reading import Reading

#: yields at least one Problem for a text that its grammar refuses, unless all that is wrong was told
Diagnoser: TypeAlias = Callable[[Reading, str, str], Iterator[Problem]]

DIAGNOSERS: Final[Mapping[str, Diagnoser]] = {
    "at-account-id": identity.diagnose_account_id,
    "at-action": naming.diagnose_action,
    "at-address": identity.diagnose_address,
    "at-crn": crn.diagnose,
    "at-embedded-json": data.diagnose_embedded_json,
    "at-event-time": time.diagnose,
    "at-initiator-id": identity.diagnose_initiator_id,
    "at-message": naming.diagnose_message,
    "at-space-id": identity.diagnose_space_id,
    "at-type-uri": naming.diagnose_type_uri,
}


def repair_type(node: Node, value: Json) -> Json:
    """The one value of the right type that `value` surely means; None where there is none."""
    if node.codes["type"] == "AT511":
        return outcome.repair_reason_code(value)
    if node.codes["type"] == "AT531":
        return data.repair_encoding(node, value)
    return None
