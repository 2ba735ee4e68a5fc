"""The parts of an acceptor to its compiled half (`native/scan.c`), where that is built: the same answers, sooner.

`Program` tells it which members a line may have, and answers what it asks; of what it cannot tell, `Judge` is asked.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atlint.lint import native
from atlint.lint.acceptor_columns import Judge
from atlint.lint.acceptor_parts import Parts
from atlint.lint.acceptor_program import Program, Unfit
from atlint.lint.clean import Clean
from atlint.lint.doubts import Doubts
from atlint.lint.rows import Rows, rows_of
from atlint.lint.seen import see
from atlint.model import Line

if TYPE_CHECKING:
    from atlint.lint import _scan


def compiled(parts: Parts, judge: Judge, *, facts: bool) -> Compiled | None:
    """The compiled acceptor of these parts; None where it is not built, or cannot tell one of them.

    `facts` says whether rules across events are asked of each line.
    """
    if native.scan is None or parts.whole is not None:
        return None
    try:
        return Compiled(parts, judge, facts, native.scan.Scanner)
    except Unfit:
        return None


@dataclass(slots=True, eq=False)
class Compiled:
    """Says of many lines at once which are surely clean."""

    parts: Parts
    judge: Judge
    facts: bool
    made_of: type[_scan.Scanner]
    _program: Program = field(init=False)
    _scanner: _scan.Scanner = field(init=False)

    def __post_init__(self) -> None:
        """Make the compiled half."""
        self._program = Program(self.parts, self.facts)
        self._scanner = self._program.scanner(self.made_of)

    def accept(self, raws: Sequence[bytes]) -> Clean:
        """Which of the lines are surely clean."""
        if self._program.full:
            self.__post_init__()
        found = self._scanner.scan(raws if isinstance(raws, list) else list(raws))
        numbers, actions, shown, times, digests, heads, tails, kinds, table, unsure, odd = found
        doubts = {number: Doubts(*rest) for number, *rest in odd}
        if self.facts:
            columns = array("d", times), array("Q", digests), heads, array("Q", tails), array("I", kinds)
            rows = Rows(*columns, table)
            clean = Clean(numbers, actions, lambda: rows, shown, doubts)
        else:
            clean = Clean(numbers, actions, lambda: _read([raws[number] for number in numbers]), numbers, doubts)
        return self._with(clean, raws, unsure) if unsure else clean

    def _with(self, clean: Clean, raws: Sequence[bytes], unsure: list[int]) -> Clean:
        """The same with those of the unsure lines that are clean after all."""
        decoded = self.judge.judge([raws[number] for number in unsure])
        if not decoded.numbers:
            return clean
        more = [unsure[number] for number in decoded.numbers]
        order = sorted([*clean.numbers, *more])
        did = dict(zip([*clean.numbers, *more], [*clean.actions, *decoded.columns_at(self.parts.action)], strict=True))
        actions = [did[number] for number in order]
        if not self.facts:
            return Clean(order, actions, lambda: _read([raws[number] for number in order]), order, clean.doubts)
        rows = clean.rows()
        rows.merge(clean.shown, rows_of(self.parts.plan, decoded, [raws[number] for number in unsure]), more)
        return Clean(order, actions, lambda: rows, sorted([*clean.shown, *more]), clean.doubts)


def _read(raws: Sequence[bytes]) -> Rows:
    """The facts of lines that hold events, read one by one."""
    rows = Rows()
    for raw in raws:
        seen = see(Line("", 0, 0, raw))
        if seen is not None:
            rows.insert(len(rows), seen)
    return rows
