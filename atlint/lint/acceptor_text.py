"""Whether a text is surely clean at its place: by its form, and by the rules that look at nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import msgspec

from atlint.lint.explain import level
from atlint.model import Json
from atlint.plan import Node, Plan
from atlint.plan.form import acceptor
from atlint.rules.hints import finder
from atlint.rules.reading import Reading
from atlint.rules.reads import Clause, View, left, projected
from atlint.rules.rule import Rule

#: texts that one memory holds: enough for what comes again and again, little enough for many memories
MOST: Final = 16_384
#: code points of a text that is remembered
LONGEST: Final = 1_000
#: characters from those that ids seldom hold to those that everything holds
_RARE: Final = "\"\\<>$*{}=@|^`#?!%&;()[],':_JKQXZYVUWGHRxjqzkwvIyPOSTNMLDCBAFE+~/ "
_TEXT: Final = "\0"
#: forms of texts that have colons: none of these is a telling letter there
_WITH_COLONS: Final = frozenset({"at-crn", "at-event-time"})

Test: TypeAlias = Callable[[str], bool]


def remember(memory: set[Any], item: Any) -> None:
    """Add to a memory that never grows beyond MOST; a long text is not worth its room."""
    if isinstance(item, str) and len(item) > LONGEST:
        return
    if len(memory) >= MOST:
        memory.clear()
    memory.add(item)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A rule with one of its clauses, to be asked about single events."""

    plan: Plan
    now: float
    rule: Rule
    clause: Clause

    @property
    def hints(self) -> tuple[str, ...]:
        """Texts without which it has nothing to say; empty where it might always."""
        return self.clause.hints or self.rule.hints

    def of_texts(self, form: str | None) -> Asked:
        """The same about texts that have a form: fewer hints may do."""
        name, hints = self.clause.in_form
        if not name or name != form:
            return self
        return Asked(self.plan, self.now, self.rule, Clause(self.clause.views, self.clause.quiet, hints))

    def silent(self, event: Json, raw: str = "") -> bool:
        """Whether the check finds nothing that is selected."""
        check = self.rule.check
        if check is None:
            return True
        return all(level(self.plan, found) is None for found in check(Reading(self.plan, event, raw, self.now)))


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Where a text is cut into pieces that have nothing to do with each other, and which piece is the hardest of each.

    A text is clean where each of its pieces is among the hardest others: before it `first`, behind it `last`.
    `half` is where those cut it who remember but two pieces.
    """

    at: tuple[int, ...]
    half: int
    first: tuple[str, ...]
    last: tuple[str, ...]

    def around(self, number: int, piece: str) -> str:
        """The text in which a piece shows whether it is clean."""
        return "".join((*self.first[:number], piece, *self.last[number + 1 :]))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a text stands: how a line looks that holds nothing else, and which checks look there alone."""

    plan: Plan
    pointer: str
    node: Node
    asked: Sequence[Asked]

    def event(self, value: Json) -> dict[str, Any]:
        """The event that holds nothing but this value."""
        return projected(self.plan, {self.pointer: value})

    def around(self) -> tuple[str, str]:
        """What stands before and behind the text in the line of that event."""
        before, _, behind = _json(self.event(_TEXT)).partition("\\u0000")
        return before, behind


@dataclass(slots=True, eq=False)
class Texts:
    """The test of texts at a place; what it finds clean it remembers.

    Texts with a double quote are never clean unless `quotes`. `form` stands for the node's own form.
    """

    place: Place
    memory: set[str]
    quotes: bool = False
    form: Callable[[str], object] | None = None
    _tells_nothing: Callable[[str], object] | None = field(init=False)
    _hints: Hints = field(init=False)
    _always: Sequence[tuple[Asked, Test | None, View]] = field(init=False)
    #: of the checks without hints, by their number: what was asked of them and found clean
    _shown: set[tuple[int, str | None]] = field(default_factory=set)
    #: texts that are not clean: the line that holds one is asked about by each who explains it
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Sort the checks into those with hints and those without."""
        node, asked = self.place.node, self.place.asked
        if self.form is None and node.form:
            self.form = acceptor(node.form)
        self._tells_nothing = innocent(self.place)
        self._hints = Hints(self.place)
        self._always = tuple((one, one.clause.quiet, one.clause.views[0]) for one in asked if not one.hints)

    def __call__(self, text: str) -> bool:
        """Whether a text is surely clean."""
        if text in self._refused:
            return False
        told = self._tells_nothing is None or not self._tells_nothing(text)
        found = self._formed(text) and not (told and not self._hints.none_in(text)) and self._asked(text)
        remember(self.memory if found else self._refused, text)
        return found

    def unclean(self, texts: Collection[str]) -> set[str]:
        """Which of many texts are not surely clean: the same as one by one, with one look for hints in all."""
        bad = {text for text in texts if not self._formed(text)}
        tells_nothing = self._tells_nothing
        telling_ = [text for text in texts if not (tells_nothing and tells_nothing(text)) and text not in bad]
        if telling_ and not self._hints.none_in_all(telling_):
            bad.update(text for text in telling_ if not self._hints.none_in(text))
        if self._always:
            bad.update([text for text in texts if text not in bad and not self._asked(text)])
        for text in texts:
            if text not in bad:
                remember(self.memory, text)
        return bad

    def _formed(self, text: str) -> bool:
        if '"' in text and not self.quotes:
            return False
        return self.form is None or bool(self.form(text)) or not (text or self.place.node.min_length)

    def _asked(self, text: str) -> bool:
        """Whether the checks without hints find nothing."""
        for number, (asked, quiet, view) in enumerate(self._always):
            if quiet is not None and quiet(text):
                continue
            rest = left(view, text)
            key = (number, rest if isinstance(rest, str) else None)
            if key not in self._shown:
                if not asked.silent(self.place.event(rest)):
                    return False
                remember(self._shown, key)
        return True


class Hints:
    """The checks of a place that have hints: they are asked where one stands in the line that holds the text."""

    def __init__(self, place: Place) -> None:
        """Make the searches."""
        self._place = place
        self._wary = tuple((one, finder(one.hints), one.clause.quiet) for one in place.asked if one.hints)
        self._quiet = tuple(quiet for _, _, quiet in self._wary if quiet is not None)
        self._any = finder({hint for one, _, quiet in self._wary if quiet is None for hint in one.hints})
        self._before, self._behind = place.around()

    def none_in(self, text: str) -> bool:
        """Whether none of the checks finds anything in a text."""
        raw = self._before + _json(text)[1:-1] + self._behind
        escaped = "\\u" in raw
        hinted = escaped or self._any(raw)
        for asked, found, quiet in self._wary:
            if quiet(text) if quiet is not None else not hinted:
                continue
            if (escaped or found(raw)) and not asked.silent(self._place.event(text), raw):
                return False
        return True

    def none_in_all(self, texts: Sequence[str]) -> bool:
        """Whether one look at many texts is enough to say so of each; no for some of which it is true."""
        for quiet in self._quiet:
            if not all(map(quiet, texts)):
                return False
        lines = _json("\n".join(texts))[1:-1].split("\\n")
        if len(lines) != len(texts):
            return False
        raw = self._before + f"{self._behind}\n{self._before}".join(lines) + self._behind
        return "\\u" not in raw and not self._any(raw)


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def innocent_letters(place: Place) -> str | None:
    """The class of letters that betray nothing here, as an expression; None where the place itself betrays."""
    letters = _telling_at(place)
    return None if letters is None else f"[^{re.escape(''.join(sorted(letters)))}]"


def _telling_at(place: Place) -> frozenset[str] | None:
    """Letters that may betray a text here; None where what is around it does.

    Each hint holds such a letter, and where texts have colons each of its pieces between them. So no hint stands in a
    text without any, nor in several with colons between them; nor across an end of one, which is looked at here.
    """
    hints = {hint for asked in place.asked for hint in asked.hints}
    letters = set(telling(hints, parted=place.node.form in _WITH_COLONS))
    before, behind = place.around()
    for hint in hints:
        if hint in before or hint in behind:
            return None
        for at in range(1, len(hint)):
            head, tail = hint[:at], hint[at:]
            inside = (tail if before.endswith(head) else "") or (head if behind.startswith(tail) else "")
            if inside and letters.isdisjoint(inside):
                letters.add(min(inside, key=_rarity))
    return frozenset(letters)


def innocent(place: Place) -> Callable[[str], object] | None:
    """The test for a text of such letters alone."""
    letters = innocent_letters(place)
    return re.compile(f"{letters}*").fullmatch if letters else None


def innocent_bytes(place: Place) -> bytes | None:
    """For each byte 1 where it is such a letter in ASCII; None as above."""
    letters = _telling_at(place)
    return None if letters is None else bytes(byte < 128 and chr(byte) not in letters for byte in range(256))


def all_innocent(place: Place) -> Callable[[Sequence[Any]], bool] | None:
    """The same test for many texts, None among them, in one look at all of them; no for some that are innocent.

    Of letters beyond ASCII, all that begin with the same byte in UTF-8 count as telling where one does.
    """
    letters = _telling_at(place)
    if letters is None:
        return None
    table = bytes({letter.encode()[0] for letter in letters if not "\ud800" <= letter <= "\udfff"})

    def innocent_all(texts: Sequence[Any]) -> bool:
        given = list(filter(None, texts))
        try:
            joined = "\n".join(given).encode()
        except UnicodeEncodeError:
            return False
        return len(joined.translate(None, table)) == len(joined) - max(len(given) - 1, 0)

    return innocent_all


def telling(hints: Iterable[str], *, parted: bool = True) -> frozenset[str]:
    """Letters of which every hint has one, `parted` each of its pieces between colons: the rarest that will do."""
    letters = {'"', "\\", *map(chr, range(32))}
    for hint in sorted(hints):
        for piece in filter(None, hint.split(":") if parted else (hint,)):
            if letters.isdisjoint(piece):
                letters.add(min(piece, key=_rarity))
    return frozenset(letters)


def _rarity(letter: str) -> int:
    if not letter.isascii():
        return -1
    found = _RARE.find(letter)
    return len(_RARE) if found < 0 else found


def halves(place: Place, whole: Test, cut: Cut) -> tuple[set[str], set[str], Test]:
    """Two memories for the beginnings and the ends of a text cut in two, and the test that fills them.

    A text is clean where its beginning is with the hardest end behind it, and its end with a beginning before it.
    """
    beginnings: set[str] = set()
    ends: set[str] = set()
    tells_nothing = innocent(place)
    at, before = cut.half, cut.at.index(cut.half) + 1
    first, second = "".join(cut.first[:before]), "".join(cut.last[before:])

    def clean(text: str) -> bool:
        head, tail = text[:at], text[at:]
        if tells_nothing is not None and tells_nothing(text):
            if head not in beginnings and whole(head + second):
                remember(beginnings, head)
            if tail not in ends and whole(first + tail):
                remember(ends, tail)
            if head in beginnings and tail in ends:
                return True
        return whole(text)

    return beginnings, ends, clean


def class_of(expression: str) -> str | None:
    """The characters of an expression that takes any text of them, such as `(?:[a-z0-9-]+)?`; else None."""
    found = _CLASS.fullmatch(expression)
    if found is None:
        return None
    one = re.compile(found["one"])
    return "".join(filter(one.fullmatch, map(chr, range(128))))


#: one class of ASCII characters, repeated, in any number of groups
_CLASS: Final = re.compile(r"(?:\(\?:)*(?P<one>\[(?!\^)(?:[\x20-\x5a^-\x7e]|\\[^A-Za-z0-9])+\])\+\)*\??")
