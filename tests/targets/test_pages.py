"""What `compile` writes for people and for other validators: docs, issue, jsonschema, and the registration itself."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from atlint.lint import Explainer
from atlint.lint.examples import compliant
from atlint.model import AtlintError, Line
from atlint.pipeline import document
from atlint.pipeline.registration_file import read
from atlint.plan import EDITIONS
from atlint.plan.registration import Registration
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import everything
from atlint.targets.docs import page
from atlint.targets.issue import issue
from atlint.targets.jsonschema import bundle

MORE = """\
  - action: containers-kubernetes.worker.delete
    severity: critical
    outcomes: [success, failure]
  - action: containers-kubernetes.cluster.update
    outcomes: [failure]
"""


def registration(text: str = EXAMPLE, edition: str = "at-2018") -> Registration:
    found = read(document.read(text.replace("at-2018", edition).encode(), "registration.yaml")).registration
    assert found is not None
    return found


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_declared_action_has_an_example_that_is_compliant(edition: str) -> None:
    plan = everything(edition, registration(EXAMPLE + MORE, edition))
    text = page(plan)
    assert text == page(plan)
    examples = re.findall(r"Example of `([^`]+)`:\n\n```json\n(.*?)\n```", text, re.DOTALL)
    assert [action for action, _ in examples] == [
        "containers-kubernetes.cluster.update",
        "containers-kubernetes.worker.create",
        "containers-kubernetes.worker.delete",
    ]
    for action, shown in examples:
        record = json.loads(shown)
        assert record["action"] == action
        problems = Explainer(plan).explain(Line("-", 1, 0, json.dumps(_whole(record, edition)).encode())).problems
        assert {problem.code for problem in problems} <= {"AT101", "AT402", "AT412"}, problems


def _whole(record: object, edition: str) -> object:
    """With the envelope that customers do not see; its own fields are what AT101, AT402 and AT412 miss."""
    return (
        {"payload": record, "meta": {}}
        if edition == "at-2018"
        else {"payload": record}
        if edition == "at-2019"
        else record
    )


def test_the_page_lists_outcomes_severities_and_fields() -> None:
    text = page(everything("at-2018", registration(EXAMPLE + MORE)))
    assert "| `containers-kubernetes.worker.delete` |  | success, failure | critical |" in text
    assert "| `initiator.credential.type` |" in text
    assert "serviceProviderProjectId" not in text


def test_text_of_the_registration_is_no_markup() -> None:
    text = EXAMPLE.replace("displayName: Kubernetes Service", 'displayName: "a|b <script>x</script>"')
    for made in (page(everything("at-2018", registration(text))), issue(registration(text))):
        assert "<script" not in made
        assert "a|b" not in made


@pytest.mark.parametrize("text", [EXAMPLE.split("actions:\n")[0], None])
def test_a_page_needs_actions(text: str | None) -> None:
    with pytest.raises(AtlintError, match="registration with actions"):
        page(everything("at-2018", registration(text) if text else None))


def test_the_issue_has_every_fact() -> None:
    text = issue(registration())
    for fact in (
        "containers-kubernetes",
        "Kubernetes Service",
        "stage1",
        "Dallas",
        "https://activity-tracker.stage1.ng.bluemix.net",
        "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
        "3f1b7c0d9e2a4586b1c7d0e9f8a24356",
        "service token",
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("pointer", "value", "valid"),
    [
        ("meta/serviceProviderName", "containers-kubernetes", True),
        ("meta/serviceProviderName", "kms", False),
        ("meta/serviceProviderRegion", "eu-gb", False),
        ("meta/serviceProviderProjectId", "a:3f1b7c0d9e2a4586b1c7d0e9f8a24356", True),
        ("meta/serviceProviderProjectId", "9c1d7b20-4e6f-4a53-8b12-70d5e3f6a981", False),
        ("payload/action", "containers-kubernetes.worker.delete", True),
        ("payload/action", "containers-kubernetes.worker.reload", False),
    ],
)
def test_the_schema_is_narrowed_to_the_service(pointer: str, value: str, *, valid: bool) -> None:
    schema = bundle(everything("at-2018", registration(EXAMPLE + MORE)))
    jsonschema.Draft202012Validator.check_schema(schema)
    event = next(iter(compliant("at-2018")))
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(event)
    outer, inner = pointer.split("/")
    event[outer][inner] = value
    assert validator.is_valid(event) is valid


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_schema_of_each_edition_can_be_narrowed(edition: str) -> None:
    schema = bundle(everything(edition, registration(EXAMPLE, edition)))
    jsonschema.Draft202012Validator.check_schema(schema)
    payload = schema["properties"]["payload"]
    record = payload if "properties" in payload else schema
    assert record["properties"]["action"]["enum"] == ["containers-kubernetes.worker.create"]
