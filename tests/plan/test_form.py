from __future__ import annotations

import pytest

from atlint.plan import form

ADDRESSES = [
    ("203.0.113.24", True),
    ("203.0.113.024", False),
    ("203.0.113", False),
    ("2001:db8::7", True),
    ("2001:db8::7%eth0", False),
    ("2001:db8::7%eth0/64", False),
    ("203.0.113.0/0", True),
    ("203.0.113.0/24", True),
    ("203.0.113.0/32", True),
    ("203.0.113.0/33", False),
    ("203.0.113.0/024", False),
    ("203.0.113.0/", False),
    ("203.0.113.0/-1", False),
    ("203.0.113.0/2x", False),
    ("203.0.113.0/24/24", False),
    ("2001:db8::/128", True),
    ("2001:db8::/129", False),
    ("/24", False),
    ("", False),
    ("localhost", False),
]
TEXTS = [
    ('{"a": 1}', True),
    ("{}", True),
    ("[]", True),
    ("[1, {}]", True),
    ("1", False),
    ('"{}"', False),
    ("null", False),
    ("true", False),
    ("{", False),
    ("", False),
    ('{"a": 1, "a": 2}', False),
    ("{'a': 1}", False),
    ('{"a": NaN}', False),
]


@pytest.mark.parametrize(("text", "fits"), ADDRESSES)
def test_addresses(text: str, fits: bool) -> None:
    assert bool(form.acceptor("at-address")(text)) is fits


@pytest.mark.parametrize(("text", "fits"), TEXTS)
def test_a_text_that_holds_json(text: str, fits: bool) -> None:
    assert bool(form.acceptor("at-embedded-json")(text)) is fits


def test_every_form_is_of_a_grammar_or_known_to_code() -> None:
    assert not form.GRAMMARS.keys() & form.CODED.keys()
    for name in form.GRAMMARS:
        assert form.known(name)
        found = form.grammar_of(name)
        assert found is not None
        grammar, rule = found
        assert (grammar.name, rule) == form.GRAMMARS[name]
        assert grammar.pattern(rule)
    for name in form.CODED:
        assert form.known(name)
        assert form.grammar_of(name) is None
    assert not form.known("date-time")
    assert not form.known("")


@pytest.mark.parametrize(
    ("name", "text", "fits"),
    [
        ("at-space-id", "a:3f1b", True),
        ("at-space-id", "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32", True),
        ("at-space-id", "IBMid-55000KQ3RZ", False),
        ("at-account-id", "3f1b", True),
        ("at-account-id", "a:3f1b", False),
        ("at-initiator-id", "IBMid-55000KQ3RZ", True),
        ("at-initiator-id", "IBMid-55000KQ3RZ ", False),
        ("at-action", "kms.secrets.rotate", True),
    ],
)
def test_a_form_is_the_rule_of_its_grammar(name: str, text: str, fits: bool) -> None:
    assert bool(form.acceptor(name)(text)) is fits
