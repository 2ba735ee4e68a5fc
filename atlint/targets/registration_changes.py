"""Two registrations to what differs: events, searches and deployments rely on what a service once declared."""

from __future__ import annotations

from collections.abc import Iterator

from atlint.plan.registration import Action, Region, Registration
from atlint.report.redact import Redactor
from atlint.targets.change import Change, breaking, compatible, cosmetic, listed, narrowed


def compare(old: Registration, new: Registration) -> Iterator[Change]:
    """All changes. Account and space ids are told as changed and never shown, nor is what looks like a token."""
    hidden = Redactor(wary=True).without_secrets
    for change in _changes(old, new):
        yield Change(
            change.weight, hidden(change.where), hidden(change.message), hidden(change.was), hidden(change.now)
        )


def _changes(old: Registration, new: Registration) -> Iterator[Change]:
    yield from _service(old, new)
    yield from _regions(old, new)
    before = {action.action: action for action in old.actions}
    after = {action.action: action for action in new.actions}
    for name, action in before.items():
        if name in after:
            yield from _action(action, after[name])
        else:
            yield breaking(f"action {name}", "gone: searches and alerts for it find nothing any more")
    for name in after:
        if name not in before:
            yield compatible(f"action {name}", "added")
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield cosmetic("actions", "in another order")


def _service(old: Registration, new: Registration) -> Iterator[Change]:
    if old.edition != new.edition:
        message = f"another format; `atlint diff {old.edition} {new.edition}` says what that means"
        yield breaking("edition", message, old.edition, new.edition)
    if old.service != new.service:
        yield breaking("service.name", "renamed", old.service, new.service)
    if gone := set(old.aliases) - set(new.aliases) - {new.service}:
        yield breaking("service.aliases", "gone", was=listed(gone))
    if added := set(new.aliases) - set(old.aliases):
        yield compatible("service.aliases", "added", now=listed(added))
    if old.user_copy != new.user_copy:
        yield breaking("userCopy", "users find their events elsewhere", old.user_copy, new.user_copy)
    if old.logs != new.logs:
        yield breaking("logs", "the tailer must read another folder", old.logs, new.logs)
    if old.display_name != new.display_name:
        yield cosmetic("service.displayName", "renamed for people", old.display_name, new.display_name)


def _regions(old: Registration, new: Registration) -> Iterator[Change]:
    before = {(region.environment, region.region): region for region in old.regions}
    after = {(region.environment, region.region): region for region in new.regions}
    for place, region in before.items():
        where = f"registration {'/'.join(place)}"
        if place in after:
            yield from _region(where, region, after[place])
        else:
            yield breaking(where, "gone")
    for place in after:
        if place not in before:
            yield compatible(f"registration {'/'.join(place)}", "added")
    if before != after or list(before) == list(after):
        return
    yield cosmetic("registrations", "in another order")


def _region(where: str, old: Region, new: Region) -> Iterator[Change]:
    if old.endpoint != new.endpoint:
        yield breaking(f"{where} endpoint", "events go elsewhere", old.endpoint, new.endpoint)
    if old.space_id != new.space_id:
        yield breaking(f"{where} spaceId", "the service's own copy goes to another space")
    if old.account_id != new.account_id:
        yield breaking(f"{where} accountId", "the space is of another account")


def _action(old: Action, new: Action) -> Iterator[Change]:
    where = f"action {old.action}"
    for name, was, now in (("target", old.target, new.target), ("severity", old.severity, new.severity)):
        if was and now and was != now:
            yield breaking(f"{where} {name}", "changed", was, now)
        elif was and not now:
            yield compatible(f"{where} {name}", "no longer declared: any is right", was)
        elif now and not was:
            yield breaking(f"{where} {name}", "declared now: others are wrong", now=now)
    yield from narrowed(f"{where} outcomes", "outcome", old.outcomes, new.outcomes)
    if old.outcomes != new.outcomes and sorted(old.outcomes) == sorted(new.outcomes):
        yield cosmetic(f"{where} outcomes", "in another order")
