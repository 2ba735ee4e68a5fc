"""A Registration to the text of its file, as `init` writes it and as the load Job carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from atlint.pipeline.registration_facts import logs_of
from atlint.plan.registration import Registration

_HEAD: Final = (
    "# What the service tells Activity Tracker, and the events that it declares. Check it: atlint check FILE\n"
)


def value_of(registration: Registration) -> dict[str, Any]:
    """The registration as its file has it; facts that are not there are left out."""
    service = {"name": registration.service, "displayName": registration.display_name}
    aliases = {"aliases": list(registration.aliases)} if registration.aliases else {}
    regions = [
        {
            "environment": entry.environment,
            "region": entry.region,
            "endpoint": entry.endpoint,
            "spaceId": entry.space_id,
            "accountId": entry.account_id,
        }
        for entry in registration.regions
    ]
    actions = [
        {
            "action": entry.action,
            "target": entry.target,
            "severity": entry.severity,
            "outcomes": list(entry.outcomes),
        }
        for entry in registration.actions
    ]
    return {
        "edition": registration.edition,
        "service": service | aliases,
        "userCopy": registration.user_copy,
        "logs": logs_of(registration),
        "registrations": [_present(entry) for entry in regions],
        "actions": [_present(entry) for entry in actions],
    }


def text_of(registration: Registration) -> str:
    """The file's text, in YAML; equal registrations give equal bytes."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Puts ids in quotes: some could be read as numbers."""

    Dumper.add_representer(_Id, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
    value = value_of(registration)
    for entry in value["registrations"]:
        entry.update({key: _Id(entry[key]) for key in ("spaceId", "accountId") if key in entry})
    made = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    return _HEAD + str(made)


class _Id(str):
    """An id, which is never a number."""

    __slots__ = ()


def _present(entry: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if value}
