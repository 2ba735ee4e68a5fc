"""A Plan to a predicate that says yes to clean lines only: the fast way past everything that is fine.

Sound by law 1: what it accepts has no finding at the selected rules. What it does not accept may still be
clean; `explain` has the last word. A line is decoded into types made from the schema, its double quotes are
counted (fewer are in the value than in the line where a key stands twice), each text is looked up among those
that were found clean at its place, and so is each set of facts that rules compare. What is not found there is
judged by the rules' own checks, on the smallest event that holds what they declare to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec

from atlint.lint.acceptor_columns import Judge
from atlint.lint.acceptor_compiled import compiled
from atlint.lint.acceptor_crn import Crns, of_head
from atlint.lint.acceptor_data import embedded, keeper
from atlint.lint.acceptor_parts import Around, Guard, Known, Parts
from atlint.lint.acceptor_relation import Group, Site, Slot, grouped, slots_of
from atlint.lint.acceptor_shape import Box, Kind, Leaf, box_of
from atlint.lint.acceptor_text import Asked, Cut, Place, Texts, all_innocent, halves, innocent, innocent_bytes
from atlint.lint.across import wanted_by
from atlint.lint.clean import NONE_CLEAN, Clean
from atlint.lint.rows import rows_of
from atlint.model import Json
from atlint.plan import Plan
from atlint.rules import REGISTRY
from atlint.rules.line import limits
from atlint.rules.reads import EACH_STRING, Clause, View, pointer_of, projected

#: raw lines -> which of them are surely clean
Acceptor: TypeAlias = Callable[[Sequence[bytes]], Clean]

#: forms of texts that hold JSON, and so double quotes
_EMBEDDED: Final = frozenset({"at-embedded-json"})
_CRN: Final = "at-crn"
#: forms whose texts are cut: a time is the harder the later it is, and none is too early that is of 2018
_TIME: Final = Cut(
    (13, 16, 19), 16, ("2018-01-01T00", ":00", ":00", ".00+0000"), ("2018-01-01T23", ":59", ":59", ".99+0000")
)
_CUT: Final = {"at-event-time": _TIME}


def compile_acceptor(plan: Plan, now: float = 0.0, *, quickly: bool = True) -> Acceptor:
    """The acceptor of a Plan, as `acceptor_of`; `now` is in seconds since the epoch, 0 for unknown."""
    return acceptor_of(compile_parts(plan, now), quickly=quickly)


def compile_parts(plan: Plan, now: float = 0.0) -> Parts | None:
    """What is asked of a line, each part with its memory of what is clean; None where a line is never accepted."""
    box = box_of(plan.root)
    if box is None:
        return None
    sorted_ = _Sorted(plan, now, box)
    return sorted_.parts() if sorted_.sort() else None


def acceptor_of(parts: Parts | None, *, quickly: bool = True) -> Acceptor:
    """The acceptor that asks these: `quickly` by its compiled half, where that is built."""
    if parts is None:
        return refuse
    judge, plan = Judge(parts), parts.plan
    quick = compiled(parts, judge, facts=bool(wanted_by((plan,)))) if quickly else None
    if quick is not None:
        return quick.accept

    def accept(raws: Sequence[bytes]) -> Clean:
        decoded = judge.judge(raws)
        numbers = decoded.numbers
        return Clean(numbers, decoded.columns_at(parts.action), lambda: rows_of(plan, decoded, raws), numbers)

    return accept


def refuse(_raws: Sequence[bytes]) -> Clean:
    """The acceptor that knows nothing: every line is explained."""
    return NONE_CLEAN


def accepts(acceptor: Acceptor, raw: bytes) -> bool:
    """Whether a single line is surely clean."""
    return bool(acceptor((raw,)).numbers)


@dataclass(slots=True, eq=False)
class _Sorted:
    """The clauses of all selected rules, each put where it costs least."""

    plan: Plan
    now: float
    box: Box
    sites: dict[str, Site] = field(default_factory=dict)
    each: list[Asked] = field(default_factory=list)
    #: by place
    alone: dict[str, list[Asked]] = field(default_factory=dict)
    together: list[Asked] = field(default_factory=list)
    guarded: list[Asked] = field(default_factory=list)
    #: rules that must see the whole event
    full: list[Asked] = field(default_factory=list)
    #: what rules in groups see of raw values
    seen: dict[str, Callable[[Json], Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the places."""
        for inner in self.box.boxes():
            self.sites[inner.pointer] = inner
        for leaf in self.box.leaves():
            self.sites[leaf.pointer] = self.sites[leaf.place] = leaf

    def sort(self) -> bool:
        """Put each clause of each rule in its list; false where a rule finds something in every event."""
        for rule in REGISTRY.values():
            if rule.check is None or not self.plan.selected(rule.code):
                continue
            clauses = rule.reads
            if clauses is None or not all(map(self._served, clauses)):
                self.full.append(Asked(self.plan, self.now, rule, Clause(())))
                continue
            for clause in clauses:
                if not self._put(Asked(self.plan, self.now, rule, clause)):
                    return False
        return True

    def _put(self, asked: Asked) -> bool:
        clause = asked.clause
        if clause.views[0].role == EACH_STRING:
            self.each.append(asked)
            return True
        live = tuple(view for view in clause.views if self._site(view) is not None)
        if clause.within and len(live) < 2:
            return True
        if not live:
            return asked.silent({})
        if len(live) < len(clause.views):
            asked = Asked(self.plan, self.now, asked.rule, Clause(live, None, clause.hints))
        if len(live) == 1 and self._alone(live[0]):
            self.alone.setdefault(pointer_of(self.plan, live[0].role), []).append(asked)
        elif asked.clause.within:
            self.guarded.append(asked)
        else:
            self.together.append(asked)
        return True

    def _site(self, view: View) -> Site | None:
        return self.sites.get(pointer_of(self.plan, view.role))

    def _alone(self, view: View) -> bool:
        """Whether a check of this view alone can be made where the value is judged."""
        site = self._site(view)
        if not isinstance(site, Leaf) or site.kind is Kind.CLOSED or view.given:
            return False
        return site.text.form != _CRN or of_head(view)

    def _served(self, clause: Clause) -> bool:
        """Whether the views can be had without decoding the whole line."""
        for view in clause.views:
            if view.role == EACH_STRING:
                continue
            pointer = pointer_of(self.plan, view.role)
            site = self.sites.get(pointer)
            if site is None:
                if any(
                    isinstance(s, Leaf) and s.kind is Kind.RAW and pointer.startswith(f"{p}/")
                    for p, s in self.sites.items()
                ):
                    return False
            elif not self._seen(view, pointer, site, several=len(clause.views) > 1):
                return False
        return True

    def _seen(self, view: View, pointer: str, site: Site, *, several: bool) -> bool:
        if view.given:
            return True
        if isinstance(site, Box) or (site.kind is Kind.SINGLE and pointer == site.pointer):
            return False
        if view.segments or view.filled:
            return site.kind is Kind.TEXT and (site.text.form == _CRN or not several)
        if site.kind is not Kind.RAW or not several:
            return True
        return view.reduce is not None and self.seen.setdefault(pointer, view.reduce) is view.reduce

    def parts(self) -> Parts:
        """What the function is made of."""
        groups = tuple(self._groups())
        judged = {slot.place for group in groups for slot in group.slots if slot.aspect == ""}
        known: dict[str, Known] = {}
        crns: dict[str, Crns] = {}
        for leaf in self.box.leaves():
            if leaf.kind is Kind.RAW:
                known[leaf.place] = self._raw(leaf)
            elif leaf.kind is not Kind.CLOSED:
                if leaf.text.form == _CRN:
                    crns[leaf.place] = Crns(self._place(leaf), self._judge(leaf, set()))
                elif leaf.place not in judged:
                    known[leaf.place] = self._text(leaf)
        return Parts(
            plan=self.plan,
            box=self.box,
            near=limits(self.plan.edition)[1],
            known=known,
            crns=crns,
            groups=groups,
            guards=tuple(self._guard(asked) for asked in self.guarded if self._is_there(asked)),
            alone=self.alone,
            quoting=_EMBEDDED,
            action=self.plan.pointer("action"),
            whole=self._whole() if self.full else None,
        )

    def _place(self, leaf: Leaf) -> Place:
        asked = (*self.each, *self.alone.get(leaf.place, ()))
        return Place(self.plan, leaf.place, leaf.text, tuple(one.of_texts(leaf.text.form) for one in asked))

    def _judge(self, leaf: Leaf, memory: set[str]) -> Texts:
        form = leaf.text.form
        quotes = form in _EMBEDDED
        return Texts(self._place(leaf), memory, quotes, embedded(form) if quotes else None)

    def _text(self, leaf: Leaf) -> Known:
        memory: set[str] = set()
        whole = self._judge(leaf, memory)
        if leaf.text.form in _CUT:
            cut = _CUT[leaf.text.form]
            beginnings, ends, test = halves(self._place(leaf), whole, cut)
            return Known((beginnings, ends), test, cut)
        place = self._place(leaf)
        plain = innocent(place) if not leaf.text.form and all(asked.hints for asked in place.asked) else None
        return Known(
            (memory,),
            whole,
            plain=plain,
            hints=self._around(place),
            innocent=all_innocent(place) if plain else None,
            many=whole.unclean,
        )

    def _around(self, place: Place) -> Around | None:
        """What betrays a text of this place, where nothing else is asked of it."""
        form, asked = place.node.form, place.asked
        if (form and form not in _EMBEDDED) or place.node.min_length > 1 or not all(one.hints for one in asked):
            return None
        before, behind = place.around()
        hints = frozenset(hint for one in asked for hint in one.hints)
        return Around(hints, innocent_bytes(place), before.encode(), behind.encode())

    def _raw(self, leaf: Leaf) -> Known:
        place = self._place(leaf)
        memory, test = keeper(place, leaf.node, place.asked, self.seen.get(leaf.pointer, _nothing))
        return Known((memory,), test)

    def _groups(self) -> Iterable[Group]:
        for asked in grouped(self.together, self._slots, self._closed):
            slots = tuple(dict.fromkeys(slot for one in asked for slot in self._slots(one.clause)))
            texts = {
                index: self._judge(site, set())
                for index, slot in enumerate(slots)
                if slot.aspect == ""
                and isinstance(site := self.sites[slot.place], Leaf)
                and site.kind is not Kind.CLOSED
            }
            yield Group(self.plan, self.sites, tuple(asked), slots, texts)

    def _slots(self, clause: Clause) -> tuple[Slot, ...]:
        return tuple(slot for view in clause.views for slot in slots_of(view, pointer_of(self.plan, view.role)))

    def _closed(self, slot: Slot) -> bool:
        site = self.sites[slot.place]
        return isinstance(site, Leaf) and site.kind is Kind.CLOSED

    def _is_there(self, asked: Asked) -> bool:
        """Whether the edition has what a guard compares."""
        return all(isinstance(self.sites.get(pointer_of(self.plan, v.role)), Leaf) for v in asked.clause.views)

    def _guard(self, asked: Asked) -> Guard:
        first, second = asked.clause.views

        def test(one: str, other: str) -> bool:
            return asked.silent(projected(self.plan, {first.role: one, second.role: other}))

        one_place, other_place = (pointer_of(self.plan, view.role) for view in (first, second))
        return Guard(one_place, other_place, first.reduce or str, test, asked.rule)

    def _whole(self) -> Callable[[bytes], bool]:
        decode = msgspec.json.Decoder().decode
        full = tuple(self.full)

        def whole(raw: bytes) -> bool:
            value, text = decode(raw), raw.decode()
            return all(one.silent(value, text) for one in full)

        return whole


def _nothing(_value: Json) -> Json:
    return None
