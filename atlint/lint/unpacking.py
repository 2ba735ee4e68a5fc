"""Compressed streams to streams of what they hold: gzip and zstd, by the libraries that are there."""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import IO, cast

from atlint.model import AtlintError


def gunzipped(stream: IO[bytes]) -> IO[bytes]:
    """What a gzip stream holds, its members one behind the other."""
    try:
        from isal import igzip
    except ImportError:
        return cast("IO[bytes]", gzip.open(stream, "rb"))
    return cast("IO[bytes]", igzip.open(stream, "rb"))  # type: ignore[no-untyped-call]


def unzstded(stream: IO[bytes], path: str) -> IO[bytes]:
    """What a zstd stream holds. Raises AtlintError, which names the path, where no library reads it."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
        except ImportError:
            raise AtlintError(f"{path}: reading zstd needs the extra: pip install 'atlint[zst]'") from None
    return cast("IO[bytes]", zstd.open(stream, "rb"))


def failures() -> tuple[type[Exception], ...]:
    """What reading such a stream may raise besides OSError."""
    isal = sys.modules.get("isal.isal_zlib")
    found = (EOFError, zlib.error)
    return found if isal is None else (*found, isal.error)
