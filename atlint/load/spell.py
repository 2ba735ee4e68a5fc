"""A form's regular expression to the alternatives it has, and by a chooser to one text that matches it.

The expressions are those that `plan.grammar` writes out of the `.lark` files (and the vocabulary's), so what
a grammar comes to allow is made from then on, without a word here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlint.load.chooser import Chooser
from atlint.model import NOTHING, AtlintError
from atlint.plan.form import grammar_of
from atlint.plan.grammar import load

#: what a negated class and the dot are drawn from: printable ASCII and a few letters of other scripts
_ANY: Final = "".join(map(chr, range(0x21, 0x7F))) + "äéßłžΩжя中文データ한글עבخ🚀"
#: left out of sets so big that nobody misses them: by these marks templates, masks, addresses and secrets
#: are told, and no text of ours should be taken for one
_TELLING: Final = frozenset("xX$<>{}*@=%&\\\"'")
_BIG: Final = 20
#: how often an unbounded repeat is drawn at most
_MOST: Final = 12
_ESCAPES: Final = {"d": "0123456789", "n": "\n", "t": "\t", "r": "\r"}
_REPEATS: Final = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_COUNT: Final = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_NAME: Final = re.compile(r"\?P<(\w+)>")


@dataclass(frozen=True, slots=True)
class Letters:
    """One character of a set."""

    allowed: str


@dataclass(frozen=True, slots=True)
class Chain:
    """One after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    ways: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Several times the same; `most` is None where there is no bound."""

    part: Tree
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """A part that a caller may give."""

    name: str
    part: Tree


Tree: TypeAlias = "Letters | Chain | Either | Repeat | Named"


def spell(form: str, draw: Chooser, **given: str) -> str:
    """A text of a schema's format (`at-crn`); `given` fixes parts that its grammar names (`service`).

    Raises AtlintError where the form has no grammar.
    """
    found = grammar_of(form)
    if found is None:
        raise AtlintError(f"the form {form} has no grammar to spell from")
    grammar, rule = found
    return text_of(tree(grammar.pattern(rule, parts=True).pattern), draw, given)


def spell_rule(grammar: str, rule: str, draw: Chooser) -> str:
    """A text of one rule or terminal of a grammar file: `spell_rule("identity", "IBMID", draw)`."""
    return text_of(tree(load(grammar).rules[rule]), draw)


def text_of(node: Tree, draw: Chooser, given: Mapping[str, str] = NOTHING) -> str:
    """One text of an expression's tree."""
    match node:
        case Letters(allowed):
            return allowed if len(allowed) == 1 else draw.pick(allowed)
        case Chain(parts):
            return "".join(text_of(part, draw, given) for part in parts)
        case Either(ways):
            return text_of(draw.pick(ways), draw, given)
        case Named(name, part):
            return given[name] if name in given else text_of(part, draw, given)
        case Repeat(part, least, most):
            count = draw.integer(least, least + _MOST if most is None else most)
            if isinstance(part, Letters) and count > 1:
                return _letters(part.allowed, count, draw)
            return "".join(text_of(part, draw, given) for _ in range(count))


def _letters(allowed: str, count: int, draw: Chooser) -> str:
    """Many characters of one set by a single choice: quick to draw, and quick to shrink."""
    number = draw.integer(0, len(allowed) ** count - 1)
    found = []
    for _ in range(count):
        number, index = divmod(number, len(allowed))
        found.append(allowed[index])
    return "".join(reversed(found))


def forks(node: Tree) -> Iterator[Either | Repeat]:
    """Every place of the tree where there is a choice of ways: alternatives and options."""
    match node:
        case Chain(parts):
            for part in parts:
                yield from forks(part)
        case Either(ways):
            yield node
            for way in ways:
                yield from forks(way)
        case Named(_, part):
            yield from forks(part)
        case Repeat(part, least, most):
            if least == 0 and most == 1:
                yield node
            yield from forks(part)
        case Letters():
            return


@functools.cache
def tree(expression: str) -> Tree:
    """The tree of an expression. Raises AtlintError for notation that no grammar of ours uses."""
    reader = _Reader(expression)
    found = reader.ways()
    if reader.at < len(expression):
        raise AtlintError(f"cannot spell {expression!r}: stray {expression[reader.at]!r} at {reader.at}")
    return found


class _Reader:
    """Recursive descent over literals, classes, groups, `|` and repeats."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def ways(self) -> Tree:
        found = [self.chain()]
        while self.peek() == "|":
            self.at += 1
            found.append(self.chain())
        return found[0] if len(found) == 1 else Either(tuple(found))

    def chain(self) -> Tree:
        parts: list[Tree] = []
        while self.at < len(self.text) and self.peek() not in "|)":
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def repeated(self, part: Tree) -> Tree:
        if count := _COUNT.match(self.text, self.at):
            self.at = count.end()
            least = int(count[1])
            most = least if count[2] is None else int(count[3]) if count[3] else None
            return Repeat(part, least, most)
        if self.peek() and self.peek() in _REPEATS:
            least, most = _REPEATS[self.peek()]
            self.at += 1
            return Repeat(part, least, most)
        return part

    def atom(self) -> Tree:
        mark = self.peek()
        self.at += 1
        if mark == "(":
            return self.group()
        if mark == "[":
            return self.letters()
        if mark == "\\":
            return Letters(self.escaped())
        if mark == ".":
            return Letters("".join(char for char in _ANY if char not in _TELLING))
        if mark in "^$?*+{":
            raise AtlintError(f"cannot spell {self.text!r}: {mark!r} at {self.at - 1}")
        return Letters(mark)

    def group(self) -> Tree:
        name = _NAME.match(self.text, self.at)
        if name:
            self.at = name.end()
        elif self.text.startswith("?:", self.at):
            self.at += 2
        inner = self.ways()
        if self.peek() != ")":
            raise AtlintError(f"cannot spell {self.text!r}: no ) at {self.at}")
        self.at += 1
        return Named(name[1], inner) if name else inner

    def escaped(self) -> str:
        letter = self.peek()
        self.at += 1
        return _ESCAPES.get(letter, letter)

    def letters(self) -> Tree:
        negated = self.peek() == "^"
        self.at += negated
        found: list[str] = []
        while self.peek() != "]":
            first = self.member()
            if self.peek() == "-" and self.text[self.at + 1] != "]":
                self.at += 1
                found.extend(map(chr, range(ord(first), ord(self.member()) + 1)))
            else:
                found.extend(first)
        self.at += 1
        kept = [char for char in _ANY if char not in found] if negated else list(dict.fromkeys(found))
        if len(kept) > _BIG:
            kept = [char for char in kept if char not in _TELLING]
        return Letters("".join(kept))

    def member(self) -> str:
        letter = self.peek()
        self.at += 1
        return self.escaped() if letter == "\\" else letter
