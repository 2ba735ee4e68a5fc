"""A file to the same file with its fixes made: streamed, every other byte copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import takewhile

from atlint.lint.editions import picker
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.fix import Mended, Wanted, mend
from atlint.lint.source import Source, lines
from atlint.lint.successor import Successor, original
from atlint.model import AtlintError, Line


@dataclass(frozen=True, slots=True)
class Repairs:
    """Which fixes are made: by these judges, safe ones or all, of the Problems that are wanted."""

    judges: tuple[Judge, ...]
    wanted: Wanted
    unsafe: bool = False
    #: what went through `of`
    tally: Tally = field(default_factory=Tally)

    def of(self, found: Iterable[Line]) -> Iterator[Mended]:
        """The lines that change, in order."""
        explain = {judge.plan.edition: judge.explainer.explain for judge in self.judges}
        for explanation in run(self.judges, picker(self.judges), found, self.tally):
            by = explain[explanation.plan.edition]
            mended = mend(explanation, by, unsafe=self.unsafe, wanted=self.wanted)
            if mended is not None:
                yield mended


def rewrite(source: Source, repairs: Repairs) -> Counter[str]:
    """Make the fixes in a file; gives how many by code. A file without anything to fix is not touched.

    Raises AtlintError where it is compressed, or cannot be read or replaced, and LeftError where it was written to
    meanwhile or has several names; the file is then as it was.
    """
    if source.compressed:
        raise AtlintError(f"{source.path}: a compressed file is not changed; unpack it to fix it")
    fixed: Counter[str] = Counter()
    with original(source) as old, ExitStack() as begun:
        copy: Successor | None = None
        # What is appended meanwhile is not read: it could go on for ever, and the file is left alone then.
        read = lines(replace(source, held=str(old.target)))
        for mended in repairs.of(takewhile(lambda line: line.offset < old.before.st_size, read)):
            copy = copy or begun.enter_context(old.successor())
            line = mended.after.line
            copy.put(line.offset, len(mended.before.line.raw), line.raw)
            fixed.update(mended.codes)
    return fixed
