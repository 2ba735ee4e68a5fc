"""Whether any of many texts may stand in another: one pass of an automaton, where that is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from atlint.lint import native


def doubt(needles: Iterable[str]) -> Callable[[str], bool]:
    """A test that says no where none of the needles stands in a text, and may say yes of any.

    Without the automaton it never says no: to look for each needle takes as long as what it would spare.
    """
    if native.scan is None:
        return _always
    may_stand_in: Callable[[str], bool] = native.scan.Needles([needle.encode() for needle in needles]).may_stand_in
    return may_stand_in


def _always(_text: str) -> bool:
    return True
