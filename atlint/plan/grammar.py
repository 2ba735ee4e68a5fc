"""A `.lark` file, two ways: a flattened regular expression that accepts and takes apart, and lark, which explains.

All our grammars but fluentd's are regular, so a rule can be written out as one expression. Law 5 holds that
expression and lark's own parser together on every string near the language.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atlint.plan.truth import SchemaError, read_text

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\n]+)|(?P<words>//=[ ]*(?P<said>[^\n]*))|(?P<comment>//[^\n]*)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<regexp>/(?:[^/\\\n]|\\.)+/)
    |(?P<mark>[:|()\[\]?*+])""",
    re.VERBOSE,
)
#: `re.escape` also escapes what other engines refuse to see escaped
_SPECIAL: Final = re.compile(r"[.^$*+?{}\[\]\\|()]")
#: longer texts are not handed to lark: its explanation would come too late to be of use
LONGEST_EXPLAINED: Final = 600


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a text leaves its grammar: the offset of the first wrong code point, and what could stand there."""

    offset: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """One grammar file. `rules` maps each rule and terminal to its flattened expression."""

    name: str
    start: str
    text: str
    rules: Mapping[str, str]
    words: Mapping[str, str]

    def pattern(self, rule: str = "", *, parts: bool = False) -> re.Pattern[str]:
        """The expression that matches a whole text of `rule` (of the start rule, where none is named).

        With `parts`, each rule that the start rule names becomes a named group.
        """
        return _pattern(self, rule or self.start, parts)

    def fits(self, text: str, rule: str = "") -> bool:
        """Whether `text` is of `rule` as a whole."""
        return self.pattern(rule).fullmatch(text) is not None

    def explain(self, text: str, rule: str = "") -> Expected:
        """Where and why `text` is not of `rule`, by lark's parser. For texts that do not match."""
        rule = rule or self.start
        if len(text) > LONGEST_EXPLAINED:
            return Expected(0, (self.words.get(rule, rule),))
        return _explain(self, text, rule)


@functools.cache
def load(name: str) -> Grammar:
    """Read `schemas/grammar/NAME.lark`. Raises SchemaError where it uses more than we can flatten."""
    file = f"grammar/{name}.lark"
    text = read_text(file)
    reader = _Reader(file, text)
    bodies = reader.definitions()
    rules: dict[str, str] = {}
    for rule in bodies:
        _flatten(rule, bodies, rules, file, ())
    return Grammar(name, next(iter(bodies)), text, rules, reader.words)


def _flatten(
    rule: str, bodies: Mapping[str, list[str]], done: dict[str, str], file: str, open_: tuple[str, ...]
) -> str:
    if rule in open_:
        raise SchemaError(file, "", f"the rule {rule} refers to itself, so it cannot be written out")
    if rule not in bodies:
        raise SchemaError(file, "", f"the rule {open_[-1]} names {rule}, which is not defined")
    if rule not in done:
        pieces = []
        for kind, _, piece in (part.partition(" ") for part in bodies[rule]):
            pieces.append(f"(?:{_flatten(piece, bodies, done, file, (*open_, rule))})" if kind == "name" else piece)
        done[rule] = "".join(pieces)
    return done[rule]


class _Reader:
    """Reads the part of lark's notation that is regular: names, strings, expressions, groups, ? * + |."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.words: dict[str, str] = {}

    def definitions(self) -> dict[str, list[str]]:
        bodies: dict[str, list[str]] = {}
        pending = ""
        body: list[str] = []
        at = 0
        while at < len(self.text):
            token = _TOKEN.match(self.text, at)
            if token is None or (token[0] == ":" and not body):
                line = self.text.count("\n", 0, at) + 1
                raise SchemaError(self.file, "", f"line {line}: {self.text[at]!r} is beyond what we flatten")
            at, kind = token.end(), token.lastgroup
            if kind in {"blank", "comment"}:
                continue
            if kind == "words":
                pending = token["said"].strip()
            elif kind == "mark" and token[0] == ":":
                name = body.pop().removeprefix("name ")  # it was read as the last piece of the rule before
                body = bodies[name] = []
                if pending:
                    self.words[name], pending = pending, ""
            else:
                body.append(_piece(token))
        return bodies


def _piece(token: re.Match[str]) -> str:
    if token["name"]:
        return f"name {token[0]}"
    if token["string"]:
        return "text " + _SPECIAL.sub(r"\\\g<0>", token[0][1:-1])
    if token["regexp"]:
        inner = token[0][1:-1].replace("\\/", "/")
        return f"text (?:{inner})"
    return "text " + {"(": "(?:", "[": "(?:", "]": ")?"}.get(token[0], token[0])


@functools.cache
def _pattern(grammar: Grammar, rule: str, parts: bool) -> re.Pattern[str]:  # noqa: FBT001 - private, cached
    if not parts:
        return re.compile(grammar.rules[rule])
    bodies = _Reader(grammar.name, grammar.text).definitions()
    seen: set[str] = set()
    pieces = []
    for kind, _, piece in (part.partition(" ") for part in bodies[rule]):
        if kind == "name":
            group = "?:" if piece in seen or piece.isupper() else f"?P<{piece}>"
            seen.add(piece)
            pieces.append(f"({group}{grammar.rules[piece]})")
        else:
            pieces.append(piece)
    return re.compile("".join(pieces))


@functools.lru_cache(maxsize=64)
def parser(grammar: Grammar, rule: str) -> Any:
    """Lark's own parser for one rule of the file (Earley: the terminals overlap by nature)."""
    import lark

    return lark.Lark(grammar.text, start=rule, parser="earley", lexer="dynamic_complete", maybe_placeholders=False)


@functools.lru_cache(maxsize=4096)
def _explain(grammar: Grammar, text: str, rule: str) -> Expected:
    import lark

    engine = parser(grammar, rule)
    try:
        engine.parse(text)
    except lark.UnexpectedEOF as error:
        return Expected(len(text), _in_words(grammar, engine, error.expected))
    except lark.UnexpectedCharacters as error:
        return Expected(error.pos_in_stream or 0, _in_words(grammar, engine, error.allowed or set()))
    return Expected(len(text), ())


def _in_words(grammar: Grammar, engine: Any, names: Any) -> tuple[str, ...]:
    """What lark calls `__ANON_3` in the words of the grammar file; a literal speaks for itself."""
    patterns = {terminal.name: terminal.pattern for terminal in engine.terminals}
    said = set()
    for name in names:
        literal = type(patterns[name]).__name__ == "PatternStr"
        said.add(f'"{patterns[name].value}"' if literal else grammar.words[name])
    return tuple(sorted(said)) or ("the end of the text",)
