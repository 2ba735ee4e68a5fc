"""Family AT2, messages: the one line in which an event tells what happened."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.plan.grammar import load
from atlint.rules.draft import Draft
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import View, together
from atlint.rules.rule import INFO, Case, Rule, Stage, since
from atlint.rules.veil import veiled

#: how a message ends that tells the outcome
_SUFFIX: Final = re.compile(r"\s-\s?(success|failure|pending|unknown|warning)\s*$", re.IGNORECASE)
#: the outcomes that go with each suffix; the newest pages know failure alone, the older ones warning besides
_FITS: Final = {
    "success": ("success",),
    "failure": ("failure",),
    "pending": ("pending",),
    "unknown": ("unknown",),
    "warning": ("failure", "pending", "unknown"),
}


def diagnose_message(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """Why `text` is not `Display Name: verb object ...`: one AT221, unless what is wrong was told."""
    if load("message").pattern().fullmatch(veiled(reading, pointer, text)):
        return
    display, colon, rest = text.partition(":")
    verb = rest.strip().partition(" ")[0]
    if not colon or not display.strip():
        case = "display"
    elif verb != verb.lower():
        case = "verb"
    else:
        case = ""
    yield reading.problem("AT221", pointer, case, said=Said(verb if case == "verb" else text, pointer))


def _suffix(reading: Reading) -> Iterator[Problem]:
    text, outcome = reading.string("message"), reading.string("outcome")
    found = _SUFFIX.search(text) if text else None
    if found is None or outcome is None or outcome in _FITS[found[1].lower()]:
        return
    part = Part(found[1], Span(*found.span(1)))
    yield reading.problem("AT222", "message", part=part, outcome=Said(outcome, reading.plan.pointer("outcome")))


def _ending(text: object) -> str:
    """The end of a message that may tell the outcome; it is all that the check sees."""
    found = _SUFFIX.search(text) if isinstance(text, str) else None
    return found[0] if found else "x"


def _unstructured(draft: Draft, draw: random.Random) -> str:
    return draft.put(
        "message", draw.choice(["something happened", "worker created", "Example Service: Create worker w1"])
    )


def _contradict(draft: Draft, draw: random.Random) -> str:
    suffix = draw.choice(["failure", "warning"]) if draft.get("outcome") == "success" else "success"
    return draft.put("message", f"Example Service: update object -{suffix}")


MESSAGE_RULES: Final = (
    Rule(
        code="AT221",
        name="message-form",
        summary="A message is not the service's display name, a colon, a verb and an object.",
        cases={
            "": Case(
                "the message does not read `Display Name: verb object`",
                since("at-2019", INFO),
                help="write a colon and a blank behind the display name, then verb and object",
            ),
            "display": Case(
                "the message does not begin with the service's display name and a colon",
                since("at-2019", INFO),
                help="begin with the display name of the catalogue, a colon and a blank",
            ),
            "verb": Case(
                "the message's verb {said} is not in lower case",
                since("at-2019", INFO),
                help="write verb and object in lower case",
            ),
        },
        what="Looks for a display name without a colon, then a colon and a blank, a verb in lower case, and "
        "the object. What follows is free.",
        why="The message is the line that people read in the log's viewer. One form for all services lets "
        "them scan a page by service and by verb.",
        repair="Build the message from the display name, the action's verb and object, and the target's name.",
        cites=("EV20#message", "EV25#message"),
        stage=Stage.SHAPE,
        breaker=_unstructured,
    ),
    Rule(
        code="AT222",
        name="message-outcome-suffix",
        summary="The suffix of a message contradicts the outcome.",
        cases={
            "": Case(
                "the message ends with {said}, the outcome is {outcome}",
                since("at-2019", INFO),
                help="add a suffix only where the outcome is not success, and let it name the outcome",
            )
        },
        what="Reads the last word of the message behind a dash and compares it with outcome.",
        why="People read the message, alerts read the outcome. When they disagree, one of them is misled.",
        repair="Derive the suffix from the outcome in the place where the message is built.",
        cites=("EV20#message", "EV25#message"),
        check=_suffix,
        reads=together(View("message", reduce=_ending), "outcome"),
        breaker=_contradict,
    ),
)
