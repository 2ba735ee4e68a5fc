"""Actions: what is told, of which case, at which part, and with which suggestion."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atlint.lint import Explanation
from atlint.lint.explain import level
from atlint.model import Severity
from atlint.plan.registration import Action, Registration
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]

REGISTRATION = Registration(
    edition="at-2018",
    service="containers-kubernetes",
    display_name="Kubernetes Service",
    aliases=("armada",),
    user_copy="account",
    logs="/var/log/at/containers-kubernetes",
    regions=(),
    actions=(
        Action("containers-kubernetes.worker.create", "containers-kubernetes/worker", "normal", ("success",)),
        Action("containers-kubernetes.worker.frobnicate", "containers-kubernetes/worker", "normal", ("success",)),
    ),
)

ACTIONS = [
    ("containers-kubernetes.worker.create", []),
    ("containers-kubernetes.worker", [("AT201", "few", None)]),
    ("worker", [("AT201", "few", None)]),
    ("containers-kubernetes..create", [("AT201", "empty", None)]),
    (".containers-kubernetes.worker.create", [("AT201", "empty", None)]),
    ("a.b.c.d.e.f", [("AT201", "many", None)]),
    ("containers-kubernetes.worker/pool.create", [("AT201", "letters", "worker/pool")]),
    ("containers-kubernetes.wörker.create", [("AT201", "letters", "wörker")]),
    ("containers-kubernetes.worker.frobnicate", [("AT202", "", "frobnicate")]),
    ("containers-kubernetes.worker.unknown", [("AT203", "", "unknown")]),
    ("containers-kubernetes.worker.disk.create", [("AT204", "", "worker.disk")]),
    ("containers-kubernetes.worker.disk.volume.create", [("AT204", "", "worker.disk.volume")]),
    ("read.containers-kubernetes.worker", [("AT205", "", None)]),
    ("containers-kubernetes.workerPool.create", [("AT206", "", "workerPool")]),
    ("containers-kubernetes.worker_pool.CREATE", [("AT206", "", "worker_pool.CREATE")]),
    ("containers-kubernetes.worker.disk_volume.size.create", [("AT206", "", "disk_volume")]),
    ("kms.worker.create", [("AT207", "", "kms")]),
    ("containers-kuberentes.worker.create", [("AT207", "near-miss", "containers-kuberentes")]),
]


def of_action(explanation: Explanation, text: str) -> list[tuple[str, str, str | None]]:
    return [
        (problem.code, problem.case, text[slice(*problem.within)] if problem.within else None)
        for problem in explanation.problems
        if problem.pointer == "/payload/action"
    ]


@pytest.mark.parametrize(("text", "expected"), ACTIONS, ids=[text for text, _ in ACTIONS])
def test_actions(explain: Explain, text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert of_action(explain("at-2018", lambda draft: draft.put("action", text)), text) == expected


@pytest.mark.parametrize("part", ["worker_pool", "Worker", "wor ker"])
def test_other_parts_of_a_misspelt_action_are_still_read(explain: Explain, part: str) -> None:
    text = f"kms.{part}.frobnicate"
    codes = [code for code, _, _ in of_action(explain("at-2018", lambda draft: draft.put("action", text)), text)]
    assert codes == ["AT206", "AT202", "AT207"]


@pytest.mark.parametrize(
    ("edition", "text", "wanted"),
    [
        ("at-2018", "containers-kubernetes.worker.udpate", "update"),
        ("at-2018", "containers-kubernetes.worker.head", None),
        ("at-2018", "containers-kubernetes.worker.xyz", None),
        ("at-2020", "kms.secrets.roatte", "rotate"),
        ("at-2020", "kms.secrets.detach", None),
    ],
)
def test_unknown_verbs_suggest_the_one_close_verb(
    explain: Explain, edition: str, text: str, wanted: str | None
) -> None:
    explanation = explain(edition, lambda draft: draft.put("action", text))
    found = [problem for problem in explanation.problems if problem.code == "AT202"]
    assert [problem.suggestion for problem in found] == [wanted]
    assert level(explanation.plan, found[0]) is Severity.INFO


@pytest.mark.parametrize(
    ("edition", "wanted"),
    [
        ("at-2018", Severity.INFO),
        ("at-2019", Severity.INFO),
        ("at-2020", Severity.WARNING),
        ("at-2025", Severity.WARNING),
    ],
)
def test_vague_verbs_weigh_more_from_2020_on(explain: Explain, edition: str, wanted: Severity) -> None:
    explanation = explain(edition, lambda draft: draft.put("action", "kms.secrets.info"))
    found = [problem for problem in explanation.problems if problem.code == "AT203"]
    assert [level(explanation.plan, problem) for problem in found] == [wanted]


def test_services_of_two_parts_may_have_four(explain: Explain) -> None:
    found = explain("at-2020", lambda draft: draft.put("action", "is.vpc.address-prefix.create")).problems
    assert "AT204" not in {problem.code for problem in found}


def test_a_service_may_be_called_like_a_verb(explain: Explain) -> None:
    def change(draft: Draft) -> None:
        draft.put("action", "monitor.worker.detach")
        draft.put("meta/serviceProviderName", "monitor")

    assert "AT205" not in {problem.code for problem in explain("at-2018", change).problems}


@pytest.mark.parametrize(
    ("text", "codes", "suggestion"),
    [
        ("containers-kubernetes.worker.create", [], None),
        ("containers-kubernetes.worker.frobnicate", [], None),
        ("containers-kubernetes.worker.delete", ["AT208"], None),
        ("containers-kubernetes.worker.craete", ["AT202", "AT208"], "containers-kubernetes.worker.create"),
        ("armada.worker.create", ["AT208"], None),
        ("container-kubernetes.worker.create", ["AT207"], "containers-kubernetes"),
        ("kms.worker.create", ["AT207"], None),
    ],
)
def test_registered_actions(explain: Explain, text: str, codes: list[str], suggestion: str | None) -> None:
    found = explain("at-2018", lambda draft: draft.put("action", text), REGISTRATION).problems
    found = [problem for problem in found if problem.pointer == "/payload/action"]
    assert [problem.code for problem in found] == codes
    assert (found[-1].suggestion if found else None) == suggestion


def test_a_placeholder_is_told_once(explain: Explain) -> None:
    text = "YOUR_SERVICE_NAME.worker_pool.create"
    codes = [code for code, _, _ in of_action(explain("at-2018", lambda draft: draft.put("action", text)), text)]
    assert codes == ["AT110", "AT206"]
