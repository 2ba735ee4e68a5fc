"""Family AT3, forms: the records of the rules on CRNs as such, and their breakers."""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.crn_form import CRN_ROLES, check_location, diagnose, of_initiator
from atlint.rules.draft import Draft
from atlint.rules.reads import apart, segments
from atlint.rules.rule import ERROR, INFO, WARNING, Breaker, Case, Rule, Stage, always

__all__ = ["RULES", "diagnose"]

_TEN: Final = (
    "write crn:v1:cname:ctype:service:location:scope:instance:type:resource, "
    "with nine colons even where parts are empty"
)
_NO_ACCOUNT: Final = "the account {said} is not 32 lower-case hexadecimal digits"


def _break_structure(draft: Draft, draw: random.Random) -> str:
    pieces = str(draft.get("target/id")).split(":")
    match draw.randrange(5):
        case 0:
            pieces = pieces[1:]
        case 1:
            pieces = [*pieces[:2], *pieces[3:]]
        case 2:
            pieces[1] = "v2"
        case 3:
            pieces = pieces[:7]
        case _:
            pieces[8:] = ["object", "one:two"]
    return draft.put("target/id", ":".join(pieces))


def _break_segment(segment: str, *texts: str) -> Breaker:
    def breaker(draft: Draft, draw: random.Random) -> str:
        return draft.put_segment("target/id", segment, draw.choice(texts))

    return breaker


def _break_letters(draft: Draft, draw: random.Random) -> str:
    segment, text = draw.choice([("location", "US-SOUTH"), ("location", "eu de"), ("instance", "1{2}3")])
    return draft.put_segment("target/id", segment, text)


def _break_account(draft: Draft, draw: random.Random) -> str:
    """The same short account wherever the event names one, so that they still agree."""
    account = draw.choice(["4324327284", "71ab12c"])
    if draft.get("meta/userAccountIds") is not None:
        draft.put("meta/userAccountIds", [account])
    crn = draft.reading.crn("logSourceCRN")
    if crn is not None and crn.account is not None:
        draft.put_segment("logSourceCRN", "scope", f"a/{account}")
    return draft.put_segment("target/id", "scope", f"a/{account}")


RULES: Final = (
    Rule(
        code="AT301",
        name="malformed-crn",
        summary="A CRN has not its ten segments, no `crn:` in front, or another version than v1.",
        cases={
            "prefix": Case("{said} does not begin with `crn:`", always(ERROR), help="begin with crn:v1:", fix="unsafe"),
            "version": Case("the version of the CRN is {said}; v1 is the only one", always(ERROR), help="write v1"),
            "colon": Case(
                "{have} segments instead of ten: the resource {said} holds a colon",
                always(ERROR),
                help="write %3A for a colon within the resource",
                fix="unsafe",
            ),
            "instance": Case(
                "nine segments instead of ten: the service instance's empty segment was dropped",
                always(ERROR),
                help="keep the empty segment between its two colons: a/...::type:resource",
                fix="unsafe",
            ),
            "cname": Case(
                "nine segments instead of ten: the cloud name is missing; {found} stands where it belongs",
                always(ERROR),
                help="write the cloud name behind v1: crn:v1:bluemix:public:...",
            ),
            "cut": Case(
                "{have} segments instead of ten: the CRN ends before {missing}",
                always(ERROR),
                help="close the CRN with its colons even where parts are empty: a/...:instance::",
                fix="unsafe",
            ),
            "hole": Case(
                "{have} segments instead of ten: missing are {missing}; {found} stands in their place",
                always(ERROR),
                help=_TEN,
            ),
            "not-a-crn": Case("{said} is not a CRN", always(ERROR), help=_TEN),
            "": Case("{said} is not a CRN of ten segments", always(ERROR), help=_TEN),
        },
        what="Counts the segments between the colons and looks at the first two. Where some are missing, it "
        "lays the given ones over the ten places so that service, location, scope and ids come to stand "
        "where they belong, and names those that are left empty. A colon within the resource makes eleven "
        "segments and is an error as well.",
        why="Every reader of a CRN counts its colons. With one too few, the location is read as the service "
        "and the account as the location: the event is routed by the wrong words or refused.",
        repair="Copy the CRN from the resource controller or the catalogue, and build sub-resources by "
        "filling the last three segments. Keep all nine colons; escape a colon in a resource as `%3A`.",
        cites=("CRN#format", "EV18#target.id", "EV20#logSourceCRN"),
        stage=Stage.SHAPE,
        breaker=_break_structure,
    ),
    Rule(
        code="AT302",
        name="crn-cname",
        summary="The cloud name of a CRN is not `bluemix`.",
        cases={
            "": Case("the cloud name is {said}, not bluemix", always(WARNING), help="write bluemix", fix="unsafe"),
            "empty": Case("the cloud name is empty", always(WARNING), help="write bluemix between the colons"),
            "staging": Case(
                "the cloud name is staging: the resource is none of production",
                always(INFO),
                help="expect bluemix later",
            ),
        },
        what="Looks at the third segment. `staging` is right in the staging environment and only mentioned.",
        why="CRNs are compared as wholes. The same instance under another cloud name is another resource to "
        "everybody who joins events with inventory.",
        repair="Take the CRN as the platform gives it instead of composing it from the name of an environment.",
        cites=("CRN#cname",),
        stage=Stage.SHAPE,
        check=of_initiator("AT302"),
        reads=apart("initiator/id"),
        hints=("crn:",),
        breaker=_break_segment("cname", "", "staging", "production", "bluemx"),
    ),
    Rule(
        code="AT303",
        name="crn-ctype",
        summary="The cloud type of a CRN is not public, dedicated or local.",
        cases={
            "": Case(
                "the cloud type is {said}; known are {want}",
                always(WARNING),
                help="write public",
                fix="unsafe",
            ),
            "empty": Case("the cloud type is empty; known are {want}", always(WARNING), help="write public"),
        },
        what="Looks at the fourth segment.",
        why="A cloud type that nobody else uses makes the CRN unequal to that of the same resource elsewhere.",
        repair="Write public, unless the service runs in a dedicated or a local cloud.",
        cites=("CRN#ctype",),
        stage=Stage.SHAPE,
        check=of_initiator("AT303"),
        reads=apart("initiator/id"),
        hints=("crn:",),
        breaker=_break_segment("ctype", "", "private", "Public", "pubic"),
    ),
    Rule(
        code="AT304",
        name="crn-charset",
        summary="A segment of a CRN holds capitals or characters that its place does not allow.",
        cases={
            "": Case(
                "{field} {said} holds more than {want}",
                always(WARNING),
                help="escape or replace what is not allowed",
            ),
            "capitals": Case(
                "{field} {said} holds capitals", always(WARNING), help="write it in lower case", fix="unsafe"
            ),
            "empty": Case("{field} is empty", always(WARNING), help="write the service's name of the catalogue"),
        },
        what="Compares service name, location, instance, resource type and resource with the characters of "
        "their places. The resource type serviceRole is the documented exception.",
        why="Lower case is part of a CRN's identity: `DAL09` and `dal09` are two locations to a program, "
        "and a service name with capitals is in no catalogue.",
        repair="Use the catalogue's name and the location's code in lower case; percent-encode what a "
        "resource's own name may hold.",
        cites=("CRN#service-name", "CRN#location", "CRN#resource-type"),
        stage=Stage.SHAPE,
        check=of_initiator("AT304"),
        reads=apart("initiator/id"),
        hints=("crn:",),
        breaker=_break_letters,
    ),
    Rule(
        code="AT305",
        name="crn-location",
        summary="The location of a CRN is no region, zone, data centre, nor `global`.",
        cases={
            "": Case(
                "{said} is no known location",
                always(WARNING),
                help="write the region, zone or data centre of the resource, or global",
                fix="unsafe",
            )
        },
        what="Looks the location up among regions, zones, data centres, Satellite locations and `global`. "
        "An empty location is legal for global resources.",
        why="From 2019 on the location of logSourceCRN decides which instance of the log service gets the "
        "event, and streams are labelled by it: a location that does not exist leads nowhere.",
        repair="Use the code that the list of locations has; `undefined` is the mark of a variable that was never set.",
        cites=("CRN#location", "EV20#logSourceCRN"),
        stage=Stage.SHAPE,
        check=check_location,
        reads=apart(*(segments(role, "location") for role in CRN_ROLES)),
        breaker=_break_segment("location", "us-souht", "atlantis", "undefined"),
    ),
    Rule(
        code="AT306",
        name="crn-scope",
        summary="The scope of a CRN is not a/, o/ or s/ with an id.",
        cases={
            "": Case(
                "the scope {said} is not a/, o/ or s/ with an id",
                always(WARNING),
                help="write a/ and the account's id",
                fix="unsafe",
            )
        },
        what="Looks at the seventh segment where it is given: a prefix for account, organisation or space, "
        "a slash, and an id. An empty scope is legal for what belongs to nobody in particular.",
        why="The scope says whose resource it is. Without the prefix no reader takes the id for an account, "
        "and the event cannot be attributed.",
        repair="Write `a/` before the account's id.",
        cites=("CRN#scope", "ST#logSourceCRN"),
        stage=Stage.SHAPE,
        check=of_initiator("AT306"),
        reads=apart("initiator/id"),
        hints=("crn:",),
        breaker=_break_segment("scope", "a/", "p/1234", "undefined"),
    ),
    Rule(
        code="AT307",
        name="crn-account-id",
        summary="The account of a CRN is not 32 lower-case hexadecimal digits.",
        cases={
            "": Case(_NO_ACCOUNT, always(INFO), help="use the account's id, not its name or number"),
            "capitals": Case(_NO_ACCOUNT, always(INFO), help="write the letters in lower case", fix="unsafe"),
        },
        what="Looks at what stands behind `a/`. No document fixes the form, but every real account has it.",
        why="Something else in its place is mostly a sample's, a truncated or a legacy number, and then the "
        "event belongs to no account.",
        repair="Take the id from the token or the request that the service handles.",
        cites=("CRN#scope",),
        stage=Stage.SHAPE,
        check=of_initiator("AT307"),
        reads=apart("initiator/id"),
        hints=("crn:",),
        breaker=_break_account,
    ),
)
