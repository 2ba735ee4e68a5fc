"""Family AT4, with a registration: the envelope against what the tracker was told about the service."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem
from atlint.plan.registration import Region
from atlint.rules.draft import Draft
from atlint.rules.nearness import near
from atlint.rules.reading import Reading
from atlint.rules.reads import apart, together
from atlint.rules.rule import ERROR, Case, Rule, only

_NAME: Final = "meta/serviceProviderName"
_REGION: Final = "meta/serviceProviderRegion"
_PROJECT: Final = "meta/serviceProviderProjectId"
_ERROR: Final = only("at-2018", "at-2019", severity=ERROR)


def _provider(reading: Reading) -> Iterator[Problem]:
    registration = reading.plan.registration
    if registration is None:
        return
    name = reading.string(_NAME)
    if name and name != registration.service:
        yield reading.problem(
            "AT407",
            _NAME,
            "name",
            said=reading.said(_NAME),
            want=registration.service,
            repair=registration.service,
            suggestion=near(name, [registration.service]),
        )
    yield from _place(reading, registration.regions)


def _place(reading: Reading, registered: tuple[Region, ...]) -> Iterator[Problem]:
    """The space is that of the region, or of any region where the event's own is unknown.

    What the registration does not say of a region agrees with every event.
    """
    region, project = reading.string(_REGION), reading.string(_PROJECT)
    here = [entry for entry in registered if entry.region in {region, ""}]
    if region and registered and not here:
        want = tuple(sorted({entry.region for entry in registered}))
        yield reading.problem("AT407", _REGION, "region", said=reading.said(_REGION), want=want)
    entries = here or registered
    if not project or not all(entry.account_id if project.startswith("a:") else entry.space_id for entry in entries):
        return
    spaces = {entry.space_id for entry in entries} | {f"a:{entry.account_id}" for entry in entries if entry.account_id}
    if spaces and project not in spaces:
        yield reading.problem("AT407", _PROJECT, "project", said=reading.said(_PROJECT), region=reading.said(_REGION))


def _break_provider(draft: Draft, draw: random.Random) -> str:
    if draft.get("meta") is None:
        service = draft.reading.action()
        draft.put(_NAME, service.service.text if service and service.service else "kms")
        draft.put(_REGION, "ng")
        draft.put("meta/userAccountIds", ["3f1b7c0d9e2a4586b1c7d0e9f8a24356"])
    return draft.put(_PROJECT, f"0d84f3b1-52ce-4a97-b06f-{draw.getrandbits(48):012x}")


RULES: Final = (
    Rule(
        code="AT407",
        name="provider-mismatch",
        summary="The provider in the envelope is not the registered one.",
        cases={
            "name": Case(
                "the provider is {said}; {want} is registered", _ERROR, help="write the registered name", fix="unsafe"
            ),
            "region": Case(
                "the provider's region is {said}; registered are {want}",
                _ERROR,
                help="register the region first",
            ),
            "project": Case(
                "the provider's project {said} is not the one that is registered for {region}",
                _ERROR,
                help="write the spaceId of the registration, or a: with its accountId",
            ),
        },
        what="Needs a registration. Compares `serviceProviderName`, `serviceProviderRegion` and "
        "`serviceProviderProjectId` with it, the project with that of the event's own region.",
        why="The service token is good for the registered name and space only: the tracker has no token for any "
        "other, and drops the event with a line in fluentd's log.",
        repair="Write the registered facts, from one configuration for each region.",
        cites=("SEED#step 1", "EV18#meta", "BP18#meta"),
        check=_provider,
        reads=(*apart(_NAME), *together(_REGION, _PROJECT)),
        breaker=_break_provider,
    ),
)
