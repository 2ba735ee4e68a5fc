"""Who asks: an identity, what it is called, the credential that it has, and a public address."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from atlint.load.chooser import Chooser
from atlint.load.instance import Instance
from atlint.load.spell import spell, spell_rule
from atlint.plan import Plan
from atlint.plan.form import acceptor
from atlint.plan.grammar import load

_GUID: Final = re.compile(load("identity").rules["GUID"])
_ROLE_ID: Final = "initiator/id"
#: how an initiator's id begins, and with what such an identity logs in; others take any credential
_CREDENTIALS: Final = {
    "IBMid-": ("token", "user", "apikey"),
    "iam-ServiceId-": ("token", "apikey", "apikey-serviceid", "hmac"),
    "iam-Profile-": ("token", "compute-resource", "instance-identity-token"),
    "CertificateId-": ("certificate",),
    "crn": ("token", "s2s-authorization"),
}
#: the rules of the grammar whose ids are of each type; other types take any
_IDS: Final = {
    "service/security/account/user": ("IBMID", "GUID"),
    "service/security/account/serviceid": ("SERVICE_ID",),
    "service/security/client/certificateid": ("CERTIFICATE_ID",),
}
_GIVEN: Final = (
    "anna", "bjørn", "chloé", "davide", "eilidh", "françois", "grace", "jürgen", "mei", "noor", "zoë", "Łukasz", "張偉",
    "наталья",
)  # fmt: skip
_FAMILY: Final = ("lindqvist", "müller", "okafor", "rossi", "tanaka", "novák", "silva", "o.brien", "петров", "김")
_DOMAINS: Final = ("example.com", "example.org", "example.net", "mail.example.com")
#: first octets of IPv4 blocks that hold nothing private, reserved or for documentation
_PUBLIC_V4: Final = tuple(
    octet for octet in range(1, 224) if octet not in {10, 100, 127, 169, 172, 192, 198, 203}
)  # fmt: skip
#: the first 16 bits of blocks that regional registries hand out
_PUBLIC_V6: Final = (0x2400, 0x2404, 0x2600, 0x2607, 0x2800, 0x2A00, 0x2A01, 0x2A02, 0x2C0F)


@dataclass(frozen=True, slots=True)
class Initiator:
    """Who asks: id, name, type and credential fit each other."""

    id: str
    name: str
    type_uri: str
    credential: str
    address: str
    #: of the address; empty where the edition has no such field
    address_type: str


def initiator_of(plan: Plan, instance: Instance, draw: Chooser) -> Initiator:
    """An identity, its credential and its address; a service that acts by itself where the edition has that."""
    node = plan.node(plan.pointer(_ROLE_ID))
    kinds, credentials = plan.choices("initiator/typeURI"), plan.choices("initiator/credential/type")
    if node is not None and not node.min_length and draw.chance(0.03):
        return Initiator("", "IBM", draw.pick(kinds), draw.pick(credentials), *_no_address(plan, draw))
    kind = kinds[0] if draw.chance(0.5) else draw.pick(kinds)
    identity = identity_of(kind, instance, draw)
    usual = _CREDENTIALS["IBMid-"] if kind == kinds[0] else credentials
    fitting = next((fits for head, fits in _CREDENTIALS.items() if identity.startswith(head)), usual)
    options = tuple(word for word in fitting if word in credentials) or credentials
    return Initiator(identity, name_of(identity, draw), kind, draw.pick(options), *_address(plan, draw))


def identity_of(kind: str, instance: Instance, draw: Chooser) -> str:
    """An id of one of the forms that go with the kind of identity."""
    rules = _IDS.get(kind, ("initiator_id",))
    text = spell_rule("identity", draw.pick(rules), draw)
    if text.startswith("crn"):
        head = "crn-" if text.startswith("crn-") else ""
        return head + spell("at-crn", draw, **instance.parts)
    return _GUID.sub(lambda found: found[0].lower(), text) if draw.chance(0.9) else text


def name_of(identity: str, draw: Chooser) -> str:
    """What such an identity is called: an e-mail address, the name of a service id, or a plain name."""
    if identity.startswith("iam-ServiceId-"):
        return identity.removeprefix("iam-")
    if identity.startswith("IBMid-") or _GUID.fullmatch(identity):
        return f"{draw.pick(_GIVEN)}.{draw.pick(_FAMILY)}@{draw.pick(_DOMAINS)}"
    return draw.text()


def _no_address(plan: Plan, draw: Chooser) -> tuple[str, str]:
    kinds = plan.choices("initiator/host/addressType")
    return "", draw.pick(kinds) if kinds else ""


def _address(plan: Plan, draw: Chooser) -> tuple[str, str]:
    """An address that is routed on the internet, and its type; a network, or none, where the edition has those."""
    kinds = plan.choices("initiator/host/addressType")
    kind = draw.pick(kinds) if kinds and draw.chance(0.3) else "IPv6" if draw.chance(0.25) else "IPv4"
    if kind == "IPv6":
        return public_v6(draw), kind
    if kind == "subnet" and acceptor("at-address")("5.0.0.0/8"):
        size = draw.integer(8, 31)
        network = ipaddress.ip_network((int(ipaddress.IPv4Address(public_v4(draw))), size), strict=False)
        return str(network), kind
    return (public_v4(draw) if kind == "IPv4" else ""), kind


def public_v4(draw: Chooser) -> str:
    """An IPv4 address of a block that is public as a whole."""
    rest = draw.integer(1, 2**24 - 2)
    return f"{draw.pick(_PUBLIC_V4)}.{rest >> 16}.{rest >> 8 & 255}.{rest & 255}"


def public_v6(draw: Chooser) -> str:
    """An IPv6 address of a block that is public as a whole."""
    return str(ipaddress.IPv6Address(draw.pick(_PUBLIC_V6) << 112 | draw.integer(1, 2**112 - 1)))
