"""Law 1 at close quarters: what the acceptor takes, the rules' own checks have nothing to say about."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint.accept import compile_acceptor
from atlint.lint.examples import compliant
from atlint.lint.explain import Explainer
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.plan.registration import Registration
from atlint.pointer import tokens
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.selection import Choice
from tests.lint.edges import NOW, REGISTERED, SELECTIONS, lines, plan_of


@pytest.fixture(params=[True, False], ids=["compiled", "by hand"])
def quickly(request: pytest.FixtureRequest) -> bool:
    if request.param:
        pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    return bool(request.param)


def single(plan: Plan, *, quickly: bool) -> Callable[[bytes], str | None]:
    """The acceptor for one line at a time: its action where it is surely clean."""
    accept = compile_acceptor(plan, NOW, quickly=quickly)

    def action(raw: bytes) -> str | None:
        clean = accept((raw,))
        return clean.actions[0] if clean.numbers else None

    return action


@pytest.mark.parametrize("choice", SELECTIONS)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("registration", [None, REGISTERED], ids=["alone", "registered"])
def test_what_is_accepted_has_no_finding(
    edition: str, choice: Choice, registration: Registration | None, quickly: bool
) -> None:
    plan = plan_of(edition, choice, registration)
    accept, explainer = single(plan, quickly=quickly), Explainer(plan, NOW)
    draw = random.Random(f"{edition}{choice}{registration}")
    taken = 0
    for raw in lines(plan, draw, 40):
        for _ in range(2):  # the second time from memory
            if accept(raw) is not None:
                taken += 1
                assert explainer.explain(Line("-", 1, 0, raw)).problems == (), raw
    assert taken


@pytest.mark.parametrize("edition", EDITIONS)
def test_compliant_lines_are_accepted_with_their_action(edition: str, quickly: bool) -> None:
    plan = plan_of(edition, Choice())
    accept = single(plan, quickly=quickly)
    for event in compliant(edition):
        assert accept(Draft(plan, event).line()) == Draft(plan, event).get("action")


GOOD = (
    '{"meta":{"serviceProviderName":"kms","serviceProviderRegion":"ng","serviceProviderProjectId":'
    '"5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32","userAccountIds":["3f1b7c0d9e2a4586b1c7d0e9f8a24356"]},"payload":'
    '{"eventTime":"2018-11-29T08:14:52.07+0000","action":"kms.secrets.create","outcome":"success","severity":"normal",'
    '"reason":{"reasonCode":200},"initiator":{"id":"IBMid-55000KQ3RZ","name":"anna@example.com","typeURI":'
    '"service/security/account/user","credential":{"type":"token"},"host":{"address":"203.0.113.24"}},"target":{"id":'
    '"crn:v1:bluemix:public:kms:us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:6e4c93cd:secrets:7f","name":"n","typeURI":'
    '"kms/secrets"},"requestData":"{\\"a\\":1}"}}'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"name":"n"', '"name":"m","name":"n"'),
        ('"name":"n"', '"name":"m","n\\u0061me":"n"'),
        ('"name":"n"', '"name":"m","name" :"n"'),
        ('"outcome":"success"', '"outcome":"success","outcome":"success"'),
        ('"reasonCode":200', '"reasonCode":200,"reasonCode":200'),
        ('{\\"a\\":1}', '{\\"a\\":1,\\"a\\":1}'),
        ('{\\"a\\":1}', '{\\u0022a\\u0022:1}","requestData":"{\\"a\\":1}'),
        ('{\\"a\\":1}', '{\\"a\\":{}}'),
        ('{\\"a\\":1}', '{\\"a\\":99999999999999999999}'),
        ('{\\"a\\":1}', '{\\"a\\":1e999}'),
        ('{\\"a\\":1}', '{\\"a\\":\\"\\\\ud800\\"}'),
        ('{\\"a\\":1}', '{\\"token\\":\\"a1b2c3d4e5f6g7h8i9j0\\"}'),
        ('{\\"a\\":1}', '{\\"a\\":\\"https://u:secret@h.example.com\\"}'),
        ("08:14:52.07", "08:14:60.07"),
        ("2018-11-29", "2018-11-31"),
        ("2018-11-29", "2118-11-29"),
        ("2018-11-29", "2008-11-29"),
        ("us-south:a/", "atlantis:a/"),
        ("us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356", "us-south:a/00000000000000000000000000000000"),
        (":6e4c93cd:secrets:7f", ":6e4c93cd::r"),
        (":6e4c93cd:secrets:7f", ":6e4c93cd:secret:anna"),
        (":6e4c93cd:secrets:7f", ":6e4c93cd:secret:$a"),
        (":6e4c93cd:secrets:7f", ":6e4c93cd:secret:a@b.example.com"),
        (":6e4c93cd:secrets:7f", ":6e4c93cd:secret:eyJhbGciOiJIUzI1.eyJhbGciOiJIUzI1.eyJhbGciOiJIUzI1"),
        (":kms:us-south", ":cos:us-south"),
        ('"name":"n"', '"name":" n"'),
        ('"name":"n"', '"name":"n\\u00a0"'),
        ('"name":"n"', '"name":"n\\t"'),
        ('"name":"n"', '"name":"<NAME>"'),
        ('"name":"n"', '"name":"XXXX"'),
        ('"name":"n"', '"name":"\\ud800"'),
        ('"name":"n"', '"name":"\\ud83d\\u0041"'),
        ('"name":"n"', '"name":"a\x07"'),
        ('"severity":"normal"', '"severity":"critical"'),
        ('"reasonCode":200', '"reasonCode":404'),
        ('"reasonCode":200', '"reasonCode":200.5'),
        ('"reasonCode":200', '"reasonCode":600'),
        ('"reasonCode":200', '"reasonCode":"200"'),
        ("203.0.113.24", "127.0.0.1"),
        ('}"}}', '}"}}\r'),
        ('}"}}', '}"},"time":1}'),
        ("{", "\ufeff{"),
    ],
)
def test_near_misses_are_not_accepted(old: str, new: str, quickly: bool) -> None:
    plan = plan_of("at-2018", Choice(select=("ALL",)))
    accept, explainer = single(plan, quickly=quickly), Explainer(plan, NOW)
    assert accept(GOOD.encode()) == "kms.secrets.create"
    raw = GOOD.replace(old, new, 1).encode()
    assert explainer.explain(Line("-", 1, 0, raw)).problems
    assert accept(raw) is None


def test_a_leap_second_is_accepted(quickly: bool) -> None:
    accept = single(plan_of("at-2018", Choice()), quickly=quickly)
    assert accept(GOOD.replace("2018-11-29T08:14:52", "2016-12-31T23:59:60").encode()) is not None


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_credential_is_accepted_at_no_place(edition: str, *, quickly: bool) -> None:
    """Neither at one that is asked about by the letters of its texts, nor at one that is cut into pieces."""
    plan = plan_of(edition, Choice(select=("AT524",)))
    accept, check = single(plan, quickly=quickly), REGISTRY["AT524"].check
    assert check is not None
    taken, told = set(), 0
    for event in compliant(edition):
        for pointer, text, _ in Reading(plan, event).strings():
            for leak in ("{}", "apikey: {}", "x token:{}", "API key = {}", "secret : {}", "{}?token={}", "Bearer {}"):
                made = leak.replace("{}", "q7Xw2mZ9dKf4Lr8vTb1N")
                for value in (made, f"{text} {made}", f"{text}:{made}", f"{text}{made}"):
                    changed = planted(event, pointer, value)
                    leaks = any(True for _ in check(Reading(plan, changed)))
                    told += leaks
                    if accept(json.dumps(changed).encode()):
                        assert not leaks, (pointer, value)
                        taken.add(pointer)
    assert told > 1000
    assert len(taken) > 5


def planted(event: dict[str, Any], pointer: str, value: str) -> dict[str, Any]:
    changed = copy.deepcopy(event)
    *path, last = tokens(pointer)
    box: Any = changed
    for token in path:
        box = box[int(token) if isinstance(box, list) else token]
    box[int(last) if isinstance(box, list) else last] = value
    return changed
