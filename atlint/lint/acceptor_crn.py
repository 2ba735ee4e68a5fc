"""Whether a CRN is surely clean, by its pieces: what comes again is looked up, what is new each time is matched.

The grammar of a CRN is nine languages with a colon between each, and none of them has a colon. So a CRN is one
where each piece is right in the place of a sample's; and rules that look for telling letters find none in pieces
that have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from atlint.lint.acceptor_text import MOST, Asked, Place, Test, class_of, innocent_letters, remember
from atlint.plan.grammar import load
from atlint.rules.reading import CRN_SEGMENTS
from atlint.rules.reads import View

#: the segments that are judged as one, from the version to the scope
HEAD: Final = CRN_SEGMENTS[:6]
#: those behind it, with their number among the last three
TAIL: Final = {name: index for index, name in enumerate(CRN_SEGMENTS[6:])}
_ABSENT: Final = frozenset({None})
#: of a head: `crn`, version, cloud name, cloud type, service, location, scope
Head: TypeAlias = tuple[str, ...]


def of_head(view: View) -> bool:
    """Whether all that is seen of a CRN stands in its head."""
    return not view.filled and all(name in HEAD for name in view.segments)


@dataclass(slots=True, eq=False)
class Crns:
    """The CRNs of one place. `whole` is the test of a CRN that is no sum of known pieces."""

    place: Place
    whole: Test
    heads: dict[str, Head] = field(default_factory=dict)
    instances: set[str] = field(default_factory=lambda: {""})
    kinds: set[str] = field(default_factory=lambda: {""})
    #: truthy for a resource that is right and tells nothing
    resource: Callable[[str], object] = field(init=False)
    _instance: Callable[[str], object] = field(init=False)
    _kind: Callable[[str], object] = field(init=False)
    #: heads without their scope, and scopes, each of which was part of a clean CRN
    _fronts: set[str] = field(default_factory=set)
    _scopes: set[str] = field(default_factory=set)
    #: whether a clean front and a clean scope always make a clean head
    _apart: bool = field(init=False)
    _letters: dict[str, bytes | None] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the pieces' expressions; a place that betrays texts by itself has none that match."""
        self._apart = all(map(_front_or_scope, self.place.asked))
        letters = innocent_letters(self.place)
        sum_of_pieces = all(
            asked.hints or all(of_head(view) for view in asked.clause.views) for asked in self.place.asked
        )
        fit = letters if sum_of_pieces else None
        names = ("resource", "instance", "resource_type")
        self.resource, self._instance, self._kind = (_matcher(name, fit) for name in names)
        self._letters = {name: _bytes(name, fit) for name in names}

    def clean(self, text: str, head: str, instance: str, kind: str, resource: str) -> Head | None:
        """The head's pieces where the CRN is surely clean, else None. The pieces are those of the text."""
        found = self.head(head)
        if found is not None and self._known(instance, kind) and (not resource or self.resource(resource)):
            return found
        pieces = text.split(":", 9)
        return tuple(pieces[:7]) if len(pieces) == 10 and self.whole(text) else None

    def settled(self, instances: Sequence[Any], kinds: Sequence[Any], resources: Sequence[Any]) -> bool:
        """Whether all these pieces, None among them, are known to be clean wherever they come together."""
        return (
            _ABSENT.issuperset(set(instances) - self.instances)
            and _ABSENT.issuperset(set(kinds) - self.kinds)
            and all(map(self.resource, filter(None, resources)))
        )

    def clean_piece(self, name: str) -> Callable[[str], object]:
        """The test of a piece behind the head that is right and tells nothing, wherever it stands."""
        return {"instance": self._instance, "resource_type": self._kind, "resource": self.resource}[name]

    def letters(self, name: str) -> bytes | None:
        """For each byte 1 where it may stand in such a piece; None where bytes do not say it."""
        return self._letters[name]

    def head(self, head: str) -> Head | None:
        """The pieces of a head that is clean whatever clean pieces stand behind it, else None."""
        found = self.heads.get(head)
        if found is not None or self.resource is _never:
            return found
        front, _, scope = head.rpartition(":")
        if not (self._apart and front in self._fronts and scope in self._scopes):
            if not self.whole(f"{head}:::"):
                return None
            remember(self._fronts, front)
            remember(self._scopes, scope)
        found = tuple(head.split(":"))
        if len(self.heads) >= MOST:
            self.heads.clear()
        self.heads[head] = found
        return found

    def _known(self, instance: str, kind: str) -> bool:
        for memory, piece, test in ((self.instances, instance, self._instance), (self.kinds, kind, self._kind)):
            if piece not in memory:
                if not test(piece):
                    return False
                remember(memory, piece)
        return True


def _front_or_scope(asked: Asked) -> bool:
    """Whether a check sees nothing that only front and scope together show.

    A hint that has letters on one side of a colon alone stands in the one or in the other.
    """
    if asked.hints:
        return all(sum(map(bool, hint.split(":"))) <= 1 for hint in asked.hints)
    return all(len(view.segments) == 1 and not view.filled for view in asked.clause.views)


def _matcher(name: str, letters: str | None) -> Callable[[str], object]:
    """The test for texts of a segment that are made of certain letters alone; without these there are none."""
    if letters is None:
        return _never
    both = _class(name, letters)
    if both is None:
        return re.compile(rf"(?={letters}*\Z)(?:{load('crn').rules[name]})").fullmatch
    return re.compile(f"[{re.escape(both)}]+").fullmatch


def _class(name: str, letters: str) -> str | None:
    """The ASCII characters of which any text is one of the segment's; None where it is no such language."""
    characters = class_of(load("crn").rules[name])
    return None if characters is None else "".join(filter(re.compile(letters).fullmatch, characters))


def _bytes(name: str, letters: str | None) -> bytes | None:
    both = None if letters is None else _class(name, letters)
    return None if both is None else bytes(chr(byte) in both for byte in range(256))


def _never(_text: str) -> None:
    """No text is known to be right."""
