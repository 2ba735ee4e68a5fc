"""Who and what there is before anything happens: the actions, accounts and identities that events agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from atlint.load.catalogue import SERVICES
from atlint.load.chooser import Chooser
from atlint.model import AtlintError
from atlint.plan import Plan
from atlint.plan.registration import Action as Declared
from atlint.plan.registration import Registration

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can happen: an action without what is drawn for each event."""

    #: as the action names it: `is.instance`
    service: str
    #: as CRNs name it: `is`
    crn: str
    display: str
    thing: str
    #: the verbs to draw from
    verbs: tuple[str, ...]
    #: whether the verb is one of those and no other: a registration lists what there is
    fixed: bool = False
    #: empty: service and thing
    type_uri: str = ""
    #: of its successes; empty: by the verb
    severity: str = ""
    #: empty: all that the edition has
    outcomes: tuple[str, ...] = ()
    data: bool | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Where the provider is: the tracker's region, and the space or account of the service's own copy."""

    region: str
    #: empty: drawn
    project: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """What events are made of. Pools that are empty are drawn anew for each event."""

    acts: tuple[Act, ...]
    homes: tuple[Home, ...]
    #: "account", "space", or empty for both
    copy: str = ""


def world_of(plan: Plan) -> World:
    """The World of a Plan: of its registration's own actions where it has one, else of well-known services.

    Raises AtlintError for a registration that declares no action: nothing compliant could be made.
    """
    registration = plan.registration
    if registration is None:
        return World(_catalogue(plan), tuple(map(Home, sorted(plan.vocabulary.tracker_regions))))
    if not registration.actions:
        raise AtlintError("the registration declares no actions, so no event would agree with it: add some")
    acts = tuple(_declared(plan, registration, entry) for entry in registration.actions)
    homes = tuple(
        Home(entry.region, project)
        for entry in registration.regions
        for project in (entry.space_id, f"a:{entry.account_id}")
        if project not in ("", "a:")
    )
    return World(acts, homes or (Home("ng"),), registration.user_copy)


def popular(pool: Sequence[T], draw: Chooser) -> T:
    """One of the pool, the first ones far more often than the last: Zipf's law, as in real traffic."""
    share = draw.integer(0, 1_000_000) / 1_000_000
    return pool[min(int(len(pool) ** share) - 1, len(pool) - 1)]


def _catalogue(plan: Plan) -> tuple[Act, ...]:
    verbs = plan.vocabulary.verbs - plan.vocabulary.vague_verbs
    return tuple(
        Act(
            service.name,
            service.crn,
            service.display,
            thing.name,
            tuple(verb for verb in thing.verbs if verb in verbs) or tuple(sorted(verbs)),
            data=thing.data,
        )
        for service in SERVICES
        for thing in service.things
    )


def _declared(plan: Plan, registration: Registration, entry: Declared) -> Act:
    """An action that is declared; its service has two parts where the vocabulary lists it so."""
    parts = entry.action.split(".")
    head = 2 if len(parts) > 3 and plan.vocabulary.two_part.fullmatch(".".join(parts[:2])) else 1
    service = ".".join(parts[:head])
    return Act(
        service,
        registration.service if service in plan.names_of(registration.service) else service.partition(".")[0],
        registration.display_name.replace(":", " ").strip(),
        ".".join(parts[head:-1]),
        (parts[-1],),
        fixed=True,
        type_uri=entry.target,
        severity=entry.severity,
        outcomes=entry.outcomes,
    )
