"""All regular expressions of atlint, found mechanically, and texts that are made to be hard for each of them."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from re import _constants, _parser  # type: ignore[attr-defined]  # the parse tree has no public name
from typing import Any, Final

import atlint
from atlint.plan.form import GRAMMARS
from atlint.plan.grammar import load
from atlint.plan.truth import root

#: letters of a pattern's own that texts are made of
_LETTERS: Final = 6


def modules() -> Iterator[Any]:
    """Every module of atlint that can be imported here: not those of an extra that is not installed."""
    for found in pkgutil.walk_packages(atlint.__path__, "atlint."):
        if found.name == "atlint.__main__":
            continue
        try:
            yield importlib.import_module(found.name)
        except ModuleNotFoundError as error:
            if str(error.name).startswith("atlint"):
                raise


@functools.cache
def patterns() -> dict[str, re.Pattern[str]]:  # noqa: C901 - one loop for each kind of place
    """By where it stands: what modules name or hold, what grammars are flattened to, what schemas ask for."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for index, held in enumerate(_held(value)):
                found.setdefault(f"{module.__name__}.{name}.{index}", held)
    for grammar, rule in sorted({*GRAMMARS.values()}):
        found[f"{grammar}.lark {rule}"] = load(grammar).pattern(rule)
    for path in sorted(root().glob("grammar/*.lark")):
        if path.stem != "fluentd":
            for rule, text in load(path.stem).rules.items():
                found[f"{path.name} {rule}"] = re.compile(text)
    for path in sorted(root().rglob("*.json")):
        for number, text in enumerate(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', path.read_text())):
            found[f"{path.name} {number}"] = re.compile(text.replace("\\\\", "\\"))
    for expression in re.findall(r"(?<![/:])/((?:[^/\\\n]|\\.)+)/", (root() / "grammar" / "fluentd.lark").read_text()):
        found[f"fluentd.lark {expression}"] = re.compile(expression.replace("\\/", "/"))
    return {where: each for where, each in found.items() if isinstance(each.pattern, str)}


def _held(value: Any, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for inner in value.values():
            yield from _held(inner, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _held(inner, depth - 1)


def pumps(pattern: re.Pattern[str]) -> list[str]:
    """Short texts, of the letters that the pattern itself tells apart, whose repetition keeps it busy."""
    letters = list(dict.fromkeys(_letters(_parser.parse(pattern.pattern, pattern.flags))))[:_LETTERS]
    return [*letters, *("".join(pair) for pair in product(letters, repeat=2) if pair[0] != pair[1])]


def opening(pattern: re.Pattern[str]) -> str:
    """A short beginning of what the pattern matches, so that it is on its way when the pump begins."""
    return "".join(_shortest(_parser.parse(pattern.pattern, pattern.flags)))[:40]


def _letters(tree: Any) -> Iterator[str]:  # noqa: C901 - one branch for each kind of node
    for op, argument in tree:
        if op in {_constants.LITERAL, _constants.NOT_LITERAL}:
            yield chr(argument)
        elif op is _constants.RANGE:
            yield chr(argument[0])
        elif op is _constants.CATEGORY:
            yield {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(argument), "a")
        elif op is _constants.ANY:
            yield "a"
        elif op is _constants.IN:
            yield from _letters(argument)
            if argument[0][0] is _constants.NEGATE:
                yield "a"
        elif op is _constants.BRANCH:
            for branch in argument[1]:
                yield from _letters(branch)
        elif isinstance(argument, tuple | list):
            for inner in argument:
                if isinstance(inner, _parser.SubPattern):
                    yield from _letters(inner)


def _shortest(tree: Any) -> Iterator[str]:
    for op, argument in tree:
        if op is _constants.LITERAL:
            yield chr(argument)
        elif op in {_constants.IN, _constants.ANY}:
            yield next(_letters([(op, argument)]), "a")
        elif op is _constants.BRANCH:
            yield from _shortest(argument[1][0])
        elif op is _constants.SUBPATTERN:
            yield from _shortest(argument[3])
        elif op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
            for _ in range(min(argument[0], 40)):
                yield from _shortest(argument[2])
