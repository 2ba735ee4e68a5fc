from __future__ import annotations

import base64
import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.pipeline.encoded import Encoded, Secret, decode, plain

ENTRY = {"service_name": "some-service", "auth_token_value": "tok-Zq81", "project_id": "11112222-space"}


def b64(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(text.encode()).decode()


GOOD = b64({"services": [ENTRY]})


def test_services_with_their_places() -> None:
    (service,) = decode(GOOD).services
    assert service.name
    assert service.project
    assert service.token
    assert [service.name.value, service.token.reveal(), service.project.value] == list(ENTRY.values())
    assert service.pointer == "/services/0"
    assert decode(GOOD).faults == ()


#: text, kinds of the faults, how many services are read
CASES = [
    (GOOD, [], 1),
    (b64({"services": [ENTRY, ENTRY]}), [], 2),
    (b64(json.dumps({"services": [ENTRY]}) + "\n"), [], 1),
    (GOOD + "\n", [], 1),
    ("\n".join(textwrap.wrap(GOOD, 76)), ["wrapped"], 1),
    (" ".join(textwrap.wrap(GOOD, 40)), ["wrapped"], 1),
    ("ENCODED_SERVICES", ["placeholder"], 0),
    ("<base64 of your services>", ["placeholder"], 0),
    ("{{ .Values.services }}", ["placeholder"], 0),
    ("", ["empty"], 0),
    ("\n", ["empty"], 0),
    (GOOD[:9] + "!" + GOOD[10:], ["alphabet"], 0),
    (GOOD[:9] + "-" + GOOD[10:], ["alphabet"], 0),
    ("eyJ9=eyJ9", ["padding"], 0),
    ("eyJ9e", ["padding"], 0),
    (b64("ab").rstrip("="), ["padding"], 0),
    ("=", ["padding"], 0),
    (base64.b64encode(b'{"a": "\xff"}').decode(), ["utf-8"], 0),
    (b64("{services: []}"), ["json"], 0),
    (b64(""), ["empty"], 0),
    (b64(GOOD), ["twice-encoded"], 0),
    (b64("[" * 10_000), ["json"], 0),
    (b64([ENTRY]), ["shape"], 0),
    (b64({"services": ENTRY}), ["shape"], 0),
    (b64({"services": []}), ["shape"], 0),
    (b64({"services": [1]}), ["shape"], 0),
    (b64({"services": [{}]}), ["member"] * 3, 1),
    (b64({"services": [ENTRY | {"project_id": 1, "service_name": ""}]}), ["member"] * 2, 1),
]


@pytest.mark.parametrize(("text", "kinds", "count"), CASES)
def test_every_fault_is_a_value(text: str, kinds: list[str], count: int) -> None:
    encoded = decode(text)
    assert [fault.kind for fault in encoded.faults] == kinds
    assert len(encoded.services) == count
    for fault in encoded.faults:
        assert 0 <= fault.span.start <= fault.span.end <= len(text)
        assert fault.message


@given(
    name=st.text(min_size=1, alphabet='aé漢\U0001f600"\\'),
    token=st.text(min_size=1, alphabet="ab"),
    width=st.integers(20, 80),
    literal=st.booleans(),
)
def test_spans_hold_what_they_say(name: str, token: str, width: int, *, literal: bool) -> None:
    text = json.dumps(
        {"x": name, "services": [{"service_name": name, "auth_token_value": token, "project_id": "p"}]},
        ensure_ascii=not literal,
    )
    wrapped = "\n".join(textwrap.wrap(b64(text), width))
    (service,) = decode(wrapped).services
    assert service.name
    start, end = service.name.span
    counted = [index for index, letter in enumerate(wrapped) if letter not in "\n="]
    bits = "".join(
        f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.index(wrapped[i]):06b}" for i in counted
    )
    first, last = counted.index(start) * 6, (counted.index(end - 1) + 1) * 6
    whole = bytes(int(bits[at : at + 8], 2) for at in range(-(-first // 8) * 8, last - 7, 8)).decode("utf-8", "ignore")
    assert json.dumps(name, ensure_ascii=not literal)[1:-1] in whole


def test_a_plain_text_is_read_too() -> None:
    text = json.dumps({"é": 1, "services": [ENTRY]}, ensure_ascii=False)
    (service,) = plain(text).services
    assert service.name
    assert text[slice(*service.name.span)] == '"some-service"'


def test_no_token_is_ever_shown() -> None:
    encoded = decode(b64({"services": [ENTRY | {"project_id": 1}]}))
    said = f"{encoded!r} {encoded} {[str(service.token) for service in encoded.services]}"
    assert "Zq81" not in said
    assert ENTRY["auth_token_value"] not in said
    broken = decode(b64('{"services":[{"auth_token_value":"tok-Zq81" x'))
    assert "Zq81" not in f"{broken!r}"


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert isinstance(decode("x"), Encoded)
