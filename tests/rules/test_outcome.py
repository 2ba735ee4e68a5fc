from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint import Explanation
from atlint.plan import EDITIONS
from atlint.plan.registration import Action, Registration
from atlint.rules.draft import Draft
from atlint.rules.outcome import repair_reason_code

Explain = Callable[..., Explanation]
OURS = {"AT511", "AT512", "AT513", "AT514", "AT515", "AT516", "AT517"}


def told(found: Explanation) -> list[tuple[str, str]]:
    return [(p.code, p.case) for p in found.problems if p.code in OURS]


def changed(changes: dict[str, Any]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.succeed()
        for role, value in changes.items():
            if value is ...:
                draft.drop(role)
            else:
                draft.put(role, value)

    return change


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("200", [("AT511", "type")]),
        (True, [("AT511", "type")]),
        (None, [("AT511", "type")]),
        (0, [("AT512", "minimum")]),
        (600, [("AT512", "maximum")]),
        (200.5, [("AT512", "fraction")]),
        (200.0, []),
        (404, [("AT513", "success")]),
    ],
)
def test_reason_code(explain: Explain, edition: str, code: Any, expected: list[tuple[str, str]]) -> None:
    assert told(explain(edition, changed({"reason/reasonCode": code}))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"outcome": "failure"}, [("AT513", "failure")]),
        ({"outcome": "failure", "reason/reasonCode": 404}, []),
        ({"outcome": "pending", "reason/reasonCode": 404}, []),
        ({"outcome": "failure", "reason/reasonCode": 401, "severity": "normal"}, []),
        ({"severity": "critical"}, [("AT515", "")]),
        ({"action": "containers-kubernetes.worker.start", "severity": "critical"}, []),
        ({"reason/reasonType": ...}, []),
    ],
)
def test_agreement_in_2018(explain: Explain, changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(explain("at-2018", changed(changes))) == expected


@pytest.mark.parametrize("edition", ["at-2020", "at-2025"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reason/reasonCode": 401, "severity": "normal"}, [("AT514", "")]),
        ({"reason/reasonCode": 400, "severity": "warning"}, []),
        ({"reason/reasonCode": 404, "severity": "critical"}, []),
        ({"reason/reasonCode": 404, "reason/reasonForFailure": ...}, [("AT517", "")]),
        ({"reason/reasonCode": 404, "reason/reasonType": ...}, [("AT516", "required")]),
    ],
)
def test_failures_from_2020_on(
    explain: Explain, edition: str, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    failure = {"outcome": "failure", "severity": "critical", "reason/reasonForFailure": "no such key", **changes}
    assert told(explain(edition, changed(failure))) == expected


@pytest.mark.parametrize(("severity", "expected"), [("critical", []), ("normal", [("AT515", "declared")])])
def test_the_registered_severity_takes_the_place_of_the_table(
    explain: Explain, severity: str, expected: list[tuple[str, str]]
) -> None:
    action = Action("containers-kubernetes.worker.create", "containers-kubernetes/worker", "critical", ("success",))
    registration = Registration("at-2018", "containers-kubernetes", "Kubernetes", (), "account", "", (), (action,))
    assert told(explain("at-2018", changed({"severity": severity}), registration)) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [("200", 200), (" 404 ", 404), ("20", None), ("999", None), (200, None), ("OK", None), (True, None)],
)
def test_repair_of_a_reason_code(value: Any, code: int | None) -> None:
    assert repair_reason_code(value) == code
