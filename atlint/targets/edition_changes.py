"""Two editions to what differs for an event: field by field, whether it stands under /payload or at the root."""

from __future__ import annotations

from collections.abc import Iterator

from atlint.model import Severity
from atlint.plan import Node, Plan
from atlint.rules.line import limits
from atlint.targets.change import Change, breaking, compatible, cosmetic, listed, narrowed


def compare(old: Plan, new: Plan) -> Iterator[Change]:
    """All changes. A field is told apart by its role, so that moving the record is one change and not one a field."""
    if old.record != new.record:
        yield breaking("the record", "moved", old.record or "the root", new.record or "the root")
    before, after = _roles(old), _roles(new)
    for role, node in before.items():
        if role in after:
            yield from _field(role, node, after[role])
        elif _parent(role) in after or not _parent(role):
            yield from _gone(role, node, after)
    for role, node in after.items():
        if role not in before:
            yield from _added(role, node, new)
    yield from _around(old, new)
    common = [role for role in before if role in after]
    if common != [role for role in after if role in before]:
        yield cosmetic("fields", "described in another order")


def _roles(plan: Plan) -> dict[str, Node]:
    """Every place below the root by its role; the object that holds the record is none."""
    found: dict[str, Node] = {}
    for node in plan.root.walk():
        role = node.pointer.removeprefix(plan.record)[1:] if _within(node.pointer, plan.record) else node.pointer[1:]
        if role and node.pointer != plan.record:
            found.setdefault(role, node)
    return found


def _within(pointer: str, record: str) -> bool:
    return bool(record) and pointer.startswith(f"{record}/")


def _parent(role: str) -> str:
    return role.rpartition("/")[0]


def _gone(role: str, node: Node, after: dict[str, Node]) -> Iterator[Change]:
    parent = after.get(_parent(role))
    if node.forbidden or (parent is not None and parent.forbidden):
        return
    if parent is not None and parent.open_data:
        yield compatible(role, "no longer described: the service's own")
    else:
        yield breaking(role, "gone")


def _added(role: str, node: Node, plan: Plan) -> Iterator[Change]:
    if node.forbidden:
        yield breaking(role, "may not be used any more")
    elif _missed(role, node, plan) is Severity.ERROR:
        yield breaking(role, "added and required")
    elif node.missing is not None:
        yield compatible(role, f"added; its absence is told ({node.missing})")
    else:
        yield compatible(role, "added")


def _missed(role: str, node: Node, plan: Plan) -> Severity | None:
    """How much the absence weighs; below an object that may be absent itself it weighs nothing."""
    parent = plan.node(plan.pointer(_parent(role))) if _parent(role) else None
    return None if parent is not None and parent.missing is None else node.missing


def _field(role: str, old: Node, new: Node) -> Iterator[Change]:
    if old.forbidden != new.forbidden:
        yield breaking(role, "may not be used any more") if new.forbidden else compatible(role, "may be used again")
        return
    yield from _presence(role, old, new)
    yield from narrowed(f"{role} type", "type", old.types, new.types)
    yield from narrowed(role, "value", _words(old), _words(new))
    if old.form != new.form:
        forms = (old.form or "any text", new.form or "any text")
        yield (breaking if new.form else compatible)(f"{role} form", "changed", *forms)
    if old.closed != new.closed:
        yield breaking(role, "takes no other members any more") if new.closed else compatible(role, "takes any members")
    yield from _bounds(role, old, new)
    if old.sensitive != new.sensitive:
        yield cosmetic(role, "is sensitive now" if new.sensitive else "is not sensitive any more")
    if (old.description, old.examples) != (new.description, new.examples):
        yield cosmetic(role, "described in other words")


def _presence(role: str, old: Node, new: Node) -> Iterator[Change]:
    if old.missing is new.missing:
        return
    was, now = (str(node.missing or "no fault") for node in (old, new))
    heavier = new.missing is not None and (old.missing is None or new.missing.rank < old.missing.rank)
    if new.missing is Severity.ERROR:
        yield breaking(role, "required now", was, now)
    else:
        yield compatible(role, "its absence weighs more" if heavier else "its absence weighs less", was, now)


def _words(node: Node) -> tuple[str, ...]:
    return tuple(map(str, node.choices or ()))


def _bounds(role: str, old: Node, new: Node) -> Iterator[Change]:
    """Bounds as how far up they reach: a higher least and a lower most are narrower."""
    rows = (
        ("least", old.minimum, new.minimum, 1),
        ("most", old.maximum, new.maximum, -1),
        ("least length", old.min_length or None, new.min_length or None, 1),
        ("least number of items", old.min_items or None, new.min_items or None, 1),
        ("most items", old.max_items, new.max_items, -1),
    )
    for name, was, now, sign in rows:
        if was == now:
            continue
        narrower = now is not None and (was is None or (now - was) * sign > 0)
        shown = ["none" if bound is None else f"{bound:g}" for bound in (was, now)]
        yield (breaking if narrower else compatible)(f"{role} {name}", "changed", *shown)


def _around(old: Plan, new: Plan) -> Iterator[Change]:
    """What an edition says besides its fields: the verbs that it knows, and how long a line may be."""
    if gone := old.vocabulary.verbs - new.vocabulary.verbs:
        yield breaking("verbs", "gone", was=listed(gone))
    if added := new.vocabulary.verbs - old.vocabulary.verbs:
        yield compatible("verbs", "added", now=listed(added))
    was, now = limits(old.edition)[0], limits(new.edition)[0]
    if was != now:
        yield (breaking if now < was else compatible)("line", "longest in bytes", f"{was:,}", f"{now:,}")
