"""What an acceptor says of many lines: which are clean, and of others where they may not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from atlint.lint.doubts import Doubts
from atlint.lint.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Clean:
    """The lines that are surely clean, by number, with the action of each; `rows` makes the facts of each in `shown`.

    `doubts` has some of the others, by number. Those in `shown` beside the clean ones are among these, and their facts
    hold if they are events of whose JSON nothing is to be said.
    """

    numbers: Sequence[int]
    actions: list[str]
    rows: Callable[[], Rows]
    shown: Sequence[int]
    doubts: Mapping[int, Doubts] = field(default_factory=dict)


NONE_CLEAN = Clean((), [], Rows, ())
