"""Files behind a URL, such as those of a bucket, by fsspec: only where a URL is given, with the extra `s3`."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any, Final, cast

from atlint.model import AtlintError

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.ASCII)
#: the errors of botocore that say so, which is imported only where a bucket is asked
_WITHOUT_CREDENTIALS: Final = frozenset({"NoCredentialsError", "PartialCredentialsError"})
_MAGIC: Final = re.compile(r"[*?\[]")


def is_url(path: str) -> bool:
    """Whether a path names something behind a URL."""
    return _URL.match(path) is not None


def find(url: str, endpoint: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, int, bool]]:
    """URL, bytes, and whether it was found rather than named, of each file: of a glob, of a prefix, or of the file.

    Raises AtlintError.
    """
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise AtlintError("an address with a user and a password before its host would show them in every report")
    with _told(url):
        system, path = _system(url, endpoint)
        if _MAGIC.search(path):
            found = system.glob(path, detail=True)
        else:
            about = system.info(path)
            if about["type"] == "file":
                yield url, int(about["size"] or 0), False
                return
            found = system.find(path, detail=True)
        files = [(name, about) for name, about in sorted(found.items()) if about["type"] == "file"]
    if not files:
        raise AtlintError(f"{url}: there is no such file, and none below it")
    for name, about in files:
        if wanted(name):
            yield system.unstrip_protocol(name), int(about["size"] or 0), True


def opened(url: str, endpoint: str, ahead: int) -> IO[bytes]:
    """The bytes of a file, `ahead` of them asked for at a time. Raises AtlintError."""
    with _told(url):
        system, path = _system(url, endpoint)
        raw = system.open(path, "rb", block_size=ahead, cache_type="readahead")
        return cast("IO[bytes]", io.BufferedReader(raw, ahead))


def stamp(url: str, endpoint: str) -> str:
    """What is another as soon as the file has other bytes, as the file system tells it. Raises AtlintError."""
    with _told(url):
        system, path = _system(url, endpoint)
        return str(system.ukey(path))


def failures() -> tuple[type[Exception], ...]:
    """What reading a file may raise."""
    theirs = sys.modules.get("botocore.exceptions")  # who has not loaded it raises nothing of it
    return (OSError, ValueError) if theirs is None else (OSError, ValueError, theirs.BotoCoreError, theirs.ClientError)


def _system(url: str, endpoint: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    options = {"endpoint_url": endpoint} if endpoint else {}
    found: tuple[Any, str] = url_to_fs(url, **options)
    return found


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise AtlintError(f"{url}: reading it needs an extra: pip install 'atlint[s3]' ({error})") from None
    except failures() as error:
        why = str(getattr(error, "strerror", None) or error)
        if why in {"", url}:  # as of a web server that is not there
            why = "there is no such file, or nobody answers there"
        if type(error).__name__ in _WITHOUT_CREDENTIALS:
            why = f"{why}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the files of the AWS tools"
        raise AtlintError(f"{url}: {why}") from error
