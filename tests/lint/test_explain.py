from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint import Explainer, Explanation
from atlint.model import Line
from atlint.rules.draft import Draft
from atlint.rules.selection import everything

SEED = (
    '{"meta":{"serviceProviderName":"YOUR_SERVICE_NAME","serviceProviderRegion":"YOUR_SERVICE_SPACE_REGION",'
    '"serviceProviderProjectId":"YOUR_SERVICE_SPACE_ID","userAccountIds":["USER_ACCOUNT_ID"],'
    '"userSpaceId":"USER_SPACE_ID","userSpaceRegion":"USER_SPACE_REGION"},"payload":{"initiator":'
    '{"id":"rbertram@us.ibm.com","typeURI":"security/account/user","credential":{"type":"user"}},"target":'
    '{"id":"crn:v1:bluemix:public:containers-kuberentes:dal09:a/4324327284:6e4c93cdf28e47f6abecb7e97e65056d::",'
    '"typeURI":"containers-kubernetes/worker"},"action":"containers-kubernetes.worker.create",'
    '"outcome":"success","reason":{"reasonCode":200},"severity":"normal",'
    '"eventTime":"2017-10-19 19:07:50.32 +0000 UTC"}}'
)


def marked(found: Explanation) -> set[tuple[str, str, str]]:
    """Code, pointer and the text under the caret."""
    text = found.line.text
    places = ((problem, found.place(problem)) for problem in found.problems)
    return {(problem.code, problem.pointer, text[place.start : place.end]) for problem, place in places}


def test_the_seeds_own_sample() -> None:
    found = Explainer(everything("at-2018"), 1769817600.0).explain(Line("a.log", 1, 0, SEED.encode()))
    assert marked(found) >= {
        ("AT110", "/meta/serviceProviderName", '"YOUR_SERVICE_NAME"'),
        ("AT110", "/meta/serviceProviderRegion", '"YOUR_SERVICE_SPACE_REGION"'),
        ("AT110", "/meta/serviceProviderProjectId", '"YOUR_SERVICE_SPACE_ID"'),
        ("AT110", "/meta/userAccountIds/0", '"USER_ACCOUNT_ID"'),
        ("AT110", "/meta/userSpaceId", '"USER_SPACE_ID"'),
        ("AT110", "/meta/userSpaceRegion", '"USER_SPACE_REGION"'),
        ("AT310", "/payload/target/id", "containers-kuberentes"),
        ("AT501", "/payload/eventTime", '"2017-10-19 19:07:50.32 +0000 UTC"'),
        ("AT215", "/payload/initiator/typeURI", '"security/account/user"'),
        ("AT101", "/payload/initiator/name", "{"),
        ("AT101", "/payload/initiator/host/address", "{"),
        ("AT101", "/payload/target/name", "{"),
    }
    assert {problem.code for problem in found.problems} >= {"AT401"}
    assert sum(problem.code == "AT110" for problem in found.problems) == 6


Change = Callable[[Draft], Any]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        pytest.param(
            lambda d: d.put("meta/serviceProviderRegion", "<REGION>"), {"AT110"}, id="a placeholder is no region"
        ),
        pytest.param(
            lambda d: d.put("target/id", "crn:v1:bluemix:public"), {"AT301"}, id="a malformed CRN names no service"
        ),
        pytest.param(lambda d: d.put("outcome", 1), {"AT108"}, id="a number is no outcome to compare"),
        pytest.param(lambda d: d.put("payload", None), {"AT102"}, id="null has no fields to miss"),
        pytest.param(lambda d: d.value.pop("payload"), {"AT101"}, id="an absent record misses no fields of its own"),
        pytest.param(lambda d: d.put("action", ""), {"AT105"}, id="an empty action names no service"),
        pytest.param(
            lambda d: (d.put("severty", d.get("severity")), d.drop("severity")),
            {"AT101"},
            id="a misspelt field is one fault",
        ),
        pytest.param(
            lambda d: (d.put("meta/service_provider_region", "ng"), d.drop("meta/serviceProviderRegion")),
            {"AT108"},
            id="a snake_case field is not missing besides",
        ),
        pytest.param(lambda d: d.put("outcome", "Success "), {"AT103"}, id="case and blanks of a closed value"),
    ],
)
def test_one_fault_is_one_finding(explain: Callable[..., Explanation], change: Change, codes: set[str]) -> None:
    assert {problem.code for problem in explain("at-2018", change).problems} == codes


def test_columns_count_code_points_and_look_behind_escapes(explain: Callable[..., Explanation]) -> None:
    def change(draft: Draft) -> bytes:
        draft.put("target/name", "😀é")
        line = draft.line().decode()
        return line.replace('"success"', '"\\u0073uccess!"').encode()

    found = explain("at-2018", change)
    (problem,) = found.problems
    place = found.place(problem)
    assert found.line.text[place.start : place.end] == '"\\u0073uccess!"'


def test_a_credential_is_found_however_its_slashes_are_spelt() -> None:
    tags = '"tags":["postgres:\\/\\/admin:q7Zk9q7Zk9q7@db.example.com\\/orders"]'
    raw = SEED.replace('"severity":"normal"', f'"severity":"normal",{tags}').encode()
    found = Explainer(everything("at-2018")).explain(Line("a.log", 1, 0, raw))
    assert ("AT524", "/payload/tags/0") in {(problem.code, problem.pointer) for problem in found.problems}
