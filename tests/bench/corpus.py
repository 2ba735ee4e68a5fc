"""Seeded logs of the edition at-2018 for measuring: clean, with a share of broken lines, or all broken.

Six services, each with its own order of keys and its own spelling of JSON; accounts, people and addresses in
the hundreds, resources and ids all different, names of several scripts.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from atlint.plan import Plan
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope

EDITION: Final = "at-2018"
#: rules that no line of a usual length breaks by itself: about length, a registration, or the lines around it
_NOT_BY_A_LINE: Final = frozenset({"AT008", "AT009", "AT011", "AT012", "AT208", "AT407"})
_NAMES: Final = ("kube", "orders", "büro", "café", "データ", "склад", "front", "gateway", "zoë", "nightly backup", "🚀")


@dataclass(frozen=True, slots=True)
class _Service:
    name: str
    things: tuple[str, ...]
    verbs: tuple[str, ...]
    order: tuple[str, ...]
    #: item and key separators, and whether the encoder escapes what is not ASCII
    spelling: tuple[str, str, bool]


_HEAD_FIRST: Final = (
    "initiator", "target", "action", "outcome", "reason", "severity", "eventTime", "id", "requestData", "responseData",
)  # fmt: skip
_TIME_FIRST: Final = (
    "eventTime", "id", "action", "outcome", "severity", "reason", "requestData", "responseData", "target", "initiator",
)  # fmt: skip
_SORTED: Final = tuple(sorted(_HEAD_FIRST))
_COMPACT: Final = (",", ":", False)
_VERBS: Final = ("create", "read", "update", "delete")

SERVICES: Final = (
    _Service(
        "containers-kubernetes",
        ("cluster", "worker", "subnet", "worker-pool"),
        (*_VERBS, "start"),
        _HEAD_FIRST,
        _COMPACT,
    ),
    _Service("kms", ("secrets", "policies"), (*_VERBS, "restore", "enable"), _TIME_FIRST, _COMPACT),
    _Service("cloud-object-storage", ("bucket", "object", "bucket-cors"), _VERBS, _SORTED, _COMPACT),
    _Service("cloudantnosqldb", ("database", "document"), _VERBS, _HEAD_FIRST, (", ", ": ", False)),
    _Service("secrets-manager", ("secret", "secret-group"), _VERBS, _TIME_FIRST, (",", ":", True)),
    _Service("messagehub", ("topic", "message"), ("create", "delete", "update"), _SORTED, _COMPACT),
)
_LOCATIONS: Final = {"ng": "us-south", "eu-gb": "eu-gb", "eu-de": "eu-de", "au-syd": "au-syd"}
_FIRST: Final = dt.datetime(2019, 4, 1, tzinfo=dt.UTC)
_USUAL: Final = {"create": "normal", "read": "normal", "update": "warning", "delete": "critical"}


class Corpus:
    """Events of a world that is the same for the same seed."""

    def __init__(self, plan: Plan, seed: int = 1) -> None:
        self._plan = plan
        self._draw = draw = random.Random(seed)
        self._accounts = [f"{draw.getrandbits(128):032x}" for _ in range(300)]
        self._people = [(f"IBMid-{draw.getrandbits(44):011X}", f"person.{n}@example.com") for n in range(700)]
        self._addresses = [
            f"{draw.choice([158, 169, 203])}.{draw.randrange(1, 250)}.{n % 256}.{n // 3}" for n in range(500)
        ]
        #: of each service: whose each is, where, and which
        self._instances = {
            service.name: [
                (draw.choice(self._accounts), *draw.choice(list(_LOCATIONS.items())), _guid(draw)) for _ in range(2_000)
            ]
            for service in SERVICES
        }
        self._now = 0
        self._rules = [rule for rule in REGISTRY.values() if _breaks(rule, plan)]

    def lines(self, count: int, *, broken: float = 0.0, by: str = "") -> Iterator[bytes]:
        """Lines without line feeds; the share `broken` of them breaks one rule each, that of code `by` if given."""
        self._rules = [rule for rule in self._rules if by in {"", rule.code}]
        for _ in range(count):
            service, event = self._event()
            if broken and self._draw.random() < broken:
                yield self._broken(event)
            else:
                item, key, ascii_only = service.spelling
                yield json.dumps(event, separators=(item, key), ensure_ascii=ascii_only).encode()

    def _broken(self, event: dict[str, Any]) -> bytes:
        draft = Draft(self._plan, event)
        rule = self._draw.choice(self._rules)
        assert rule.breaker is not None
        made = rule.breaker(draft, self._draw)
        return (made.raw if isinstance(made, Broken) else draft.line()).partition(b"\n")[0]

    def _time(self) -> str:
        """Forward by up to two seconds: as a log has it."""
        self._now += self._draw.randrange(200)
        time = _FIRST + dt.timedelta(milliseconds=10 * self._now)
        return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 10_000:02}+0000"

    def _event(self) -> tuple[_Service, dict[str, Any]]:
        draw = self._draw
        service = draw.choice(SERVICES)
        thing, verb = draw.choice(service.things), draw.choice(service.verbs)
        failed = draw.random() < 0.1
        code = draw.choice([400, 403, 404, 409, 500]) if failed else draw.choice([200, 201, 204])
        person, name = draw.choice(self._people)
        account, region, location, instance = draw.choice(self._instances[service.name])
        resource, host = _guid(draw), draw.choice(self._addresses)
        crn = f"crn:v1:bluemix:public:{service.name}:{location}:a/{account}:{instance}"
        record = {
            "eventTime": self._time(),
            "action": f"{service.name}.{thing}.{verb}",
            "outcome": "failure" if failed else "success",
            "severity": "warning" if failed else _USUAL.get(verb, "normal"),
            "reason": {"reasonCode": code, "reasonType": "OK"} if draw.random() < 0.6 else {"reasonCode": code},
            "id": _guid(draw),
            "target": {
                "id": crn + ("::" if thing == "cluster" else f":{thing}:{resource}"),
                "name": f"{draw.choice(_NAMES)}-{resource[:8]}",
                "typeURI": f"{service.name}/{thing}",
            },
            "initiator": {
                "id": person,
                "name": name,
                "typeURI": "service/security/account/user",
                "credential": {"type": draw.choice(["token", "apikey"])},
                "host": {"address": host, "agent": "IBM-Cloud-CLI/1.2.0"} if draw.random() < 0.2 else {"address": host},
            },
        }
        if draw.random() < 0.25:
            request = {"workers": draw.randrange(1, 90), "flavor": "b2c.4x16", "zone": resource[:13]}
            record["requestData"] = json.dumps(request)
        meta = {
            "serviceProviderName": service.name,
            "serviceProviderRegion": region,
            "serviceProviderProjectId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "userAccountIds": [account],
        }
        return service, {"meta": meta, "payload": {key: record[key] for key in service.order if key in record}}


def _breaks(rule: Rule, plan: Plan) -> bool:
    return bool(
        rule.breaker
        and rule.scope in {Scope.LINE, Scope.EVENT}
        and rule.levels(plan.edition)
        and plan.edition not in rule.unbreakable
        and rule.code not in _NOT_BY_A_LINE
    )


def _guid(draw: random.Random) -> str:
    bits = f"{draw.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"
