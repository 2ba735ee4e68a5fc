"""Family AT5, how it ended: reason codes, and whether outcome, severity and reason agree."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Json, Problem
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import apart, given, together
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always, since

_CODE: Final = "reason/reasonCode"
_WHY: Final = "reason/reasonForFailure"
_ONE_SOURCE: Final = "derive one of the two from the other, at one place"


def repair_reason_code(value: Json) -> int | None:
    """The number that a text such as "200" surely means; None where there is none."""
    return int(value) if isinstance(value, str) and re.fullmatch("[1-5][0-9]{2}", value.strip()) else None


def _number(reading: Reading) -> int | None:
    """The reason code where it is a whole number about which nothing was told."""
    code = reading.get(_CODE)
    if isinstance(code, bool) or not isinstance(code, int | float) or not float(code).is_integer():
        return None
    return int(code)


def _not_whole(reading: Reading) -> Iterator[Problem]:
    code = reading.get(_CODE)
    if isinstance(code, float) and not code.is_integer():
        yield reading.problem("AT512", _CODE, "fraction", said=reading.said(_CODE))


def _conflict(reading: Reading) -> Iterator[Problem]:
    code, outcome = _number(reading), reading.string("outcome")
    if code is None:
        return
    if outcome == "success" and code >= 400:
        yield reading.problem("AT513", "outcome", "success", said=reading.said("outcome"), status=code)
    elif outcome == "failure" and code < 400:
        yield reading.problem("AT513", "outcome", "failure", said=reading.said("outcome"), status=code)


def _against_code(reading: Reading) -> Iterator[Problem]:
    code, severity = _number(reading), reading.string("severity")
    want = reading.plan.vocabulary.severity_by_code.get(code) if code is not None else None
    if want and severity and severity != want:
        said = reading.said("severity")
        yield reading.problem("AT514", "severity", said=said, status=code or 0, want=want, repair=want)


def _against_verb(reading: Reading) -> Iterator[Problem]:
    """Only successes: a failure may weigh more than the action (EV18), or the same (EV20)."""
    action, severity = reading.action(), reading.string("severity")
    if action is None or action.verb is None or severity is None or reading.string("outcome") != "success":
        return
    registration = reading.plan.registration
    declared = {entry.action: entry.severity for entry in registration.actions} if registration else {}
    if want := declared.get(action.text, ""):
        if severity != want:
            yield reading.problem("AT515", "severity", "declared", said=reading.said("severity"), want=want)
        return
    want = reading.plan.vocabulary.severity_by_verb.get(action.verb.text, severity)
    if severity != want:
        verb = action.verb.text
        yield reading.problem("AT515", "severity", said=reading.said("severity"), want=want, verb=verb)


def _unexplained(reading: Reading) -> Iterator[Problem]:
    reason = reading.get("reason")
    if reading.string("outcome") == "failure" and isinstance(reason, dict) and not reading.present(_WHY):
        yield reading.problem("AT517", _WHY)


def _break_type(draft: Draft, draw: random.Random) -> str:
    code = draft.get(_CODE)
    return draft.put(_CODE, draw.choice([str(code), f"HTTP {code}", "OK", True]))


def _break_range(draft: Draft, draw: random.Random) -> str:
    return draft.put(_CODE, draw.choice([0, 1, 99, 600, 700, -1, 20000]))


def _break_agreement(draft: Draft, draw: random.Random) -> str:
    if draft.get("outcome") == "failure":
        draft.put(_CODE, draw.choice([200, 201, 204, 302]))
    else:
        draft.put("outcome", "success")
        draft.put(_CODE, draw.choice([404, 405, 410, 429]))
    return draft.plan.pointer("outcome")


def _break_severity(draft: Draft, draw: random.Random) -> str:
    code, severity = draw.choice(
        [(400, "critical"), (401, "normal"), (403, "warning"), (409, "normal"), (503, "warning")]
    )
    draft.put("outcome", "failure")
    draft.put(_CODE, code)
    if draft.get(_WHY) is None and draft.plan.node(draft.plan.pointer(_WHY)):
        draft.put(_WHY, "the request was refused")
    return draft.put("severity", severity)


def _break_custom(draft: Draft, draw: random.Random) -> str:
    """The event becomes a success, so that its verb decides; the action stays what it is where it can."""
    action = draft.reading.action()
    usual = draft.plan.vocabulary.severity_by_verb
    verb = action.verb.text if action and action.verb else ""
    if action and action.object and action.service and verb not in usual:
        verb = draw.choice(sorted(draft.plan.vocabulary.verbs & usual.keys()))
        draft.put("action", f"{action.service.text}.{action.object.text}.{verb}")
    draft.put("outcome", "success")
    draft.put(_CODE, 200)
    return draft.put(
        "severity", draw.choice([word for word in ("normal", "warning", "critical") if word != usual[verb]])
    )


def _break_phrase(draft: Draft, _draw: random.Random) -> str:
    return draft.drop("reason/reasonType")


def _break_explanation(draft: Draft, draw: random.Random) -> str:
    draft.put("outcome", "failure")
    draft.put(_CODE, draw.choice([404, 405, 410]))
    return draft.drop(_WHY)


RULES: Final = (
    Rule(
        code="AT511",
        name="reason-code-type",
        summary="The reason code is not a JSON number.",
        cases={
            "type": Case(
                "the reason code is {type}; it must be a number",
                always(ERROR),
                help="write the code without quotes",
                fix="safe",
            )
        },
        what="The reason code is the one field of the record that is a number; all its neighbours are texts.",
        why="The index takes the field's type from the first event it sees. Events with the other type are refused, "
        "or fall out of every search by range.",
        repair='Log the number: `200`, not `"200"`. The fix takes the quotes away.',
        cites=("EV18#reason.reasonCode", "PROTO#reason_code", "CDR#reason.reasonCode"),
        stage=Stage.SHAPE,
        breaker=_break_type,
    ),
    Rule(
        code="AT512",
        name="reason-code-range",
        summary="The reason code is no HTTP status code.",
        cases={
            "minimum": Case("the reason code is below {want}, where HTTP status codes begin", always(WARNING)),
            "maximum": Case("the reason code is above {want}, where HTTP status codes end", always(WARNING)),
            "fraction": Case(
                "the reason code {said} is not a whole number",
                always(WARNING),
                help="write the HTTP status that the caller got",
            ),
        },
        what="HTTP status codes are the whole numbers from 100 to 599.",
        why="Dashboards group by hundreds: 2xx, 4xx, 5xx. An exit status or an errno falls out of all groups.",
        repair="Log the status that the caller got. Where there is no HTTP, 200 stands for success and 500 "
        "for failure.",
        cites=("EV18#reason.reasonCode", "EV20#reason.reasonCode"),
        stage=Stage.SHAPE,
        check=_not_whole,
        reads=apart(_CODE),
        breaker=_break_range,
    ),
    Rule(
        code="AT513",
        name="outcome-reason-conflict",
        summary="The outcome and the reason code contradict each other.",
        cases={
            "success": Case(
                "the outcome is {said}, but the reason code {status} is an error", always(WARNING), help=_ONE_SOURCE
            ),
            "failure": Case(
                "the outcome is {said}, but the reason code {status} is no error", always(WARNING), help=_ONE_SOURCE
            ),
        },
        what="A success has a code below 400, a failure one of 400 or above. Pending and unknown outcomes go with any.",
        why="One half of the readers filters by outcome and the other half by code; they count different failures.",
        repair="Derive the outcome from the status, or the status from the outcome, at one place.",
        cites=("EV20#outcome", "PAT#outcomes"),
        check=_conflict,
        reads=together(_CODE, "outcome"),
        breaker=_break_agreement,
    ),
    Rule(
        code="AT514",
        name="severity-reason-conflict",
        summary="The severity is not the one that the guidelines give to this reason code.",
        cases={
            "": Case(
                "the severity is {said}; a reason code of {status} is {want}",
                since("at-2020", WARNING),
                help="write the severity that goes with the code",
                fix="unsafe",
            )
        },
        what="Looks the reason code up in the published table; codes that are not in it are free.",
        why="Alerts are set on severity. A refused login logged as normal wakes nobody.",
        repair="Take the severity from the same table when the request fails.",
        cites=("EV20#severity", "EV25#severity", "OWK#ActivityEvent"),
        check=_against_code,
        reads=together(_CODE, "severity"),
        breaker=_break_severity,
    ),
    Rule(
        code="AT515",
        name="severity-verb-unusual",
        summary="The severity is not the one that events with this verb usually have.",
        cases={
            "": Case("the severity is {said}; for the verb {verb} it is usually {want}", always(INFO)),
            "declared": Case("the severity is {said}; the registration declares {want} for this action", always(INFO)),
        },
        what="Looks at successes only. With a registration, the severity that it declares for the action takes the "
        "place of the table.",
        why="The guidelines list exceptions, so this is a hint: a deletion logged as normal is often a default that "
        "was never thought about.",
        repair="If the severity is meant, declare it in the registration.",
        cites=("EV20#severity", "EV18#severity", "PAT#severity"),
        check=_against_verb,
        reads=together("action", "severity", "outcome"),
        breaker=_break_custom,
    ),
    Rule(
        code="AT516",
        name="reason-type-missing",
        summary="The reason has no phrase beside its code.",
        cases={
            "": Case(
                "reason.reasonType is missing",
                since("at-2020", WARNING),
                help="write the phrase of the code, such as OK",
            ),
            "minLength": Case(
                "reason.reasonType is empty",
                since("at-2020", WARNING),
                help="write the phrase of the code, such as OK",
            ),
        },
        what="From at-2020 on every event says its reason in words too.",
        why="People read the phrase; without it each has to look the code up.",
        repair="Log the phrase that HTTP gives to the code: `OK`, `Created`, `Forbidden`.",
        cites=("EV20#reason.reasonType", "EV25#reason.reasonType"),
        stage=Stage.SHAPE,
        breaker=_break_phrase,
    ),
    Rule(
        code="AT517",
        name="reason-for-failure-missing",
        summary="A failure does not say why.",
        cases={
            "": Case(
                "the event is a failure and does not say why",
                since("at-2020", INFO),
                help="say why in a sentence",
            )
        },
        what="From at-2020 on a failure carries `reason.reasonForFailure`.",
        why="The code says what kind of failure it was, the sentence says which. Without it the auditor has to ask "
        "the service's team.",
        repair="Log the sentence that the caller got, without personal data and without secrets.",
        cites=("EV20#reason.reasonForFailure", "PAT#reasonForFailure"),
        check=_unexplained,
        reads=together("outcome", given("reason"), given(_WHY)),
        breaker=_break_explanation,
    ),
)
