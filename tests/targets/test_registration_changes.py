from __future__ import annotations

import copy
from typing import Any

import pytest

from atlint.plan.registration import from_value
from atlint.targets.change import Weight, summary
from atlint.targets.registration_changes import compare

REGISTRATION: dict[str, Any] = {
    "edition": "at-2018",
    "service": {"name": "kms", "displayName": "Key Protect", "aliases": ["key-protect", "kp"]},
    "userCopy": "account",
    "logs": "/var/log/at/kms",
    "registrations": [
        {
            "environment": "stage1",
            "region": "ng",
            "endpoint": "https://activity-tracker.stage1.ng.bluemix.net",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "3f1b7c0d9e2a4586b1c7d0e9f8a24356",
        },
        {
            "environment": "production",
            "region": "ng",
            "endpoint": "https://activity-tracker.ng.bluemix.net",
            "spaceId": "72c5b9e0-1f4d-4a86-93d7-e08b6a5c2f14",
        },
    ],
    "actions": [
        {
            "action": "kms.secrets.create",
            "target": "kms/secrets",
            "severity": "normal",
            "outcomes": ["success", "failure"],
        },
        {"action": "kms.secrets.delete", "target": "kms/secrets", "severity": "critical"},
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The registration with the member at `path` set, or dropped where `value` is None."""
    new = copy.deepcopy(REGISTRATION)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    box: Any = new
    for step in steps:
        box = box[step]
    if value is None:
        del box[last]
    else:
        box[last] = value
    return new


CREATE, DELETE = REGISTRATION["actions"]


@pytest.mark.parametrize(
    ("path", "value", "changes"),
    [
        ("edition", "at-2020", [("breaking", "edition")]),
        ("service/name", "keys", [("breaking", "service.name")]),
        ("service/displayName", "Keys", [("cosmetic", "service.displayName")]),
        ("service/aliases", ["kp"], [("breaking", "service.aliases")]),
        ("service/aliases", ["kp", "key-protect"], []),
        ("service/aliases", ["kp", "key-protect", "k"], [("compatible", "service.aliases")]),
        ("userCopy", "space", [("breaking", "userCopy")]),
        ("logs", "/var/log/at/keys", [("breaking", "logs")]),
        ("registrations/0", None, [("breaking", "registration stage1/ng")]),
        ("registrations", REGISTRATION["registrations"][::-1], [("cosmetic", "registrations")]),
        (
            "registrations/0/region",
            "eu-de",
            [("breaking", "registration stage1/ng"), ("compatible", "registration stage1/eu-de")],
        ),
        ("registrations/1/spaceId", "0", [("breaking", "registration production/ng spaceId")]),
        ("registrations/1/accountId", "0", [("breaking", "registration production/ng accountId")]),
        ("registrations/1/endpoint", "https://x", [("breaking", "registration production/ng endpoint")]),
        ("actions/0", None, [("breaking", "action kms.secrets.create")]),
        ("actions", [DELETE, CREATE], [("cosmetic", "actions")]),
        ("actions", [CREATE, DELETE, {"action": "kms.secrets.read"}], [("compatible", "action kms.secrets.read")]),
        ("actions/0/target", "kms/keys", [("breaking", "action kms.secrets.create target")]),
        ("actions/0/target", None, [("compatible", "action kms.secrets.create target")]),
        ("actions/0/severity", "warning", [("breaking", "action kms.secrets.create severity")]),
        ("actions/0/outcomes", ["success"], [("breaking", "action kms.secrets.create outcomes")]),
        ("actions/0/outcomes", ["failure", "success"], [("cosmetic", "action kms.secrets.create outcomes")]),
        (
            "actions/0/outcomes",
            ["success", "failure", "pending"],
            [("compatible", "action kms.secrets.create outcomes")],
        ),
        ("actions/0/outcomes", None, [("compatible", "action kms.secrets.create outcomes")]),
        ("actions/1/outcomes", ["success"], [("breaking", "action kms.secrets.delete outcomes")]),
    ],
)
def test_each_change_has_its_weight(path: str, value: Any, changes: list[tuple[str, str]]) -> None:
    found = compare(from_value(REGISTRATION), from_value(changed(path, value)))
    assert [(str(change.weight), change.where) for change in found] == changes


def test_the_same_is_no_change() -> None:
    assert summary(compare(from_value(REGISTRATION), from_value(copy.deepcopy(REGISTRATION)))) == dict.fromkeys(
        Weight, 0
    )
