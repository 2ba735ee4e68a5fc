"""What a Plan is asked: places, names of services, and the digest of all that went into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from atlint.model import Severity
from atlint.plan import EDITIONS, Settings, compile_plan, record_of, truth, vocabulary
from atlint.plan.registration import Action, Region, Registration, from_value
from tests.plan.conftest import Copy

WHOLE = {
    "edition": "at-2020",
    "service": {"name": "kms", "displayName": "Key Protect", "aliases": ["key-protect", "kp"]},
    "userCopy": "space",
    "logs": "/var/log/at/kms",
    "registrations": [
        {
            "environment": "production",
            "region": "eu-de",
            "endpoint": "https://tracker.example.com",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "3f1b7c0d9e2a4586b1c7d0e9f8a24356",
        },
        {},
    ],
    "actions": [
        {"action": "kms.secrets.rotate", "target": "kms/secrets", "severity": "warning", "outcomes": ["success"]},
        {},
    ],
}
KMS = from_value(WHOLE)
LEVELS = {"AT310": {"": Severity.INFO, "slip": Severity.ERROR}, "AT101": {"": Severity.WARNING}}
Change = Callable[[Any], object]


def test_a_registration_has_all_that_the_file_says() -> None:
    assert (
        Registration(
            edition="at-2020",
            service="kms",
            display_name="Key Protect",
            aliases=("key-protect", "kp"),
            user_copy="space",
            logs="/var/log/at/kms",
            regions=(
                Region(
                    environment="production",
                    region="eu-de",
                    endpoint="https://tracker.example.com",
                    space_id="5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
                    account_id="3f1b7c0d9e2a4586b1c7d0e9f8a24356",
                ),
                Region("", "", "", "", ""),
            ),
            actions=(
                Action("kms.secrets.rotate", "kms/secrets", "warning", ("success",)),
                Action("", "", "", ()),
            ),
        )
        == KMS
    )
    assert KMS.names == {"kms", "key-protect", "kp"}
    assert KMS.action_names == {"kms.secrets.rotate", ""}


def test_what_a_file_leaves_out_is_empty_or_usual() -> None:
    empty = Registration("at-2018", "", "", (), "account", "", (), ())
    assert from_value({}) == empty
    assert from_value({"service": {"name": "kms"}}) == replace(empty, service="kms", display_name="kms")


def test_a_plan_keeps_what_it_is_given() -> None:
    settings = Settings(LEVELS, ("frobnicate",), {"kms": ("key-protect",)})
    plan = compile_plan("at-2019", KMS, settings)
    assert (plan.edition, plan.record, plan.levels, plan.registration) == ("at-2019", "/payload", LEVELS, KMS)
    assert plan.aliases == {"kms": frozenset(["key-protect"])}
    assert plan.vocabulary.verbs == compile_plan("at-2019").vocabulary.verbs | {"frobnicate"}
    assert plan.selected("AT310")
    assert not plan.selected("AT311")
    bare = compile_plan("at-2025")
    assert (bare.record, dict(bare.levels), bare.registration, dict(bare.aliases)) == ("", {}, None, {})
    assert not bare.selected("AT310")


@pytest.mark.parametrize(
    ("registration", "aliases", "service", "names"),
    [
        (None, {}, "kms", {"kms"}),
        (KMS, {}, "kms", {"kms", "key-protect", "kp"}),
        (KMS, {}, "kp", {"kms", "key-protect", "kp"}),
        (KMS, {}, "is", {"is"}),
        (None, {"is": ("vpc",)}, "is", {"is", "vpc"}),
        (None, {"is": ("vpc", "net")}, "vpc", {"is", "vpc", "net"}),
        (None, {"is": ("vpc",)}, "kms", {"kms"}),
        (None, {"is": ("vpc",), "kms": ("kp",)}, "kp", {"kms", "kp"}),
        (None, {"is": ("vpc",), "subnet": ("vpc",)}, "vpc", {"is", "vpc", "subnet"}),
        (KMS, {"kp": ("hs-crypto",)}, "kp", {"kms", "key-protect", "kp", "hs-crypto"}),
    ],
)
def test_names_of_a_service(
    registration: Registration | None, aliases: dict[str, tuple[str, ...]], service: str, names: set[str]
) -> None:
    assert compile_plan("at-2018", registration, Settings(aliases=aliases)).names_of(service) == names


@pytest.mark.parametrize(
    ("edition", "pointer", "found"),
    [
        ("at-2018", "", ""),
        ("at-2018", "/payload/target/id", "/payload/target/id"),
        ("at-2018", "/meta/userAccountIds/12", "/meta/userAccountIds/*"),
        ("at-2018", "/meta/userAccountIds/x", None),
        ("at-2018", "/payload/12", None),
        ("at-2018", "/colour/of/it", None),
        ("at-2025", "/target/id", "/target/id"),
    ],
)
def test_node_of_a_place(edition: str, pointer: str, found: str | None) -> None:
    node = compile_plan(edition).node(pointer)
    assert (node and node.pointer) == found


@pytest.mark.parametrize(
    ("edition", "pointer", "sensitive"),
    [
        ("at-2018", "", False),
        ("at-2018", "/meta/userAccountIds", False),
        ("at-2018", "/meta/userAccountIds/x", False),
        ("at-2018", "/meta/userAccountIds/0", True),
        ("at-2018", "/meta/userAccountIds/0/x/y", True),
        ("at-2018", "/meta/serviceProviderName", False),
        ("at-2018", "/nothing/of/this", False),
        ("at-2018", "/payload/initiator", False),
        ("at-2018", "/payload/initiator/name", True),
        ("at-2018", "/payload/initiator/0", False),
        ("at-2025", "/initiator/id/below", True),
    ],
)
def test_sensitive_is_a_place_or_what_is_above_it(edition: str, pointer: str, sensitive: bool) -> None:
    assert compile_plan(edition).sensitive(pointer) is sensitive


@pytest.mark.parametrize(
    ("edition", "event", "record"),
    [
        ("at-2018", {"payload": {"a": 1}, "meta": {}}, {"a": 1}),
        ("at-2018", {"meta": {}}, None),
        ("at-2018", {"payload": 7}, 7),
        ("at-2018", ["payload"], None),
        ("at-2025", {"a": 1}, {"a": 1}),
        ("at-2025", "text", None),
    ],
)
def test_the_record_of_an_event(edition: str, event: Any, record: Any) -> None:
    assert record_of(compile_plan(edition), event) == record


def tables() -> list[str]:
    """The files that a vocabulary is made of."""
    read: list[str] = []

    def noting(name: str) -> Any:
        read.append(name)
        return truth.read_json(name)

    with patch.object(vocabulary, "read_json", noting):
        vocabulary.load.__wrapped__("at-2018")
    return read


TELLING: list[tuple[str, Change]] = [(name, lambda s: s.update({"$comment": "more"})) for name in tables()]
TELLING += [
    ("editions/at-2018/event.schema.json", lambda s: s["properties"].pop("_id")),
    ("editions/at-2018/event.schema.json", lambda s: s["required"].pop()),
    ("editions/at-2018/event.schema.json", lambda s: s.pop("additionalProperties")),
    ("editions/at-2018/payload.schema.json", lambda s: s["properties"].update(message={"type": "number"})),
    ("editions/at-2018/payload.schema.json", lambda s: s["properties"].update(message={"type": "string"})),
]


@pytest.mark.parametrize(("name", "change"), TELLING)
def test_the_digest_follows_the_files(schemas: Copy, name: str, change: Change) -> None:
    before = compile_plan("at-2018").digest
    schemas.change(name, change)
    assert compile_plan("at-2018").digest != before


@pytest.mark.parametrize("name", ["crn", "action", "event-time", "type-uri", "message", "identity"])
def test_the_digest_follows_the_grammars(schemas: Copy, name: str) -> None:
    before = compile_plan("at-2018").digest
    text = (schemas.root / f"grammar/{name}.lark").read_text(encoding="utf-8")
    schemas.write(f"grammar/{name}.lark", f"{text}// more\n")
    assert compile_plan("at-2018").digest != before


@pytest.mark.parametrize("name", ["vocabulary/verbs.json", "vocabulary/endpoints.json"])
def test_the_digest_does_not_follow_the_order_of_members(schemas: Copy, name: str) -> None:
    before = compile_plan("at-2018").digest
    value = json.loads((schemas.root / name).read_text(encoding="utf-8"))
    schemas.write(name, json.dumps(dict(reversed(value.items()))))
    assert compile_plan("at-2018").digest == before


def test_the_digest_does_not_follow_what_is_said_for_people(schemas: Copy) -> None:
    before = compile_plan("at-2018").digest
    schemas.change("editions/at-2018/payload.schema.json", lambda s: s.update(description="otherwise"))
    assert compile_plan("at-2018").digest == before


def test_the_digest_does_not_follow_the_order_in_which_a_schema_names_codes(schemas: Copy) -> None:
    def codes(*pairs: tuple[str, str]) -> str:
        planted = {"format": "at-crn", "not": {}, "x-at": {"rule": dict(pairs)}}
        schemas.change("editions/at-2018/payload.schema.json", lambda s: s["properties"].update(planted=planted))
        return compile_plan("at-2018").digest

    one, other = ("format", "AT301"), ("not", "AT109")
    assert codes(one, other) == codes(other, one)
    assert codes(one, other) != codes(one, ("not", "AT110"))


@pytest.mark.parametrize("change", [lambda s: s.pop("x-at"), lambda s: s["x-at"].pop("record")])
def test_an_edition_that_does_not_say_where_its_record_is_has_it_at_the_root(schemas: Copy, change: Change) -> None:
    schemas.change("editions/at-2018/event.schema.json", change)
    assert compile_plan("at-2018").record == ""


def test_the_digest_tells_all_that_is_asked_for_apart() -> None:
    asked = [
        *((edition, None, None) for edition in EDITIONS),
        ("at-2018", KMS, None),
        ("at-2018", replace(KMS, logs="/elsewhere"), None),
        ("at-2018", None, Settings(LEVELS)),
        ("at-2018", None, Settings({"AT310": LEVELS["AT310"]})),
        ("at-2018", None, Settings({"AT310": {"": Severity.ERROR}})),
        ("at-2018", None, Settings(verbs=("frobnicate",))),
        ("at-2018", None, Settings(verbs=("tickle",))),
        ("at-2018", None, Settings(aliases={"kms": ("kp",)})),
        ("at-2018", None, Settings(aliases={"kms": ("kp", "key-protect")})),
        ("at-2018", None, Settings(aliases={"kp": ("kms",)})),
    ]
    digests = [compile_plan(*each).digest for each in asked]
    assert len(set(digests)) == len(asked)
    assert all(len(digest) == 12 and set(digest) <= set("0123456789abcdef") for digest in digests)


def test_the_digest_is_the_same_in_whatever_order_it_is_asked_for() -> None:
    one = Settings(LEVELS, aliases={"a": ("b",), "c": ("d",)})
    other = Settings(
        {code: dict(reversed(cases.items())) for code, cases in reversed(LEVELS.items())},
        aliases={"c": ("d",), "a": ("b",)},
    )
    assert compile_plan("at-2018", None, one).digest == compile_plan("at-2018", None, other).digest
