"""Family AT5, what must not stand in an audit log: credentials, and personal data outside its five fields."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator
from typing import Final

from atlint.model import Json, Problem, Said, Span
from atlint.pointer import Scan, scan
from atlint.rules.credentials import EMAIL, HINTS, SAID_HINTS, by_key, found_in
from atlint.rules.draft import Draft
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import EACH_STRING, Clause, View, apart
from atlint.rules.rule import ERROR, INFO, Case, Rule, Stage, always

#: the five fields where personal data may stand, and the login identity that at-2025 adds to them
_EXEMPT: Final = (
    "initiator/id", "initiator/name", "initiator/host/address", "target/id", "target/name",
    "initiator/authnId", "initiator/authnName",
)  # fmt: skip


def _leaks(reading: Reading) -> Iterator[Problem]:
    for pointer, text, node in reading.strings():
        if node is not None and node.forbidden:
            continue
        if pointer in reading.spoilt or not reading.sound(pointer):
            continue
        if kind := by_key(pointer, text) or _embedded(reading, text):
            yield Problem("AT524", pointer, "", {"kind": kind})
        elif found := found_in(text):
            yield Problem("AT524", pointer, "", {"kind": found[0]}, within=found[1].span)


def _embedded(reading: Reading, text: str) -> str:
    """What a text that holds JSON has under a telling key."""
    held = scan(text) if text[:1] in {"{", "["} else None
    if isinstance(held, Scan):
        for pointer, inner, _ in Reading(reading.plan, held.value).strings():
            if kind := by_key(pointer, inner):
                return kind
    return ""


def _personal(reading: Reading) -> Iterator[Problem]:
    exempt = {reading.plan.pointer(role) for role in _EXEMPT}
    for pointer, text, _ in reading.strings():
        if "@" in text and pointer not in exempt and reading.sound(pointer):
            for found in EMAIL.finditer(text):
                span = Span(*found.span())
                part = reading.unless_told(pointer, Part(found[0], span))
                if part is not None:
                    yield Problem("AT525", pointer, "", {"said": Said(found[0], pointer, sensitive=True)}, within=span)


def _break_secrecy(draft: Draft, draw: random.Random) -> str:
    made = "".join(draw.choices(string.ascii_letters + string.digits, k=44)) + "7q9Q4w"
    leaks: list[tuple[str, Json]] = [
        ("initiator/credential/token", made),
        ("tags", [f"Authorization: Bearer {made}"]),
        ("tags", [f"https://example.com/login?access_token={made}"]),
        ("tags", [f"postgres://admin:{made[:12]}@db.example.com/orders"]),
        ("tags", ["-----BEGIN RSA PRIVATE KEY-----"]),
        ("requestData", {"name": "reader", "apikey": made}),
        ("requestData", {"userPassword": "S3cure!"}),
        ("tags", [f"tried with {draw.choice(['apikey', 'API key', 'token'])}{draw.choice([': ', ':', ' = '])}{made}"]),
    ]
    role, value = draw.choice(leaks)
    if isinstance(value, dict):
        node = draft.plan.node(draft.plan.pointer(role))
        if node is not None and "string" in node.types:
            return draft.put(role, json.dumps(value))
        return f"{draft.put(role, value)}/{list(value)[-1]}"
    pointer = draft.put(role, value)
    return f"{pointer}/0" if role == "tags" else pointer


def _break_privacy(draft: Draft, draw: random.Random) -> str:
    name = draw.choice(["anna.lindqvist", "zoë", "li.wei+audit"])
    return draft.put("tags", [f"{draw.choice(['', 'asked by '])}{name}@example.com"]) + "/0"


RULES: Final = (
    Rule(
        code="AT524",
        name="credential-leak",
        summary="A credential stands in the event.",
        cases={
            "": Case(
                "{kind} stands in the event",
                always(ERROR),
                help="revoke it now, since the log is copied and kept; then leave it out of the event",
            ),
            "not": Case(
                "the credential itself stands in the event; only its type belongs here",
                always(ERROR),
                help="revoke it now, since the log is copied and kept; then leave it out of the event",
            ),
        },
        what="Looks for private keys, bearer tokens, JSON web tokens, passwords in addresses, and for values that look "
        "like credentials under keys such as `password`, `apikey` or `token`, also inside of JSON texts. In "
        "running text such as `apikey: ...` a value is one where it is made as no word and no name is. Ids, CRNs, "
        "GUIDs and masks are none. The value is never shown. In a field of fixed choices, such as `outcome`, in "
        "a `target.id` that is no CRN, and in the place of a whole action or typeURI, this rule alone tells of it; "
        "of one in a CRN AT314 does.",
        why="Audit logs are copied to the customer, searched by many and kept for years. Whoever reads the log can do "
        "what the credential allows.",
        repair="Revoke the credential. Then log its type and its id, never its value; filter request bodies by a list "
        "of what is allowed, not by a list of what is forbidden.",
        cites=("PYC#credential", "EV20#initiator.credential", "BP18#personal data"),
        stage=Stage.TEXT,
        check=_leaks,
        reads=(Clause((View(EACH_STRING),), hints=HINTS + SAID_HINTS, in_form=("at-crn", HINTS)),),
        breaker=_break_secrecy,
        hints=HINTS + SAID_HINTS,
    ),
    Rule(
        code="AT525",
        name="personal-data",
        summary="Personal data stands outside of the fields that may hold it.",
        cases={
            "": Case(
                "{said} is an e-mail address outside of the exempt fields",
                always(INFO),
                help="log the id instead",
            )
        },
        what="Looks for e-mail addresses outside of `initiator.id`, `initiator.name`, `initiator.host.address`, "
        "`target.id` and `target.name` (and the login identity of at-2025). Off unless selected.",
        why="Only those fields are exempt from deletion on request. Personal data elsewhere makes the whole event "
        "something that may have to be deleted.",
        repair="Log ids in requestData, responseData and message, not names or addresses.",
        cites=("BP18#personal data", "EV20#personal data"),
        check=_personal,
        reads=apart(EACH_STRING),
        breaker=_break_privacy,
        hints=("@",),
        opt_in=True,
    ),
)
