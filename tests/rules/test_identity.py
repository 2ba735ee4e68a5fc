from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint import Explanation
from atlint.plan import EDITIONS, Plan
from atlint.plan.form import acceptor
from atlint.rules import identity
from atlint.rules.draft import Draft
from atlint.rules.forms import DIAGNOSERS
from atlint.rules.reading import Reading

Explain = Callable[..., Explanation]
GUID = "9b1c6a52-3f07-4d2e-8c54-e0a7d9f1b683"


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("said", "case", "repair"),
    [
        ("IBMid-55000KQ3RZ", None, None),
        (f"iam-ServiceId-{GUID}", None, None),
        (f"iam-Profile-{GUID}", None, None),
        ("CertificateId-7f0a6c", None, None),
        (GUID, None, None),
        ("crn:v1:bluemix:public:kms:eu-gb:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:2::", None, None),
        ("anna.lindqvist@example.com", "email", None),
        ("operator-7", "unknown", None),
        (f"ServiceId-{GUID}", "service-name", f"iam-ServiceId-{GUID}"),
        ("ibmid-55000KQ3RZ", "case", "IBMid-55000KQ3RZ"),
        ("iam-serviceid-1", "case", None),
        ("iam-ServiceId-1", "rest", None),
        ("crn:v1:bluemix", "crn", None),
    ],
)
def test_initiator_id(explain: Explain, edition: str, said: str, case: str | None, repair: str | None) -> None:
    found = explain(edition, lambda draft: draft.put("initiator/id", said)).problems
    assert [(p.code, p.case, p.repair) for p in found] == ([] if case is None else [("AT521", case, repair)])


@pytest.mark.parametrize(
    ("said", "case", "repair"),
    [
        ("203.0.113.9", None, None),
        ("2001:db8::9", None, None),
        ("127.0.0.1", "loopback", None),
        ("::ffff:127.0.0.1", "loopback", None),
        ("localhost", "loopback", None),
        ("::", "unspecified", None),
        ("192.168.4.1", "private", None),
        ("172.32.0.1", None, None),
        ("fe80::1", "private", None),
        ("203.0.113.9:443", "port", ""),
        ("203.0.113.9/51234", "port", ""),
        ("203.0.113.999:1", "", None),
        ("[2001:db8::9]", "brackets", "2001:db8::9"),
        ("203.0.113.9, 10.0.0.1", "several", None),
        ("fe80::1%eth0", "zone", "fe80::1"),
        ("gateway.example.com", "name", None),
        ("300.1.2.3", "", None),
        ("203.0.113.0/24", "network", None),
        ("203.0.113.0/33", "port", ""),
    ],
)
def test_initiator_address(explain: Explain, said: str, case: str | None, repair: str | None) -> None:
    found = explain("at-2018", lambda draft: draft.put("initiator/host/address", said)).problems
    assert [(p.code, p.case, p.repair) for p in found] == ([] if case is None else [("AT522", case, repair)])


@pytest.mark.parametrize(
    ("edition", "address", "kind", "case"),
    [
        ("at-2020", "203.0.113.9", "IPv4", None),
        ("at-2020", "203.0.113.9", "IPv6", ""),
        ("at-2020", "2001:db8::9", "IPv4", ""),
        ("at-2025", "203.0.113.0/24", "subnet", None),
        ("at-2025", "203.0.113.0/24", "IPv4", "network"),
        ("at-2025", "203.0.113.9", "subnet", "subnet"),
    ],
)
def test_address_type(explain: Explain, edition: str, address: str, kind: str, case: str | None) -> None:
    def change(draft: Draft) -> None:
        draft.put("initiator/host/address", address)
        draft.put("initiator/host/addressType", kind)

    found = explain(edition, change).problems
    assert [(p.code, p.case) for p in found] == ([] if case is None else [("AT523", case)])


FORMS = ["at-initiator-id", "at-account-id", "at-space-id", "at-address", "at-embedded-json"]
pieces = st.sampled_from(
    ["a/", "a:", "IBMid-", "iam-", "ServiceId-", GUID, "crn:", "v1", ":" * 9, "10.1.2.3", "::1", ":80", "/24", "[", "]",
     "%", ",", " ", "@", ".", "\n", "{", "}", '"', "7", "x", "ß", "\ud800"],
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(text=st.lists(pieces, max_size=6).map("".join))
def test_every_other_text_is_told(plans: dict[str, Plan], form: str, text: str) -> None:
    if not acceptor(form)(text):
        problems = list(DIAGNOSERS[form](Reading(plans["at-2018"], {}), "/a", text))
        assert problems
        for problem in problems:
            if isinstance(problem.repair, str) and form != "at-embedded-json":
                within = problem.within or (0, len(text))
                mended = text[: within[0]] + problem.repair + text[within[1] :]
                assert acceptor(form)(mended), "a repair removes its finding"


@pytest.mark.parametrize("text", ["@", "a@", "a@b", "a@.b", "a b@c.d", "a@b@c.d"])
def test_what_is_no_email(text: str) -> None:
    assert not identity.is_email(text)
