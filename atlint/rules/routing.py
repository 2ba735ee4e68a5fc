"""Family AT4, the envelope: to whose account or space, and to which region, the tracker takes the event."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem
from atlint.rules import log_source, registered
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import given, together
from atlint.rules.rule import ERROR, WARNING, Case, Rule, Stage, only

#: the editions that have an envelope
_EDITIONS: Final = ("at-2018", "at-2019")
_ERROR: Final = only(*_EDITIONS, severity=ERROR)
_WARNING: Final = only(*_EDITIONS, severity=WARNING)

_ACCOUNTS: Final = "meta/userAccountIds"
_SPACE: Final = "meta/userSpaceId"
_SPACE_REGION: Final = "meta/userSpaceRegion"
_REGION: Final = "meta/serviceProviderRegion"
_COPIES: Final = ("SEED#step 3", "EV18#meta", "BP18#user copy")


def _given(reading: Reading, role: str) -> bool:
    """Whether a copy is asked for, even if by a placeholder. Null and what is empty ask for nothing."""
    return reading.raw(role) not in (None, "", [])


def _wants_space(reading: Reading) -> bool:
    registration = reading.plan.registration
    return registration is not None and registration.user_copy == "space"


def _both(reading: Reading) -> Iterator[Problem]:
    if _given(reading, _ACCOUNTS) and _given(reading, _SPACE):
        if _wants_space(reading):
            yield reading.problem("AT401", _ACCOUNTS, "space")
        else:
            yield reading.problem("AT401", _SPACE, "account" if reading.plan.registration else "")


def _neither(reading: Reading) -> Iterator[Problem]:
    if not isinstance(reading.get("meta"), dict) or reading.present(_ACCOUNTS) or reading.present(_SPACE):
        return
    yield reading.problem("AT402", _SPACE if reading.present(_SPACE_REGION) else _ACCOUNTS)


def _no_region(reading: Reading) -> Iterator[Problem]:
    alone = _given(reading, _SPACE) and not _given(reading, _ACCOUNTS)
    if alone and not reading.present(_SPACE_REGION):
        yield reading.problem("AT404", _SPACE_REGION)


def _no_space(reading: Reading) -> Iterator[Problem]:
    if reading.get(_SPACE_REGION) and _given(reading, _ACCOUNTS) and not reading.present(_SPACE):
        yield reading.problem("AT405", _SPACE_REGION, said=reading.said(_SPACE_REGION))


def _other_region(reading: Reading) -> Iterator[Problem]:
    said, want = reading.string(_SPACE_REGION), reading.string(_REGION)
    if said and want and said != want and _given(reading, _SPACE) and not _given(reading, _ACCOUNTS):
        yield reading.problem("AT409", _SPACE_REGION, said=reading.said(_SPACE_REGION), want=reading.said(_REGION))


_SPACE_ID: Final = "a41d9c37-08e5-4b62-9f71-3c5d0e8b6a19"
_ACCOUNT_ID: Final = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"


def _to_account(draft: Draft) -> None:
    """The account's copy alone; which account does not matter where the target's CRN names one."""
    ids = draft.get(_ACCOUNTS)
    draft.put(_ACCOUNTS, ids or [_account_of(draft)])
    draft.drop(_SPACE)
    draft.drop(_SPACE_REGION)


def _account_of(draft: Draft) -> str:
    crn = draft.reading.crn("logSourceCRN") or draft.reading.crn("target/id")
    return crn.account.text if crn and crn.account else _ACCOUNT_ID


def _to_space(draft: Draft) -> None:
    draft.drop(_ACCOUNTS)
    draft.put(_SPACE, draft.get(_SPACE) or _SPACE_ID)
    draft.put(_SPACE_REGION, draft.get(_REGION) or "ng")


def _envelope(draft: Draft) -> None:
    """A complete envelope, also where the edition lets it be left out."""
    if draft.get("meta") is None:
        action = draft.reading.action()
        draft.put("meta/serviceProviderName", action.service.text if action and action.service else "kms")
        draft.put(_REGION, "ng")
        draft.put("meta/serviceProviderProjectId", _SPACE_ID)


def _break_both(draft: Draft, _draw: random.Random) -> str:
    _envelope(draft)
    accounts = draft.get(_ACCOUNTS) or [_account_of(draft)]
    _to_space(draft)
    draft.put(_ACCOUNTS, accounts)
    return draft.plan.pointer(_ACCOUNTS if _wants_space(draft.reading) else _SPACE)


def _break_neither(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    _to_account(draft)
    if draw.random() < 0.5:
        return draft.put(_ACCOUNTS, None)
    return draft.drop(_ACCOUNTS)


def _break_single(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    _to_account(draft)
    account = draft.get(_ACCOUNTS)[0]
    return draft.put(_ACCOUNTS, draw.choice([account, [], [account, _ACCOUNT_ID], {"id": account}]))


def _break_region(draft: Draft, _draw: random.Random) -> str:
    _envelope(draft)
    _to_space(draft)
    return draft.drop(_SPACE_REGION)


def _break_space(draft: Draft, _draw: random.Random) -> str:
    _envelope(draft)
    _to_account(draft)
    return draft.put(_SPACE_REGION, draft.get(_REGION))


def _break_prefix(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    _to_account(draft)
    account = draft.get(_ACCOUNTS)[0]
    return draft.put(f"{_ACCOUNTS}/0", draw.choice(["a/", "a:"]) + account)


def _break_known_region(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    role = draw.choice([_REGION, _SPACE_REGION])
    if role == _SPACE_REGION:
        _to_space(draft)
    else:
        _to_account(draft)
    return draft.put(role, draw.choice(["us-south", "dal10", "eu-db", "jp-tok", str(draft.get(role)).upper()]))


def _break_same_region(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    _to_space(draft)
    others = sorted(draft.plan.vocabulary.tracker_regions - {draft.get(_REGION)})
    return draft.put(_SPACE_REGION, draw.choice(others))


def _break_space_id(draft: Draft, draw: random.Random) -> str:
    _envelope(draft)
    made = ["my-space", "a/3f1b7c0d9e2a4586b1c7d0e9f8a24356", "5e0b2c4a7d194f83a6b5c1e09d8f7a32", "dev"]
    _to_space(draft)
    return draft.put(_SPACE, draw.choice(made))


_OWN: Final = (
    Rule(
        code="AT401",
        name="both-user-copies",
        summary="The envelope names an account and a space for the user's copy.",
        cases={
            "": Case(
                "the user's copy goes to an account or to a space; both are given",
                _ERROR,
                help="drop userSpaceId and userSpaceRegion for a service whose instances belong to accounts, "
                "drop userAccountIds for one whose instances live in Cloud Foundry spaces",
            ),
            "account": Case(
                "the user's copy goes to an account, says the registration; a space is given too",
                _ERROR,
                help="drop userSpaceId and userSpaceRegion",
            ),
            "space": Case(
                "the user's copy goes to a space, says the registration; accounts are given too",
                _ERROR,
                help="drop userAccountIds",
            ),
        },
        what="Fires where `userAccountIds` and `userSpaceId` both hold something, be it a placeholder. `null` beside "
        "the other is fine.",
        why="There is one copy for the user, and the tracker does not say which of the two it takes: the user may "
        "look in the place where it is not.",
        repair="Decide once for the service. Account-level services and those of the resource controller name the "
        "account, Cloud Foundry brokers name the space with its region.",
        cites=_COPIES,
        breaker=_break_both,
        check=_both,
        reads=together(given(_ACCOUNTS), given(_SPACE)),
    ),
    Rule(
        code="AT402",
        name="no-user-copy",
        summary="The envelope names neither an account nor a space for the user's copy.",
        cases={
            "": Case(
                "neither userAccountIds nor userSpaceId says who gets the user's copy",
                _ERROR,
                help="give userAccountIds with one account, or userSpaceId with userSpaceRegion",
            )
        },
        what="Fires where both are absent or `null`.",
        why="Only the service's own copy is kept. The user whose resource it was never sees the event.",
        repair="Take the account, or the space, of the user's instance from the request.",
        cites=_COPIES,
        breaker=_break_neither,
        check=_neither,
        reads=together(given("meta"), given(_ACCOUNTS), given(_SPACE), given(_SPACE_REGION)),
    ),
    Rule(
        code="AT403",
        name="account-ids-not-single",
        summary="userAccountIds is not an array of exactly one account.",
        cases={
            "type": Case(
                "userAccountIds is {type}; it must be an array with one account", _ERROR, help='write ["..."]'
            ),
            "minItems": Case(
                "userAccountIds is empty; it must hold one account", _ERROR, help="put the user's account in"
            ),
            "maxItems": Case(
                "userAccountIds holds {have} accounts; only one is served",
                _ERROR,
                help="write one event for each account",
            ),
        },
        what="The array exists for historical reasons and has one member.",
        why="A bare text is not processed; of several accounts some are skipped, without a word.",
        repair='Write `["<account id>"]`. Where several accounts are concerned, write one event for each.',
        cites=("EV18#userAccountIds", "SEED#step 3"),
        stage=Stage.SHAPE,
        breaker=_break_single,
    ),
    Rule(
        code="AT404",
        name="space-without-region",
        summary="The user's space is given without its region.",
        cases={
            "": Case(
                "userSpaceId has no userSpaceRegion beside it",
                _ERROR,
                help="add the region of the space, such as ng",
            )
        },
        what="A space id is looked up in a region.",
        why="Without the region the space is not found, and the user's copy goes nowhere.",
        repair="Add `userSpaceRegion`, normally the region of the provider.",
        cites=_COPIES,
        breaker=_break_region,
        check=_no_region,
        reads=together(given(_ACCOUNTS), given(_SPACE), given(_SPACE_REGION)),
    ),
    Rule(
        code="AT405",
        name="region-without-space",
        summary="A region of the user's space is given without the space.",
        cases={
            "": Case(
                "userSpaceRegion is {said}, but there is no userSpaceId",
                _WARNING,
                help="drop userSpaceRegion",
            )
        },
        what="Fires beside `userAccountIds`, where the region has no meaning.",
        why="It is what is left of a copied sample, and hints that the choice between account and space was "
        "never made.",
        repair="Drop the field, or give the space and drop the account.",
        cites=_COPIES,
        breaker=_break_space,
        check=_no_space,
        reads=together(given(_ACCOUNTS), given(_SPACE), given(_SPACE_REGION)),
    ),
    Rule(
        code="AT406",
        name="account-id-prefix",
        summary="The user's account id has a prefix, or is no id.",
        cases={
            "": Case("{prefix} stands before the account id", _WARNING, help="write the id alone", fix="safe"),
            "characters": Case(
                "{said} is no account id: those have letters and digits only",
                _WARNING,
                help="write the id of the user's account, not its name",
            ),
        },
        what="`a/` belongs in the scope of a CRN, `a:` in a space id. `userAccountIds` holds the bare id.",
        why="The prefixed text is no account that the tracker knows: the user's copy is kept for nobody.",
        repair="Cut the prefix off where the account is taken from a CRN. The fix does so.",
        cites=("EV18#userAccountIds", "SEED#step 3"),
        stage=Stage.SHAPE,
        breaker=_break_prefix,
    ),
    Rule(
        code="AT408",
        name="unknown-region",
        summary="A region that the tracker does not have.",
        cases={
            "": Case(
                "{said} is no region of the tracker: it has {want}",
                _ERROR,
                help="Dallas (us-south in CRNs, dal10 and the like in locations) is ng, London eu-gb, Frankfurt "
                "eu-de, Sydney au-syd",
            ),
            "spelling": Case("the region {said} is spelt differently here", _ERROR, fix="safe"),
        },
        what="Holds `serviceProviderRegion` and `userSpaceRegion` against the regions where this generation of the "
        "tracker runs. They are not the locations of CRNs: Dallas is `ng`.",
        why="There is no endpoint in such a region. The event is refused, or ends in no place at all.",
        repair="Write the region that was registered. It is configured for the service, never computed from "
        "a location.",
        cites=("SEED#step 1", "EV18#serviceProviderRegion"),
        stage=Stage.SHAPE,
        breaker=_break_known_region,
    ),
    Rule(
        code="AT409",
        name="user-region-mismatch",
        summary="The user's space is in another region than the provider.",
        cases={
            "": Case(
                "the user's space is in {said}, the provider in {want}",
                _WARNING,
                help="use the provider's region",
            )
        },
        what="Compares `userSpaceRegion` with `serviceProviderRegion`.",
        why="The trackers of the regions are separate. The user's copy is written in one where the user has no reason "
        "to look.",
        repair="Write each event in the region where the instance lives, with that region's registration.",
        cites=("BP18#userSpaceRegion",),
        breaker=_break_same_region,
        check=_other_region,
        reads=together(given(_ACCOUNTS), given(_SPACE), _SPACE_REGION, _REGION),
    ),
    Rule(
        code="AT410",
        name="space-id-form",
        summary="A space id is neither a GUID nor `a:` with an account.",
        cases={
            "": Case(
                "{said} is neither the GUID of a space nor a: with an account",
                _WARNING,
                help="cf space NAME --guid shows it",
            ),
            "slash": Case("{said} has a/ where a: belongs", _WARNING, help="write a: before the account", fix="safe"),
            "bare": Case(
                "{said} is an account's id or a GUID without its dashes",
                _WARNING,
                help="write a: before an account",
            ),
            "account": Case(
                "what follows a: in {said} is no account's id", _WARNING, help="write the account's id behind a:"
            ),
        },
        what="Holds `serviceProviderProjectId` and `userSpaceId` against the two forms that the tracker resolves.",
        why="A name of a space, or an account without its mark, names no place where a copy could be kept.",
        repair="Use the GUID that was registered, or `a:<account id>` to keep the service's copy in an account.",
        cites=("EV18#serviceProviderProjectId", "SEED#step 1"),
        stage=Stage.SHAPE,
        breaker=_break_space_id,
    ),
)

RULES: Final = tuple(sorted((*_OWN, *registered.RULES, *log_source.RULES), key=lambda rule: rule.code))
