from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from atlint.lint import Explanation
from atlint.plan.registration import Region, Registration
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]
SPACE = "a41d9c37-08e5-4b62-9f71-3c5d0e8b6a19"
ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
REGISTRATION = Registration(
    "at-2018",
    "containers-kubernetes",
    "Kubernetes Service",
    (),
    "space",
    "",
    (
        Region(
            "production",
            "ng",
            "https://activity-tracker.ng.bluemix.net",
            "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            ACCOUNT,
        ),
    ),
    (),
)

#: changes of the envelope (None is JSON's null, ... removes the field), and what is told of it
ROWS: list[tuple[dict[str, Any], list[tuple[str, str, str]]]] = [
    ({"userSpaceId": SPACE, "userSpaceRegion": "ng"}, [("AT401", "", "userSpaceId")]),
    ({"userSpaceId": SPACE}, [("AT401", "", "userSpaceId")]),
    ({"userSpaceId": None}, []),
    ({"userAccountIds": None, "userSpaceId": SPACE, "userSpaceRegion": "ng"}, []),
    ({"userAccountIds": ...}, [("AT402", "", "userAccountIds")]),
    ({"userAccountIds": None, "userSpaceId": None}, [("AT402", "", "userAccountIds")]),
    ({"userAccountIds": ..., "userSpaceRegion": "ng"}, [("AT402", "", "userSpaceId")]),
    ({"userAccountIds": ACCOUNT}, [("AT403", "type", "userAccountIds")]),
    ({"userAccountIds": []}, [("AT403", "minItems", "userAccountIds")]),
    ({"userAccountIds": [ACCOUNT, ACCOUNT]}, [("AT403", "maxItems", "userAccountIds")]),
    ({"userAccountIds": ..., "userSpaceId": SPACE}, [("AT404", "", "userSpaceRegion")]),
    ({"userSpaceRegion": "ng"}, [("AT405", "", "userSpaceRegion")]),
    ({"userAccountIds": ["a/" + ACCOUNT]}, [("AT406", "", "userAccountIds/0")]),
    ({"userAccountIds": ["a:" + ACCOUNT]}, [("AT406", "", "userAccountIds/0")]),
    ({"userAccountIds": ["my account"]}, [("AT406", "characters", "userAccountIds/0")]),
    ({"serviceProviderRegion": "us-south"}, [("AT408", "enum", "serviceProviderRegion")]),
    ({"serviceProviderProjectId": "dev"}, [("AT410", "", "serviceProviderProjectId")]),
    ({"serviceProviderProjectId": "a/" + ACCOUNT}, [("AT410", "slash", "serviceProviderProjectId")]),
    ({"serviceProviderProjectId": "a:" + ACCOUNT}, []),
    ({"userAccountIds": ..., "userSpaceId": SPACE, "userSpaceRegion": "eu-de"}, [("AT409", "", "userSpaceRegion")]),
]


def envelope(changes: dict[str, Any]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for name, value in changes.items():
            if value is ...:
                draft.drop(f"meta/{name}")
            else:
                draft.put(f"meta/{name}", value)

    return change


@pytest.mark.parametrize("edition", ["at-2018", "at-2019"])
@pytest.mark.parametrize(("changes", "expected"), ROWS)
def test_envelope(
    explain: Explain, edition: str, changes: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    found = explain(edition, envelope(changes)).problems
    assert [(p.code, p.case, p.pointer.removeprefix("/meta/")) for p in found] == expected


def test_a_placeholder_does_not_hide_that_both_copies_are_given(explain: Explain) -> None:
    found = explain("at-2018", envelope({"userSpaceId": "USER_SPACE_ID", "userSpaceRegion": "ng"})).problems
    assert [p.code for p in found] == ["AT110", "AT401"]


def test_the_registration_says_which_copy_to_drop(explain: Explain) -> None:
    both = envelope({"userSpaceId": SPACE, "userSpaceRegion": "ng"})
    found = [p for p in explain("at-2018", both, REGISTRATION).problems if p.code == "AT401"]
    assert [(p.case, p.pointer) for p in found] == [("space", "/meta/userAccountIds")]
    to_account = replace(REGISTRATION, user_copy="account")
    found = [p for p in explain("at-2018", both, to_account).problems if p.code == "AT401"]
    assert [(p.case, p.pointer) for p in found] == [("account", "/meta/userSpaceId")]


@pytest.mark.parametrize(
    ("name", "value", "case"),
    [
        ("serviceProviderName", "containers-kuberentes", "name"),
        ("serviceProviderRegion", "eu-de", "region"),
        ("serviceProviderProjectId", SPACE, "project"),
        ("serviceProviderProjectId", "a:" + ACCOUNT, ""),
    ],
)
def test_provider_against_the_registration(explain: Explain, name: str, value: str, case: str) -> None:
    found = [p for p in explain("at-2018", envelope({name: value}), REGISTRATION).problems if p.code == "AT407"]
    assert [(p.case, p.pointer) for p in found] == ([(case, f"/meta/{name}")] if case else [])


SOURCE = "crn:v1:bluemix:public:kms:eu-gb:{}:1f6d20c9-4a83-4e57-bb02-d7c8159e3af4:{}"


@pytest.mark.parametrize("edition", ["at-2019", "at-2020", "at-2025"])
@pytest.mark.parametrize(
    ("scope", "rest", "expected"),
    [
        (f"a/{ACCOUNT}", ":", []),
        ("", ":", [("AT413", "empty", "")]),
        ("s/null", ":", [("AT413", "", "s/null")]),
        (f"a/{ACCOUNT}", "key:1", [("AT414", "", "key:1")]),
        (f"a/{ACCOUNT}", "key:", [("AT414", "", "key:")]),
    ],
)
def test_log_source(
    explain: Explain, edition: str, scope: str, rest: str, expected: list[tuple[str, str, str]]
) -> None:
    crn = SOURCE.format(scope, rest)
    found = explain(edition, lambda draft: draft.put("logSourceCRN", crn)).problems
    marked = [(p.code, p.case, crn[p.within.start : p.within.end]) for p in found if p.within and p.code[:3] == "AT4"]
    assert marked == expected


@pytest.mark.parametrize("edition", ["at-2019", "at-2020", "at-2025"])
@pytest.mark.parametrize(("save", "codes"), [(False, ["AT412", "AT411"]), (True, ["AT412"])])
def test_an_event_without_a_source(explain: Explain, edition: str, save: object, codes: list[str]) -> None:
    def change(draft: Draft) -> None:
        draft.drop("logSourceCRN")
        draft.put("saveServiceCopy", bool(save))

    assert [p.code for p in explain(edition, change).problems] == codes


@pytest.mark.parametrize("name", ["meta", "payload"])
def test_the_old_envelope(explain: Explain, name: str) -> None:
    found = explain("at-2020", lambda draft: draft.put(name, {"action": 7})).problems
    assert [(p.code, p.pointer, p.key) for p in found] == [("AT415", f"/{name}", True)]
