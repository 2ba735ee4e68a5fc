"""A path pattern of in_tail to a matcher: Ruby's Dir.glob where it has a `*`, else the plain path; strftime in both.

Segments are matched without backtracking into each other, so no pattern and no path takes more than their product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

#: alternatives that braces may unfold to; further ones are not considered
MOST_ALTERNATIVES: Final = 200

#: how many digits stand for a conversion of strftime; None is any text
_DIGITS: Final = {"Y": 4, "C": 2, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "j": 3, "L": 3, "N": 9}
_PERIODS: Final = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "X": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "x": "%m/%d/%y"}
_CONVERSION: Final = re.compile(r"%[-0^#_]?([a-zA-Z%])")
_RUBY: Final = re.compile(r"#\{[^}]{0,1000}\}")
#: stands for any text within one segment, whatever `*` means in the pattern
_ANY: Final = "\0"


@dataclass(frozen=True, slots=True)
class _One:
    """Exactly one character."""

    accepts: Callable[[str, bool], bool]
    #: it is written out, so it also matches the dot of a hidden name
    literal: bool = False


#: one segment: characters in their order, None for any run of them
_Segment: TypeAlias = "tuple[_One | None, ...]"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One path of a source. `dated` where the time of day decides what it matches."""

    text: str
    #: alternatives of segments; None in place of a segment is `**`
    alternatives: tuple[tuple[_Segment | None, ...], ...]
    dated: bool = False

    def matches(self, path: str, *, hidden: bool = False, fold: bool = False) -> bool:
        """Whether the absolute, normalised `path` is found.

        With `hidden`, a wildcard takes a leading dot too; with `fold`, upper and lower case are the same.
        """
        names = path.split("/")
        return any(_matches(each, names, hidden=hidden, fold=fold) for each in self.alternatives)


def compile_path(text: str, *, ruby: bool = False) -> Pattern:
    """Read one path as in_tail does. With `ruby`, embedded code in it stands for any text of one segment."""
    known = _RUBY.sub(_ANY, text) if ruby else text
    spelt = _spelt(known)
    wild = "*" in spelt
    forms = _unfold(spelt) if wild else [spelt]
    alternatives = tuple(
        tuple(None if wild and name == "**" and rest else _segment(name, wild=wild) for name, rest in _names(form))
        for form in forms
    )
    return Pattern(text, alternatives, bool(_CONVERSION.search(known)))


def _names(form: str) -> Iterator[tuple[str, bool]]:
    """The segments, each with whether another one follows."""
    names = re.sub("/+", "/", form).split("/")
    for index, name in enumerate(names):
        yield name, index < len(names) - 1


def _spelt(text: str) -> str:
    """Conversions of strftime become runs of `_ANY` or digits: each digit is one private character."""

    def convert(found: re.Match[str]) -> str:
        letter = found[1]
        if letter == "%":
            return "%"
        if letter in _PERIODS:
            return _CONVERSION.sub(convert, _PERIODS[letter])
        return _DIGIT * _DIGITS[letter] if letter in _DIGITS else _ANY

    return _CONVERSION.sub(convert, text)


_DIGIT: Final = "\1"


def _unfold(form: str) -> list[str]:
    """The alternatives of braces, which may nest."""
    done: list[str] = []
    pending = [form]
    while pending and len(done) + len(pending) <= MOST_ALTERNATIVES:
        current = pending.pop()
        found = re.search(r"\{([^{}]*)\}", current)
        if found is None:
            done.append(current)
            continue
        pending += [current[: found.start()] + part + current[found.end() :] for part in found[1].split(",")]
    return done


def _segment(name: str, *, wild: bool) -> _Segment:
    parts: list[_One | None] = []
    at = 0
    while at < len(name):
        letter = name[at]
        at += 1
        if letter == _ANY:
            parts.append(None)
        elif letter == _DIGIT:
            parts.append(_One(_digit))
        elif wild and letter == "*":
            parts += [] if parts and parts[-1] is None else [None]
        elif wild and letter == "?":
            parts.append(_One(_anything))
        elif wild and letter == "[" and (closing := name.find("]", at + 1)) >= 0:
            parts.append(_One(_set(name[at:closing])))
            at = closing + 1
        else:
            if wild and letter == "\\" and at < len(name):
                letter, at = name[at], at + 1
            parts.append(_One(_same(letter), literal=True))
    return tuple(parts)


def _digit(letter: str, _fold: bool) -> bool:  # noqa: FBT001 - the signature that all matchers share
    return letter.isdigit()


def _anything(_letter: str, _fold: bool) -> bool:  # noqa: FBT001 - the signature that all matchers share
    return True


def _same(wanted: str) -> Callable[[str, bool], bool]:
    return lambda letter, fold: letter == wanted or (fold and letter.lower() == wanted.lower())


def _set(body: str) -> Callable[[str, bool], bool]:
    negated = body[:1] in {"^", "!"}
    ranges = re.findall(r"\\?(.)(?:-\\?(.))?", body[negated:], re.DOTALL)

    def accepts(letter: str, fold: bool) -> bool:  # noqa: FBT001 - the signature that all matchers share
        spellings = {letter, letter.lower(), letter.upper()} if fold else {letter}
        return negated != any(low <= each <= (high or low) for low, high in ranges for each in spellings)

    return accepts


def _matches(pattern: tuple[_Segment | None, ...], names: list[str], *, hidden: bool, fold: bool) -> bool:
    """Whether the segments match the names: a set of places in the pattern, moved on name by name."""
    places = _with_empty(pattern, {0})
    for name in names:
        following = set()
        for place in places:
            if place == len(pattern):
                continue
            segment = pattern[place]
            if segment is None:
                if hidden or not name.startswith("."):
                    following.add(place)
            elif _takes(segment, name, hidden=hidden, fold=fold):
                following.add(place + 1)
        places = _with_empty(pattern, following)
        if not places:
            return False
    return len(pattern) in places


def _with_empty(pattern: tuple[_Segment | None, ...], places: set[int]) -> set[int]:
    """The places with those behind each `**`, which may also stand for no folder."""
    reached = set(places)
    for place in range(len(pattern)):
        if place in reached and pattern[place] is None:
            reached.add(place + 1)
    return reached


def _takes(segment: _Segment, name: str, *, hidden: bool, fold: bool) -> bool:
    """Whether a segment matches a whole name: the last run seen is the only one that ever has to grow."""
    first = segment[0] if segment else None
    if name.startswith(".") and not hidden and segment and not (isinstance(first, _One) and first.literal):
        return False
    at = place = 0
    run: tuple[int, int] | None = None
    while at < len(name):
        part = segment[place] if place < len(segment) else None
        if place < len(segment) and part is None:
            run = (place, at)
            place += 1
        elif isinstance(part, _One) and part.accepts(name[at], fold):
            place += 1
            at += 1
        elif run is not None:
            run = (run[0], run[1] + 1)
            place, at = run[0] + 1, run[1]
        else:
            return False
    return all(part is None for part in segment[place:])
