"""The target's CRN against the rest of the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from atlint.lint import Explanation
from atlint.lint.explain import level
from atlint.model import Severity
from atlint.plan.registration import Registration
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]

ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
OTHER = "9d0e1f2a3b4c45d6a7b8c9d0e1f2a3b4"
RELATIONS = {"AT308", "AT310", "AT311", "AT312", "AT313", "AT314"}


def crn(
    tail: str, *, service: str = "containers-kubernetes", scope: str = f"a/{ACCOUNT}", instance: str = "6e4c93cd"
) -> str:
    return f"crn:v1:bluemix:public:{service}:us-south:{scope}:{instance}:{tail}"


def made(**roles: object) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for role, value in roles.items():
            draft.put(role.replace("__", "/"), value)  # type: ignore[arg-type]

    return change


def told(explanation: Explanation, text: str) -> list[tuple[str, str, str | None]]:
    return [
        (p.code, p.case, text[slice(*p.within)] if p.within else None)
        for p in explanation.problems
        if p.code in RELATIONS
    ]


TARGETS: list[tuple[str, Mapping[str, object], list[tuple[str, str, str | None]]]] = [
    (crn("worker:w1"), {}, []),
    (crn(":w1"), {}, [("AT308", "type", "w1")]),
    (crn("worker:"), {"action": "containers-kubernetes.worker.delete"}, [("AT308", "resource", "worker")]),
    (crn("workers:"), {"action": "containers-kubernetes.worker.delete"}, [("AT308", "resource", "workers")]),
    (crn("worker:"), {"action": "containers-kubernetes.worker.list"}, []),
    (crn("worker:"), {"outcome": "failure"}, []),
    (crn("bulk:"), {"action": "containers-kubernetes.worker.delete"}, []),
    (crn("worker:w1", service="containers-kuberentes"), {}, [("AT310", "near-miss", "containers-kuberentes")]),
    (crn("worker:w1", service="resource-controller"), {}, [("AT310", "", "resource-controller")]),
    (crn("worker:w1", service="containers-kubernetes.edge"), {}, []),
    ("kube-w7", {}, [("AT311", "", None)]),
    ("IBMid-50VQ1T8K2L", {}, [("AT311", "", None)]),
    ("IBMid-50VQ1T8K2L", {"action": "user-management.user.delete"}, []),
    ("IBMid-50VQ1T8K2L", {"action": "iam-identity.user-apikey.create"}, []),
    (crn(":"), {}, [("AT312", "", "6e4c93cd")]),
    (crn(":"), {"action": "containers-kubernetes.cluster.create"}, []),
    (crn(":"), {"action": "containers-kubernetes.worker.list"}, []),
    (crn(":", instance=""), {}, []),
    (crn("worker:w1", scope=f"a/{OTHER}"), {}, [("AT313", "", OTHER)]),
    (crn("worker:w1", scope=""), {}, []),
    (crn("session:jo.public@example.com"), {}, [("AT314", "email", "jo.public@example.com")]),
    (crn("session:jo%40example.com"), {}, [("AT314", "email", "jo%40example.com")]),
    (crn("session:x?token=9f8e7d6c5b4a"), {}, [("AT314", "secret", "9f8e7d6c5b4a")]),
    (crn("session:username=jpublic"), {}, [("AT314", "user", "username=jpublic")]),
    (
        crn("user:anna.lindqvist"),
        {"initiator__name": "anna.lindqvist@example.com"},
        [("AT314", "user", "anna.lindqvist")],
    ),
    (crn("object:tokens/a@v2"), {}, []),
]


@pytest.mark.parametrize(("text", "roles", "expected"), TARGETS, ids=[f"{t[-30:]} {sorted(r)}" for t, r, _ in TARGETS])
def test_targets(
    explain: Explain, text: str, roles: Mapping[str, object], expected: list[tuple[str, str, str | None]]
) -> None:
    assert told(explain("at-2018", made(target__id=text, **roles)), text) == expected


def test_a_near_miss_is_an_error_and_another_service_a_warning(explain: Explain) -> None:
    weights = {}
    for service in ("container-kubernetes", "kms"):
        explanation = explain("at-2018", made(target__id=crn("worker:w1", service=service)))
        weights[service] = [level(explanation.plan, p) for p in explanation.problems]
    assert weights == {"container-kubernetes": [Severity.ERROR], "kms": [Severity.WARNING]}


def test_aliases_are_the_same_service(explain: Explain) -> None:
    registration = Registration(
        edition="at-2018",
        service="containers-kubernetes",
        display_name="Kubernetes Service",
        aliases=("armada",),
        user_copy="account",
        logs="",
        regions=(),
        actions=(),
    )
    change = made(target__id=crn("worker:w1", service="armada"))
    assert "AT310" in {p.code for p in explain("at-2018", change).problems}
    assert "AT310" not in {p.code for p in explain("at-2018", change, registration).problems}


def test_the_log_source_names_the_account_in_flat_editions(explain: Explain) -> None:
    def change(draft: Draft) -> None:
        draft.put_segment("target/id", "scope", f"a/{OTHER}")

    found = [p for p in explain("at-2020", change).problems if p.code == "AT313"]
    assert [p.facts["field"] for p in found] == ["logSourceCRN"]


def test_a_secret_in_a_crn_is_never_a_fact(explain: Explain) -> None:
    found = explain("at-2018", made(target__id=crn("session:jo.public@example.com"))).problems
    assert [dict(p.facts) for p in found if p.code == "AT314"] == [{}]
