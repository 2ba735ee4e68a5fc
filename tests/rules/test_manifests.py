"""The manifests that breakers of family AT7 begin with: those of the draft's service, as text kept in a file."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, Final

import pytest
import yaml

from atlint.lint.examples import compliant
from atlint.plan import EDITIONS
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests, encoded, swapping
from atlint.rules.rule import Broken
from atlint.rules.selection import everything
from tests.rules.test_said import differing, kept

#: changes of an event, of which the manifests follow some
CHANGES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"message": "it's 'quoted'"},
    {"meta/serviceProviderName": "kms", "meta/serviceProviderRegion": "eu-de", "meta/serviceProviderProjectId": "p1"},
    {"meta/serviceProviderRegion": "nowhere", "meta/serviceProviderProjectId": None},
    {"meta/serviceProviderRegion": 7, "meta/serviceProviderName": ""},
    {"meta": None},
    {"meta": None, "action": "kms"},
)


def of(edition: str, changes: dict[str, Any]) -> Manifests:
    draft = Draft(everything(edition), copy.deepcopy(next(compliant(edition))))
    for role, value in changes.items():
        draft.put(role, value)
    return Manifests.of(draft)


def test_the_manifests_of_an_event() -> None:
    first = of("at-2018", {}).text
    pages = [first]
    for edition in ("at-2018", "at-2020"):
        for changes in CHANGES:
            made = of(edition, changes)
            pages.append(f"# {edition} {json.dumps(changes)}\n{made.host} {made.region} {made.services}")
            pages += [line for line in differing(first, made.text) if line.startswith("  +")]
    kept("manifests.txt", "\n".join(pages))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_manifests_are_yaml_and_hold_the_event(edition: str) -> None:
    made = of(edition, {"message": "it's"})
    kinds = [document["kind"] for document in yaml.safe_load_all(made.text)]
    assert kinds
    assert encoded(made.services) in made.text
    assert "it\\u0027s" in made.text
    assert [mark for mark in ("EVENT", "HOST", "REGION", "SERVICES") if f"@{mark}@" in made.text] == []


def test_only_what_is_there_is_swapped_and_once() -> None:
    made = Manifests("a b a b", {"service_name": "kms"}, "host", "ng")
    made.swap("a", "c")
    assert made.text == "c b a b"
    with pytest.raises(ValueError, match=r"^the sample has no 'x'$"):
        made.swap("x", "y")
    made = Manifests(f"<{encoded({'service_name': 'kms'})}>\n\n", {"service_name": "kms"}, "host", "ng")
    made.declare(service_name="other", project_id="p")
    assert made.services == {"service_name": "other", "project_id": "p"}
    assert made.text == f"<{encoded(made.services)}>\n\n"
    assert made.broken("/a") == Broken(made.text.strip().encode(), "/a")


def test_a_breaker_makes_all_replacements_of_one_group() -> None:
    draft = Draft(everything("at-2018"), next(compliant("at-2018")))
    before, host = Manifests.of(draft).text.strip(), Manifests.of(draft).host
    breaker = swapping("/x/@HOST@/y", [("@HOST@", "h-@HOST@"), ("kind: ", "KIND: ")], [("kind: ", "Kind: ")])
    wanted = {
        before.replace(host, f"h-{host}", 1).replace("kind: ", "KIND: ", 1),
        before.replace("kind: ", "Kind: ", 1),
    }
    made = [breaker(draft, random.Random(seed)) for seed in range(12)]
    assert {one.raw.decode() for one in made if isinstance(one, Broken)} == wanted
    assert {one.pointer for one in made if isinstance(one, Broken)} == {f"/x/{host}/y"}
