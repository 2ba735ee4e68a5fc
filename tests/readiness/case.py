"""A registration that is ready, and ways to make it less so: what the tests of readiness share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

from atlint.lint.examples import compliant
from atlint.lint.source import Source, find
from atlint.model import Item, Report, Verdict
from atlint.pipeline.registration_file import judged, load
from atlint.plan.truth import read_json
from atlint.readiness.evidence import evidence
from atlint.readiness.verdict import Asked, ready
from atlint.report.check import Options
from atlint.report.formats.json import render
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import Choice
from atlint.targets.kube import Wanted, manifests

#: 2026-01-31
NOW = 1769817600.0
TOKEN = "tok-4be1c07d9a52-service"
PRODUCTION = """\
  - environment: production
    region: eu-de
    endpoint: https://activity-tracker.eu-de.bluemix.net
    spaceId: 0d84f3b1-52ce-4a97-b06f-9e1d7c3a5824
    accountId: 3f1b7c0d9e2a4586b1c7d0e9f8a24356
"""
BOTH = EXAMPLE.replace("actions:\n", f"{PRODUCTION}actions:\n")


def event(change: Callable[[dict[str, Any]], object] | None = None) -> bytes:
    """The event that EXAMPLE registers, changed, as a line."""
    value = next(iter(compliant("at-2018")))
    if change is not None:
        change(value)
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


@dataclass
class Case:
    """Files below a folder, judged."""

    folder: Path
    registration: str = EXAMPLE
    log: bytes = field(default_factory=event)
    kube: dict[str, str] | None = None

    def manifests(self, registration: str = EXAMPLE) -> dict[str, str]:
        found = load(self.write("registration.yaml", registration.encode()))
        assert found.registration is not None
        return manifests(Wanted(found.registration, found.registration.regions[0], TOKEN))

    def write(self, name: str, raw: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    def judge(
        self,
        environment: str = "stage1",
        *,
        region: str = "",
        staging: Path | None = None,
        bound: str = "0",
        now: float = NOW,
        choice: Choice | None = None,
        kube: Path | None = None,
    ) -> Report:
        found = judged(self.write("registration.yaml", self.registration.encode()))
        assert found.registration is not None
        options = Options(found.registration.edition, found.registration, choice or Choice(), now=now)
        asked = Asked(
            environment,
            region,
            logs=tuple(find((str(self.write("events.log", self.log)),))),
            kube=tuple(find((str(kube),))) if kube else self.sources(),
            bound=Fraction(bound),
            staging=staging,
            options=options,
        )
        report = ready(found, asked)
        valid("readiness", json.loads("".join(render(report, rules={}))))
        return report

    def sources(self) -> tuple[Source, ...]:
        made = self.kube or {}
        paths = (self.write(f"kube/{name}", text.encode()) for name, text in made.items() if name.endswith(".yaml"))
        return tuple(find(tuple(map(str, paths))))

    def evidence(self, report: Report, now: float = NOW, bound: str = "0") -> Path:
        found = load(self.folder / "registration.yaml")
        assert found.registration is not None
        made = evidence(report, found.registration, "stage1", now, Fraction(bound))
        valid("evidence", json.loads(made))
        return self.write("evidence.json", made.encode())


def valid(name: str, value: object) -> None:
    """Hold what a machine reads against its public schema."""
    names = (f"{each}.schema.json" for each in ("readiness", "evidence", "finding", "diagnosis"))
    registry = Registry[Any]().with_resources((each, Resource.from_contents(read_json(each))) for each in names)
    jsonschema.Draft202012Validator(read_json(f"{name}.schema.json"), registry=registry).validate(value)


def states(report: Report, verdict: Verdict) -> set[str]:
    return {item.code for item in report.items if item.state is verdict}


def failing(report: Report) -> set[str]:
    return states(report, Verdict.NOT_READY)


def unproven(report: Report) -> set[str]:
    return states(report, Verdict.NOT_ENOUGH_EVIDENCE)


def item(report: Report, code: str) -> Item:
    return worst(each for each in report.items if each.code == code)


def worst(items: Iterable[Item]) -> Item:
    order = [Verdict.NOT_READY, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.READY]
    return min(items, key=lambda each: order.index(each.state))
