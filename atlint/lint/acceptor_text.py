"""Whether a text is surely clean at its place: by its form, and by the rules that look at nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from atlint.lint.explain import level
from atlint.model import Json
from atlint.plan import Node, Plan
from atlint.plan.form import acceptor
from atlint.rules.hints import finder
from atlint.rules.reading import Reading
from atlint.rules.reads import Clause, left, projected
from atlint.rules.rule import Rule

#: texts that one memory holds: enough for what comes again and again, little enough for many memories
MOST: Final = 16_384
#: characters from those that ids seldom hold to those that everything holds
_RARE: Final = "\"\\<>$*{}=@|^`#?!%&;()[],'_JKQXZYVUWGHRxjqzkwvIyPOSTNMLDCBAFE+~/ "
_TEXT: Final = "\0"

Test: TypeAlias = Callable[[str], bool]


def remember(memory: set[Any], item: Any) -> None:
    """Add to a memory that never grows beyond MOST."""
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

    def silent(self, event: Json, raw: str = "") -> bool:
        """Whether the check finds nothing that is selected."""
        check = self.rule.check
        if check is None:
            return True
        return all(level(self.plan, found) is None for found in check(Reading(self.plan, event, raw, self.now)))


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


def judge(place: Place, memory: set[str], *, quotes: bool = False, form: Test | None = None) -> Test:
    """The test of a text at its place; what it finds clean it remembers.

    Texts with a double quote are never clean unless `quotes`. `form` stands for the node's own form.
    """
    node = place.node
    has_form = form or (acceptor(node.form) if node.form else None)
    tells_nothing, harmless = innocent(place), _hinted(place)
    always = tuple((asked, asked.clause.quiet, asked.clause.views[0]) for asked in place.asked if not asked.hints)
    shown: set[tuple[int, str | None]] = set()

    def clean(text: str) -> bool:
        if '"' in text and not quotes:
            return False
        if has_form is not None and (text or node.min_length) and not has_form(text):
            return False
        if (tells_nothing is None or not tells_nothing(text)) and not harmless(text):
            return False
        for number, (asked, quiet, view) in enumerate(always):
            if quiet is not None and quiet(text):
                continue
            rest = left(view, text)
            key = (number, rest if isinstance(rest, str) else None)
            if key not in shown:
                if not asked.silent(place.event(rest)):
                    return False
                remember(shown, key)
        remember(memory, text)
        return True

    return clean


def _hinted(place: Place) -> Test:
    """The test by the checks that have hints: they are asked where one stands in the line that holds the text."""
    wary = tuple((asked, finder(asked.hints), asked.clause.quiet) for asked in place.asked if asked.hints)
    any_hint = finder({hint for asked, _, quiet in wary if quiet is None for hint in asked.hints})
    before, behind = place.around()

    def harmless(text: str) -> bool:
        raw = before + _json(text)[1:-1] + behind
        escaped = "\\u" in raw
        hinted = escaped or any_hint(raw)
        for asked, found, quiet in wary:
            if quiet(text) if quiet is not None else not hinted:
                continue
            if (escaped or found(raw)) and not asked.silent(place.event(text), raw):
                return False
        return True

    return harmless


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def innocent_letters(place: Place) -> str | None:
    """The class of letters that betray nothing here, as an expression; None where the place itself betrays.

    Each hint, and each of its pieces between colons, holds a letter that is not of the class. So no hint
    stands in a text of such letters, nor in several with colons between them; nor across an end of one, which
    is looked at here.
    """
    hints = {hint for asked in place.asked for hint in asked.hints}
    letters = telling(hints)
    before, behind = place.around()
    for hint in hints:
        if hint in before or hint in behind:
            return None
        for at in range(1, len(hint)):
            head, tail = hint[:at], hint[at:]
            inside = (tail if before.endswith(head) else "") or (head if behind.startswith(tail) else "")
            if inside and letters.isdisjoint(inside):
                return None
    return f"[^{re.escape(''.join(sorted(letters)))}]"


def innocent(place: Place) -> Callable[[str], object] | None:
    """The test for a text of such letters alone."""
    letters = innocent_letters(place)
    return re.compile(f"{letters}*").fullmatch if letters else None


def all_innocent(place: Place) -> Callable[[Sequence[Any]], bool] | None:
    """The same test for many texts, None among them, in one look at all of them; no for some that are innocent.

    Of letters beyond ASCII, all that begin with the same byte in UTF-8 count as telling where one does.
    """
    if innocent_letters(place) is None:
        return None
    letters = telling({hint for asked in place.asked for hint in asked.hints})
    table = bytes({letter.encode()[0] for letter in letters if not "\ud800" <= letter <= "\udfff"})

    def innocent_all(texts: Sequence[Any]) -> bool:
        given = list(filter(None, texts))
        try:
            joined = "\n".join(given).encode()
        except UnicodeEncodeError:
            return False
        return len(joined.translate(None, table)) == len(joined) - max(len(given) - 1, 0)

    return innocent_all


def telling(hints: Iterable[str]) -> frozenset[str]:
    """Letters of which every piece between colons of every hint has one: the rarest that will do."""
    letters = {'"', "\\", *map(chr, range(32))}
    for hint in sorted(hints):
        for piece in filter(None, hint.split(":")):
            if letters.isdisjoint(piece):
                letters.add(min(piece, key=_rarity))
    return frozenset(letters)


def _rarity(letter: str) -> int:
    if not letter.isascii():
        return -1
    found = _RARE.find(letter)
    return len(_RARE) if found < 0 else found


def halves(place: Place, whole: Test, cut: int, first: str, second: str) -> tuple[set[str], set[str], Test]:
    """Two memories for the beginnings and the ends of a text cut at `cut`, and the test that fills them.

    A text is clean where its beginning is with `second` behind it, and its end with `first` before it.
    """
    beginnings: set[str] = set()
    ends: set[str] = set()
    tells_nothing = innocent(place)

    def clean(text: str) -> bool:
        head, tail = text[:cut], text[cut:]
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
