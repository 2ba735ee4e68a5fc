"""The facts of one event that must agree with each other, drawn before its fields are filled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from atlint.load.acts import Act, Home
from atlint.load.chooser import Chooser
from atlint.load.initiator import Initiator, initiator_of
from atlint.load.instance import Instance, guid
from atlint.load.spell import Either, spell, spell_rule, text_of, tree
from atlint.load.world import World
from atlint.plan import Plan
from atlint.plan.grammar import load
from atlint.rules.relation import INSTANCES, MANY

#: what an ordinary event has, by outcome; any other code of the range comes up now and then
_CODES: Final = {"success": (200, 201, 204), "failure": (400, 401, 403, 404, 409, 500, 503), "pending": (202,)}
#: where CRNs place what the tracker's regions serve
_LOCATIONS: Final = {
    "ng": ("us-south", "dal10", "dal12", "dal13", "us-south-1"),
    "eu-gb": ("eu-gb", "lon04", "lon06", "eu-gb-2"),
    "eu-de": ("eu-de", "fra02", "fra05", "eu-de-3"),
    "au-syd": ("au-syd", "syd01", "syd05", "au-syd-1"),
}
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: from the tracker's first year to the end of 2025, in hundredths of a second: all long past
_FIRST: Final = 145_160_640_000
_LAST: Final = 176_722_559_999
_NOUNS: Final = ("item", "entry", "member", "config", "rule", "binding", "revision")


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
    instance: Instance
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


def scene_of(plan: Plan, world: World, draw: Chooser, moment: int | None = None, verb: str = "") -> Scene:
    """Draw the facts of one event.

    `moment` fixes its time (hundredths of a second since the epoch), `verb` the verb of an action that may
    have any.
    """
    act, home = draw.pick(world.acts), draw.pick(world.homes)
    verb = _verb(plan, act, draw) if act.fixed or not verb else verb
    outcome = _outcome(plan, act, draw)
    code = _code(plan, outcome, draw)
    account = spell_rule("crn", "ACCOUNT_ID", draw)
    location = _location(plan, home, draw)
    identity = _instance(act, draw)
    cloud = (_usual("cname", draw), _usual("ctype", draw))
    own = Instance(cloud, act.crn, location, account, identity)
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
        instance=own,
        target=_target(act, verb, outcome, own, draw),
        target_name="" if can_be_empty and draw.chance(0.1) else draw.text(),
        type_uri=act.type_uri or _type_uri(act, draw),
        initiator=initiator_of(plan, own, draw),
        moment=draw.integer(_FIRST, _LAST) if moment is None else moment,
    )


def time_text(moment: int, draw: Chooser) -> str:
    """The time of an event, `moment` being in hundredths of a second since the epoch."""
    seconds, hundredths = divmod(moment, 100)
    return clock_text(seconds, f"{hundredths:02d}", draw)


def clock_text(seconds: int, fraction: str, draw: Chooser) -> str:
    """A time with a given fraction; what is no matter of the clock, such as the offset, is the grammar's."""
    time = _EPOCH + dt.timedelta(seconds=seconds)
    return spell(
        "at-event-time",
        draw,
        year=f"{time.year:04d}",
        month=f"{time:%m}",
        day=f"{time:%d}",
        clock=f"{time:%H:%M:%S}",
        fraction=fraction,
    )


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
    known = plan.choices("outcome")
    options = tuple(word for word in known if word in act.outcomes) or known
    return "success" if "success" in options and draw.chance(0.7) else draw.pick(options)


def _code(plan: Plan, outcome: str, draw: Chooser) -> int:
    node = plan.node(plan.pointer("reason/reasonCode"))
    least = int(node.minimum or 100) if node else 100
    most = int(node.maximum or 599) if node else 599
    least, most = (400, most) if outcome == "failure" else (least, 399) if outcome == "success" else (least, most)
    if draw.chance(0.1):
        return draw.integer(least, most)
    return draw.pick(_CODES.get(outcome, (200, 202, 500)))


def _severity(plan: Plan, act: Act, verb: str, outcome: str, code: int, draw: Chooser) -> str:
    """By the reason code's table, else for a success by declaration or verb, else any."""
    words = plan.vocabulary
    if code in words.severity_by_code:
        return words.severity_by_code[code]
    usual = act.severity or words.severity_by_verb.get(verb, "")
    if usual and (outcome == "success" or draw.chance(0.5)):
        return usual
    return draw.pick(plan.choices("severity"))


def _copy(plan: Plan, draw: Chooser) -> str:
    node = plan.node(plan.pointer("meta/userSpaceId"))
    return "space" if node is not None and draw.chance(node.weight) else "account"


def _location(plan: Plan, home: Home, draw: Chooser) -> str:
    if plan.registration is None and draw.chance(0.15):
        return text_of(tree(plan.vocabulary.locations.pattern), draw)
    return draw.pick(_LOCATIONS.get(home.region, ("global",)))


def _instance(act: Act, draw: Chooser) -> str:
    if draw.chance(0.05) and act.thing not in INSTANCES:
        return ""
    if draw.chance(0.1):
        return f"{draw.integer(0, 9)}{spell_rule('crn', 'INSTANCE', draw)}"
    return guid(draw) if draw.chance(0.5) else guid(draw).replace("-", "")


def _target(act: Act, verb: str, outcome: str, own: Instance, draw: Chooser) -> str:
    """The CRN of what was acted on: the instance, a kind within it, or one resource of that kind."""
    given = own.parts
    if draw.chance(0.03):
        scope = spell_rule("crn", "scope", draw)
        given["scope"] = given["scope"] if scope.startswith("a/") else scope
    if draw.chance(0.02):
        given["location"] = ""
    many = verb in MANY or (verb == "create" and outcome == "failure")
    whole = act.thing in INSTANCES or (verb in MANY and own.id and draw.chance(0.3))
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
