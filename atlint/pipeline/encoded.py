"""The base64 text of a Secret to the services that it declares, each with its place in that text.

Tokens stay in a wrapper that shows nothing, and no message quotes what was decoded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

from atlint import pointer
from atlint.model import HIDDEN, Json, Span
from atlint.pipeline.source import Fault

#: the members of a service's entry
NAME, TOKEN, PROJECT = "service_name", "auth_token_value", "project_id"

_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/]")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9+/=\s]")
_BLANKS: Final = re.compile(r"\s+")
#: words that a template leaves to be replaced; such a word can be valid base64 by chance
_PLACEHOLDER: Final = re.compile(r"\s*(?:<[^<>]*>|\$?\{\{?[^{}]*\}?\}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\s*")


class Secret:
    """A text that is never shown: `repr`, `str` and formatting give a mask, `reveal` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for rules that look at its shape; it must not get into a message."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a service's entry. `span` counts code points of the base64 text."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Service:
    """One entry; a member that is missing or no string is None, and there is a fault for it."""

    pointer: str
    span: Span
    name: Member | None = None
    project: Member | None = None
    token: Secret | None = None
    token_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a Secret's value declares. Spans count code points of the value as it is written."""

    services: tuple[Service, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Bytes:
    """Decoded bytes, and where each one stands in the text that it was decoded from."""

    data: bytes = field(repr=False)
    #: offsets of the base64 characters that count; empty where the text was not encoded
    counting: tuple[int, ...] = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """The characters of the text that hold the bytes `[start, end)`."""
        if not self.counting:
            return Span(start, end)
        last = len(self.counting) - 1
        first = self.counting[min(start * 4 // 3, last)]
        return (
            Span(first, self.counting[min(max(end * 8 - 1, 0) // 6, last)] + 1) if end > start else Span(first, first)
        )


def decode(text: str) -> Encoded:
    """Read the base64 text of a Secret's `data`. Never raises; a wrapped text is read all the same.

    A fault's `kind` is one of placeholder, empty, wrapped, alphabet, padding (of the base64), utf-8, json,
    twice-encoded, shape, member (of what it holds).
    """
    if _PLACEHOLDER.fullmatch(text):
        message = "a placeholder where the base64 text of the services belongs"
        return Encoded((), (Fault("placeholder", message, Span(0, len(text)), ("base64",)),))
    if not text.strip():
        return Encoded((), (Fault("empty", "no text where that of the services belongs", Span(0, len(text))),))
    if foreign := _FOREIGN.search(text):
        return Encoded((), (_foreign(foreign[0], Span(*foreign.span())),))
    stripped = text.strip()
    start = text.index(stripped)
    faults = [
        Fault(
            "wrapped", "base64 that is broken over lines or by blanks", Span(start + each.start(), start + each.end())
        )
        for each in list(_BLANKS.finditer(stripped))[:1]
    ]
    counting = tuple(found.start() for found in _ALPHABET.finditer(text))
    letters = "".join(text[offset] for offset in counting)
    if fault := _padding(text, counting):
        return Encoded((), (*faults, fault))
    data = base64.b64decode(letters + "=" * (-len(letters) % 4))
    services, inside = _services(_Bytes(data, counting))
    return Encoded(services, (*faults, *inside))


def plain(text: str) -> Encoded:
    """Read the text of a Secret's `stringData`, which is not encoded; spans count code points of it."""
    services, faults = _services(_Bytes(text.encode("utf-8", "surrogateescape"), ()))
    return Encoded(services, faults)


def _foreign(letter: str, span: Span) -> Fault:
    if letter in "-_":
        message = "base64 of the kind for URLs, where Kubernetes takes only the common one"
    else:
        message = "a character that base64 does not have"
    return Fault("alphabet", message, span, ("letters, digits, + and /",))


def _padding(text: str, counting: tuple[int, ...]) -> Fault | None:
    """What is wrong with the end of the text: `=` before it, or too many or too few characters."""
    first = text.find("=")
    behind = counting[-1] + 1 if counting else 0
    if 0 <= first < behind:
        return Fault("padding", "base64 that goes on behind its padding", Span(first, first + 1))
    written = text.count("=")
    if len(counting) % 4 == 1 or written != -len(counting) % 4:
        return Fault("padding", "base64 that lacks characters or padding at its end", Span(behind, behind + written))
    return None


def _services(found: _Bytes) -> tuple[tuple[Service, ...], tuple[Fault, ...]]:
    try:
        text = found.data.decode()
    except UnicodeDecodeError as error:
        message = "what is encoded is not text in UTF-8"
        return (), (Fault("utf-8", message, found.span(error.start, error.start + 1)),)
    scan = pointer.scan(text)
    reader = _Reader(found, text)
    if isinstance(scan, pointer.Fault):
        at = min(scan.offset, max(len(text) - 1, 0))
        kind, message = "json", f"what is encoded is not JSON: expected {scan.expected}"
        if re.fullmatch(r"[A-Za-z0-9+/]{16,}={0,2}\s*", text):
            kind, message = "twice-encoded", "what is encoded is itself base64"
        return (), (Fault(kind, message, reader.span(Span(at, min(at + 1, len(text)))), (scan.expected,)),)
    services = tuple(reader.services(scan))
    return services, tuple(reader.faults)


class _Reader:
    """Takes the services out of the decoded JSON, with spans of the text that it was decoded from."""

    def __init__(self, found: _Bytes, text: str) -> None:
        self.faults: list[Fault] = []
        self._found = found
        widths = (len(letter.encode("utf-8", "surrogateescape")) for letter in text)
        #: where each code point of the JSON begins in bytes, where that is not its own offset
        self._begins = () if text.isascii() or not found.counting else (0, *accumulate(widths))

    def span(self, span: Span) -> Span:
        """Code points of the decoded JSON to code points of the text as it is written."""
        if not self._begins:
            return self._found.span(*span)
        return self._found.span(self._begins[span.start], self._begins[span.end])

    def services(self, scan: pointer.Scan) -> Iterator[Service]:
        """The entries of `/services`, and faults for what should be there and is not."""
        root = scan.value
        listed = root.get("services") if isinstance(root, dict) else None
        if not isinstance(listed, list):
            where = "/services" if "/services" in scan.members else ""
            message = 'what is encoded has no list "services"'
            self.faults.append(Fault("shape", message, self.span(scan.members[where].value), ('{"services": [...]}',)))
            return
        if not listed:
            message = 'the list "services" is empty'
            self.faults.append(Fault("shape", message, self.span(scan.members["/services"].value), ("a service",)))
        for index, entry in enumerate(listed):
            where = f"/services/{index}"
            span = self.span(scan.members[where].value)
            if isinstance(entry, dict):
                yield self._service(scan, where, span, entry)
            else:
                self.faults.append(Fault("shape", f"{where} is no object", span, (NAME, TOKEN, PROJECT)))

    def _service(self, scan: pointer.Scan, where: str, span: Span, entry: dict[str, Any]) -> Service:
        name, token, project = (self._member(scan, where, span, entry, key) for key in (NAME, TOKEN, PROJECT))
        return Service(
            where, span, name, project, Secret(token.value) if token else None, token.span if token else None
        )

    def _member(self, scan: pointer.Scan, where: str, around: Span, entry: dict[str, Json], key: str) -> Member | None:
        value = entry.get(key)
        member = scan.members.get(f"{where}/{key}")
        span = self.span(member.value) if member else around
        if isinstance(value, str) and value:
            return Member(value, span)
        said = "is missing" if member is None else "is empty" if value == "" else "is no string"
        self.faults.append(Fault("member", f"{where}/{key} {said}", span, (key,)))
        return None
