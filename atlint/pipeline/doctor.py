"""fluentd's own log to the symptoms in it: what its messages mean, counted and folded, no value of an event kept."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from atlint.model import Severity, Span
from atlint.plan.truth import read_json

#: code points of a line that are looked at: messages stand at its beginning, events behind them
LONGEST: Final = 4_000
#: symptoms that are told apart, and files whose reading is remembered
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Message:
    """A message that fluentd or a plugin writes. `cause` and `repair` are templates over the groups in `show`."""

    name: str
    pattern: re.Pattern[str]
    weight: Severity
    cause: str
    repair: str
    #: the codes that find the cause beforehand, the likeliest first
    rules: tuple[str, ...]
    show: tuple[str, ...] = ()
    #: other programs write it too, so that it does not tell whose log it is
    common: bool = False


@dataclass(slots=True)
class Symptom:
    """One message with the same words in the places that are shown, however often it came."""

    message: Message
    facts: Mapping[str, str]
    first: int
    span: Span
    count: int = 0
    last: int = 0


@dataclass(slots=True)
class Diagnosis:
    """What was seen in a log."""

    symptoms: list[Symptom] = field(default_factory=list)
    lines: int = 0
    #: lines that look like fluentd's own
    records: int = 0
    #: files that it says it follows
    follows: set[str] = field(default_factory=set)


@functools.cache
def messages() -> tuple[Message, ...]:
    """The known messages, in the order in which they are tried. Raises SchemaError where the file is missing."""
    return tuple(
        Message(
            name=said["name"],
            pattern=re.compile(said["pattern"]),
            weight=Severity(said["weight"]),
            cause=said["cause"],
            repair=said["repair"],
            rules=tuple(said["rules"]),
            show=tuple(said.get("show", ())),
            common=bool(said.get("common")),
        )
        for said in read_json("vocabulary/tailer-messages.json")["messages"]
    )


def diagnose(lines: Iterable[str]) -> Diagnosis:
    """Look at every line of a log, in constant memory. Never raises for what a line holds.

    Of a log in which nothing is fluentd's own no symptom is told: what it says is of another program.
    """
    said = read_json("vocabulary/tailer-messages.json")
    record, follows = re.compile(said["record"]), re.compile(said["follows"])
    found = Diagnosis()
    folded: dict[tuple[str, ...], Symptom] = {}
    for number, line in enumerate(lines, 1):
        found.lines += 1
        text = line[:LONGEST]
        found.records += record.search(text) is not None
        if (followed := follows.search(text)) and len(found.follows) < MOST:
            found.follows.add(followed["path"])
        for message in messages():
            if match := message.pattern.search(text):
                _count(folded, message, match, number)
                break
    if found.records or found.follows or not all(symptom.message.common for symptom in folded.values()):
        found.symptoms = list(folded.values())
    return found


def _count(folded: dict[tuple[str, ...], Symptom], message: Message, match: re.Match[str], number: int) -> None:
    facts = {name: match[name] or "?" for name in message.show}
    key = (message.name, *facts.values())
    symptom = folded.get(key)
    if symptom is None:
        if len(folded) >= MOST:
            return
        symptom = folded[key] = Symptom(message, facts, number, Span(*match.span()))
    symptom.count += 1
    symptom.last = number
