"""Family AT5, what must not stand in an audit log: credentials, and personal data outside its five fields."""

from __future__ import annotations

import base64
import binascii
import functools
import json
import random
import re
import string
from collections.abc import Iterator
from typing import Final

from atlint.model import Json, Problem, Said, Span
from atlint.pointer import Scan, scan
from atlint.rules.draft import Draft
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import EACH_STRING, apart
from atlint.rules.rule import ERROR, INFO, Case, Rule, Stage, always

#: ends of keys whose value is a password: nearly any value is one
_PASSWORD_KEYS: Final = (
    "assword", "assWord", "ASSWORD", "asswd", "ASSWD", "assphrase", "ASSPHRASE", "pwd", "Pwd", "PWD",
)  # fmt: skip
#: ends of keys whose value may be a credential: it must look like one too
_CREDENTIAL_KEYS: Final = (
    "pikey", "piKey", "PIKey", "PIKEY", "pi_key", "PI_KEY", "pi-key", "Pi-Key", "oken", "OKEN", "oken_value",
    "okenValue", "ecret", "ECRET", "ecretKey", "ecret_key", "ecret-key", "ECRET_KEY", "ccessKey", "ccess_key",
    "CCESS_KEY", "rivateKey", "rivate_key", "uthorization",
)  # fmt: skip
_KEYS: Final = _PASSWORD_KEYS + _CREDENTIAL_KEYS
#: ends of all those keys, as few as will do: hints are looked for in every line that is explained
_ENDS: Final = (
    "word", "Word", "WORD", "wd", "WD", "phrase", "PHRASE", "ey", "EY", "oken", "OKEN",
    "oken_value", "okenValue", "ecret", "ECRET", "ization", "IZATION",
)  # fmt: skip
#: between a key and its value: in JSON, in a JSON text inside of JSON, in a query
_JOINTS: Final = ('":', '\\":', "=")
#: a blank between a key and its colon; encoders by default write none
_APART: Final = ('" ', '"\t', '"\r')

_HARMLESS: Final = re.compile(
    r"(?i)[*x.•#-]+|\[?(?:redacted|masked|hidden|removed|filtered|secret|none|null|nil|true|false|yes|no|set|unset|"
    r"changed|updated|reset|expired|required|missing|invalid|valid|enabled|disabled|empty|unknown|default)\]?"
)
#: ids, names and addresses that are made like credentials
_NAMED: Final = re.compile(r"crn:|(?:IBMid|iam|ApiKey|CertificateId)-|https?:")
#: a run of letters and digits as generators of keys make it
_RUN: Final = re.compile(r"[A-Za-z0-9]{16,}")
_MIXED: Final = re.compile(r"[A-Za-z0-9+=_]{10,}")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_CHANGES: Final = re.compile(r"[A-Za-z][0-9]")
_PAIR: Final = re.compile(f"(?P<key>{'|'.join(_KEYS)})=(?P<value>[^&\\s\"',;]{{3,512}})")
#: the same as a member of an object up to the quote of its value: in JSON, and in JSON texts inside of JSON, each of
#: which puts more backslashes before a quote
_MEMBER: Final = re.compile(rf"""(?:{"|".join(_KEYS)})\\*["']\s*:\s*(?P<quote>\\*["'])""")
#: code points of a member's value that are looked at
_LONGEST: Final = 8192

#: what must be in a text for either to match
_PAIR_ENDS: Final = tuple(f"{end}=" for end in _ENDS)
#: what stands behind such a key, by the last letter before it, and then by the last two
_BEHIND_KEY: Final = re.compile(
    rf"""["'\\](?<=[{"".join({end[-1] for end in _ENDS})}].)(?<=(?:{"|".join({end[-2:] for end in _ENDS})}).)"""
    r"""\\*["']?\s*:"""
)

#: texts that are credentials wherever they stand: what each is, texts of which one stands in every such text, and it
_PATTERNS: Final = (
    # with all that follows in the same text: the line that begins it is no secret, the key is
    (
        "a private key",
        ("PRIVATE KEY",),
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^\"'<>{}]*"),
    ),
    (
        "a JSON web token",
        ("eyJ",),
        re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,}"),
    ),
    ("a bearer token", ("earer ",), re.compile(r"[Bb]earer [A-Za-z0-9._~+/=-]{16,}")),
    (
        "a user name with its password",
        ("asic ",),
        re.compile(r"[Bb]asic (?P<basic>[A-Za-z0-9+/]{8,512}={0,2})"),
    ),
    (
        "a password in an address",
        ("://",),
        re.compile(r"[a-z]://[^/\s:@?#\"']{0,200}:(?P<value>[^/\s:@?#\"']{1,200})@"),
    ),
    (
        "an access token",
        ("gho_", "ghp_", "ghs_", "ghu_", "github_pat_", "xoxa-", "xoxb-", "xoxp-"),
        re.compile(r"(?:gh[opsu]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{40}|xox[abp]-[\w-]{20})"),
    ),
)
#: of an address without its scheme, as it is cut off where a rule takes a text apart
_AUTHORITY: Final = re.compile(r"//[^/\s:@?#\"']{0,200}:[^/\s:@?#\"']{1,200}@")
_MARKS: Final = tuple(mark for _, marks, _ in _PATTERNS for mark in marks)
_HINTS: Final = (*_MARKS, *_APART, *(end + joint for end in _ENDS for joint in _JOINTS))
#: what stands behind the end of a key, with or without a quote: what follows the quote of an encoder is said too, since
#: values such as `apikey` end alike
_BEHIND_END: Final = ("=", "'", "\\", '":', *(f'"{char}' for char in map(chr, range(0x3001)) if char.isspace()))
#: one of these stands in every text that has secrets by `secret_spans`
NEEDED: Final = (*_MARKS, "//", *(end + behind for end in _ENDS for behind in _BEHIND_END))

#: code points of a text whose secrets are remembered
_REMEMBERED: Final = 200

_EMAIL: Final = re.compile(
    r"[^\s@*\"'<>(),:;\[\]{}\\/=]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}"
)
#: the five fields where personal data may stand, and the login identity that at-2025 adds to them
_EXEMPT: Final = (
    "initiator/id", "initiator/name", "initiator/host/address", "target/id", "target/name",
    "initiator/authnId", "initiator/authnName",
)  # fmt: skip


def names_credential(key: str) -> bool:
    """Whether the end of a key tells of a credential: `password`, `apiKey`, `AUTH_TOKEN`."""
    return key.endswith(_KEYS)


def _by_key(key: str, value: str) -> str:
    """What a value is, judged by the key it stands under; empty where it is no credential."""
    text = value.strip()
    if len(text) < 3 or _HARMLESS.fullmatch(text) or _NAMED.match(text):
        return ""
    if key.endswith(_PASSWORD_KEYS):
        sentence = " " in text and not key.lower().endswith("phrase")
        return "" if sentence or text.startswith("/") else "a password"
    if key.endswith(_CREDENTIAL_KEYS) and any(_random(run[0]) for run in _RUN.finditer(text)):
        return "a credential"
    return ""


def _random(run: str) -> bool:
    """Whether a run of letters and digits mixes them as no word and no number does."""
    digits = sum(char.isdigit() for char in run)
    return 2 <= digits < len(run)


def found_in(text: str) -> tuple[str, Part] | None:
    """The first credential that stands in a text, whatever its key: what it is, and where."""
    for kind, marks, pattern in _PATTERNS:
        for found in pattern.finditer(text) if any(mark in text for mark in marks) else ():
            groups = found.groupdict()
            if _HARMLESS.fullmatch(groups.get("value") or "-") and "value" in groups:
                continue
            if "basic" in groups and not _is_pair(groups["basic"]):
                continue
            return kind, Part(found[0], Span(*found.span()))
    for found in _PAIR.finditer(text) if "=" in text else ():
        if kind := _by_key(found["key"], found["value"]):
            return kind, Part(found["value"], Span(*found.span("value")))
    return None


def secret_spans(text: str) -> tuple[Span, ...]:
    """Everything in any text that had better not be shown: wider than the rule, since a mask does no harm."""
    return _spans(text) if len(text) <= _REMEMBERED else _spans.__wrapped__(text)


@functools.lru_cache(maxsize=1024)
def _spans(text: str) -> tuple[Span, ...]:
    """The same at once: actions, pointers and names come again and again."""
    found: list[tuple[int, int]] = []
    for _, marks, pattern in _PATTERNS:
        for mark in marks:
            if mark in text:
                found += [match.span() for match in pattern.finditer(text)]
                break
    if "//" in text and "@" in text:
        found += [match.span() for match in _AUTHORITY.finditer(text)]
    if "=" in text and any(end in text for end in _PAIR_ENDS):
        found += [match.span("value") for match in _PAIR.finditer(text)]
    if _has_member(text):
        found += _values(text)
    if not found:
        return ()
    spans, end = [], 0
    for first, last in sorted(found):
        if first >= end:
            spans.append(Span(first, last))
            end = last
    return tuple(spans)


def _values(text: str) -> Iterator[tuple[int, int]]:
    """The values under telling keys: up to the quote that began them, or to the end of what is looked at."""
    end = 0
    for member in _MEMBER.finditer(text):
        if member.start() < end:
            continue
        start, quote = member.end(), member["quote"]
        end, last = start, min(start + _LONGEST, len(text))
        while (end := text.find(quote, end, last)) >= 0 and _escaped(text, end, single=len(quote) == 1):
            end += 1
        end = last if end < 0 else end
        if end - start >= 3:
            yield start, end


def _escaped(text: str, quote: int, *, single: bool) -> bool:
    """Whether a quote is part of the value: it has a backslash more than the one that began it."""
    first = quote
    while text[first - 1] == "\\":
        first -= 1
    return (quote - first) % 2 == 1 if single else first < quote


def _has_member(text: str) -> bool:
    """Whether a key that may tell of a credential stands before a colon: far quicker than the expression."""
    return any(text.endswith(_ENDS, 0, mark.start()) for mark in _BEHIND_KEY.finditer(text))


def random_spans(text: str) -> Iterator[Span]:
    """Runs of letters and digits that no name is made of; for texts where nothing random needs to be shown.

    Hexadecimal runs are none: ids of spaces, accounts and instances are made so.
    """
    for found in _MIXED.finditer(text):
        run = found[0]
        kinds = (any(map(str.islower, run)), any(map(str.isupper, run)), any(map(str.isdigit, run)))
        if not _HEXADECIMAL.fullmatch(run) and (all(kinds) or len(_CHANGES.findall(run)) >= 3):
            yield Span(*found.span())


def _is_pair(encoded: str) -> bool:
    """Whether a text is the encoding of `user:password` (RFC 7617)."""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    return b":" in decoded and all(32 <= byte != 127 for byte in decoded)


def _leaks(reading: Reading) -> Iterator[Problem]:
    for pointer, text, node in reading.strings():
        if node is not None and node.forbidden:
            continue
        if pointer in reading.spoilt or not reading.sound(pointer):
            continue
        if kind := _by_key(pointer, text) or _embedded(reading, text):
            yield Problem("AT524", pointer, "", {"kind": kind})
        elif found := found_in(text):
            yield Problem("AT524", pointer, "", {"kind": found[0]}, within=found[1].span)


def _embedded(reading: Reading, text: str) -> str:
    """What a text that holds JSON has under a telling key."""
    held = scan(text) if text[:1] in {"{", "["} else None
    if isinstance(held, Scan):
        for pointer, inner, _ in Reading(reading.plan, held.value).strings():
            if kind := _by_key(pointer, inner):
                return kind
    return ""


def _personal(reading: Reading) -> Iterator[Problem]:
    exempt = {reading.plan.pointer(role) for role in _EXEMPT}
    for pointer, text, _ in reading.strings():
        if "@" in text and pointer not in exempt and reading.sound(pointer):
            for found in _EMAIL.finditer(text):
                span = Span(*found.span())
                part = reading.unless_told(pointer, Part(found[0], span))
                if part is not None:
                    yield Problem("AT525", pointer, "", {"said": Said(found[0], pointer, sensitive=True)}, within=span)


def _break_secrecy(draft: Draft, draw: random.Random) -> str:
    made = "".join(draw.choices(string.ascii_letters + string.digits, k=44)) + "7q9"
    leaks: list[tuple[str, Json]] = [
        ("initiator/credential/token", made),
        ("tags", [f"Authorization: Bearer {made}"]),
        ("tags", [f"https://example.com/login?access_token={made}"]),
        ("tags", [f"postgres://admin:{made[:12]}@db.example.com/orders"]),
        ("tags", ["-----BEGIN RSA PRIVATE KEY-----"]),
        ("requestData", {"name": "reader", "apikey": made}),
        ("requestData", {"userPassword": "S3cure!"}),
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
        what="Looks for private keys, bearer tokens, JSON web tokens, passwords in addresses, and for values "
        "that look like "
        "credentials under keys such as `password`, `apikey` or `token`, also inside of JSON texts. Ids, "
        "CRNs, GUIDs and "
        "masks are none. The value is never shown. In a field of fixed choices, such as `outcome`, and in a "
        "`target.id` that is no CRN, this rule alone tells of it; of one in a CRN AT314 does.",
        why="Audit logs are copied to the customer, searched by many and kept for years. Whoever reads the "
        "log can do what the "
        "credential allows.",
        repair="Revoke the credential. Then log its type and its id, never its value; filter request bodies "
        "by a list of "
        "what is allowed, not by a list of what is forbidden.",
        cites=("PYC#credential", "EV20#initiator.credential", "BP18#personal data"),
        stage=Stage.TEXT,
        check=_leaks,
        reads=apart(EACH_STRING),
        breaker=_break_secrecy,
        hints=_HINTS,
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
        what="Looks for e-mail addresses outside of `initiator.id`, `initiator.name`, "
        "`initiator.host.address`, `target.id` and "
        "`target.name` (and the login identity of at-2025). Off unless selected.",
        why="Only those fields are exempt from deletion on request. Personal data elsewhere makes the whole "
        "event something "
        "that may have to be deleted.",
        repair="Log ids in requestData, responseData and message, not names or addresses.",
        cites=("BP18#personal data", "EV20#personal data"),
        check=_personal,
        reads=apart(EACH_STRING),
        breaker=_break_privacy,
        hints=("@",),
        opt_in=True,
    ),
)
