"""The proof of a clean staging: a file that production asks for, tied to what was judged, and to itself."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from atlint import regular
from atlint.model import STAGING, AtlintError, Report, Verdict
from atlint.plan.registration import Registration

#: older evidence proves nothing about today's service
MOST_DAYS: Final = 90
KIND: Final = "atlint readiness evidence"
_LARGEST: Final = 10_000_000


def digest_of(registration: Registration) -> str:
    """The digest of everything that a registration declares; comments and order of keys do not count."""
    return _digest(asdict(registration))


def evidence(report: Report, registration: Registration, environment: str, now: float, bound: Fraction) -> str:
    """The evidence of a judgement, as JSON. Its last member is the digest of all others.

    `bound` is the share of lines that were allowed to have errors.
    """
    members: dict[str, Any] = {
        "kind": KIND,
        "atlint": report.version,
        "environment": environment,
        "verdict": report.verdict.value,
        "service": registration.service,
        "registration": digest_of(registration),
        "edition": report.edition,
        "plan": report.plan,
        "maxErrorRate": f"{Decimal(bound.numerator * 100) / bound.denominator:f}%",
        "now": _instant(now).isoformat().replace("+00:00", "Z"),
        "summary": {name: value for name, value in report.summary.items() if isinstance(value, int | str)},
        "items": [{"code": item.code, "name": item.name, "state": item.state.value} for item in report.items],
    }
    return json.dumps(members | {"digest": _digest(members)}, indent=2) + "\n"


def load(path: Path) -> Any:
    """The JSON of an evidence file, whatever it holds; None where it is no JSON.

    Raises AtlintError where it cannot be read.
    """
    try:
        with regular.opened(path) as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise AtlintError(f"{path}: {error.strerror or error}") from error
    try:
        return json.loads(raw) if len(raw) <= _LARGEST else None
    except (ValueError, RecursionError):
        return None


def stale(
    found: Any, registration: Registration, plan: str, version: str, now: float, bound: Fraction = Fraction(0)
) -> str:
    """Why a file does not prove a clean staging of this registration; empty where it does.

    Staging may have allowed no more errors than are allowed now.
    """
    if not isinstance(found, Mapping) or found.get("kind") != KIND:
        return "the file is no evidence of atlint's"
    rest = {name: value for name, value in found.items() if name != "digest"}
    if found.get("digest") != _digest(rest):
        return "the evidence was edited: its digest is not that of what it says"
    said = {name: str(found.get(name, "")) for name in _SAID}
    reasons = (
        (said["environment"] != STAGING, f"the evidence is of another environment than {STAGING}"),
        (said["registration"] != digest_of(registration), "the evidence is for another state of the registration"),
        (said["atlint"] != version, f"the evidence was written by another version of atlint than {version}"),
        (said["plan"] != plan, "the evidence is for another Plan: rules or configuration have changed"),
        (said["verdict"] != Verdict.READY, f"staging was {said['verdict'] or 'not judged'}"),
        (_bound(said["maxErrorRate"]) > bound, f"staging allowed errors in {said['maxErrorRate']} of the lines"),
    )
    return next((reason for failed, reason in reasons if failed), "") or _age(said["now"], now)


_SAID: Final = ("environment", "registration", "atlint", "plan", "verdict", "maxErrorRate", "now")


def _bound(text: str) -> Fraction:
    """The share that a percentage says; all, where it says none."""
    try:
        return Fraction(text.removesuffix("%")) / 100
    except (ValueError, ZeroDivisionError):
        return Fraction(1)


def _age(then: str, now: float) -> str:
    try:
        days = (_instant(now) - datetime.datetime.fromisoformat(then)).total_seconds() / 86400
    except (ValueError, TypeError, OverflowError):
        return "the evidence does not say when it was written"
    if days > MOST_DAYS:
        return f"the evidence is {days:.0f} days old, and may be {MOST_DAYS}"
    return f"the evidence is dated {then}, which is yet to come" if days < -1 else ""


def _instant(now: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(now), datetime.UTC)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
