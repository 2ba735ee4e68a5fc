"""Family AT4, from at-2019 on: the instance whose log it is, and what is left of the old envelope."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.rules.draft import Draft
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import apart, given, segments, together
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, since

_SOURCE: Final = "logSourceCRN"
_SAVE: Final = "saveServiceCopy"


def _nowhere(reading: Reading) -> Iterator[Problem]:
    if reading.raw(_SOURCE) in (None, "") and reading.get(_SAVE) is False:
        yield reading.problem("AT411", _SAVE)


def _scope(reading: Reading) -> Iterator[Problem]:
    crn = reading.crn(_SOURCE)
    scope = crn.part("scope") if crn else None
    if scope is not None and not scope.text.startswith("a/"):
        yield reading.problem("AT413", _SOURCE, "" if scope.text else "empty", part=scope)


def _resource(reading: Reading) -> Iterator[Problem]:
    crn = reading.crn(_SOURCE)
    kind, resource = (crn.part("resource_type"), crn.part("resource")) if crn else (None, None)
    if crn is None or kind is None or resource is None or not (kind.text or resource.text):
        return
    span = Span(kind.span.start, resource.span.end)
    part = Part(crn.text[span.start : span.end], span)
    yield reading.problem("AT414", _SOURCE, part=part, said=Said(part.text, crn.pointer), repair=":")


def _break_nowhere(draft: Draft, _draw: random.Random) -> str:
    draft.drop(_SOURCE)
    return draft.put(_SAVE, value=False)


def _break_missing(draft: Draft, _draw: random.Random) -> str:
    draft.put(_SAVE, value=True)
    return draft.drop(_SOURCE)


def _break_scope(draft: Draft, draw: random.Random) -> str:
    scope = draw.choice(["", "o/5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", "s/a41d9c37-08e5-4b62-9f71-3c5d0e8b6a19"])
    return draft.put_segment(_SOURCE, "scope", scope)


def _break_instance(draft: Draft, _draw: random.Random) -> str:
    draft.put_segment(_SOURCE, "resource_type", "worker")
    return draft.put_segment(_SOURCE, "resource", "w1")


def _break_flat(draft: Draft, draw: random.Random) -> str:
    return draft.put(draw.choice(["meta", "payload"]), {"serviceProviderName": "kms"})


RULES: Final = (
    Rule(
        code="AT411",
        name="stored-nowhere",
        summary="Nobody keeps the event: no logSourceCRN, and saveServiceCopy is false.",
        cases={
            "": Case(
                "saveServiceCopy is false and there is no logSourceCRN, so nobody keeps this event",
                since("at-2019", ERROR),
                help="give logSourceCRN, or keep the service's copy",
            )
        },
        what="Fires where both copies are declined.",
        why="The event is accepted and thrown away. Nothing in any log says so.",
        repair="Set `logSourceCRN` to the user's instance. Where there is none, leave `saveServiceCopy` at true.",
        cites=("EV18#new architecture", "EV20#saveServiceCopy"),
        check=_nowhere,
        reads=together(given(_SOURCE), _SAVE),
        breaker=_break_nowhere,
    ),
    Rule(
        code="AT412",
        name="no-customer-copy",
        summary="There is no logSourceCRN, so the customer gets no copy.",
        cases={
            "": Case(
                "logSourceCRN is missing, so the customer does not get the event",
                since("at-2019", WARNING),
                help="add the CRN of the user's instance",
            )
        },
        what="From at-2019 on the CRN of the instance takes the place of the envelope's user copy.",
        why="Without it the event is an ordinary line of the service's own log.",
        repair="Add `logSourceCRN` with the account of the user in its scope.",
        cites=("NEWS#logSourceCRN", "EV20#logSourceCRN"),
        stage=Stage.SHAPE,
        breaker=_break_missing,
    ),
    Rule(
        code="AT413",
        name="log-source-scope",
        summary="The scope of logSourceCRN is not an account.",
        cases={
            "": Case(
                "the scope {said} is not an account; the customer's copy needs a/ with an id",
                since("at-2019", ERROR),
                help="write a/ and the id of the account that owns the instance",
            ),
            "empty": Case(
                "logSourceCRN has no scope; the customer's copy needs a/ with an account",
                since("at-2019", ERROR),
                help="write a/ and the id of the account that owns the instance",
            ),
        },
        what="Looks at the seventh segment of `logSourceCRN`.",
        why="The customer's copy is delivered to the account in the scope. An organisation, a space or "
        "nothing is no address.",
        repair="Put `a/<account id>` of the user who owns the instance there.",
        cites=("ST#logSourceCRN", "EV20#logSourceCRN"),
        check=_scope,
        reads=apart(segments(_SOURCE, "scope")),
        breaker=_break_scope,
    ),
    Rule(
        code="AT414",
        name="log-source-names-resource",
        summary="logSourceCRN names a resource rather than the instance.",
        cases={
            "": Case(
                "logSourceCRN goes on to a resource, {said}; it names the instance and ends with ::",
                since("at-2019", INFO),
                help="leave the last two segments empty",
                fix="unsafe",
            )
        },
        what="The last two segments of `logSourceCRN` are empty by its definition; what was acted on stands "
        "in `target.id`.",
        why="All events of one instance should share one source, so that the customer can ask for them together.",
        repair="Cut the CRN behind the instance.",
        cites=("EV20#logSourceCRN", "EV25#logSourceCRN"),
        check=_resource,
        reads=apart(segments(_SOURCE, filled=("resource_type", "resource"))),
        breaker=_break_instance,
    ),
    Rule(
        code="AT415",
        name="legacy-envelope",
        summary="A part of the old envelope is still there.",
        cases={
            "": Case(
                "{field} belongs to editions before at-2020 and is ignored",
                since("at-2020", INFO),
                help="leave it out",
            )
        },
        what="In the flat editions the record stands at the root; `meta` and `payload` are gone.",
        why="It costs bytes of a line that must stay below 16 KB, and readers of the source take it for what routes.",
        repair="Leave it out once no tracker of the first generation reads the log.",
        cites=("EV20#meta", "EV20#payload"),
        stage=Stage.SHAPE,
        breaker=_break_flat,
    ),
)
