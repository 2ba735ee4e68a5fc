"""Family AT1: the records of the rules that the schemas speak, and their breakers."""

from __future__ import annotations

import random
from typing import Final

from atlint.model import Json
from atlint.rules.draft import Draft
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always

_ABSENT: Final = "{field} is missing"
_MISSPELT: Final = "{field} is missing; {found} stands here instead"
_ADD: Final = "add it: {about}"
_RENAME: Final = "rename the field to {field}"
_SET: Final = "{said} is not allowed for {field}: use {want}"
_SPELT: Final = "{said} is spelt differently from what is allowed for {field}"


def _drop_field(draft: Draft, draw: random.Random) -> str:
    return draft.drop(draw.choice(["outcome", "severity", "eventTime", "action", "target/id"]))


def _wrong_type(draft: Draft, draw: random.Random) -> str:
    role = draw.choice(["target/name", "action", "eventTime", "message"])
    if draft.plan.node(draft.plan.pointer(role)) is None:
        role = "action"
    wrong: list[Json] = [7, True, ["text"], {"text": 1}]
    return draft.put(role, draw.choice(wrong))


def _unlisted(draft: Draft, draw: random.Random) -> str:
    respelt = str(draft.get("outcome")).capitalize()
    role, value = draw.choice([("outcome", "done"), ("severity", "fatal"), ("outcome", respelt)])
    return draft.put(role, value)


def _unknown_field(draft: Draft, draw: random.Random) -> str:
    return draft.put(draw.choice(["colour", "target/shoeSize", "initiator/mood"]), "blue")


def _empty(draft: Draft, _draw: random.Random) -> str:
    return draft.put("action", "")


def _reserved(draft: Draft, _draw: random.Random) -> str:
    return draft.put("eventType", "activity")


def _deprecated(draft: Draft, draw: random.Random) -> str:
    return draft.put(draw.choice(["requestHeader", "responseBody", "latencies"]), {"a": "b"})


def _leak(draft: Draft, draw: random.Random) -> str:
    if draft.plan.record and draft.get("meta") is not None and draw.random() < 0.5:
        draft.put("meta/service_provider_name", draft.get("meta/serviceProviderName"))
        draft.drop("meta/serviceProviderName")
        return "/meta/service_provider_name"
    return draft.put(draw.choice(["outcome", "severity"]), 1)


def _added_by_tracker(draft: Draft, draw: random.Random) -> str:
    key, value = draw.choice([("@version", "1"), ("_index", "logs"), ("@timestamp", "2019-01-01T00:00:00.000Z")])
    return draft.put(key, value)


def _dot(draft: Draft, _draw: random.Random) -> str:
    draft.put("target.host", "a")
    return draft.plan.pointer("target.host")


RULES: Final = (
    Rule(
        code="AT101",
        name="missing-field",
        summary="A field that the edition requires is absent.",
        cases={
            "error": Case(_ABSENT, always(ERROR), help=_ADD),
            "warning": Case(_ABSENT, always(WARNING), help=_ADD),
            "info": Case(_ABSENT, always(INFO), help=_ADD),
            "error-misspelt": Case(_MISSPELT, always(ERROR), help=_RENAME),
            "warning-misspelt": Case(_MISSPELT, always(WARNING), help=_RENAME),
            "info-misspelt": Case(_MISSPELT, always(INFO), help=_RENAME),
        },
        what="Compares the event's members with those that the edition's schema requires. The level is the field's: "
        "an error where the event cannot be routed or read without it, a warning where consumers can live without, "
        "advice where published events leave it out. An absent object that has one required member is reported at "
        "that member.",
        why="Who did what to which thing, when, and with what result are the questions that an auditor asks; an event "
        "that cannot answer one of them is no evidence.",
        repair="Fill in the field where the event is built, rather than where it is written.",
        cites=("EV18#mandatory fields", "EV20#event fields", "EV25#event fields"),
        stage=Stage.SHAPE,
        breaker=_drop_field,
    ),
    Rule(
        code="AT102",
        name="wrong-type",
        summary="A field holds another JSON type than the edition has for it.",
        cases={
            "type": Case("{field} holds {type}; {want} is expected", always(ERROR), help="write {want}"),
            "minimum": Case("{field} is below {want}", always(ERROR)),
            "maximum": Case("{field} is above {want}", always(ERROR)),
            "maxItems": Case("{field} has {have} members; {want} are the most", always(ERROR)),
        },
        what="Compares the JSON type of each field with the schema's.",
        why="The tracker indexes each field under one type. A value of another type is refused by the index, or can "
        "no longer be searched.",
        repair="Convert the value where the event is built.",
        cites=("EV18#mandatory fields", "EV20#event fields"),
        stage=Stage.SHAPE,
        breaker=_wrong_type,
    ),
    Rule(
        code="AT103",
        name="value-not-allowed",
        summary="A field with a closed set of values holds another one.",
        cases={
            "error": Case(_SET, always(ERROR)),
            "warning": Case(_SET, always(WARNING)),
            "info": Case(_SET, always(INFO)),
            "error-spelling": Case(_SPELT, always(ERROR), fix="safe"),
            "warning-spelling": Case(_SPELT, always(WARNING), fix="safe"),
            "info-spelling": Case(_SPELT, always(INFO), fix="safe"),
        },
        what="Compares outcome, severity, the credential's type and other closed fields with the edition's vocabulary. "
        "A value that is right but for case or blanks is named as such.",
        why="Alerts, dashboards and archives select by these values, letter by letter. A failure that calls itself "
        "`Failed` sets off no alarm.",
        repair="Use the listed value; map the service's own words where the event is built.",
        cites=("EV18#outcome and severity", "EV20#event fields", "EV25#event fields"),
        stage=Stage.SHAPE,
        breaker=_unlisted,
    ),
    Rule(
        code="AT104",
        name="unknown-field",
        summary="A field is not part of the edition.",
        cases={
            "": Case(
                "the edition has no field {field} here",
                always(INFO),
                help="move the service's own data into requestData or responseData",
            ),
            "near-miss": Case("the edition has no field {field} here", always(WARNING), fix="unsafe"),
        },
        what="Compares the names of all members with the schema's. A name that is a slip of a known one is a warning.",
        why="Nobody looks for a field that is not documented, and what it was meant to say is missing where it is "
        "looked for.",
        repair="Use the edition's name, or put the value into requestData or responseData.",
        cites=("EV18#mandatory fields", "EV20#event fields"),
        stage=Stage.SHAPE,
        breaker=_unknown_field,
    ),
    Rule(
        code="AT105",
        name="empty-value",
        summary="A field is there, but empty.",
        cases={
            "error": Case("{field} is empty", always(ERROR), help="fill it in: the event is routed or read by it"),
            "warning": Case("{field} is empty", always(WARNING), help="fill it in"),
            "info": Case("{field} is empty", always(INFO), help="fill it in, or leave it out"),
        },
        what="Looks for empty strings, objects and arrays where a value belongs. Fields that may be empty by the "
        "edition's own word are left alone.",
        why="An empty field passes for a filled one until somebody needs it.",
        repair="Fill it in where the event is built; leave an optional field out instead.",
        cites=("EV18#mandatory fields", "EV20#event fields"),
        stage=Stage.SHAPE,
        breaker=_empty,
    ),
    Rule(
        code="AT106",
        name="reserved-field",
        summary="The event sets a field that the tracker itself sets.",
        cases={"": Case("{field} is set by the tracker itself", always(INFO), help="leave it out")},
        what="Looks for the fields that the edition reserves, such as eventType, typeURI or the observer's.",
        why="The tracker overwrites what it finds there, so the value misleads whoever reads the service's code.",
        repair="Remove the field.",
        cites=("EV18#reserved fields", "EV20#reserved fields"),
        stage=Stage.SHAPE,
        breaker=_reserved,
    ),
    Rule(
        code="AT107",
        name="deprecated-field",
        summary="The event uses a field of an earlier product.",
        cases={
            "": Case(
                "{field} is left from an earlier product",
                always(WARNING),
                help="move what matters into requestData or responseData",
            )
        },
        what="Looks for attachments, requestHeader, requestBody, responseHeader, responseBody and latencies.",
        why="Nothing reads them any more, and whole headers and bodies tend to carry secrets.",
        repair="Send the few values that an auditor needs in requestData and responseData.",
        cites=("EV18#deprecated fields",),
        stage=Stage.SHAPE,
        breaker=_deprecated,
    ),
    Rule(
        code="AT108",
        name="protobuf-leak",
        summary="The event bears the marks of a round trip through protobuf.",
        cases={
            "not": Case(
                "{field} is written in the snake_case of protobuf, which nothing reads",
                always(ERROR),
                help="write camelCase, straight from the service's own objects",
            ),
            "enum": Case(
                "a number stands where a word is expected: {want}",
                always(ERROR),
                help="write the name of the value, not its number in the protobuf definition",
            ),
        },
        what="Looks for snake_case members of meta and for numbers in place of closed words.",
        why="The tracker finds no provider and no account in such an event and sends it to nobody.",
        repair="Write the JSON directly and do not convert to or from protobuf.",
        cites=("SEED#protobuf", "PROTO#field names"),
        stage=Stage.SHAPE,
        breaker=_leak,
    ),
    Rule(
        code="AT109",
        name="tracker-added-field",
        summary="The event carries a field that the tracker adds on arrival.",
        cases={"": Case("{field} is added by the tracker on arrival", always(WARNING), help="leave it out")},
        what="Looks for @timestamp, @version, _id, _index, _score, _type and the ALCH_ fields.",
        why="They show that the event was copied from the tracker's output; they clash with its own.",
        repair="Build events from the service's own data; remove these fields from samples.",
        cites=("EV18#fields added by the tracker",),
        stage=Stage.SHAPE,
        breaker=_added_by_tracker,
    ),
    Rule(
        code="AT113",
        name="dotted-key",
        summary="A dotted key stands where an object belongs.",
        cases={
            "": Case("{field} is one key with a dot, not a field within an object", always(WARNING), help="nest it")
        },
        what="Looks for keys such as `initiator.id` whose first part is an object of the edition.",
        why="Consumers look the field up by its path and find nothing.",
        repair="Write nested objects; switch off the flattening of the JSON writer or log shipper.",
        cites=("EV25#event fields",),
        stage=Stage.SHAPE,
        breaker=_dot,
    ),
)
