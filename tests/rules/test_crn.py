"""CRNs by themselves: structure first, then segment by segment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atlint.lint import Explanation
from atlint.rules.crn_gap import gap

Explain = Callable[..., Explanation]

ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
HEAD = f"crn:v1:bluemix:public:containers-kubernetes:us-south:a/{ACCOUNT}"
TAIL = "6e4c93cdf28e47f6:worker:w1"
WHOLE = f"{HEAD}:{TAIL}"
FORMS = {f"AT30{digit}" for digit in "1234567"} | {"AT311"}

STRUCTURES = [
    (WHOLE, None, None),
    (f"{HEAD}:6e4c93cdf28e47f6::", None, None),
    (f"{HEAD}:::", None, None),
    (WHOLE.removeprefix("crn:"), "prefix", WHOLE),
    (f"CRN{WHOLE[3:]}", "prefix", WHOLE),
    (WHOLE.replace("v1", "v2", 1), "version", None),
    (f"{WHOLE}:8080", "colon", "w1%3A8080"),
    (WHOLE.replace(":bluemix", ""), "cname", None),
    (f"{HEAD}:worker:w1", "instance", f"{HEAD}::worker:w1"),
    (f"{HEAD}:6e4c93cdf28e47f6a1b2c3d4:", "cut", f"{HEAD}:6e4c93cdf28e47f6a1b2c3d4::"),
    (HEAD, "cut", None),
    (WHOLE.replace(":bluemix:public", ""), "hole", None),
]

SEGMENTS = [
    ("bluemix", "", [("AT302", "empty", "")]),
    ("bluemix", "staging", [("AT302", "staging", "staging")]),
    ("bluemix", "bluemx", [("AT302", "", "bluemx")]),
    ("public", "Public", [("AT303", "", "Public")]),
    ("public", "", [("AT303", "empty", "")]),
    ("containers-kubernetes", "Containers-Kubernetes", [("AT304", "capitals", "Containers-Kubernetes")]),
    ("us-south", "DAL09", [("AT304", "capitals", "DAL09")]),
    ("worker", "worker_pool", [("AT304", "", "worker_pool")]),
    ("w1", "wörker", [("AT304", "", "wörker")]),
    ("w1", "W1/a.b~c%20d@e", []),
    ("us-south", "us-souht", [("AT305", "", "us-souht")]),
    ("us-south", "", []),
    ("us-south", "us-south-3", []),
    (f"a/{ACCOUNT}", "undefined", [("AT306", "", "undefined")]),
    (f"a/{ACCOUNT}", "a/", [("AT306", "", "a/")]),
    (f"a/{ACCOUNT}", "", []),
    (f"a/{ACCOUNT}", "a/4324327284", [("AT307", "", "4324327284")]),
    (f"a/{ACCOUNT}", f"a/{ACCOUNT.upper()}", [("AT307", "capitals", ACCOUNT.upper())]),
    ("bluemix:public", ":private", [("AT302", "empty", ""), ("AT303", "", "private")]),
]


@pytest.mark.parametrize(("text", "case", "repair"), STRUCTURES, ids=[text for text, _, _ in STRUCTURES])
def test_structure(explain: Explain, text: str, case: str | None, repair: str | None) -> None:
    found = explain("at-2018", lambda draft: draft.put("target/id", text)).problems
    told = [(p.code, p.case, p.repair) for p in found if p.code in FORMS]
    assert told == ([] if case is None else [("AT301", case, repair)])


@pytest.mark.parametrize(("old", "new", "expected"), SEGMENTS, ids=[f"{old}={new}" for old, new, _ in SEGMENTS])
def test_segments(explain: Explain, old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    text = WHOLE.replace(old, new, 1)
    found = explain("at-2018", lambda draft: draft.put("target/id", text)).problems
    told = [(p.code, p.case, text[slice(*p.within)] if p.within else None) for p in found if p.code in FORMS]
    assert told == expected


@pytest.mark.parametrize(
    ("role", "text", "expected"),
    [
        ("logSourceCRN", "HA_test801", [("AT301", "not-a-crn")]),
        ("logSourceCRN", HEAD.replace("bluemix", "staging") + ":::", [("AT302", "staging")]),
        ("resourceGroupId", HEAD, [("AT301", "cut")]),
        ("initiator/id", WHOLE.replace("public", "private"), [("AT303", "")]),
        ("initiator/id", f"crn-{WHOLE}".replace("us-south", "US-SOUTH"), [("AT304", "capitals")]),
    ],
)
def test_every_role_that_holds_a_crn(explain: Explain, role: str, text: str, expected: list[tuple[str, str]]) -> None:
    found = explain("at-2020", lambda draft: draft.put(role, text)).problems
    told = [(p.code, p.case) for p in found if p.code in FORMS and p.pointer == f"/{role}"]
    assert told == expected


def test_placeholders_and_structure_are_two_faults(explain: Explain) -> None:
    text = f"crn:v1:bluemix:public:<SERVICE_NAME>:us-south:a/{ACCOUNT}"
    found = explain("at-2018", lambda draft: draft.put("target/id", text)).problems
    assert [p.code for p in found] == ["AT110", "AT301"]


def test_a_placeholder_silences_its_own_segment_only(explain: Explain) -> None:
    text = WHOLE.replace("containers-kubernetes", "<SERVICE_NAME>").replace("bluemix", "yp")
    found = explain("at-2018", lambda draft: draft.put("target/id", text)).problems
    assert [p.code for p in found] == ["AT110", "AT302"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("v1:public:kms:us-south:a/12:guid-1:key:x", ("cname",)),
        ("v1:bluemix:kms:us-south:a/12:guid-1:key:x", ("ctype",)),
        ("v1:bluemix:public:us-south:a/12:6e4c93cdf28e47f6a1b2c3d4:key:x", ("service",)),
        ("v1:bluemix:public:kms:a/12:6e4c93cdf28e47f6a1b2c3d4:key:x", ("location",)),
        ("v1:bluemix:public:kms:us-south:a/12:key:x", ("instance",)),
        ("v1:bluemix:public:kms:us-south:a/12", ("instance", "resource_type", "resource")),
        ("v1:bluemix:public:kms:us-south", ("scope", "instance", "resource_type", "resource")),
        ("v1:kms:us-south:a/12:6e4c93cdf28e47f6a1b2c3d4::", ("cname", "ctype")),
    ],
)
def test_gap(text: str, missing: tuple[str, ...]) -> None:
    assert gap(text.split(":"), {"us-south"}.__contains__).missing == missing
