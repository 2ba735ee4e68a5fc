"""Decoded lines to columns: for each place of a box, what stands there in every line.

Lines are judged by columns since a loop over one place costs less than a loop over one line: the interpreter
is asked once for many values, and what is remembered of the place stays near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, TypeAlias

import msgspec

from atlint.lint.acceptor_shape import Box, Kind, Leaf

#: what stands at one place in each line; None where nothing does
Column: TypeAlias = "list[Any]"

_FIELDS: Final = tuple(attrgetter(f"f{number}") for number in range(64))


@dataclass(slots=True, eq=False)
class Columns:
    """The columns of so many lines, by place: strings, closed values, raw JSON as bytes, objects as such."""

    lines: int
    at: dict[str, Column] = field(default_factory=dict)
    #: members that may be absent or null, with the one told from the other
    told: dict[str, Column] = field(default_factory=dict)
    #: double quotes that the lines have in all where no key stands twice in an object
    quotes: int = 0

    def column(self, place: str) -> Column:
        """What stands at a place; nothing anywhere, where the box has not the place."""
        found = self.at.get(place)
        return [None] * self.lines if found is None else found


def columns_of(box: Box, objects: Sequence[Any], quoting: frozenset[str]) -> Columns:
    """The columns of objects of the box's type. `quoting` are forms of strings whose text may hold double quotes."""
    made = Columns(len(objects))
    made.at[box.pointer] = list(objects)
    _fill(made, box, objects, len(objects), quoting)
    return made


def _fill(made: Columns, box: Box, objects: Sequence[Any], there: int, quoting: frozenset[str]) -> None:
    """The columns of a box's members; `there` says of how many lines the box is."""
    for number, (_, member) in enumerate(box.members):
        get = _FIELDS[number]
        if there == len(objects):
            column = list(map(get, objects))
        elif there:
            column = [None if one is None else get(one) for one in objects]
        else:
            column = [None] * len(objects)
        if isinstance(member, Leaf):
            _leaf(made, member, column, there, quoting)
            continue
        inner = there if member.required else len(column) - column.count(None)
        made.at[member.pointer] = column
        made.quotes += 2 * inner
        _fill(made, member, column, inner, quoting)


def _leaf(made: Columns, leaf: Leaf, column: Column, there: int, quoting: frozenset[str]) -> None:
    """Put a leaf's column in its place, and count the quotes of its key and its values."""
    if leaf.nullable and not leaf.required:
        made.told[leaf.pointer] = column
        there -= column.count(msgspec.UNSET)
        column = [None if value is msgspec.UNSET else value for value in column]
    elif not leaf.required:
        there = len(column) - column.count(None)
    made.quotes += 2 * there
    if leaf.quoted:
        made.quotes += 2 * (len(column) - column.count(None) if leaf.nullable else there)
    if leaf.kind is Kind.SINGLE:
        made.at[leaf.pointer] = column
        column = [value and value[0] for value in column]
    elif leaf.kind is Kind.RAW and there:
        column = [None if value is None else bytes(value) for value in column]
        made.quotes += sum(value.count(b'"') for value in column if value is not None)
    elif leaf.text.form in quoting and there:
        made.quotes += sum(value.count('"') for value in column if value is not None)
    made.at[leaf.place] = column
