"""Family AT3, relations: the records of the rules on the target's CRN, and their breakers."""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.reads import segments, together
from atlint.rules.relation import (
    INSTANCES,
    MANY,
    RESOURCES,
    SECRETS,
    check_account,
    check_parent,
    check_resource,
    check_secrets,
    check_service,
)
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always
from atlint.rules.service import same_service, slip_of


def _untyped(draft: Draft, draw: random.Random) -> str:
    draft.put_segment("target/id", "resource_type", "")
    return draft.put_segment("target/id", "resource", draw.choice(["0c9a51e2", "rules/lists"]))


def _other_service(draft: Draft, draw: random.Random) -> str:
    action, crn = draft.reading.action(), draft.reading.crn("target/id")
    service = action.service.text if action and action.service else crn.said("service") if crn else ""
    texts = ["another-service"]
    if len(service) > 4:
        at = draw.randrange(1, len(service) - 1)
        slips = [service[:at] + service[at + 1 :], service[:at] + service[at] + service[at:]]
        texts += [slip for slip in slips if _differs(draft, slip, service)]
    return draft.put_segment("target/id", "service", draw.choice(texts))


def _differs(draft: Draft, slip: str, service: str) -> bool:
    return slip_of(draft.plan, slip, service) is not None and not same_service(draft.plan, service, slip)


def _not_a_crn(draft: Draft, draw: random.Random) -> str:
    return draft.put("target/id", draw.choice(["worker-1", "6e4c93cdf28e47f6", "https://example.com/workers/1"]))


def _only_instance(draft: Draft, draw: random.Random) -> str:
    action = draft.reading.action()
    if action and action.service and action.object and action.verb:
        thing, verb = action.object.text, action.verb.text
        if thing in INSTANCES or verb in MANY:
            thing = draw.choice(["worker", "key"])
            draft.put("action", f"{action.service.text}.{thing}.{'read' if verb in MANY else verb}")
            draft.put("target/typeURI", f"{action.service.text}/{thing}")
    crn = draft.reading.crn("target/id")
    if crn is not None and not crn.said("instance"):
        draft.put_segment("target/id", "instance", "6e4c93cdf28e47f6")
    draft.put_segment("target/id", "resource_type", "")
    return draft.put_segment("target/id", "resource", "")


def _other_account(draft: Draft, draw: random.Random) -> str:
    account = f"{draw.getrandbits(128):032x}"
    if draft.get("meta/userAccountIds") is None and draft.reading.crn("logSourceCRN") is None:
        draft.drop("meta/userSpaceId")
        draft.drop("meta/userSpaceRegion")
        draft.put("meta/userAccountIds", [f"{draw.getrandbits(128):032x}"])
    return draft.put_segment("target/id", "scope", f"a/{account}")


def _leak(draft: Draft, draw: random.Random) -> str:
    leak = draw.choice(["jo.public@example.com", "session?token=9f8e7d6c5b4a", "username=jpublic", "jo%40example.com"])
    draft.put_segment("target/id", "resource_type", "session")
    return draft.put_segment("target/id", "resource", leak)


RULES: Final = (
    Rule(
        code="AT308",
        name="crn-resource-incomplete",
        summary="A CRN names a resource without its type, or a type without the resource that was acted on.",
        cases={
            "type": Case(
                "the resource {said} has no resource type",
                always(WARNING),
                help="write the kind of resource between instance and resource",
            ),
            "resource": Case(
                "the resource type {said} is given without a resource, though the action is on one",
                always(WARNING),
                help="add the resource's id behind the type",
            ),
        },
        what="Looks at the last two segments. A type alone is right for a list, a search, or a creation "
        "that failed; it is reported where the action is on one existing object of that very kind.",
        why="An id says nothing without knowing of what, and a kind alone leaves open which one was changed.",
        repair="Fill both segments, or neither where the instance itself is the target.",
        cites=("CRN#resource-type", "CRN#resource"),
        check=check_resource,
        reads=RESOURCES,
        breaker=_untyped,
    ),
    Rule(
        code="AT310",
        name="crn-service-mismatch",
        summary="The service of the target's CRN is not the action's.",
        cases={
            "": Case(
                "the CRN is of {said}, the action of {want}",
                always(WARNING),
                help="use the CRN of the service's own resource, or declare the other name as an alias",
            ),
            "near-miss": Case(
                "the CRN's service {said} is a slip of the action's, {want}",
                always(ERROR),
                help="correct the spelling",
                fix="unsafe",
            ),
        },
        what="Compares the fifth segment of target.id with the action's service; aliases of the "
        "registration and of the configuration count as the same, and so do parent and child services. One "
        "service may well act on another's resource, as at provisioning, so a different name is a warning; "
        "a misspelt one is an error.",
        why="A CRN with a misspelt service exists nowhere: the event cannot be joined with the resource, "
        "and a search by the resource's CRN misses it.",
        repair="Take the CRN from the resource instead of composing it. Where the service has two names, "
        "list them under `aliases`.",
        cites=("CRN#service-name", "EV18#target.id", "EV25#target.id"),
        check=check_service,
        reads=together(segments("target/id", "service"), "action"),
        breaker=_other_service,
    ),
    Rule(
        code="AT311",
        name="target-not-a-crn",
        summary="The target's id is not a CRN.",
        cases={
            "": Case(
                "the target's id {said} is not a CRN",
                always(WARNING),
                help="write the CRN of the instance or of the resource within it",
            )
        },
        what="Looks whether target.id is meant to be a CRN at all. Users, service ids and accounts, as "
        "targets of user management, IAM and account actions, have ids of their own and are exempt.",
        why="Only a CRN says of which account, region and service a thing is. A bare name or id cannot be "
        "found in any inventory but the service's own.",
        repair="Put the CRN here; a name belongs in target.name.",
        cites=("EV18#target.id", "EV20#target.id"),
        stage=Stage.SHAPE,
        breaker=_not_a_crn,
    ),
    Rule(
        code="AT312",
        name="target-names-parent",
        summary="The action is on something within an instance, while the CRN names only the instance.",
        cases={
            "": Case(
                "the CRN ends at the instance {said}, the action is on its {want}",
                always(INFO),
                help="add the resource's type and id: ...:instance:worker:w1",
            )
        },
        what="Compares the action's object with how deep the CRN goes. Lists and searches are about the "
        "instance and left alone, and so are objects that are instances, such as a cluster.",
        why="All workers of a cluster have one target then: nobody can tell which of them was deleted.",
        repair="Write the object's kind and id in the last two segments of target.id.",
        cites=("EV18#target.id",),
        check=check_parent,
        reads=together(segments("target/id", "resource_type", filled=("instance", "resource")), "action"),
        breaker=_only_instance,
        companions={"AT208": "where all that the registration declares is on instances, another action is needed"},
    ),
    Rule(
        code="AT313",
        name="crn-account-mismatch",
        summary="The target's CRN is of another account than the one that gets the event.",
        cases={
            "": Case(
                "the CRN's account is {said}, that of {field} is {want}",
                always(WARNING),
                help="take both from the account that owns the resource",
            )
        },
        what="Compares the account of target.id with meta.userAccountIds and with the account of logSourceCRN.",
        why="The copy goes to one account and describes another's resource: the owner does not see it, and "
        "somebody else does.",
        repair="Fill both from the resource's owner. If the resource is rightly in the service's own "
        "account, list an ignore entry with that reason.",
        cites=("EV18#meta.userAccountIds", "EV20#logSourceCRN", "ST#logSourceCRN"),
        check=check_account,
        reads=together(segments("target/id", "scope"), "meta/userAccountIds/0", segments("logSourceCRN", "scope")),
        breaker=_other_account,
    ),
    Rule(
        code="AT314",
        name="credential-in-crn",
        summary="A CRN holds an e-mail address, a user's name or a secret.",
        cases={
            "email": Case("an e-mail address stands in the CRN", always(ERROR), help="use the user's id instead"),
            "user": Case("a user's name stands in the CRN", always(ERROR), help="use the user's id instead"),
            "secret": Case("a secret stands in the CRN", always(ERROR), help="remove it, and revoke it: it was logged"),
        },
        what="Looks in every CRN of the event for e-mail addresses, tokens, keys, passwords, URLs with a "
        "user before the host, and for the initiator's own login name as a resource.",
        why="CRNs are copied into policies, tickets, dashboards and bills, where nobody expects personal "
        "data or secrets and nothing masks them.",
        repair="Name the resource by an id that means nothing elsewhere. A secret that was in a log must be revoked.",
        cites=("BP18#personal data", "CRN#resource"),
        stage=Stage.TEXT,
        check=check_secrets,
        reads=SECRETS,
        breaker=_leak,
    ),
)
