"""Family AT2, actions: the records of the rules on an action's parts and words, and their breakers."""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.action import (
    check_declared,
    check_parts,
    check_provider,
    check_verb,
    check_verb_first,
    check_verb_says,
    diagnose_action,
)
from atlint.rules.draft import Draft
from atlint.rules.message import MESSAGE_RULES, diagnose_message
from atlint.rules.reads import apart, segments, together
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always, since
from atlint.rules.service import same_service, slip_of
from atlint.rules.type_uri import TYPE_URI_RULES, diagnose_type_uri

__all__ = ["RULES", "diagnose_action", "diagnose_message", "diagnose_type_uri"]

_WITH_REGISTRATION: Final = "an action that is not declared is also told as such, where a registration lists them"


def _malform(draft: Draft, draw: random.Random) -> str:
    service, thing, verb = draft.act()
    forms = [
        f"{service.partition('.')[0]}.{verb}",
        f"{service}..{verb}",
        f"{service}.{thing}.{verb}.",
        f"{service}/{thing}/{verb}",
    ]
    return draft.put("action", draw.choice(forms))


def _new_verb(draft: Draft, draw: random.Random) -> str:
    service, thing, _ = draft.act()
    return draft.put("action", f"{service}.{thing}.{draw.choice(['frobnicate', 'juggle', 'zigzag'])}")


def _vague(draft: Draft, draw: random.Random) -> str:
    service, thing, _ = draft.act()
    return draft.put("action", f"{service}.{thing}.{draw.choice(sorted(draft.plan.vocabulary.vague_verbs))}")


def _lengthen(draft: Draft, draw: random.Random) -> str:
    service, thing, verb = draft.act()
    extra = draw.choice(["config", "member", "rule"])
    draft.put("target/typeURI", f"{service}/{thing}/{extra}")
    return draft.put("action", f"{service}.{thing}.{extra}.{verb}")


def _turn(draft: Draft, draw: random.Random) -> str:
    service, thing, verb = draft.act()
    verb = verb if verb in draft.plan.vocabulary.verbs else "read"
    if thing in draft.plan.vocabulary.verbs:
        thing = draw.choice(["secrets", "worker"])
        draft.put("target/typeURI", f"{service}/{thing}")
    return draft.put("action", f"{verb}.{service}.{thing}")


def _respell(draft: Draft, draw: random.Random) -> str:
    service, thing, verb = draft.act()
    spelt = draw.choice([thing.upper(), thing.capitalize(), f"{thing}_", f" {thing}"])
    return draft.put("action", f"{service}.{spelt}.{verb}")


def _other_service(draft: Draft, draw: random.Random) -> str:
    service, thing, verb = draft.act()
    if draft.plan.registration is None and draft.get("meta/serviceProviderName") is None:
        draft.put(
            "meta",
            {
                "serviceProviderName": service,
                "serviceProviderRegion": "ng",
                "serviceProviderProjectId": "0d84f3b1-52ce-4a97-b06f-6b1d7c3a5824",
                "userAccountIds": [_account_of(draft)],
            },
        )
    slip = service[:-2] + service[-1] + service[-2] if len(service) > 3 else service
    slips = slip_of(draft.plan, slip, service) and not same_service(draft.plan, service, slip)
    others = ["mismatched-service", *([slip] if slips else [])]
    return draft.put("action", f"{draw.choice(others)}.{thing}.{verb}")


def _account_of(draft: Draft) -> str:
    crn = draft.reading.crn("target/id")
    account = crn.account if crn else None
    return account.text if account else "3f1b7c0d9e2a4586b1c7d0e9f8a24356"


def _not_declared(draft: Draft, draw: random.Random) -> str:
    service, thing, _ = draft.act()
    registration = draft.plan.registration
    declared = registration.action_names if registration else frozenset()
    verbs = draft.plan.vocabulary.verbs - set(draft.plan.vocabulary.severity_by_verb)
    verbs -= draft.plan.vocabulary.vague_verbs
    free = sorted(verb for verb in verbs if f"{service}.{thing}.{verb}" not in declared)
    return draft.put("action", f"{service}.{thing}.{draw.choice(free)}")


ACTION_RULES: Final = (
    Rule(
        code="AT201",
        name="malformed-action",
        summary="An action is not service, object and verb between two dots.",
        cases={
            "few": Case(
                "the action {said} has {have} of the three parts service, object and verb",
                always(ERROR),
                help="write service.object.verb, such as containers-kubernetes.worker.create",
            ),
            "many": Case(
                "the action {said} has {have} parts; service, object and verb are three",
                always(ERROR),
                help="join the words of the object by dashes: service.some-object.verb",
            ),
            "empty": Case(
                "a part of the action {said} is empty",
                always(ERROR),
                help="write service.object.verb, with something before, between and behind the dots",
            ),
            "letters": Case(
                "the part {said} of the action holds more than {want}",
                always(ERROR),
                help="write lower-case words joined by dashes",
            ),
        },
        what="Takes the action apart at its dots. Three parts are expected, each of lower-case letters, "
        "digits and dashes. Fewer than three or more than five parts, an empty part, or a mark such as a "
        "slash or a colon within a part are errors; four and five parts, capitals and underscores have "
        "rules of their own.",
        why="Everybody who searches, counts or alerts by service, by kind of object or by verb splits the "
        "action at its dots. An action with a part missing files the event under the wrong service or under "
        "none.",
        repair="Build the action from three names: the service's CRN name, the kind of object with dashes "
        "between its words, and a verb in lower case.",
        cites=("EV18#action", "EV20#action", "EV25#action"),
        stage=Stage.SHAPE,
        breaker=_malform,
    ),
    Rule(
        code="AT202",
        name="unknown-verb",
        summary="The verb of the action is not one that the edition lists.",
        cases={"": Case("{said} is not among the listed verbs", always(INFO), help="use a listed verb where one fits")},
        what="Looks the last part of the action up in the edition's list of verbs, and in the verbs that "
        "the configuration adds. An action that the registration declares is taken as agreed.",
        why="The list is open, and about every tenth published action has a verb of its own; but whoever "
        "counts deletions will miss those that are called otherwise, and a slip of the pen is never found.",
        repair="Use the listed verb of the same meaning. Where there is none, keep yours and add it to "
        "`verbs` in the configuration.",
        cites=("EV18#action", "EV20#action", "EV25#action"),
        check=check_verb,
        reads=apart("action"),
        breaker=_new_verb,
        companions={"AT208": _WITH_REGISTRATION},
    ),
    Rule(
        code="AT203",
        name="vague-verb",
        summary="The verb of the action says nothing about what was done.",
        cases={
            "": Case(
                "the verb {said} does not say what was done",
                since("at-2020", WARNING, before=INFO),
                help="name what was done: read, update, ...",
            )
        },
        what="Looks for the verbs `unknown` and `info`. The guidelines of 2020 name both as not valid; the "
        "lists before still hold `unknown`.",
        why="An auditor learns that something happened to the object, and not whether it was read, changed or deleted.",
        repair="Map each call of the service to a verb where the event is built, and treat a call without "
        "one as a bug.",
        cites=("EV20#action", "EV18#action"),
        check=check_verb_says,
        reads=apart("action"),
        breaker=_vague,
        companions={"AT208": _WITH_REGISTRATION},
    ),
    Rule(
        code="AT204",
        name="extra-action-part",
        summary="An action has four or five parts where three are expected.",
        cases={
            "": Case(
                "the action has {have} parts; the object is read as {said}",
                always(INFO),
                help="join the words of the object by dashes: service.some-object.verb",
            )
        },
        what="Counts the parts. A fourth one is expected only where the service's own name has two parts; "
        "the vocabulary lists those services.",
        why="Consumers that split at the dots take the second part for the object and the third for the "
        "verb, so such an event is counted under a verb that it has not.",
        repair="Join the object's words by a dash, or, if the service's name has two parts, have it listed.",
        cites=("EV25#action", "EV20#action"),
        check=check_parts,
        reads=apart("action"),
        breaker=_lengthen,
        companions={"AT208": _WITH_REGISTRATION},
    ),
    Rule(
        code="AT205",
        name="verb-first-action",
        summary="An action begins with its verb, as it did before 2018.",
        cases={
            "": Case(
                "the action {said} begins with its verb",
                always(ERROR),
                help="write service, object, verb in this order",
                fix="unsafe",
            )
        },
        what="Looks for a listed verb in the first part while the last part is none, and while nothing else "
        "in the event calls the service by that word.",
        why="Whoever reads the first part as the service books the event to a service called `read` or "
        "`create`, and the service that sent it seems silent.",
        repair="Move the verb to the end: read.my-service.secrets becomes my-service.secrets.read.",
        cites=("EV17#action", "EV18#action"),
        stage=Stage.SHAPE,
        check=check_verb_first,
        reads=together(
            "action",
            "meta/serviceProviderName",
            segments("target/id", "service"),
            segments("logSourceCRN", "service"),
        ),
        breaker=_turn,
    ),
    Rule(
        code="AT206",
        name="action-case",
        summary="An action holds capitals, underscores or blanks.",
        cases={
            "": Case(
                "{said} is not in lower-case words joined by dashes",
                always(WARNING),
                help="write lower-case words joined by dashes",
                fix="unsafe",
            )
        },
        what="Looks for parts of the action that would be right in lower case and with dashes.",
        why="Consumers compare actions letter by letter. A search for `api-key` does not find `apiKey` or `api_key`.",
        repair="Write the part in lower case with dashes between its words. Tell those who search for the old name.",
        cites=("EV18#action", "EV20#action"),
        stage=Stage.SHAPE,
        breaker=_respell,
    ),
    Rule(
        code="AT207",
        name="action-service-mismatch",
        summary="The action's service is not the one that sends the event.",
        cases={
            "": Case(
                "the action belongs to {said}, while {source} names {want}",
                always(WARNING),
                help="use the service's CRN name in both, or declare the other name as an alias",
            ),
            "near-miss": Case(
                "the action's service {said} is a slip of {want}, which {source} names",
                always(ERROR),
                help="correct the spelling",
                fix="unsafe",
            ),
        },
        what="Compares the action's service with the registered one, or without a registration with "
        "meta.serviceProviderName. Aliases of the registration and of the configuration count as the same.",
        why="The tracker files the event under the provider, people search for it under the action. A "
        "misspelt name is found under neither.",
        repair="Take both from one constant. Where a service really speaks for another one, list the pair "
        "under `aliases`.",
        cites=("EV18#meta.serviceProviderName", "BP18#service name"),
        check=check_provider,
        reads=together("action", "meta/serviceProviderName"),
        spoils=True,
        breaker=_other_service,
        unbreakable=dict.fromkeys(
            ("at-2020", "at-2025"),
            "only a registration names the provider where the event need not have meta",
        ),
    ),
    Rule(
        code="AT208",
        name="undeclared-action",
        summary="The registration does not declare the action.",
        cases={
            "": Case(
                "the action {said} is not among the {have} that the registration declares",
                always(ERROR),
                help="declare it, with its target, severity and outcomes, or correct the event",
                fix="unsafe",
            )
        },
        what="With a registration, looks the action up in its list. A slip of a declared action is named as such.",
        why="The registration is what was reviewed and documented. Customers write their rules from that "
        "list, so an action outside it is seen by nobody.",
        repair="Add the action to the registration and to the service's page of events, or correct its spelling.",
        cites=("ST#registration of events", "BP18#event catalogue"),
        check=check_declared,
        reads=apart("action"),
        breaker=_not_declared,
    ),
)

RULES: Final = (*ACTION_RULES, *TYPE_URI_RULES, *MESSAGE_RULES)
