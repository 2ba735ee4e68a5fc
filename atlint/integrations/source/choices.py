"""A value with what is one of several things to the values that it may be: one choice settled, the others unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from atlint.integrations.source.value import Array, Either, Member, Object, Value

#: values of one event that are looked at because of its choices
_MOST: Final = 100


def settled(value: Object) -> Iterator[Object]:
    """The object as it is, and once for each thing that a value in it may be.

    No two choices are settled together: they mostly hang on one condition, and what they are together nobody knows.
    """
    yield value
    for found in islice(_settled(value, {}), _MOST):
        if isinstance(found, Object):
            yield found


def _settled(value: Value, open_: dict[int, bool]) -> Iterator[Value]:
    if not _has_choice(value, open_):
        return
    if isinstance(value, Either):
        for option in value.options:
            yield option
            yield from _settled(option, open_)
    elif isinstance(value, Object):
        for name, member in value.members.items():
            for found in _settled(member.value, open_):
                yield replace(value, members={**value.members, name: Member(member.key, found)})
    elif isinstance(value, Array):
        for at, item in enumerate(value.items):
            for found in _settled(item, open_):
                yield replace(value, items=(*value.items[:at], found, *value.items[at + 1 :]))


def _has_choice(value: Value, open_: dict[int, bool]) -> bool:
    """Whether anything in it is one of several; remembered, since one object may stand in very many places."""
    known = open_.get(id(value))
    if known is None:
        inner: Iterator[Value] = iter(())
        if isinstance(value, Object):
            inner = (member.value for member in value.members.values())
        elif isinstance(value, Array):
            inner = iter(value.items)
        known = open_[id(value)] = isinstance(value, Either) or any(_has_choice(each, open_) for each in inner)
    return known
