"""A registration to a Python module of typed constructors for its events, which needs nothing but Python."""

from __future__ import annotations

import functools
import json
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from atlint.model import AtlintError
from atlint.plan import Plan
from atlint.plan.grammar import load
from atlint.plan.registration import Registration
from atlint.rules.line import limits
from atlint.rules.reading import Reading
from atlint.rules.relation import INSTANCES, MANY, UNBORN

#: verbs whose failure leaves nothing that has an id


@dataclass(frozen=True, slots=True)
class Constructor:
    """One function of the module."""

    function: str
    action: str
    about: str
    outcomes: tuple[str, ...]
    severity: str
    type_uri: str
    #: of the CRN; empty where the instance itself is the target
    kind: str
    verb: str

    @property
    def within(self) -> bool:
        """Whether the target is something within an instance."""
        return bool(self.kind)

    @property
    def unborn(self) -> bool:
        """Whether a failure leaves nothing that has an id."""
        return self.verb in UNBORN

    @property
    def update(self) -> bool:
        """Whether it must say what changed."""
        return self.verb == "update"


def module(plan: Plan) -> str:
    """The module's text. Raises AtlintError for a plan without a registration, or one without actions."""
    registration = plan.registration
    if registration is None or not registration.actions:
        raise AtlintError("--target python needs a registration with actions: each becomes a function")
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("atlint.targets", ""),
        autoescape=False,  # noqa: S701 - this makes Python, and every text in it is quoted by `quoted`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template("python.jinja")
    return template.render(**_context(plan, registration))


def _context(plan: Plan, registration: Registration) -> dict[str, Any]:
    meta = "meta" in plan.root.required
    entries = registration.regions if meta else ()
    if meta and not entries:
        raise AtlintError("--target python needs the spaces that are registered: add registrations")
    homes = {f"{entry.environment} {entry.region}": entry for entry in entries}
    words = plan.vocabulary
    return {
        "quoted": quoted,
        "literals": literals,
        "raw": repr,
        "display": _line(registration.display_name),
        "message_name": _line(registration.display_name).replace(":", " ").strip(),
        "edition": plan.edition,
        "service": registration.service,
        "severities": plan.choices("severity"),
        "initiator_types": plan.choices("initiator/typeURI"),
        "credentials": plan.choices("initiator/credential/type"),
        "homes": tuple(homes),
        "spaces": [(home, entry.region, entry.space_id) for home, entry in homes.items()],
        "space_copy": registration.user_copy == "space",
        "phrases": sorted(words.phrases.items()),
        "severity_by_code": sorted(words.severity_by_code.items()),
        "forms": list(_forms(plan)),
        "address_type": bool(plan.choices("initiator/host/addressType")),
        "flat": not plan.record,
        "embedded": (node := plan.node(plan.pointer("requestData"))) is not None and "string" in node.types,
        "message": "message" in (plan.node(plan.record) or plan.root).required,
        "longest": limits(plan.edition)[0],
        "actions": constructors(plan, registration),
    }


def _forms(plan: Plan) -> Iterator[tuple[str, str]]:
    crn, identity = load("crn").rules, load("identity").rules
    yield "INITIATOR_ID", identity["initiator_id"]
    yield "GUID", identity["GUID"]
    yield "ACCOUNT", crn["ACCOUNT_ID"]
    yield "LOCATION", plan.vocabulary.locations.pattern
    yield "SEGMENT", "[A-Za-z0-9._~-]+"
    yield "RESOURCE", "[A-Za-z0-9._~/-]+"


def constructors(plan: Plan, registration: Registration) -> tuple[Constructor, ...]:
    """One for each declared action, in their order; names that would be equal get the service in front."""
    found = []
    taken: set[str] = set()
    for entry in registration.actions:
        parts = Reading(
            plan, {"payload": {"action": entry.action}} if plan.record else {"action": entry.action}
        ).action()
        if parts is None or not (parts.service and parts.object and parts.verb):
            raise AtlintError(f"the action {entry.action!r} is not service.object.verb")
        thing, verb = parts.object.text, parts.verb.text
        name = next(name for name in _names(f"{thing}_{verb}", entry.action) if name not in taken)
        taken.add(name)
        whole = thing in INSTANCES or verb in MANY
        usual = entry.severity or plan.vocabulary.severity_by_verb.get(verb, "normal")
        found.append(
            Constructor(
                function=name,
                action=entry.action,
                about=f"{verb} {thing}",
                outcomes=entry.outcomes or plan.choices("outcome"),
                severity=usual,
                type_uri=entry.target or f"{parts.service.text}/{thing.replace('.', '/')}",
                kind="" if whole else re.sub(r"[^a-z0-9-]", "-", thing),
                verb=verb,
            )
        )
    return tuple(found)


def _names(*texts: str) -> Iterator[str]:
    """Names that Python takes, the plainest first, and without end: actions may differ in their marks alone."""
    names = [re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") for text in texts]
    names = [name if name.isidentifier() and not keyword.iskeyword(name) else f"event_{name}" for name in names]
    yield from names
    yield from (f"{names[-1]}_{number}" for number in count(2))


def _line(text: str) -> str:
    """Text that can stand in a docstring and in an f-string."""
    kept = "".join(char for char in text if char.isprintable())
    return re.sub(r'[\\"{}]', "", kept).strip() or "the service"


def literals(words: tuple[str, ...]) -> str:
    """Words as the members of a Literal or a tuple."""
    return ", ".join(map(quoted, words))


@functools.cache
def quoted(text: str) -> str:
    """A text as a Python literal in double quotes."""
    return json.dumps(text)
