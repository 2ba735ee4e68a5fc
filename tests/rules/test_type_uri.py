"""TypeURIs of targets and initiators."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atlint.lint import Explanation
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]

TARGETS = [
    ("containers-kubernetes.worker.create", "containers-kubernetes/worker", []),
    ("containers-kubernetes.worker.create", "containers-kubernetes/worker/disk", []),
    ("containers-kubernetes.worker-pool.create", "containers-kubernetes/worker/pool", []),
    ("containers-kubernetes.worker.create", "worker", [("AT211", "", None)]),
    ("containers-kubernetes.worker.create", "containers-kubernetes//worker", [("AT211", "", None)]),
    ("containers-kubernetes.worker.create", "/containers-kubernetes/worker", [("AT211", "slash", None)]),
    ("containers-kubernetes.worker.create", "https://example.com/worker", [("AT211", "url", None)]),
    ("containers-kubernetes.worker.create", "containers-kubernetes/wor ker", [("AT211", "letters", "wor ker")]),
    ("containers-kubernetes.worker.create", "kms/worker", [("AT212", "", "kms")]),
    ("containers-kubernetes.worker.create", "containers-kubernetes/node", [("AT213", "", "node")]),
    ("containers-kubernetes.worker.create", "containers-kubernetes/worker/create", [("AT214", "", "create")]),
    ("containers-kubernetes.worker.create", "containers-kubernetes/create", [("AT214", "", "create")]),
    ("containers-kubernetes.build.build", "containers-kubernetes/build", []),
    ("containers-kubernetes.image-build.build", "containers-kubernetes/image/build", []),
]


@pytest.mark.parametrize(("action", "text", "expected"), TARGETS, ids=[f"{a} {t}" for a, t, _ in TARGETS])
def test_targets(explain: Explain, action: str, text: str, expected: list[tuple[str, str, str | None]]) -> None:
    def change(draft: Draft) -> None:
        draft.put("action", action)
        draft.put("target/typeURI", text)

    found = [p for p in explain("at-2018", change).problems if p.pointer == "/payload/target/typeURI"]
    assert [(p.code, p.case, text[slice(*p.within)] if p.within else None) for p in found] == expected


@pytest.mark.parametrize("text", ["is.vpc/vpc", "is/vpc"])
def test_services_of_two_parts(explain: Explain, text: str) -> None:
    def change(draft: Draft) -> None:
        draft.put("action", "is.vpc.vpc.create")
        draft.put("target/typeURI", text)

    assert "AT212" not in {p.code for p in explain("at-2020", change).problems}


@pytest.mark.parametrize(
    ("text", "case", "repair", "suggestion"),
    [
        ("security/account/user", "prefix", "service/security/account/user", None),
        ("Service/Security/Account/User", "spelling", "service/security/account/user", None),
        ("/service/security/account/user", "enum", None, "service/security/account/user"),
        ("User", "enum", None, None),
    ],
)
def test_initiators(explain: Explain, text: str, case: str, repair: str | None, suggestion: str | None) -> None:
    found = explain("at-2018", lambda draft: draft.put("initiator/typeURI", text)).problems
    assert [(p.code, p.case, p.repair, p.suggestion) for p in found] == [("AT215", case, repair, suggestion)]
