"""Files of lines to lines, plain or gzip, one at a time and never longer than a bound."""

from __future__ import annotations

import contextlib
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from atlint import regular
from atlint.load.fault import refusal
from atlint.model import AtlintError

#: no tailer carries a longer line; what goes beyond is dropped, so that no file can exhaust the memory
LONGEST: Final = 16 * 2**20
#: standard input, in the place of a file
STANDARD_INPUT: Final = Path("-")


class Text(NamedTuple):
    """A line without its line feed, and whether there was one."""

    raw: bytes
    ended: bool


def lines(path: Path) -> Iterator[Text]:
    """The lines of a file or of standard input, gzip where the first two bytes say so.

    Raises:
        AtlintError: where the file cannot be read or its compression is damaged.
    """
    try:
        with _opened(path) as plain:
            packed = plain.peek(2)[:2] == b"\x1f\x8b"
            yield from _split(cast("BinaryIO", gzip.GzipFile(fileobj=plain)) if packed else plain)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise AtlintError(f"{path} is damaged as a gzip file: {error}") from error
    except OSError as error:
        raise refusal("read", path, error) from error


def _opened(path: Path) -> contextlib.AbstractContextManager[io.BufferedReader]:
    if path != STANDARD_INPUT:
        return regular.opened(path)
    if sys.stdin is None:
        raise AtlintError("-: standard input is closed")
    # it is not this module's to close
    return contextlib.nullcontext(cast("io.BufferedReader", sys.stdin.buffer))


def _split(file: BinaryIO) -> Iterator[Text]:
    while raw := file.readline(LONGEST):
        ended = raw.endswith(b"\n")
        if not ended and len(raw) == LONGEST:
            while (rest := file.readline(LONGEST)) and not (ended := rest.endswith(b"\n")):
                pass
        yield Text(raw[:-1] if raw.endswith(b"\n") else raw, ended)
