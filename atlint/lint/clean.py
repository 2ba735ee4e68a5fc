"""What an acceptor says of many lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from atlint.lint.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Clean:
    """The lines that are surely clean, by number, with the action of each; `rows` makes the facts of each."""

    numbers: Sequence[int]
    actions: list[str]
    rows: Callable[[], Rows]


NONE_CLEAN = Clean((), [], Rows)
