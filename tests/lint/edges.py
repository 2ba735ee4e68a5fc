"""Lines near the edge: compliant, broken, broken again, mutated, spliced from two; and narrow selections of rules."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from atlint.load.chooser import Dice
from atlint.load.compose import compose
from atlint.load.mix import breakable
from atlint.load.world import world_of
from atlint.plan import Plan, Settings, compile_plan
from atlint.plan.registration import Action, Region, Registration
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken
from atlint.rules.selection import Choice, choose

NOW = 1769817600.0
ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
REGISTERED = Registration(
    edition="at-2018",
    service="kms",
    display_name="Key Protect",
    aliases=("key-protect",),
    user_copy="account",
    logs="",
    regions=(Region("production", "ng", "", "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", ACCOUNT),),
    actions=(Action("kms.secrets.create", "kms/secrets", "normal", ("success",)),),
)
SELECTIONS = [
    Choice(select=("ALL",)),
    Choice(),
    Choice(select=("AT0",)),
    Choice(select=("AT310", "AT313", "AT314", "AT524")),
    Choice(ignore=("AT1", "AT2")),
    Choice(select=("AT5",), severity={"AT521": "off"}),
]
PIECES = [
    b"", b'"', b",", b"}", b"{", b"\\", b" ", b"0", b"null", b"\xff", b"\xed\xa0\x80", b"a", b":", b'{"a":1}', b"\t",
    b"\\u0022", b'\\"', b"\r", b"\\ud800", b"\xc2\xa0", b"1e400", b'"outcome":"success",', b'"id":"x",', b"<A>",
    b"xxxx", b'"requestData":{},', b"99999999999999999999", b"@", b"token=a1b2c3d4e5f6g7h8i9", b"[", b"::",
    b"token:a1B2c3D4e5F6g7H8i9", b"API key = a1B2c3D4e5F6g7H8i9", b":secret:", b"token: ",
]  # fmt: skip


def plan_of(edition: str, choice: Choice, registration: Registration | None = None) -> Plan:
    return compile_plan(edition, registration, Settings(choose(edition, choice)))


def spelt(value: Any, draw: random.Random) -> bytes:
    """In any order of keys, with any separators, escaped or not."""
    text = json.dumps(
        shuffled(value, draw),
        ensure_ascii=draw.random() < 0.3,
        separators=draw.choice([(",", ":"), (", ", ": "), (" ,", " :"), (",\t", ":\t")]),
    )
    return (text.replace("/", "\\/") if draw.random() < 0.1 else text).encode()


def shuffled(value: Any, draw: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key], draw) for key in draw.sample(list(value), len(value))}
    return value


def mutated(raw: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(raw) + 1)
        raw = raw[:at] + draw.choice(PIECES) + raw[at + draw.randrange(3) :]
    return raw.replace(b"\n", b"")


def events(plan: Plan, draw: random.Random, count: int) -> list[dict[str, Any]]:
    world = world_of(plan)
    return [compose(plan, Dice(draw), world) for _ in range(count)]


def lines(plan: Plan, draw: random.Random, count: int) -> list[bytes]:
    """Compliant, broken, mutated, and spliced from two: the same values come back in other company."""
    rules = breakable(plan)
    goods = events(plan, draw, count)
    made: list[bytes] = []
    for good in goods:
        made.append(spelt(good, draw))
        draft = Draft(plan, copy.deepcopy(good))
        breaker = draw.choice(rules).breaker
        assert breaker is not None
        broken = breaker(draft, draw)
        raw = broken.raw.split(b"\n")[-1] if isinstance(broken, Broken) else spelt(draft.value, draw)
        made += [raw, mutated(draw.choice([raw, made[-1]]), draw), spelt(crossed(good, draw.choice(goods), draw), draw)]
    return made


def crossed(one: dict[str, Any], other: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Each member from one of two events."""
    child = dict(one)
    for key, value in other.items():
        if draw.random() < 0.4:
            mine = one.get(key)
            both = isinstance(value, dict) and isinstance(mine, dict)
            child[key] = crossed(mine, value, draw) if both else value
    return child


def breakings(plan: Plan, draw: random.Random, count: int) -> list[bytes]:
    """Events that several breakers have changed one after the other, and values that stand where they do not belong."""
    rules = [rule.breaker for rule in breakable(plan) if rule.breaker]
    made: list[bytes] = []
    for good in events(plan, draw, count):
        draft = Draft(plan, copy.deepcopy(good))
        for breaker in draw.sample(rules, draw.randint(1, 4)):
            try:
                broken = breaker(draft, draw)
            except (AttributeError, TypeError, ValueError, KeyError, IndexError):
                continue  # breakers are made for compliant events, and this one is no longer
            if isinstance(broken, Broken):
                made.append(broken.raw.split(b"\n")[-1])
        made.append(spelt(draft.value, draw))
        misplace(draft.value, draw)
        made.append(spelt(draft.value, draw))
    return made


#: what stands anywhere by mistake
STRAYS = (
    None, True, False, 7, -1, 200.5, 2**63, 2**64 - 1, "", "x", " success", "YOUR_NAME", "xxxx", "<A>", 'a"b', [], {},
    ["a"], ["YOUR_ID", 3], {"a": 1}, {"password": "S3cure!x"}, "crn:v1", "a.b.c", "127.0.0.1", "a@b.example.com",
    "crn:v1:bluemix:public:kms:us-south:a/1:2:3:4", "Bearer q7Zk9q7Zk9q7Zk9q7Zk9", "token=a1b2c3d4e5f6g7h8i9",
    "2018-11-31T08:14:52.07+0000",
)  # fmt: skip


def misplace(value: dict[str, Any], draw: random.Random) -> None:
    """Put something else in a place of the event, add a member, or take one away."""
    box: Any = value
    while True:
        inner = [child for child in box.values() if isinstance(child, dict) and child]
        if not inner or draw.random() < 0.4:
            break
        box = draw.choice(inner)
    key = draw.choice([*box, *box, "colour", "time", "tags", "id", " outcome", "action.verb", "service_provider_name"])
    if draw.random() < 0.2:
        box.pop(key, None)
    else:
        box[key] = draw.choice(STRAYS)
