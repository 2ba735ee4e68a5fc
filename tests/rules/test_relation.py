"""What of two fields is held together, and what the reader of many lines may leave out of sight."""

from __future__ import annotations

import pytest

from atlint.lint.examples import compliant
from atlint.model import Problem
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.relation import SECRETS
from atlint.rules.selection import everything

CRN = "crn:v1:bluemix:public:kms:us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:9b1c6a52"


def found(code: str, reading: Reading) -> list[Problem]:
    check = REGISTRY[code].check
    assert check is not None
    return list(check(reading))


def test_the_login_that_a_crn_is_searched_for() -> None:
    [reduce] = {clause.views[0].reduce for clause in SECRETS if clause.within}
    assert reduce is not None
    names = ("jopublic@example.com", "joan@x", "jop@x", "jopublic", "@example.com", "joan@x@y", "", None, 7, ["joan@x"])
    assert [reduce(name) for name in names] == ["jopublic", "joan", None, None, None, "joan", None, None, None, None]


@pytest.mark.parametrize(
    ("action", "outcome", "told"),
    [
        ("kms.key.read", "success", True),
        ("kms.keys.read", "success", True),
        ("kms.Key.read", "success", True),
        ("kms.secret.read", "success", False),
        ("kms.key.read", "failure", True),
        ("kms.key.create", "success", True),
        ("kms.key.create", "failure", False),
        ("kms.key.copy", "pending", False),
        ("kms.key.list", "success", False),
        ("kms.key.export", "success", False),
        ("kms.key", "success", False),
    ],
)
def test_where_a_kind_without_its_resource_is_a_fault(action: str, outcome: str, told: bool) -> None:
    event = {"payload": {"action": action, "outcome": outcome, "target": {"id": f"{CRN}:key:"}}}
    problems = found("AT308", Reading(everything("at-2018"), event))
    assert [(problem.case, problem.pointer) for problem in problems] == [("resource", "/payload/target/id")] * told


def test_each_role_with_a_crn_is_looked_at_by_itself() -> None:
    for edition in EDITIONS[1:]:
        draft = Draft(everything(edition), next(compliant(edition)))
        draft.put("target/id", "worker-1")
        draft.put("logSourceCRN", f"{CRN}::k1")
        draft.put("initiator/id", f"{CRN}::k2")
        assert [problem.pointer for problem in found("AT308", draft.reading)] == [
            draft.plan.pointer("logSourceCRN"),
            draft.plan.pointer("initiator/id"),
        ]


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        (f"{CRN}:user:joan@example.com", ["email"]),
        (f"{CRN}:user:joan%40example.com", ["email"]),
        (f"{CRN}:key:username=joan", ["user"]),
        (f"{CRN}:key:login=joan&x=joan@example.com", ["email"]),
        (f"{CRN}:key:x://u:winter@h", ["secret"]),
        (f"{CRN}:key:k1", []),
        ("crn:v1:bluemix:public:kms:joan@example.com", ["email"]),
        ("v1:bluemix:public:kms:joan@example.com", []),
    ],
)
def test_what_no_crn_may_hold(text: str, cases: list[str]) -> None:
    reading = Reading(everything("at-2018"), {"payload": {"target": {"id": text}}})
    problems = found("AT314", reading)
    assert [problem.case for problem in problems] == cases
    for problem in problems:
        assert problem.facts == {}
        reading.tell(problem)
    assert not cases or [problem.within for problem in found("AT314", reading)] != [each.within for each in problems]


def test_a_service_is_held_against_the_action_by_its_place() -> None:
    for edition in EDITIONS:
        plan = everything(edition)
        draft = Draft(plan, {})
        draft.put("action", "cloudant.key.read")
        draft.put("target/id", f"{CRN}:key:k1".replace(":kms:", ":cloudnat:"))
        [problem] = found("AT310", draft.reading)
        assert (problem.case, problem.repair, problem.suggestion) == ("near-miss", "cloudant", "cloudant")
        want = problem.facts["want"]
        assert getattr(want, "pointer", None) == plan.pointer("action")
        draft.put("target/id", f"{CRN}:key:k1")
        [problem] = found("AT310", draft.reading)
        assert (problem.case, problem.repair) == ("", None)
        draft.put("action", "kms.key.read")
        assert found("AT310", draft.reading) == []
