"""Whether two names are names of one service: aliases, two-part names and child services counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlint.rules.nearness import near

if TYPE_CHECKING:
    from atlint.plan import Plan
    from atlint.rules.reading import Reading


def same_service(plan: Plan, one: str, other: str) -> bool:
    """Whether `other` is `one` or an alias of it.

    `is.vpc` and `is`, `iam-service.micro` and `iam-service` count as one: behind the dot stands a part of the
    service (CRN#service-name, EV25#action).
    """
    names = plan.names_of(one) | plan.names_of(_head(one))
    return other in names or _head(other) in names


def slip_of(plan: Plan, word: str, service: str) -> str | None:
    """The one name of `service` that `word` is a slip of; None where it is another word."""
    return near(word, plan.names_of(service))


def provider(reading: Reading) -> str | None:
    """The service as it is registered, or else as `meta` names it; None where neither is known."""
    registration = reading.plan.registration
    return registration.service if registration else reading.string("meta/serviceProviderName")


def _head(name: str) -> str:
    return name.partition(".")[0]


def is_user_action(reading: Reading) -> bool:
    """Whether the action is on a user or an account of IAM or BSS.

    The target of such an action need not have a CRN (EV20#target.id).
    """
    text = reading.raw("action")
    service, _, thing = text.partition(".") if isinstance(text, str) else ("", "", "")
    if service == "user-management":
        return True
    platform = service.startswith(("iam", "bss", "account", "billing", "enterprise"))
    return platform and any(word in thing for word in ("user", "account", "profile", "serviceid", "login"))
