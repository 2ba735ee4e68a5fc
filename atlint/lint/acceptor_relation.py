"""What fields say together: rules grouped by what they see in common, each group with a memory of what is clean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from atlint.lint.acceptor_crn import HEAD
from atlint.lint.acceptor_shape import Box, Kind, Leaf
from atlint.lint.acceptor_text import MOST, Asked, Test, remember
from atlint.model import Json
from atlint.plan import Plan
from atlint.rules.reading import CRN_SEGMENTS
from atlint.rules.reads import Clause, View, pointer_of, projected
from atlint.rules.rule import Rule

#: where a view looks: a leaf that holds text or a closed value, one that is raw, or an object as such
Site: TypeAlias = "Leaf | Box"


class Slot(NamedTuple):
    """One thing that a group remembers: of which place, and which aspect of what stands there."""

    #: the pointer of the place
    place: str
    #: "" for the value, "given", "reduced", or a segment's name with "?" behind it where only its filling counts
    aspect: str
    reduce: Callable[[Any], Json] | None = None

    @property
    def links(self) -> bool:
        """Whether what stands there can be anything, so that rules that see it belong together."""
        return self.aspect != "given" and not self.aspect.endswith("?")


def slots_of(view: View, place: str) -> tuple[Slot, ...]:
    """What one view makes a group remember."""
    if view.given:
        return (Slot(place, "given"),)
    if view.segments or view.filled:
        return tuple(Slot(place, name) for name in view.segments) + tuple(
            Slot(place, f"{name}?") for name in view.filled
        )
    return (Slot(place, "reduced", view.reduce),) if view.reduce else (Slot(place, ""),)


@dataclass(slots=True, eq=False)
class Group:
    """Rules that share what they see. `slots` is the key of its memory; one slot alone is a key by itself."""

    plan: Plan
    sites: Mapping[str, Site]
    asked: tuple[Asked, ...]
    slots: tuple[Slot, ...]
    #: the tests of the texts that no one else judges, by the slot's number
    texts: Mapping[int, Test]
    memory: set[Any] = field(default_factory=set)
    #: which rules find something, by key
    heard: dict[Any, tuple[Rule, ...]] = field(default_factory=dict)
    #: of each clause the numbers of the slots that it sees, and whether its rule is silent of what was in them
    _clauses: tuple[tuple[Asked, tuple[int, ...], dict[Any, bool]], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find out what each clause sees: less than the group, and so less that is new."""
        self._clauses = tuple((one, tuple(self._seen(one.clause)), {}) for one in self.asked)

    def _seen(self, clause: Clause) -> Iterator[int]:
        for view in clause.views:
            for slot in slots_of(view, pointer_of(self.plan, view.role)):
                if slot in self.slots:
                    yield self.slots.index(slot)

    def clean(self, key: Any) -> bool:
        """Whether no rule of the group finds anything; remembers it."""
        facts = self._facts(key)
        for index, test in self.texts.items():
            text = facts[index]
            if text is not None and not test(text):
                return False
        if self.speakers(key):
            return False
        remember(self.memory, key)
        return True

    def speakers(self, key: Any) -> tuple[Rule, ...]:
        """The rules that find something in what the key says."""
        found = self.heard.get(key)
        if found is None:
            if len(self.heard) >= MOST:
                self.heard.clear()
            found = self.heard[key] = tuple(self._speaking(self._facts(key)))
        return found

    def _facts(self, key: Any) -> tuple[Any, ...]:
        return key if len(self.slots) > 1 else (key,)

    def _speaking(self, facts: tuple[Any, ...]) -> Iterator[Rule]:
        for one, numbers, known in self._clauses:
            seen = tuple([facts[number] for number in numbers])
            silent = known.get(seen)
            if silent is None:
                if len(known) >= MOST:
                    known.clear()
                silent = known[seen] = self._silent(one, dict(zip(self.slots, facts, strict=True)))
            if not silent:
                yield one.rule

    def _silent(self, one: Asked, values: Mapping[Slot, Any]) -> bool:
        return one.silent(projected(self.plan, self._left(one.clause, values)))

    def _left(self, clause: Clause, values: Mapping[Slot, Any]) -> dict[str, Json]:
        left: dict[str, Json] = {}
        for view in clause.views:
            place = pointer_of(self.plan, view.role)
            site = self.sites.get(place)
            if site is not None:
                left[view.role] = _value(view, place, site, values)
        return left


def _value(view: View, place: str, site: Site, values: Mapping[Slot, Any]) -> Json:
    """A value in which a check finds what it finds in the event's own."""
    if view.given:
        return _something(site) if values[Slot(place, "given")] else None
    if view.segments or view.filled:
        return _crn(view, place, values)
    if view.reduce:
        return _reduced(site, values[Slot(place, "reduced", view.reduce)])
    found: Json = values[Slot(place, "")]
    return found


def _something(site: Site) -> Json:
    if isinstance(site, Box):
        return {}
    return ["x"] if site.kind is Kind.SINGLE or "array" in site.node.types else "x"


def _reduced(site: Site, value: Any) -> Json:
    if isinstance(site, Leaf) and site.kind is Kind.RAW and value is not None:
        decoded: Json = msgspec.json.decode(value)
        return decoded
    found: Json = value
    return found


def _crn(view: View, place: str, values: Mapping[Slot, Any]) -> str | None:
    kept = {name: values[Slot(place, name)] for name in view.segments}
    kept |= {name: "x" if values[Slot(place, f"{name}?")] else "" for name in view.filled}
    if None in kept.values():
        return None
    return ":".join(["crn", *(kept.get(name, "") for name in CRN_SEGMENTS)])


def grouped(
    asked: Iterable[Asked], slots: Callable[[Clause], Sequence[Slot]], closed: Callable[[Slot], bool]
) -> list[list[Asked]]:
    """Rules that see something in common that can be anything; those that see closed values only are one group."""
    groups: list[tuple[set[Slot], list[Asked]]] = []
    rest: list[Asked] = []
    for one in asked:
        links = {slot for slot in slots(one.clause) if slot.links and not closed(slot)}
        if not links:
            rest.append(one)
            continue
        mine = [one]
        for other in [group for group in groups if group[0] & links]:
            groups.remove(other)
            links |= other[0]
            mine = [*other[1], *mine]
        groups.append((links, mine))
    return [group for _, group in groups] + ([rest] if rest else [])


#: segments of a CRN that its head has, with their number in it
IN_HEAD: Final = {name: index + 1 for index, name in enumerate(HEAD)}
