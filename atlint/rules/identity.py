"""Family AT5, who and where from: the initiator's id and address; and the forms of account and space ids."""

from __future__ import annotations

import ipaddress
import random
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from atlint.model import Fact, Json, Problem, Said, Span
from atlint.plan.form import acceptor
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import apart, together
from atlint.rules.rule import INFO, WARNING, Case, Rule, Stage, always, since

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

#: forms of an initiator's id whose letters have one right case
#: with what an id of each known kind begins
HEADS: Final = ("IBMid-", "iam-ServiceId-", "iam-Profile-", "CertificateId-")
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SERVICE_NAME: Final = re.compile(f"ServiceId-{_GUID}")
_PORT: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3})[:/](?P<port>[0-9]{1,5})")
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,20}\.?")
_ADDRESS: Final = "initiator/host/address"
_TYPE: Final = "initiator/host/addressType"
#: not routed on the internet: RFC 1918, 6598, 3927, 4193, 4291
_PRIVATE: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
        "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


def is_email(text: str) -> bool:
    """Whether a whole text has the shape of an e-mail address."""
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain.strip(".") and "@" not in domain and not re.search(r"\s", text))


def diagnose_initiator_id(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """AT521 for an initiator's id in none of the known forms."""
    if reading.spoilt.get(pointer):
        return
    case, repair = "unknown", None
    if is_email(text):
        case = "email"
    elif _SERVICE_NAME.fullmatch(text):
        case, repair = "service-name", f"iam-{text}"
    elif text.lower().startswith(("crn:", "crn-crn:")):
        case = "crn"
    else:
        for head in HEADS:
            right = head + text[len(head) :]
            if text.lower().startswith(head.lower()) and not text.startswith(head):
                case, repair = "case", right if acceptor("at-initiator-id")(right) else None
            elif text.startswith(head):
                case = "rest"
    yield Problem("AT521", pointer, case, {"said": Said(text, pointer)}, repair=repair)


def diagnose_account_id(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """AT406 for a user's account id with a prefix, or with characters that no account id has."""
    if reading.spoilt.get(pointer):
        return
    facts: dict[str, Fact] = {"said": Said(text, pointer)}
    bare = text[2:]
    if text[:2] in {"a/", "a:"}:
        repair = bare if acceptor("at-account-id")(bare) else None
        facts["prefix"] = text[:2]
        yield Problem("AT406", pointer, "", facts, within=Span(0, 2), repair=None if repair is None else "")
    else:
        bad = next(index for index, char in enumerate(f"{text}\0") if not (char.isascii() and char.isalnum()))
        within = Span(bad, bad + 1) if bad < len(text) else None
        yield Problem("AT406", pointer, "characters", facts, within=within)


def diagnose_space_id(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """AT410 for a space id that is neither a GUID nor `a:` with an account."""
    if reading.spoilt.get(pointer):
        return
    case, repair = "", None
    if text.startswith("a/"):
        case, repair = "slash", f"a:{text[2:]}" if acceptor("at-space-id")(f"a:{text[2:]}") else None
    elif re.fullmatch("[0-9a-fA-F]{32}", text):
        case = "bare"
    elif text.startswith("a:"):
        case = "account"
    yield Problem("AT410", pointer, case, {"said": Said(text, pointer)}, repair=repair)


def diagnose_address(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """AT522 for a text that is no IP address, with what it is instead."""
    if reading.spoilt.get(pointer):
        return
    facts: dict[str, Fact] = {"said": Said(text, pointer)}
    case, repair, within = "", None, None
    if found := _PORT.fullmatch(text):
        case, repair = "port", found["host"].strip("[]")
        within = Span(found.start("port") - 1, found.end("port"))
    elif text.startswith("[") and text.endswith("]"):
        case, repair = "brackets", text[1:-1]
    elif "," in text:
        case = "several"
    elif "%" in text and ":" in text:
        case, repair = "zone", text.partition("%")[0]
    elif text.lower() in {"localhost", "localhost."}:
        case = "loopback"
    elif _HOST_NAME.fullmatch(text) and not text.replace(".", "").isdigit():
        case = "name"
    if repair is not None and not acceptor("at-address")(repair):
        case, repair, within = "", None, None
    yield Problem("AT522", pointer, case, facts, within=within, repair="" if within and repair else repair)


def _address(reading: Reading) -> str | None:
    """The initiator's address where it is one, or a network."""
    text = reading.string(_ADDRESS)
    return text if text and acceptor("at-address")(text) else None


def _of_no_use(reading: Reading) -> Iterator[Problem]:
    text = _address(reading)
    if text is None:
        return
    if "/" in text:
        if not _knows_networks(reading):
            yield reading.problem("AT522", _ADDRESS, "network", said=reading.said(_ADDRESS))
        return
    address = _plain(ipaddress.ip_address(text))
    if address.is_loopback:
        yield reading.problem("AT522", _ADDRESS, "loopback", said=reading.said(_ADDRESS))
    elif address.is_unspecified:
        yield reading.problem("AT522", _ADDRESS, "unspecified", said=reading.said(_ADDRESS))
    elif any(address in network for network in _PRIVATE):
        yield reading.problem("AT522", _ADDRESS, "private", said=reading.said(_ADDRESS))


def _plain(address: Address) -> Address:
    """An IPv4 address also where it is written as IPv6 (`::ffff:10.0.0.1`)."""
    return getattr(address, "ipv4_mapped", None) or address


def _knows_networks(reading: Reading) -> bool:
    node = reading.plan.node(reading.plan.pointer(_TYPE))
    return node is not None and "subnet" in (node.choices or ())


def _mismatch(reading: Reading) -> Iterator[Problem]:
    """The address type beside the address; what is absent counts as IPv4 only for a network."""
    text, said = _address(reading), reading.get(_TYPE)
    if text is None or not (isinstance(said, str) or not reading.present(_TYPE)):
        return
    if "/" in text:
        if _knows_networks(reading) and said != "subnet":
            yield _type_problem(reading, "network", said, "subnet")
    elif said == "subnet":
        yield reading.problem("AT523", _TYPE, "subnet", said=reading.said(_ADDRESS))
    else:
        right = "IPv6" if ":" in text else "IPv4"
        if said in {"IPv4", "IPv6"} and said != right:
            yield _type_problem(reading, "", said, right)


def _type_problem(reading: Reading, case: str, said: Json, want: str) -> Problem:
    repair = want if said is not None else None
    words = "nothing" if said is None else reading.said(_TYPE)
    return reading.problem("AT523", _TYPE, case, said=words, want=want, repair=repair)


def _break_id(draft: Draft, draw: random.Random) -> str:
    made = [
        "anna.lindqvist@example.com",
        "operator-7",
        "ibmid-55000KQ3RZ",
        "iam-ServiceId-9b1c6a52",
        "crn:v1:bluemix:public",
    ]
    return draft.put("initiator/id", draw.choice(made))


def _break_address(draft: Draft, draw: random.Random) -> str:
    made = [
        "127.0.0.1",
        "::1",
        "localhost",
        "203.0.113.9:44321",
        "203.0.113.9, 198.51.100.2",
        "10.4.17.2",
        "300.1.2.3",
        "fd00::5",
    ]
    address = draw.choice(made)
    if draft.get(_TYPE) is not None:
        draft.put(_TYPE, "IPv6" if address.count(":") > 1 else "IPv4")
    return draft.put(_ADDRESS, address)


def _break_type(draft: Draft, draw: random.Random) -> str:
    pairs = [("203.0.113.9", "IPv6"), ("2001:db8::9", "IPv4")]
    if _knows_networks(draft.reading):
        pairs += [("203.0.113.0/24", "IPv4"), ("203.0.113.9", "subnet")]
    address, kind = draw.choice(pairs)
    draft.put(_ADDRESS, address)
    return draft.put(_TYPE, kind)


RULES: Final = (
    Rule(
        code="AT521",
        name="initiator-id-form",
        summary="The initiator's id has none of the forms that IAM gives out.",
        cases={
            "unknown": Case(
                "the initiator's id {said} is no IBMid, service id, profile id, certificate id, GUID or CRN",
                always(WARNING),
                help="log the id from the request's IAM token (claim iam_id)",
            ),
            "email": Case(
                "the initiator's id {said} is an e-mail address, which belongs in initiator.name",
                always(INFO),
                help="log the id from the IAM token (claim iam_id) here",
            ),
            "service-name": Case(
                "{said} is the name of a service id; its id begins with iam-",
                always(WARNING),
                help="begin it with iam-",
                fix="unsafe",
            ),
            "crn": Case(
                "the initiator's id {said} begins like a CRN and is none of version v1 with ten segments",
                always(WARNING),
                help="log the id from the request's IAM token (claim iam_id), which has the whole CRN",
            ),
            "case": Case(
                "{said} is a known form of id with letters of the wrong case",
                always(WARNING),
                help="write the letters as the known form has them",
                fix="safe",
            ),
            "rest": Case(
                "{said} begins like a known form of id, but what follows is not of that form",
                always(WARNING),
                help="log the id from the request's IAM token (claim iam_id), uncut and unchanged",
            ),
        },
        what="Knows `IBMid-...`, `iam-ServiceId-<GUID>`, `iam-Profile-<GUID>`, `CertificateId-...`, the GUID of a "
        "Cloud Foundry user, and a service's CRN, bare or with `crn-` before it.",
        why="Whoever investigates asks for everything that one identity did. An id of another form is found under no "
        "identity, and two spellings of one id look like two people.",
        repair="Take `iam_id` from the token of the request. Names and e-mail addresses go to `initiator.name`.",
        cites=("EV18#initiator.id", "EV20#table 2", "PAT#initiator"),
        stage=Stage.SHAPE,
        breaker=_break_id,
    ),
    Rule(
        code="AT522",
        name="initiator-address",
        summary="The initiator's address says nothing about where the request came from.",
        cases={
            "": Case("{said} is no IP address", always(WARNING), help="log the client's address"),
            "loopback": Case(
                "{said} is this machine itself, not the client",
                always(WARNING),
                help="log the client's address",
            ),
            "unspecified": Case("{said} is the address of nobody", always(WARNING), help="log the client's address"),
            "private": Case(
                "{said} is not routed on the internet",
                always(INFO),
                help="log the address before the last proxy",
            ),
            "network": Case(
                "{said} is a network; this edition wants one address",
                always(WARNING),
                help="log the client's address",
            ),
            "port": Case(
                "a port stands behind the address {said}",
                always(WARNING),
                help="log the address alone",
                fix="unsafe",
            ),
            "brackets": Case(
                "the address {said} stands in brackets", always(WARNING), help="log it bare", fix="unsafe"
            ),
            "several": Case(
                "{said} are several addresses", always(WARNING), help="log the client's, which comes first"
            ),
            "zone": Case(
                "the address {said} has the zone of one machine",
                always(WARNING),
                help="log it bare",
                fix="unsafe",
            ),
            "name": Case(
                "{said} is the name of a host, not an address",
                always(WARNING),
                help="log the client's address",
            ),
        },
        what="Reads the address as IPv4 or IPv6. Loopback and unspecified addresses are told, and private ones as "
        "advice, since behind a proxy they may be all that is known.",
        why="The address is how an intruder is told from a colleague. `127.0.0.1` says only that there was a proxy.",
        repair="Take the client's address from `X-Forwarded-For` (the first entry that is not a trusted proxy), "
        "without port and brackets.",
        cites=("EV18#initiator.host.address", "EV20#initiator.host.address", "FOC#event tracking notes"),
        check=_of_no_use,
        reads=apart(_ADDRESS),
        breaker=_break_address,
        spoils=True,
    ),
    Rule(
        code="AT523",
        name="address-type-mismatch",
        summary="The address type is not the type of the address beside it.",
        cases={
            "": Case(
                "the address type is {said}, the address beside it is {want}",
                since("at-2020", WARNING),
                fix="unsafe",
            ),
            "network": Case(
                "the address is a network, the address type says {said}",
                since("at-2025", WARNING),
                fix="unsafe",
            ),
            "subnet": Case(
                "the address type is subnet, but {said} is one address",
                since("at-2025", WARNING),
                help="write IPv4 or IPv6, or log the network with its prefix, as 10.0.0.0/8",
            ),
        },
        what="Compares `initiator.host.addressType` with the address: IPv4, IPv6, or `subnet` for a network in CIDR "
        "notation (at-2025). An absent type is no fault beside an address.",
        why="Consumers choose by the type how they read the address; the wrong one makes it unreadable for them.",
        repair="Derive the type from the address that is logged, at the place where it is logged.",
        cites=("EV20#initiator.host.addressType", "EV25#initiator.host.addressType"),
        check=_mismatch,
        reads=together(_ADDRESS, _TYPE),
        breaker=_break_type,
    ),
)
