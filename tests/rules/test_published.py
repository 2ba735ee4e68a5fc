"""What was really published must not drown, and what is really wrong in it must be told."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from atlint.lint import Explanation
from atlint.lint.explain import level
from atlint.model import Severity

Explain = Callable[..., Explanation]

#: the sample of the document that at-2018 starts from
SEED = {
    "meta": {
        "serviceProviderName": "YOUR_SERVICE_NAME",
        "serviceProviderRegion": "YOUR_SERVICE_SPACE_REGION",
        "serviceProviderProjectId": "YOUR_SERVICE_SPACE_ID",
        "userAccountIds": ["USER_ACCOUNT_ID"],
        "userSpaceId": "USER_SPACE_ID",
        "userSpaceRegion": "USER_SPACE_REGION",
    },
    "payload": {
        "initiator": {
            "id": "rbertram@us.ibm.com",
            "typeURI": "security/account/user",
            "credential": {"type": "user"},
        },
        "target": {
            "id": "crn:v1:bluemix:public:containers-kuberentes:dal09:a/4324327284:6e4c93cdf28e47f6abecb7e97e65056d::",
            "typeURI": "containers-kubernetes/worker",
        },
        "action": "containers-kubernetes.worker.create",
        "outcome": "success",
        "reason": {"reasonCode": 200},
        "severity": "normal",
        "eventTime": "2017-10-19 19:07:50.32 +0000 UTC",
    },
}


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The published events that the repository does not hold."""
    shared = os.environ.get("ATLINT_SHARED")
    root = Path(shared) if shared else Path(__file__).parents[3] / "shared"
    if not (root / "corpus").is_dir():
        pytest.skip("the corpus of published events is not here; ATLINT_SHARED may name its folder")
    return root / "corpus"


def test_the_seeds_sample(explain: Explain) -> None:
    found = {p.code: p for p in explain("at-2018", lambda _: json.dumps(SEED).encode()).problems}
    slip, text = found["AT310"], SEED["payload"]["target"]["id"]  # type: ignore[index]
    assert (slip.case, slip.suggestion) == ("near-miss", "containers-kubernetes")
    assert slip.within is not None
    assert text[slice(*slip.within)] == "containers-kuberentes"
    assert found["AT215"].repair == "service/security/account/user"
    assert {code for code in found if code[:3] in {"AT2", "AT3"}} == {"AT215", "AT307", "AT310", "AT312"}


@pytest.mark.parametrize("edition", ["at-2018", "at-2025"])
def test_published_actions_do_not_drown(explain: Explain, corpus: Path, edition: str) -> None:
    rows = [line.split("\t") for line in (corpus / "actions.tsv").read_text(encoding="utf-8").splitlines()]
    actions = [row[0] for row in rows if row[2] == "at-event"]
    told: Counter[str] = Counter()
    for action in actions:
        explanation = explain(edition, lambda draft, action=action: draft.put("action", action))
        told.update(
            p.code for p in explanation.problems if p.code < "AT207" and level(explanation.plan, p) is Severity.ERROR
        )
    assert len(actions) > 1000
    assert told.total() <= len(actions) / 100


def test_published_crns_are_malformed_where_a_segment_is_missing_or_extra(explain: Explain, corpus: Path) -> None:
    rows = [line.split("\t") for line in (corpus / "crns.txt").read_text(encoding="utf-8").splitlines()[1:]]
    assert len(rows) > 300
    for text, flags, *_ in rows:
        explanation = explain("at-2018", lambda draft, text=text: draft.put("target/id", text))
        told = [p for p in explanation.problems if p.code == "AT301" and p.pointer == "/payload/target/id"]
        assert bool(told) == (not flags.endswith("segs=10")), text


def test_published_events_have_few_errors_of_names_and_targets(explain: Explain, corpus: Path) -> None:
    rows = [json.loads(line) for line in (corpus / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    codes: Counter[str] = Counter()
    for event in (row["event"] for row in rows):
        edition = "at-2020" if "payload" not in event else "at-2019" if "logSourceCRN" in event else "at-2018"
        raw = json.dumps(event).encode()
        explanation = explain(edition, lambda _, raw=raw: raw)
        codes.update(
            {p.code for p in explanation.problems if level(explanation.plan, p) is Severity.ERROR}
            & {"AT201", "AT205", "AT207", "AT301", "AT310", "AT314"}
        )
    assert set(codes) <= {"AT201", "AT301", "AT310"}
    assert codes.total() <= 6
