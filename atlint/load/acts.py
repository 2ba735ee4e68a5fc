"""What can happen, and where: the actions of a registration, or of well-known services where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from atlint.load.catalogue import SERVICES
from atlint.model import AtlintError
from atlint.plan import Plan
from atlint.plan.registration import Action as Declared
from atlint.plan.registration import Registration


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


def acts_of(plan: Plan) -> tuple[Act, ...]:
    """The acts of a Plan.

    Raises AtlintError for a registration that declares no action: nothing compliant could be made.
    """
    registration = plan.registration
    if registration is None:
        return _catalogue(plan)
    if not registration.actions:
        raise AtlintError("the registration declares no actions, so no event would agree with it: add some")
    return tuple(_declared(plan, registration, entry) for entry in registration.actions)


def homes_of(plan: Plan) -> tuple[Home, ...]:
    """The places where a Plan's provider is registered; all regions of the tracker where nothing is."""
    registration = plan.registration
    entries = registration.regions if registration else ()
    homes = tuple(
        Home(entry.region, project)
        for entry in entries
        for project in (entry.space_id, f"a:{entry.account_id}")
        if project not in ("", "a:")
    )
    return homes or tuple(map(Home, sorted(plan.vocabulary.tracker_regions)))


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
