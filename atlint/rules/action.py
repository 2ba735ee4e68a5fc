"""Whether an action is service, object and verb, and whether the words are the right ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.plan import EDITIONS, vocabulary
from atlint.plan.grammar import load
from atlint.rules.nearness import near
from atlint.rules.reading import Part, Reading, split
from atlint.rules.service import provider, same_service, slip_of
from atlint.rules.veil import veiled

#: what only needs another spelling to become a part of an action
_SPELLING: Final = re.compile(r"[_ -]*[A-Za-z0-9][A-Za-z0-9_ -]*")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def diagnose_action(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """Why `text` is not of the form service.object.verb: AT201, AT204 or AT206; what was told is left out."""
    parts = list(split(veiled(reading, pointer, text), "."))
    said = Said(text, pointer)
    empty = next((part for part in parts if not part.text), None)
    if empty is not None:
        yield Problem("AT201", pointer, "empty", {"said": said})
        return
    if len(parts) == 1 and not reading.unless_told(pointer, parts[0]):
        return
    if not 3 <= len(parts) <= 5:
        yield Problem("AT201", pointer, "few" if len(parts) < 3 else "many", {"said": said, "have": len(parts)})
        return
    wrong = [part for part in parts if not load("action").pattern("PART").fullmatch(part.text)]
    illegal = next((part for part in wrong if not _SPELLING.fullmatch(part.text)), None)
    if illegal is not None:
        here = Part(text[illegal.span.start : illegal.span.end], illegal.span)
        yield reading.problem("AT201", pointer, "letters", part=here, want=load("action").words["PART"])
    elif wrong:
        span = Span(wrong[0].span.start, wrong[-1].span.end)
        here = Part(text[span.start : span.end], span)
        yield reading.problem("AT206", pointer, part=here, repair=_respelt(here.text))
    if illegal is None and len(parts) == 5:
        here = Part(text[parts[1].span.start : parts[3].span.end], Span(parts[1].span.start, parts[3].span.end))
        if not wrong or reading.unless_told(pointer, here):
            yield reading.problem("AT204", pointer, part=here, have=5)


def _respelt(text: str) -> str:
    """Lower case, with dashes for humps, underscores and blanks."""
    parts = (_HUMP.sub("-", part).lower() for part in text.split("."))
    return ".".join(re.sub(r"[ _-]+", "-", part).strip("-") for part in parts)


def check_verb_first(reading: Reading) -> Iterator[Problem]:
    """AT205: the order of before 2018."""
    text, action, words = reading.get("action"), reading.action(), reading.plan.vocabulary
    if action is None or action.service is None or action.verb is None:
        return
    first, _, rest = text.partition(".")
    verbs = words.verbs | words.vague_verbs
    if first in verbs and action.verb.text not in verbs and first not in _own_names(reading):
        yield reading.problem(
            "AT205", "action", said=Said(text, reading.plan.pointer("action")), repair=f"{rest}.{first}"
        )


def _own_names(reading: Reading) -> frozenset[str]:
    """What the rest of the event calls the service: a service may be named like a verb."""
    known = (reading.crn("target/id"), reading.crn("logSourceCRN"))
    names = {crn.said("service") for crn in known if crn} | {provider(reading) or ""}
    return frozenset(names - {""})


def check_verb(reading: Reading) -> Iterator[Problem]:
    """AT202: the verb against the edition's list."""
    action, words = reading.action(), reading.plan.vocabulary
    if action is None or action.verb is None or _declared(reading, action.text):
        return
    verb = action.verb.text
    if verb not in words.verbs | words.vague_verbs:
        known = verb in vocabulary.load(EDITIONS[-1]).verbs
        slip = None if known else near(verb, words.verbs)
        yield reading.problem("AT202", "action", part=action.verb, suggestion=slip)


def _declared(reading: Reading, text: str) -> bool:
    registration = reading.plan.registration
    return registration is not None and text in registration.action_names


def check_verb_says(reading: Reading) -> Iterator[Problem]:
    """AT203: a verb that says nothing."""
    action = reading.action()
    if action is not None and action.verb is not None and action.verb.text in reading.plan.vocabulary.vague_verbs:
        yield reading.problem("AT203", "action", part=action.verb)


def check_parts(reading: Reading) -> Iterator[Problem]:
    """AT204: four parts of which none belongs to the service's name."""
    action = reading.action()
    if action is None or action.service is None or action.object is None or action.verb is None:
        return
    if "." in action.object.text and not _declared(reading, action.text):
        yield reading.problem("AT204", "action", part=action.object, have=action.text.count(".") + 1)


def check_provider(reading: Reading) -> Iterator[Problem]:
    """AT207: the action's service against the one that sends the event."""
    action, wanted = reading.action(), provider(reading)
    if action is None or action.service is None or wanted is None:
        return
    said = action.service.text
    if same_service(reading.plan, wanted, said):
        return
    slip = slip_of(reading.plan, said, wanted)
    registered = reading.plan.registration is not None
    yield reading.problem(
        "AT207",
        "action",
        "near-miss" if slip else "",
        part=action.service,
        repair=slip,
        suggestion=slip,
        source="the registration" if registered else "meta.serviceProviderName",
        want=wanted if registered else reading.said("meta/serviceProviderName"),
    )


def check_declared(reading: Reading) -> Iterator[Problem]:
    """AT208: the action against the registration's list."""
    text, registration = reading.string("action"), reading.plan.registration
    if text is None or registration is None or not registration.actions or text in registration.action_names:
        return
    slip = near(text, registration.action_names)
    yield reading.problem(
        "AT208",
        "action",
        said=reading.said("action"),
        repair=slip,
        suggestion=slip,
        have=len(registration.action_names),
    )
