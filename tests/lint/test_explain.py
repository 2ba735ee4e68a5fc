from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint import Explainer, Explanation
from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.model import Line
from atlint.plan import Settings, compile_plan
from atlint.rules.draft import Draft
from atlint.rules.selection import Choice, choose, everything

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


CRN = "crn:v1:bluemix:public:containers-kubernetes:us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:{}"
GUID = "0f9d1b6a-52c3-4e78-8a41-6be0c97d2f10"


@pytest.mark.parametrize(
    ("role", "value", "codes"),
    [
        pytest.param("target/id", CRN.format(f"{GUID}:worker:w\ud83d"), {"AT014"}, id="resource"),
        pytest.param("target/id", CRN.format(f"{GUID}:work\ude00er:w3"), {"AT014"}, id="resource type"),
        pytest.param("target/id", CRN.replace("a/3f", "a/\ud800").format(f"{GUID}:worker:w3"), {"AT014"}, id="account"),
        pytest.param("target/id", CRN.replace("-kub", "\ud800").format(f"{GUID}:worker:w3"), {"AT014"}, id="service"),
        pytest.param("target/id", CRN.format(f"{GUID}:wor\ud800ker"), {"AT014", "AT301"}, id="and too few segments"),
        pytest.param("target/id", CRN.format(f"{GUID}:Worker:w\ud800"), {"AT014", "AT304"}, id="and another segment"),
        pytest.param(
            "target/id", CRN.format(f"{GUID}:worker:jo@x.example\ud800"), {"AT014", "AT314"}, id="and an address"
        ),
        pytest.param("action", "containers-kubernetes.work\ud800er.create", {"AT014"}, id="action"),
        pytest.param("target/typeURI", "containers-kubernetes/wor\ud800", {"AT014"}, id="typeURI"),
        pytest.param("outcome", "suc\ud800ess", {"AT014"}, id="a closed choice"),
        pytest.param(
            "tags", ["\ud83d Authorization: Bearer q7Zk9q7Zk9q7q7Zk9q7Zk9q7"], {"AT014", "AT524"}, id="and a token"
        ),
        pytest.param("requestData", '{"password":"S3cure!\ud83d"}', {"AT014", "AT524"}, id="within a password"),
    ],
)
@pytest.mark.parametrize("quick", [True, False])
def test_half_a_character_is_one_fault(role: str, value: Any, codes: set[str], *, quick: bool) -> None:
    """It is told of no part besides; a credential in the same text, and a fault of another part, are told as well."""
    draft = Draft(everything("at-2018"), copy.deepcopy(next(iter(compliant("at-2018")))))
    draft.put(role, value)
    judge = Judge(draft.plan, 1769817600.0, explain_only=not quick)
    found = judge.explainer.explain(Line("a.log", 1, 0, json.dumps(draft.value).encode()))
    assert {problem.code for problem in found.problems} == codes


def test_half_a_character_of_a_key_is_told_of_no_value() -> None:
    raw = SEED.replace('"payload":{', '"payload":{"\\ud800":1,"tags":{"a":"\\ud800"},"tags":7,').encode()
    codes = [problem.code for problem in Explainer(everything("at-2018")).explain(Line("a.log", 1, 0, raw)).problems]
    assert codes.count("AT014") == 2
    assert {"AT104", "AT310", "AT501"} <= set(codes)


@pytest.mark.parametrize("key", ["²", "9" * 5_000, "x"])
def test_half_a_character_below_a_key_that_comes_again_as_an_array(key: str) -> None:
    raw = SEED.replace('"payload":{', f'"payload":{{"tags":{{"{key}":"\\ud800"}},"tags":[7],').encode()
    codes = [problem.code for problem in Explainer(everything("at-2018")).explain(Line("a.log", 1, 0, raw)).problems]
    assert {"AT005", "AT014"} <= set(codes)


def test_who_ignores_half_characters_sees_what_they_break() -> None:
    plan = compile_plan("at-2018", settings=Settings(choose("at-2018", Choice(ignore=("AT014",)))))
    raw = SEED.replace("6e4c93cdf28e47f6abecb7e97e65056d", "6e4c93\\ud800").encode()
    found = Explainer(plan).explain(Line("a.log", 1, 0, raw))
    assert "AT304" in {problem.code for problem in found.problems}


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
