"""What in a text is a credential, by its own shape or by what it is called; and what had better not be shown.

A rule tells of less than a mask hides: an error is a promise, and a mask does no harm.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Span
from atlint.rules.reading import Part

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
#: the same as running text has them, where a blank may stand in a key
_SAID_KEYS: Final = (
    *_KEYS, "pi key", "pi Key", "PI key", "PI Key", "PI KEY", "ccess key", "ccess Key", "CCESS KEY", "ecret key",
    "ecret Key", "ECRET KEY", "rivate key", "rivate Key", "RIVATE KEY",
)  # fmt: skip
#: ends of all those keys, as few as will do: hints are looked for in every line that is explained
_ENDS: Final = (
    "word", "Word", "WORD", "wd", "WD", "phrase", "PHRASE", "ey", "EY", "oken", "OKEN",
    "oken_value", "okenValue", "ecret", "ECRET", "ization", "IZATION",
)  # fmt: skip
#: ends of these that are longer: `key:` alone stands in every CRN of a key
_SAID_ENDS: Final = tuple(sorted({key[-4:] for key in _SAID_KEYS}))
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
#: code points of a member's value that are looked at, and those that a value has at least
_LONGEST: Final = 8192
_LEAST: Final = 3
#: code points of the longest key
_LONGEST_KEY: Final = max(map(len, _SAID_KEYS))

#: what stands behind such a key in running text, by the last letter before it, and then by the last two
_JOINT: Final = re.compile(
    rf"""[ \t:=](?<=[{"".join({end[-1] for end in _ENDS})}].)(?<=(?:{"|".join({end[-2:] for end in _ENDS})}).)"""
    r"""(?:(?<=[:=])|[ \t]*+[:=])"""
)
#: what has colons of its own, with words between them that name types: `crn:v1:...:secret:...`
_COLONS: Final = re.compile(r"""\b(?:crn:v\d|[au]rn:)[^\s"'\\]*:(?=[^\s"\\])""")
#: up to a value in running text. In a line of JSON a quote that ends a string is no quote that begins the value
_BEFORE_VALUE: Final = re.compile(r"""\s*+(?P<quote>\\*+["'](?![\s"',:}\]]|\Z))?+""")
_VALUE: Final = re.compile(r"""[^\s"]{3,8192}""")
#: the same behind `Authorization:`, where the scheme stands first
_WITH_SCHEME: Final = re.compile(r"""[A-Za-z][\w-]{0,30} +[^\s"]{3,8192}""")
#: code points of a value in quotes in running text: an apostrophe begins none
_LONGEST_SAID: Final = 512
#: the joints and the word of what a rule tells of: without what ends a sentence; a template's variable is none
_TOLD_JOINTS: Final = frozenset({":", " :", "=", " ="})
_TOLD: Final = re.compile(r"""(?![<${%\[(*/])[^\s"',;&<>()\[\]{}\\]{0,8192}[^\s"',;&<>()\[\]{}\\.:!?]""")
#: what parts the pieces of names, addresses and times
_NAME_MARKS: Final = re.compile(r"[-_./:@\\=#?&+%]")
#: a digit within a piece, where numbers of names and years do not stand
_AMID: Final = re.compile(r"(?<=[A-Za-z])[0-9]+(?=[A-Za-z])")

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
HINTS: Final = (*_MARKS, *_APART, *(end + joint for end in _ENDS for joint in _JOINTS))
#: those of running text, few since many cost time; in what is a CRN nothing is found by them
SAID_HINTS: Final = (" :", " =", *(f"{end}:" for end in _SAID_ENDS))
#: what stands behind the end of a key, with or without a quote: what follows the quote of an encoder is said too, since
#: values such as `apikey` end alike
_BEHIND_END: Final = ("=", "'", "\\", '":', *(f'"{char}' for char in map(chr, range(0x3001)) if char.isspace()))
#: the same in running text: up to the joint, or to a second blank
_BEHIND_SAID: Final = (":", "=", "\t", *(f" {char}" for char in ":= \t"))
#: one of these stands in every text that has secrets by `secret_spans` or by `hidden_spans`
NEEDED: Final = (
    *_MARKS,
    "//",
    *(end + behind for end in _ENDS for behind in _BEHIND_END),
    *(end + behind for end in _SAID_ENDS for behind in _BEHIND_SAID),
)

#: code points of a text whose secrets are remembered
_REMEMBERED: Final = 200

EMAIL: Final = re.compile(
    r"[^\s@*\"'<>(),:;\[\]{}\\/=]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}"
)


def names_credential(key: str) -> bool:
    """Whether the end of a key tells of a credential: `password`, `apiKey`, `AUTH_TOKEN`."""
    return key.endswith(_KEYS)


def by_key(key: str, value: str) -> str:
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


def _by_saying(key: str, word: str) -> str:
    """The same for a word that running text says of a key: told where it is like nothing else that one says of it.

    What is said may be `changed`, `expired`, or the name of whose key it is. So a password has, in one piece, small
    letters and capitals, and digits amid them twice; any other credential has them in a run of sixteen or more.
    """
    if _NAMED.match(word) or EMAIL.fullmatch(word):
        return ""
    if key.endswith(_PASSWORD_KEYS):
        return "a password" if any(map(_mixed, _NAME_MARKS.split(word))) else ""
    return "a credential" if any(_mixed(run[0]) for run in _RUN.finditer(word)) else ""


def _mixed(piece: str) -> bool:
    """Whether a piece of six letters and digits or more mixes them as names and numbers do not."""
    cases = any(map(str.islower, piece)) and any(map(str.isupper, piece))
    return len(piece) >= 6 and cases and sum(1 for _ in _AMID.finditer(piece)) >= 2


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
        if kind := by_key(found["key"], found["value"]):
            return kind, Part(found["value"], Span(*found.span("value")))
    for joint, key, value in _said(text):
        word = _TOLD.match(text, value.start)
        if word and joint in _TOLD_JOINTS and (kind := _by_saying(key, word[0])):
            return kind, Part(word[0], Span(*word.span()))
    return None


def _said(text: str) -> Iterator[tuple[str, str, Span]]:
    """What running text says of telling keys, as in `apikey: value`: the joint, the key's end, the value's place."""
    if not any(text.endswith(_SAID_KEYS, 0, joint.start()) for joint in _JOINT.finditer(text)):
        return
    behind, veiled = 0, _COLONS.sub(_veil, text) if "rn:" in text else text
    for joint in _JOINT.finditer(veiled):
        if joint.end() < behind or not veiled.endswith(_SAID_KEYS, 0, joint.start()):
            continue
        key = text[max(joint.start() - _LONGEST_KEY, 0) : joint.start()]
        value = _value_said(text, joint.end(), scheme=key.endswith("uthorization"))
        if value is not None:
            behind = value.end
            yield joint[0], key, value


def _veil(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _value_said(text: str, at: int, *, scheme: bool) -> Span | None:
    """Where the value behind a joint stands: up to the quote that ends it, or one word; None where it is too short."""
    before = _BEFORE_VALUE.match(text, at)
    start = before.end() if before else at
    if before and before["quote"]:
        end = _closing(text, start, before["quote"], _LONGEST_SAID)
        if end - start >= _LEAST:
            return Span(start, end)
    found = (_WITH_SCHEME.match(text, start) if scheme else None) or _VALUE.match(text, start)
    return found and Span(*found.span())


def hidden_spans(text: str) -> tuple[Span, ...]:
    """Everything in any text that had better not be shown: wider than the rule, since a mask does no harm."""
    spans = secret_spans(text)
    said = [value for _, _, value in _said(text)]
    return _together([*spans, *said]) if said else spans


def secret_spans(text: str) -> tuple[Span, ...]:
    """All of that but what running text says of a key, as in `apikey: value`."""
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
    return _together(found) if found else ()


def _together(found: list[tuple[int, int]]) -> tuple[Span, ...]:
    """Places in order; those that overlap are one."""
    spans = list[Span]()
    for first, last in sorted(found):
        if not spans or first >= spans[-1].end:
            spans.append(Span(first, last))
        elif last > spans[-1].end:
            spans[-1] = Span(spans[-1].start, last)
    return tuple(spans)


def _values(text: str) -> Iterator[tuple[int, int]]:
    """The values under telling keys: up to the quote that began them, or to the end of what is looked at."""
    end = 0
    for member in _MEMBER.finditer(text):
        if member.start() < end:
            continue
        start = member.end()
        end = _closing(text, start, member["quote"], _LONGEST)
        end = min(start + _LONGEST, len(text)) if end < 0 else end
        if end - start >= _LEAST:
            yield start, end


def _closing(text: str, start: int, quote: str, most: int) -> int:
    """Where the quote stands that ends what another began, as far as one looks; -1 where it does not."""
    end = start
    while (end := text.find(quote, end, start + most)) >= 0 and _escaped(text, end, single=len(quote) == 1):
        end += 1
    return end


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
