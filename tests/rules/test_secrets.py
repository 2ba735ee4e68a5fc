from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint import Explainer, Explanation
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.model import Line
from atlint.plan import EDITIONS, Plan, Settings, compile_plan
from atlint.plan.form import acceptor
from atlint.rules import REGISTRY, credentials, secrets
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.selection import Choice, choose, everything

Explain = Callable[..., Explanation]
KEY = "q7Xw2mZ9dKf4Lr8vTb1Ns6Ye3Hc5Uj0Pa7Gi2Oq"
ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
GUID = "9b1c6a52-3f07-4d2e-8c54-e0a7d9f1b683"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ"

LEAKS = [
    (f"Authorization: Bearer {KEY}", f"Bearer {KEY}"),
    (JWT, JWT),
    ("Basic YWRtaW46d2ludGVyLTIwMTg=", "Basic YWRtaW46d2ludGVyLTIwMTg="),
    ("-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----"),
    ("mysql://root:hunter2@db.example.com", "l://root:hunter2@"),
    (f"/v1/keys?access_token={KEY}&n=1", KEY),
    ("login?password=winter-2018", "winter-2018"),
    ("ghp_" + KEY[:36], "ghp_" + KEY[:30]),
    (f"apikey: {KEY}", KEY),
    (f"called with API key = {KEY}.", KEY),
    (f"(token:{KEY})", KEY),
    (f"secret : '{KEY}', see {GUID}", KEY),
    ("new Password: K3y9Zx!2", "K3y9Zx!2"),
]
HARMLESS = [
    "bearer token",
    "Basic authentication failed",
    "https://example.com:8080/a@b",
    "https://user:****@example.com",
    "/v1/keys?access_token=REDACTED",
    "0c9d8e7f6a5b41329e8d7c6b5a4f30210c9d8e7f6a5b41329e8d7c6b5a4f3021",
    f"ApiKey-{GUID}",
    "password: must be changed",
    "Password: changed.",
    "token: expired",
    "secret: none",
    "password: ********",
    "reset password: Db2Admin",
    "reset password: worker-2018-Pool1",
    "password: /etc/K3y9Zx",
    "password: 2018-11-29T08:14:52.07Z",
    f"deleted API key: ApiKey-{GUID}",
    f"deleted secret: {GUID}",
    "revoked token: 0c9d8e7f6a5b41329e8d7c6b5a4f3021",
    "read secret: orders-database-password-2018",
    f"apikey {KEY}",
    f"crn:v1:bluemix:public:secrets-manager:eu-gb::{GUID}:secret:{KEY}",
    f"read crn:v1:bluemix:public:secrets-manager:eu-gb::{GUID}:secret:{KEY} twice",
    "crn:v1:bluemix:public:kms:eu-gb:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:9c4e17d2-60fb-4a85-b9d3-2e78f05c1a6b::",
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("text", "marked"), LEAKS)
def test_leak_in_a_text(explain: Explain, edition: str, text: str, marked: str) -> None:
    (found,) = explain(edition, lambda draft: draft.put("tags", ["first", text])).problems
    assert (found.code, found.pointer.rpartition("/tags")[2]) == ("AT524", "/1")
    assert found.within is not None
    assert text[found.within.start : found.within.end] == marked
    assert set(found.facts) == {"kind"}, "the value is no fact"


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text(explain: Explain, text: str) -> None:
    assert not explain("at-2018", lambda draft: draft.put("tags", [text])).problems


KEYS = [
    ("password", "winter-2018", True),
    ("userPassword", "ab1", True),
    ("PASSWORD", "winter", True),
    ("password", "********", False),
    ("password", "changed", False),
    ("password", "must be changed at the next login", False),
    ("passphrase", "correct horse battery", True),
    ("pwd", "/var/log/at", False),
    ("apikey", KEY, True),
    ("api_key", KEY, True),
    ("apikey", f"ApiKey-{GUID}", False),
    ("apikeyId", KEY, False),
    ("token", KEY, True),
    ("refresh_token", KEY, True),
    ("token", "revoked", False),
    ("token", GUID, False),
    ("secret", "orders-database-2018", False),
    ("client_secret", KEY, True),
    ("Authorization", KEY, True),
    ("sha256", KEY, False),
]


@pytest.mark.parametrize(("key", "value", "leaks"), KEYS)
def test_leak_by_its_key(explain: Explain, key: str, value: str, leaks: object) -> None:
    data = {"name": "reader", key: value}
    embedded = explain("at-2018", lambda draft: draft.put("requestData", json.dumps(data))).problems
    assert [(p.code, p.pointer) for p in embedded] == ([("AT524", "/payload/requestData")] if leaks else [])
    plain = explain("at-2020", lambda draft: draft.put("requestData", {"auth": data})).problems
    assert [(p.code, p.pointer) for p in plain] == ([("AT524", f"/requestData/auth/{key}")] if leaks else [])


@pytest.mark.parametrize("edition", EDITIONS)
def test_token_of_a_credential(explain: Explain, edition: str) -> None:
    (found,) = explain(edition, lambda draft: draft.put("initiator/credential/token", KEY)).problems
    assert (found.code, found.case, found.key) == ("AT524", "not", True)


#: fields with a fixed list of choices, and one that holds a CRN and nothing else
STRICT = ("outcome", "severity", "initiator/credential/type", "target/id")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("role", STRICT)
@pytest.mark.parametrize("explain_only", [False, True])
def test_a_leak_is_all_that_is_told_of_a_strict_field(edition: str, role: str, *, explain_only: bool) -> None:
    judge = Judge(everything(edition), explain_only=explain_only)
    for text, marked in LEAKS:
        draft = Draft(judge.plan, next(iter(compliant(edition))))
        pointer = draft.put(role, text)
        [explanation] = run([judge], lambda _line: judge, from_bytes(draft.line() + b"\n"), Tally())
        [found] = [problem for problem in explanation.problems if problem.pointer == pointer]
        assert (found.code, found.case) == ("AT524", ""), text
        assert found.within is not None
        assert text[found.within.start : found.within.end] == marked


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_choice_is_a_leak(edition: str) -> None:
    """The acceptor takes a choice without asking."""
    for node in everything(edition).root.walk():
        for choice in node.choices or ():
            if isinstance(choice, str):
                assert credentials.found_in(choice) is None
                assert not credentials.by_key(node.pointer, choice)
                assert not secrets._embedded(Reading(everything(edition), None), choice)


@pytest.mark.parametrize(
    ("role", "text", "codes"),
    [
        ("target/typeURI", f"Bearer {KEY}", ["AT524"]),
        ("target/typeURI", JWT, ["AT524"]),
        ("target/typeURI", f"kms/secrets/password={KEY}", ["AT524"]),
        ("target/typeURI", f"kms//Bearer {KEY}", ["AT211", "AT524"]),
        ("target/typeURI", f"https://example.com/secrets?access_token={KEY}", ["AT211", "AT524"]),
        ("action", f"Bearer {KEY}", ["AT524"]),
        ("action", JWT, ["AT524"]),
        ("action", f"secrets.Bearer {KEY}", ["AT201", "AT524"]),
    ],
)
def test_a_leak_in_place_of_the_parts_of_a_value_is_told_once(
    explain: Explain, role: str, text: str, codes: list[str]
) -> None:
    """Where more is wrong than what was pasted, that is told, too."""
    pointer = f"/payload/{role}"
    found = explain("at-2018", lambda draft: draft.put(role, text))
    assert sorted(problem.code for problem in found.problems if problem.pointer == pointer) == codes
    plan = compile_plan("at-2018", None, Settings(choose("at-2018", Choice(ignore=("AT524",)))))
    without = Explainer(plan).explain(found.line)
    assert [problem.code for problem in without.problems if problem.pointer == pointer]


def test_a_secret_in_a_crn_is_told_once(explain: Explain) -> None:
    crn = f"crn:v1:bluemix:public:kms:eu-gb::{GUID}:key:a?token={KEY}"
    event = explain("at-2020", lambda draft: draft.put("target/id", crn))
    assert [found.code for found in event.problems if found.pointer == "/target/id"] == ["AT314"]
    narrow = compile_plan("at-2020", None, Settings(choose("at-2020", Choice(select=("AT524",)))))
    assert [found.code for found in Explainer(narrow).explain(event.line).problems] == ["AT524"]


def test_hints_cover_every_key() -> None:
    for key in credentials._KEYS:
        for text in (f'"{key}":', f'"{key}" :', f'\\"{key}\\":', f"{key}="):
            assert any(hint in text for hint in REGISTRY["AT524"].hints), text
    for key in credentials._SAID_KEYS:
        for text in (f"{key}: {KEY}", f"{key}:{KEY}", f"{key} : {KEY}", f"{key} = {KEY}", f"{key}= {KEY}"):
            assert credentials.found_in(text), text
            assert any(hint in text for hint in REGISTRY["AT524"].hints), text


SPELT = st.sampled_from(
    [*credentials._KEYS, *credentials._MARKS, *credentials._SAID_KEYS, *(text for text, _ in LEAKS),
     "PRIVATE KEY-----", "-----BEGIN ", "//u:p@h", "a@b", "crn:v1:", "P4ssw0rd", ": ",
     '"', "'", "\\", "=", ":", " ", "\t", "\x1c", "\x85", "\u2003", "\u3000", "a", "0", "winter-2018", KEY, "é", "\n"]
)  # fmt: skip


@given(st.lists(SPELT, max_size=12).map("".join))
def test_what_is_needed_stands_in_every_text_with_secrets(text: str) -> None:
    assert not credentials.hidden_spans(text) or any(needed in text for needed in credentials.NEEDED)


@given(st.lists(SPELT, max_size=12).map("".join))
def test_what_a_rule_tells_of_is_hidden(text: str) -> None:
    if found := credentials.found_in(text):
        start, end = found[1].span
        assert any(span.start <= start and end <= span.end for span in credentials.hidden_spans(text))
        raw = json.dumps(text)
        assert any(hint in raw for hint in REGISTRY["AT524"].hints) or "\\u" in raw


@given(
    st.sampled_from([*credentials._SAID_KEYS, "secret", "kind"]),
    st.lists(SPELT | st.sampled_from(["token", ",", "(", "secret="]), max_size=6).map("".join),
)
def test_nothing_is_said_in_a_crn(kind: str, resource: str) -> None:
    """The acceptor asks nobody about a CRN that has no other hint."""
    text = f"crn:v1:bluemix:public:kms:eu-gb:a/{ACCOUNT}:{resource}:{kind}:{resource}"
    if acceptor("at-crn")(text) and not any(hint in text for hint in credentials.HINTS):
        assert credentials.found_in(text) is None


@pytest.mark.parametrize("key", credentials._KEYS)
@pytest.mark.parametrize("blank", ["", *filter(str.isspace, map(chr, range(0x110000)))])
def test_what_is_needed_stands_before_the_value_of_every_key(key: str, blank: str) -> None:
    for quote in ('"', "'", '\\"', '\\\\\\"', "\\'"):
        text = f"{key}{quote}{blank}:{blank}{quote}winter-2018{quote}"
        assert credentials.secret_spans(text)
        assert any(needed in text for needed in credentials.NEEDED)


def test_the_hints_change_nothing(plans: dict[str, Plan], explain: Explain) -> None:
    """A check that is skipped for want of a hint would have found nothing."""
    for text, _ in LEAKS:
        found = explain("at-2018", lambda draft, text=text: draft.put("tags", [text]))
        spelt = found.line.raw.replace(b'"tags"', b'"\\u0074ags"')
        again = Explainer(plans["at-2018"]).explain(Line("event.log", 1, 0, spelt))
        assert [p.code for p in again.problems] == [p.code for p in found.problems]


@pytest.mark.parametrize(
    "text",
    ["eyJ" * 5000, "eyJ" + "a" * 15000, "a://" * 4000, "x@" * 8000, "a@" + "b." * 8000, "password=" * 1800,
     "token:" * 5000, "token: " * 5000, "token:" + " " * 20000, "token:'" * 4000, "crn:v1" * 5000,
     "token" + "\\" * 20000,
     "token:" + "\\" * 20000, "Basic " * 2700, "{" * 16000, '{"a":' * 3000, "-----BEGIN " + "A" * 16000],
)  # fmt: skip
def test_hostile_text_ends(explain: Explain, text: str) -> None:
    explain("at-2018", lambda draft: draft.put("tags", [text]))


@pytest.mark.parametrize(
    ("role", "value", "marked"),
    [
        ("tags", ["asked by anna.lindqvist@example.com"], "anna.lindqvist@example.com"),
        ("tags", ["@home", "a@b"], None),
        ("target/name", "anna.lindqvist@example.com", None),
        ("initiator/name", "zoë@example.com", None),
    ],
)
def test_personal_data(explain: Explain, role: str, value: object, marked: str | None) -> None:
    found = [p for p in explain("at-2018", lambda draft: draft.put(role, value)).problems if p.code == "AT525"]
    assert [p.facts["said"].text for p in found] == ([marked] if marked else [])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END RSA PRIVATE KEY-----", KEY),
        (json.dumps({"message": f"-----BEGIN PRIVATE KEY-----\n{KEY}\n"}), KEY),
        (json.dumps({"password": "don't say winter"}), "t say winter"),
        (json.dumps({"password": 'half "quoted" winter'}), "winter"),
        (json.dumps({"password": "ends in a backslash\\"}), "backslash"),
        (json.dumps({"a": json.dumps({"password": "winter-2018"})}), "winter-2018"),
        (json.dumps({"a": json.dumps({"b": json.dumps({"password": "winter-2018"})})}), "winter-2018"),
        (json.dumps({"a": json.dumps({"password": 'half "quoted" winter'})}), "winter"),
        ('{"password": "cut off in the midd', "midd"),
    ],
)
def test_a_mask_covers_the_whole_secret(text: str, hidden: str) -> None:
    at, shown = 0, []
    for span in credentials.secret_spans(text):
        shown.append(text[at : span.start])
        at = span.end
    assert hidden in text
    assert hidden not in "".join((*shown, text[at:]))


@pytest.mark.parametrize(
    "text", ['"password":"' * 20_000, '"password":"\\"' * 20_000, '"password":"' + "\\" * 200_000 + '"']
)
def test_masks_of_hostile_text_are_found_once(text: str) -> None:
    spans = list(credentials.secret_spans(text))
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))


#: texts, and what of them is masked as the value of a telling key
MEMBERS = [
    ('"password":"winter"', ["winter"]),
    ("assword':'winter'", ["winter"]),
    ('pwd": "winter"', ["winter"]),
    ("{'password': 'winter'}", ["winter"]),
    ("{'password': 'it\\\\'s winter'}", ["it\\\\"]),
    ("{'password': 'it\\'s winter'}", ["it\\'s winter"]),
    ("{'password': 'in\"quotes'}", ['in"quotes']),
    ('{"password": "a\\\\"}', ["a\\\\"]),
    ('{"password": "wi", "b": "c"}', []),
    ('{"password": "win", "b": "c"}', ["win"]),
    ('{"password": "win", "token": "ter"}', ["win", "ter"]),
    ('{"password": "x\\"token\\": \\"y"}', ['x\\"token\\": \\"y']),
    ('{"password": "winter", "a": "a password"}', ["winter"]),
    ('{"passwords": "winter"}', []),
    ('{"password": 7}', []),
    ('{"a": "password"}', []),
    ('\\"password\\":\\"winter\\"', ["winter"]),
    ('\\"password\\":\\"win\\\\\\"ter\\"', ['win\\\\\\"ter']),
    ('"password" \t: "winter"', ["winter"]),
    ("password=winter&token=abc", ["winter", "abc"]),
    ("password=wi&x=1", []),
    ("//user:winter@host", ["//user:winter@"]),
    ("//user@host", []),
    ("user:winter@host", []),
    ("", []),
]
#: texts, and what of them is masked as what running text says of a telling key
SAID = [
    ("password: winter", ["winter"]),
    ("password: must be changed", ["must"]),
    ("password   :\twinter, token:abc", ["winter,", "abc"]),
    ("password\t= winter", ["winter"]),
    ("password:\nwinter", ["winter"]),
    ("password: wi", []),
    ("password winter", []),
    ("passwords: winter", []),
    ("Password: it's,(here);now rest", ["it's,(here);now"]),
    ("password: 'two words' rest", ["two words"]),
    ('password: "two words" rest', ["two words"]),
    ("password='two words' rest", ["two words"]),
    ("password: 'tis not closed", ["tis"]),
    ('{"a":"password:","b":"c"}', []),
    ('{"a":"password: " , "b":"c"}', []),
    ('{"a":"password: winter","b":"c"}', ["winter"]),
    ('{"a":"password: \\"two words\\" rest","b":"c"}', ["two words"]),
    ("api key: abc private key : def", ["abc", "def"]),
    ("token: apikey: abc", ["apikey:", "abc"]),
    ("token:apikey:abc", ["apikey:abc"]),
    ("Authorization: Token abcdef rest", ["Token abcdef"]),
    ("Authorization: abcdef", ["abcdef"]),
    (f"Authorization: Bearer {KEY}", [f"Bearer {KEY}"]),
    (f"crn:v1:bluemix:public:kms:eu-gb::{GUID}:secret:{GUID}", []),
    (f'"crn:v1:bluemix:public:kms:eu-gb::{GUID}:secret:","token: winter"', ["winter"]),
    ("arn:aws:secretsmanager:us-east-1:123:secret:orders-Ab1Cd2", []),
    ("", []),
]


def test_what_is_masked_of_running_text() -> None:
    found = {text: [text[span.start : span.end] for span in credentials.hidden_spans(text)] for text, _ in SAID}
    assert found == dict(SAID)


def test_what_is_masked_under_a_telling_key() -> None:
    found = {text: [text[span.start : span.end] for span in credentials.secret_spans(text)] for text, _ in MEMBERS}
    assert found == dict(MEMBERS)


@pytest.mark.parametrize("length", [100, 8192, 8193, 20_000])
def test_a_long_secret_is_masked_as_far_as_one_looks(length: int) -> None:
    [span] = credentials.secret_spans('"password":"' + "w" * length + '"')
    assert (span.start, span.end - span.start) == (12, min(length, 8192))


def test_every_telling_key_is_found_at_the_very_beginning() -> None:
    for key in credentials._KEYS:
        assert list(credentials.secret_spans(f'{key}":"winter"')), key
        assert list(credentials.secret_spans(f'x {key[:-1]}":"winter" {key}":"winter"')), key


#: texts, and the first credential in each: what it is, and its text
FIRST = [
    ("Basic YWJjOnh5eg== Basic YWRtaW46d2ludGVyLTIwMTg=", "a user name with its password", "Basic YWJjOnh5eg=="),
    ("Basic b3JkaW5hcnkgd29yZHM= Basic YWRtaW46d2ludGVyLTIwMTg=", "a user name with its password",
     "Basic YWRtaW46d2ludGVyLTIwMTg="),
    ("Basic authentication", None, None),
    ("x://u:****@h y://u:winter@h", "a password in an address", "y://u:winter@"),
    ("x://u:****@h", None, None),
    ("x://u:p@h bearer", "a password in an address", "x://u:p@"),
    (f"x?token=none&apikey={KEY}", "a credential", KEY),
    ("x?password=none&pwd=winter", "a password", "winter"),
    (f"{JWT} Bearer {KEY}", "a JSON web token", JWT),
    (f"Bearer {KEY}", "a bearer token", f"Bearer {KEY}"),
    ("-----BEGIN EC PRIVATE KEY-----abc'", "a private key", "-----BEGIN EC PRIVATE KEY-----abc"),
    ("ghp_" + KEY[:36], "an access token", "ghp_" + KEY[:30]),
    ("crn:v1:bluemix:public:kms:::::password: P4ssw0rd", "a password", "P4ssw0rd"),
    ("reset password: J0hnD0e@example.com", None, None),
    ("password: ${K3y9Zx}", None, None),
    ("password: Db2Admin. Password: P4ssw0rd.", "a password", "P4ssw0rd"),
    ("password  : P4ssw0rd", None, None),
    ("", None, None),
]  # fmt: skip


def test_the_first_credential_in_a_text() -> None:
    for text, kind, said in FIRST:
        found = credentials.found_in(text)
        if kind is None:
            assert found is None, text
        else:
            assert found is not None, text
            assert (found[0], found[1].text) == (kind, said), text
            assert text[found[1].span.start : found[1].span.end] == said


def test_runs_that_no_name_is_made_of() -> None:
    texts = {
        "abcDEF1234": ["abcDEF1234"],
        "abcDEF123": [],
        "a1b2c3dddd": [],
        "g1h2iiiiiiii": [],
        "g1h2i3iiiiii": ["g1h2i3iiiiii"],
        "0123456789abcdef": [],
        "0123456789ABCDEF": [],
        "0123456789abcDEF": ["0123456789abcDEF"],
        "abcdefghijkl": [],
        "abcDEFghijkl": [],
        "x abcDEF1234 y Zz9Zz9Zz9Z": ["abcDEF1234", "Zz9Zz9Zz9Z"],
    }
    found = {text: [text[span.start : span.end] for span in credentials.random_spans(text)] for text in texts}
    assert found == texts


def test_which_keys_tell_of_a_credential() -> None:
    named = ("password", "userPassword", "PWD", "apikey", "AUTH_TOKEN", "client_secret", "Authorization")
    others = ("passwords", "name", "tokens", "keyring", "")
    assert [key for key in (*named, *others) if credentials.names_credential(key)] == list(named)
