"""The facts of one event that must agree with each other, drawn before its fields are filled."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from atlint.load.chooser import Chooser
from atlint.load.spell import Either, spell, spell_rule, text_of, tree
from atlint.load.world import Act, Home, World
from atlint.plan import Plan
from atlint.plan.form import acceptor
from atlint.plan.grammar import load
from atlint.rules.relation import INSTANCES, MANY

_GUID: Final = re.compile(load("identity").rules["GUID"])
_ROLE_ID: Final = "initiator/id"
#: what an ordinary event has, by outcome; any other code of the range comes up now and then
_CODES: Final = {"success": (200, 201, 204), "failure": (400, 401, 403, 404, 409, 500, 503), "pending": (202,)}
#: where CRNs place what the tracker's regions serve
_LOCATIONS: Final = {
    "ng": ("us-south", "dal10", "dal12", "dal13", "us-south-1"),
    "eu-gb": ("eu-gb", "lon04", "lon06", "eu-gb-2"),
    "eu-de": ("eu-de", "fra02", "fra05", "eu-de-3"),
    "au-syd": ("au-syd", "syd01", "syd05", "au-syd-1"),
}
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
    "anna",
    "bjørn",
    "chloé",
    "davide",
    "eilidh",
    "françois",
    "grace",
    "jürgen",
    "mei",
    "noor",
    "zoë",
    "Łukasz",
    "張偉",
    "наталья",
)
_FAMILY: Final = ("lindqvist", "müller", "okafor", "rossi", "tanaka", "novák", "silva", "o.brien", "петров", "김")
_DOMAINS: Final = ("example.com", "example.org", "example.net", "mail.example.com")
#: first octets of IPv4 blocks that hold nothing private, reserved or for documentation
_PUBLIC_V4: Final = tuple(
    octet for octet in range(1, 224) if octet not in {10, 100, 127, 169, 172, 192, 198, 203}
)  # fmt: skip
#: the first 16 bits of blocks that regional registries hand out
_PUBLIC_V6: Final = (0x2400, 0x2404, 0x2600, 0x2607, 0x2800, 0x2A00, 0x2A01, 0x2A02, 0x2C0F)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: from the tracker's first year to the end of 2025, in hundredths of a second: all long past
_FIRST: Final = 145_160_640_000
_LAST: Final = 176_722_559_999
_NOUNS: Final = ("item", "entry", "member", "config", "rule", "binding", "revision")


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


@dataclass(frozen=True, slots=True)
class CrnFacts:
    """What the CRNs of one event have in common."""

    cloud: tuple[str, str]
    service: str
    location: str
    account: str
    instance: str

    @property
    def parts(self) -> dict[str, str]:
        """The segments of an instance's CRN, as `spell` takes them; the version is the grammar's."""
        return {
            "cname": self.cloud[0],
            "ctype": self.cloud[1],
            "service": self.service,
            "location": self.location,
            "scope": f"a/{self.account}",
            "instance": self.instance,
            "resource_type": "",
            "resource": "",
        }


@dataclass(frozen=True, slots=True)
class Scene:
    """What one event is about."""

    act: Act
    home: Home
    verb: str
    outcome: str
    code: int
    severity: str
    #: whose copy: "account" or "space"
    copy: str
    crn: CrnFacts
    target: str
    target_name: str
    type_uri: str
    initiator: Initiator
    #: hundredths of a second since the epoch
    moment: int

    @property
    def action(self) -> str:
        """The action as a whole."""
        return f"{self.act.service}.{self.act.thing}.{self.verb}"

    @property
    def tells_change(self) -> bool:
        """Whether the event is an update that must say what changed."""
        return self.verb == "update" and self.outcome == "success"


def scene_of(plan: Plan, world: World, draw: Chooser, moment: int | None = None) -> Scene:
    """Draw the facts of one event; `moment` fixes its time (hundredths of a second since the epoch)."""
    act, home = draw.pick(world.acts), draw.pick(world.homes)
    verb = _verb(plan, act, draw)
    outcome = _outcome(plan, act, draw)
    code = _code(plan, outcome, draw)
    account = spell_rule("crn", "ACCOUNT_ID", draw)
    location = _location(plan, home, draw)
    instance = _instance(act, draw)
    cloud = (_usual("cname", draw), _usual("ctype", draw))
    crn = CrnFacts(cloud, act.crn, location, account, instance)
    named = plan.node(plan.pointer("target/name"))
    can_be_empty = named is not None and not named.min_length
    return Scene(
        act=act,
        home=home,
        verb=verb,
        outcome=outcome,
        code=code,
        severity=_severity(plan, act, verb, outcome, code, draw),
        copy=world.copy or _copy(plan, draw),
        crn=crn,
        target=_target(act, verb, outcome, crn, draw),
        target_name="" if can_be_empty and draw.chance(0.1) else draw.text(),
        type_uri=act.type_uri or _type_uri(act, draw),
        initiator=_initiator(plan, crn, draw),
        moment=draw.integer(_FIRST, _LAST) if moment is None else moment,
    )


def choices(plan: Plan, role: str) -> tuple[str, ...]:
    """The closed set of a role; empty where it has none, or the edition has not the role."""
    node = plan.node(plan.pointer(role))
    return tuple(choice for choice in (node.choices or ()) if isinstance(choice, str)) if node else ()


def time_text(moment: int, draw: Chooser) -> str:
    """An event's time; what is no matter of the clock, such as the offset, is the grammar's."""
    whole, hundredths = divmod(moment, 100)
    time = _EPOCH + dt.timedelta(seconds=whole)
    return spell(
        "at-event-time",
        draw,
        year=f"{time:%Y}",
        month=f"{time:%m}",
        day=f"{time:%d}",
        clock=f"{time:%H:%M:%S}",
        fraction=f"{hundredths:02d}",
    )


def guid(draw: Chooser) -> str:
    """A GUID in lower case."""
    text = f"{draw.integer(0, 16**32 - 1):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _usual(rule: str, draw: Chooser) -> str:
    """A text of a rule of the CRN's grammar, mostly of its first alternative."""
    ways = tree(load("crn").rules[rule])
    if isinstance(ways, Either) and draw.chance(0.9):
        return text_of(ways.ways[0], draw)
    return text_of(ways, draw)


def _verb(plan: Plan, act: Act, draw: Chooser) -> str:
    """Mostly one of the act's; now and then any that the edition knows, so that each comes up."""
    if act.fixed or not draw.chance(0.1):
        return draw.pick(act.verbs)
    return draw.pick(sorted(plan.vocabulary.verbs - plan.vocabulary.vague_verbs))


def _outcome(plan: Plan, act: Act, draw: Chooser) -> str:
    known = choices(plan, "outcome")
    options = tuple(word for word in known if word in act.outcomes) or known
    return "success" if "success" in options and draw.chance(0.7) else draw.pick(options)


def _code(plan: Plan, outcome: str, draw: Chooser) -> int:
    node = plan.node(plan.pointer("reason/reasonCode"))
    least = int(node.minimum or 100) if node else 100
    most = int(node.maximum or 599) if node else 599
    least, most = (400, most) if outcome == "failure" else (least, 399) if outcome == "success" else (least, most)
    if draw.chance(0.9):
        return draw.pick(_CODES.get(outcome, (200, 202, 500)))
    return draw.integer(least, most)


def _severity(plan: Plan, act: Act, verb: str, outcome: str, code: int, draw: Chooser) -> str:
    """By the reason code's table, else for a success by declaration or verb, else any."""
    words = plan.vocabulary
    if code in words.severity_by_code:
        return words.severity_by_code[code]
    usual = act.severity or words.severity_by_verb.get(verb, "")
    if usual and (outcome == "success" or draw.chance(0.5)):
        return usual
    return draw.pick(choices(plan, "severity"))


def _copy(plan: Plan, draw: Chooser) -> str:
    node = plan.node(plan.pointer("meta/userSpaceId"))
    return "space" if node is not None and draw.chance(node.weight) else "account"


def _location(plan: Plan, home: Home, draw: Chooser) -> str:
    if not home.project and draw.chance(0.15):
        return text_of(tree(plan.vocabulary.locations.pattern), draw)
    return draw.pick(_LOCATIONS.get(home.region, ("global",)))


def _instance(act: Act, draw: Chooser) -> str:
    if draw.chance(0.05) and act.thing not in INSTANCES:
        return ""
    if draw.chance(0.1):
        return f"{draw.integer(0, 9)}{spell_rule('crn', 'INSTANCE', draw)}"
    return guid(draw) if draw.chance(0.5) else guid(draw).replace("-", "")


def _target(act: Act, verb: str, outcome: str, own: CrnFacts, draw: Chooser) -> str:
    """The CRN of what was acted on: the instance, a kind within it, or one resource of that kind."""
    given = own.parts
    if draw.chance(0.03):
        scope = spell_rule("crn", "scope", draw)
        given["scope"] = given["scope"] if scope.startswith("a/") else scope
    if draw.chance(0.02):
        given["location"] = ""
    many = verb in MANY or (verb == "create" and outcome == "failure")
    whole = act.thing in INSTANCES or (verb in MANY and own.instance and draw.chance(0.3))
    if not whole:
        kind = act.thing.replace(".", "-")
        given["resource_type"] = "serviceRole" if draw.chance(0.02) else kind
        given["resource"] = "" if many and draw.chance(0.2) else _resource(draw)
    return spell("at-crn", draw, **given)


def _resource(draw: Chooser) -> str:
    """Begins with a digit, so that it is nobody's login name."""
    if draw.chance(0.2):
        return f"{draw.integer(0, 9)}{spell_rule('crn', 'RESOURCE', draw)}"
    return guid(draw)


def _type_uri(act: Act, draw: Chooser) -> str:
    """Service and object, the object's dashes as slashes now and then, and finer parts that are no verbs."""
    thing = act.thing.replace("-", "/") if draw.chance(0.3) else act.thing
    finer = f"/{draw.pick(_NOUNS)}-{spell_rule('type-uri', 'ATTRIBUTE', draw)}" if draw.chance(0.05) else ""
    return f"{act.service}/{thing.replace('.', '/')}{finer}"


def _initiator(plan: Plan, crn: CrnFacts, draw: Chooser) -> Initiator:
    """An identity, its credential and its address; a service that acts by itself where the edition has that."""
    node = plan.node(plan.pointer(_ROLE_ID))
    kinds, credentials = choices(plan, "initiator/typeURI"), choices(plan, "initiator/credential/type")
    if node is not None and not node.min_length and draw.chance(0.03):
        return Initiator("", "IBM", draw.pick(kinds), draw.pick(credentials), *_no_address(plan, draw))
    kind = kinds[0] if draw.chance(0.5) else draw.pick(kinds)
    identity = identity_of(kind, crn, draw)
    fitting = next((fits for head, fits in _CREDENTIALS.items() if identity.startswith(head)), credentials)
    options = tuple(word for word in fitting if word in credentials) or credentials
    return Initiator(identity, name_of(identity, draw), kind, draw.pick(options), *_address(plan, draw))


def identity_of(kind: str, crn: CrnFacts, draw: Chooser) -> str:
    """An id of one of the forms that go with the kind of identity."""
    rules = _IDS.get(kind, ("initiator_id",))
    text = spell_rule("identity", draw.pick(rules), draw)
    if text.startswith("crn"):
        head = "crn-" if text.startswith("crn-") else ""
        return head + spell("at-crn", draw, **crn.parts)
    return _GUID.sub(lambda found: found[0].lower(), text) if draw.chance(0.9) else text


def name_of(identity: str, draw: Chooser) -> str:
    """What such an identity is called: an e-mail address, the name of a service id, or a plain name."""
    if identity.startswith("iam-ServiceId-"):
        return identity.removeprefix("iam-")
    if identity.startswith("IBMid-") or _GUID.fullmatch(identity):
        return f"{draw.pick(_GIVEN)}.{draw.pick(_FAMILY)}@{draw.pick(_DOMAINS)}"
    return draw.text()


def _no_address(plan: Plan, draw: Chooser) -> tuple[str, str]:
    kinds = choices(plan, "initiator/host/addressType")
    return "", draw.pick(kinds) if kinds else ""


def _address(plan: Plan, draw: Chooser) -> tuple[str, str]:
    """An address that is routed on the internet, and its type; a network, or none, where the edition has those."""
    kinds = choices(plan, "initiator/host/addressType")
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
