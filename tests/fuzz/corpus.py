"""What is kept of a run: the smallest inputs that reach every branch of atlint that the run reached.

`fixtures/fuzz/TARGET/` holds them by the digest of their bytes; `fixtures/fuzz/TARGET/found-*` once broke something
and are never dropped.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

from tests.fuzz.files import FIXTURES
from tests.fuzz.targets import Target

ROOT: Final = FIXTURES / "fuzz"
#: bytes of a target's corpus
LARGEST: Final = 40_000
_OURS: Final = str(FIXTURES.parent / "atlint")


def kept(name: str) -> Iterator[Path]:
    """The files of a target, in the order of their names."""
    yield from sorted((ROOT / name).glob("*"))


def reached(target: Target, data: bytes) -> frozenset[tuple[str, int, int]]:
    """The steps from line to line, within functions of atlint, that an input leads to."""
    found: set[tuple[str, int, int]] = set()

    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS):
            return None
        last = frame.f_lineno

        def step(frame: FrameType, event: str, _argument: Any) -> Any:
            nonlocal last
            if event == "line":
                found.add((file, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        target.probe(data)
    finally:
        sys.settrace(before)
    return frozenset(found)


def minimised(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """The inputs that reach what no smaller one does, up to `LARGEST` bytes in all."""
    seen: set[tuple[str, int, int]] = set()
    chosen: list[bytes] = []
    for data in sorted(set(inputs), key=lambda each: (len(each), each)):
        steps = reached(target, data)
        if not steps <= seen and sum(map(len, chosen)) + len(data) <= LARGEST:
            seen |= steps
            chosen.append(data)
    return chosen


def keep(target: Target, inputs: Iterable[bytes]) -> None:
    """Replace a target's corpus, but for what once broke something."""
    folder = ROOT / target.name
    folder.mkdir(parents=True, exist_ok=True)
    for path in kept(target.name):
        if not path.name.startswith("found-"):
            path.unlink()
    for data in minimised(target, inputs):
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
