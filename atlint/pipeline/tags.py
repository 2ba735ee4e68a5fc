"""Which pattern of a `<match>` or `<filter>` fits a tag, as fluentd reads patterns, without going back over either."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

#: code points of a pattern, and braces in it, beyond which nobody wrote it to be read
LONGEST: Final = 1_000
MOST_BRACES: Final = 40

#: from the places in a tag where the pattern so far may end to those after one more piece of it
_Step: TypeAlias = Callable[[str, set[int]], set[int]]


def fits(argument: str, tag: str) -> bool | None:
    """Whether the patterns of a section, parted by blanks, take `tag`; none at all take any.

    None where that cannot be said: an expression between slashes, which is Ruby's, or a pattern beyond all measure.
    """
    verdicts = [_fits(pattern, tag) for pattern in argument.split() or ["**"]]
    return True if True in verdicts else None if None in verdicts else False


def tag_of(tag: str, path: str) -> str:
    """The tag of what a source reads of the file at `path`: for the first `*`, the path with dots for slashes."""
    if "*" not in tag:
        return tag
    before, after, *_ = tag.split("*")
    return before + re.sub(r"\.+", ".", path.replace("/", ".")).removeprefix(".") + after


def _fits(pattern: str, tag: str) -> bool | None:
    if pattern.startswith("/") or len(pattern) > LONGEST or pattern.count("{") > MOST_BRACES:
        return None
    return len(tag) in _walk(_steps(pattern), tag, {0})


def _walk(steps: list[_Step], tag: str, ends: set[int]) -> set[int]:
    for step in steps:
        ends = step(tag, ends)
    return ends


def _steps(pattern: str) -> list[_Step]:
    """The pieces of a pattern. A dot is held back until it is known whether `**` follows, which takes it along."""
    held: list[list[list[_Step]]] = []
    steps: list[_Step] = []
    at, dot = 0, False
    while at < len(pattern):
        here = pattern[at]
        if pattern.startswith("**", at):
            steps += [_at_edge] if dot else []
            wide = pattern.startswith(".", at + 2)
            steps.append(_parts_before if wide else _rest)
            at, dot = at + (3 if wide else 2), False
            continue
        steps += [_one(".")] if dot else []
        dot = here == "."
        if here == "\\":
            at += 1
            steps += [_one(pattern[at])] if at < len(pattern) else []
        elif here == "*":
            steps.append(_part)
        elif here == "{":
            held.append([steps])
            steps = []
        elif here in ",}" and held:
            held[-1].append(steps)
            steps = []
            if here == "}":
                before, *choices = held.pop()
                steps = [*before, _choice(choices)]
        elif not dot:
            steps.append(_one(here))
        at += 1
    while held:
        before, *choices = held.pop()
        steps = [*before, _choice([*choices, steps])]
    return steps


def _one(character: str) -> _Step:
    return lambda tag, ends: {end + 1 for end in ends if tag.startswith(character, end)}


def _choice(choices: list[list[_Step]]) -> _Step:
    return lambda tag, ends: {end for steps in choices for end in _walk(steps, tag, ends)}


def _part(tag: str, ends: set[int]) -> set[int]:
    """`*`: what is left of one part, or less of it."""
    return {end for start in ends for end in range(start, start + len(tag[start:].partition(".")[0]) + 1)}


def _rest(tag: str, ends: set[int]) -> set[int]:
    """`**`: anything."""
    return set(range(min(ends), len(tag) + 1)) if ends else set()


def _parts_before(tag: str, ends: set[int]) -> set[int]:
    """`**.`: any number of whole parts, and none only at the beginning."""
    return {end for end in _rest(tag, ends) if tag[:end].endswith(".") and end > min(ends)} | (ends & {0})


def _at_edge(tag: str, ends: set[int]) -> set[int]:
    """Where a part ends."""
    return {end for end in ends if tag[end : end + 1] in {"", "."}}
