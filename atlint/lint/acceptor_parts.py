"""What an acceptor is made of: the box of a Plan, and for each place and each comparison a test with its memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atlint.lint.acceptor_crn import Crns
from atlint.lint.acceptor_relation import Group
from atlint.lint.acceptor_shape import Box
from atlint.lint.acceptor_text import Asked, Cut
from atlint.model import Json
from atlint.plan import Plan
from atlint.rules.rule import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """Texts of which none stands in the line that holds nothing but a text: what is before and behind that in it."""

    hints: frozenset[str]
    #: for each byte 1 where no hint stands in a text of such bytes; None where the place itself betrays
    letters: bytes | None
    before: bytes
    behind: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """How a text is judged at one place: memories that are asked first, and the test that fills them.

    With two memories the text is cut in two, and each half is looked up in its own. `plain`
    is truthy for texts that need no memory.
    """

    memories: tuple[Any, ...]
    test: Callable[..., Any]
    cut: Cut | None = None
    plain: Callable[[str], object] | None = None
    #: what must not stand in a text that no check looks at
    hints: Around | None = None
    #: whether many texts, None among them, surely need no memory
    innocent: Callable[[Sequence[Any]], bool] | None = None
    #: of many texts those that are not clean, where they can be judged together
    many: Callable[[Collection[str]], set[str]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """What must not stand in a text: that which `reduce` leaves of another. `test` decides where it does."""

    first: str
    second: str
    reduce: Callable[[Any], Json]
    test: Callable[[str, str], bool]
    rule: Rule


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """All that the function is made of. `known` is by place; places that a group judges are absent."""

    plan: Plan
    box: Box
    near: int
    known: Mapping[str, Known]
    crns: Mapping[str, Crns]
    groups: Sequence[Group]
    guards: Sequence[Guard]
    #: rules that look at one text and at nothing beside it, by its place
    alone: Mapping[str, Sequence[Asked]]
    #: forms of strings whose text may hold double quotes
    quoting: frozenset[str]
    #: place of the action
    action: str
    #: a last test of the whole line, where a rule does not say what it reads
    whole: Callable[[bytes], bool] | None = None
