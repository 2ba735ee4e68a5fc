"""The body of a request to the lines in it: JSON lines or a JSON array of events, gzip or not."""

from __future__ import annotations

import json
import re
import zlib
from typing import Final

#: a body larger than this, also when unpacked, is refused
LARGEST: Final = 64 * 2**20

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_decode: Final = json.JSONDecoder().raw_decode


class BodyError(ValueError):
    """Why a body cannot be taken, and the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def unpack(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding.

    Raises:
        BodyError: 413 where it is too large unpacked, 415 for another encoding, 400 for a damaged one.
    """
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip"}:
        raise BodyError(415, "use no content encoding, or gzip")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, LARGEST)
    except zlib.error as error:
        raise BodyError(400, "the body is not gzip") from error
    if unpacker.unconsumed_tail:
        raise BodyError(413, f"at most {LARGEST} bytes unpacked")
    if not unpacker.eof:
        raise BodyError(400, "the gzip body ends early")
    return plain


def split(body: bytes) -> list[bytes]:
    """The events of a body as they were spelt: the objects of a JSON array, else all lines but blank ones."""
    if body[:64].lstrip().startswith(b"["):
        objects = _objects(body.decode("utf-8", "surrogateescape"))
        if objects is not None:
            return objects
    return [line.removesuffix(b"\r") for line in body.split(b"\n") if line.strip()]


def _objects(text: str) -> list[bytes] | None:
    """The members of an array that holds nothing but objects, or None."""
    found: list[bytes] = []
    at = _skip(text, _skip(text, 0) + 1)
    try:
        while text[at : at + 1] == "{":
            _, end = _decode(text, at)
            found.append(text[at:end].encode("utf-8", "surrogateescape"))
            at = _skip(text, end)
            if text[at : at + 1] != ",":
                break
            at = _skip(text, at + 1)
    except (ValueError, RecursionError):
        return None
    return found if text[at : at + 1] == "]" and _skip(text, at + 1) == len(text) else None


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
