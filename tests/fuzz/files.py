"""Where targets that read files find them: the fixtures, and one file of a process's own to be read."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FIXTURES: Final = Path(__file__).parent.parent.parent / "fixtures"


def found(pattern: str, longest: int = 16_000) -> Iterator[bytes]:
    """The fixtures of a pattern, but for long ones and those of the fuzzers themselves."""
    for path in sorted(FIXTURES.glob(pattern)):
        if path.is_file() and path.stat().st_size <= longest and FIXTURES / "fuzz" not in path.parents:
            yield path.read_bytes()


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="atlint-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def written(name: str, data: bytes) -> Path:
    """A file with these bytes."""
    path = _folder() / name
    path.write_bytes(data)
    return path
