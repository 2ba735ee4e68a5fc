"""JSON text to values with their places: RFC 6901 pointer <-> span in the line, duplicate keys, first fault.

Strict RFC 8259, without recursion. What a reader can still make sense of (a duplicate key, a raw control
character in a string, a lone surrogate, a number out of range) becomes a `Blemish` and the scan goes on;
anything else ends it with a `Fault` told in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from typing import Any, Final, NamedTuple

from atlint.model import Json, Span

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_PLAIN: Final = re.compile(r'"([^"\\\x00-\x1f]*)"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
#: the place of an item: no other digits than these, and no more than a list can have
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_WORD: Final = re.compile(r"[A-Za-z_$][\w$-]*")
_LITERALS: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}
_NOT_NUMBERS: Final = ("NaN", "Infinity", "-Infinity")
_LEAST, _MOST = -(2**63), 2**64 - 1
#: code points of all pointers of one text: far more than a line has that anybody means, little enough to hold
MOST_NAMED: Final = 32_000_000
#: code points of a pointer that is told to readers
_LONGEST_TOLD: Final = 1_000

#: gives a value that begins at an offset, and its end: all that `scan` reads, and NaN; numbers are left as their text,
#: since some are too long to be made. Raises StopIteration or ValueError, and RecursionError where it is deep
pass_over: Final = JSONDecoder(strict=False, parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]  # typeshed hides it


class Member(NamedTuple):
    """Where a value stands, and its key where it has one (quotes included). Flat: a line may have very many."""

    start: int
    end: int
    key_start: int = -1
    key_end: int = -1

    @property
    def value(self) -> Span:
        """Code points of the value."""
        return Span(self.start, self.end)

    @property
    def key(self) -> Span | None:
        """Code points of the key."""
        return None if self.key_start < 0 else Span(self.key_start, self.key_end)


_NO_KEY: Final = Span(-1, -1)


@dataclass(frozen=True, slots=True)
class Blemish:
    """Something wrong that does not stop the reading. `kind` is one of the four named in the module."""

    kind: str
    pointer: str
    span: Span


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the text is not JSON: what stands at `offset`, and what was expected there."""

    kind: str
    offset: int
    expected: str
    found: str = ""

    @property
    def at_end(self) -> bool:
        """The text stops too early: everything before its end is fine."""
        return self.kind in {"unexpected-end", "unterminated-string"}


@dataclass(slots=True)
class Scan:
    """A decoded value with the places of all its parts. The last of several equal keys wins."""

    value: Json = None
    members: Mapping[str, Member] = field(default_factory=dict)
    blemishes: list[Blemish] = field(default_factory=list)
    #: first code point behind the value
    end: int = 0


class _Stop(Exception):  # noqa: N818 - control flow of one module, never seen outside
    def __init__(self, kind: str, offset: int, expected: str, found: str = "") -> None:
        self.fault = Fault(kind, offset, expected, found)


def escape(token: str) -> str:
    """One reference token of a JSON Pointer, escaped (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def tokens(pointer: str) -> Iterator[str]:
    """The unescaped reference tokens of a JSON Pointer; none for the whole document."""
    for token in pointer.split("/")[1:]:
        yield token.replace("~1", "/").replace("~0", "~")


def parent(pointer: str) -> str:
    """The pointer of the value that holds this one; the root is its own parent."""
    return pointer.rpartition("/")[0]


def told(pointer: str) -> str:
    """The pointer, or where it is very long that of the innermost holder that is not."""
    return pointer if len(pointer) <= _LONGEST_TOLD else pointer[: max(pointer.rfind("/", 0, _LONGEST_TOLD), 0)]


def resolve(value: Json, pointer: str) -> Json:
    """The value at `pointer`. Raises LookupError where there is none."""
    for token in tokens(pointer):
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list) and _INDEX.fullmatch(token):
            value = value[int(token)]
        else:
            raise LookupError(pointer)
    return value


def inside(text: str, value: Span, within: Span) -> Span:
    """Where code points `within` a decoded string stand in the text whose span `value` holds its literal."""
    start, end = value.start + 1, value.end - 1
    if text.find("\\", start, end) < 0:
        return Span(start + within.start, start + within.end)
    offsets, at = [], start
    while at < end:
        offsets.append(at)
        at = _after_character(text, at)
    offsets += [end] * (max(within) + 1 - len(offsets)) or [end]
    first = offsets[within.start]
    return Span(first, max(offsets[within.end], first))


def _after_character(text: str, at: int) -> int:
    if text[at] != "\\":
        return at + 1
    if text[at + 1] != "u":
        return at + 2
    high = int(text[at + 2 : at + 6], 16)
    low = text[at + 6 : at + 12]
    if 0xD800 <= high < 0xDC00 and low[:2] == "\\u" and 0xDC00 <= int(low[2:6] or "0", 16) < 0xE000:
        return at + 12
    return at + 6


def scan(text: str, start: int = 0, *, deepest: int = 100, whole: bool = True, valued: bool = True) -> Scan | Fault:
    """Read one JSON value from `text[start:]`.

    `deepest` is the number of nested arrays and objects allowed (the tailer's own limit is 100:
    deeper ones give the fault `depth`). Pointers that take more than MOST_NAMED code points in all give the
    fault `names`: below a long key each value has a long pointer. With `whole`, anything but blanks behind the
    value is the fault `extra-data`; without it the reading stops there. Without `valued` only places are found.
    """
    found = Scan()
    try:
        found.end = _read(text, start, found, deepest, valued=valued)
        behind = _BLANK.match(text, found.end).end()  # type: ignore[union-attr]  # a star always matches
        if whole and behind < len(text):
            raise _stop_at(text, behind, "the end of the line", kind="extra-data")
    except _Stop as stop:
        return stop.fault
    return found


def _read(text: str, at: int, found: Scan, deepest: int, *, valued: bool) -> int:  # noqa: C901, PLR0912, PLR0915 - one loop, no calls: hot
    """The loop: one open container a stack entry, no recursion however deep the input."""
    root: list[Any] = []
    box: Any = root
    stack: list[tuple[Any, str, int, Span]] = []
    path, key, key_span, named = "", None, _NO_KEY, 0
    members: dict[str, Member] = {}
    found.members, blemishes = members, found.blemishes
    blank, size = _BLANK.match, len(text)
    while True:
        at = blank(text, at).end()  # type: ignore[union-attr]  # a star always matches
        if at >= size:
            raise _Stop("unexpected-end", size, "a value")
        if named > MOST_NAMED:
            raise _Stop("names", at, f"pointers of at most {MOST_NAMED:,} code points in all")
        begin, char = at, text[at]
        if char in "{[":
            inner: Any = {} if char == "{" else []
            if len(stack) == deepest:
                raise _Stop("depth", at, f"at most {deepest} levels")
            stack.append((box, path, begin, key_span))
            if stack[1:]:
                path = f"{path}/{len(box) if key is None else escape(key)}"
            _put(box, key, inner if valued else None)
            box, key, key_span = inner, None, _NO_KEY
            at = blank(text, at + 1).end()  # type: ignore[union-attr]  # as above
            if at < size and text[at] == ("}" if char == "{" else "]"):
                closing = True
            elif char == "{":
                at, key, key_span = _key(text, at, path, box, blemishes, first=True)
                continue
            elif at < size:
                continue
            else:
                raise _Stop("unexpected-end", size, "a value or ]")
        else:
            where = path if not stack else f"{path}/{len(box) if key is None else escape(key)}"
            value, at = _scalar(text, at, where, blemishes)
            _put(box, key, value if valued else None)
            members[where] = Member(begin, at, *key_span)
            named += len(where)
            closing = False
        while stack:
            if not closing:
                at = blank(text, at).end()  # type: ignore[union-attr]  # as above
                mapping = isinstance(box, dict)
                close = "}" if mapping else "]"
                if at >= size:
                    raise _Stop("unexpected-end", size, f"a comma or {close}")
                if text[at] == ",":
                    at = blank(text, at + 1).end()  # type: ignore[union-attr]  # as above
                    if at < size and text[at] in "}]":
                        raise _Stop("trailing-comma", at, "another member before the bracket closes", text[at])
                    key, key_span = None, _NO_KEY
                    if mapping:
                        at, key, key_span = _key(text, at, path, box, blemishes, first=False)
                    break
                if text[at] != close:
                    raise _stop_at(text, at, f"a comma or {close}")
            at += 1
            outer, outer_path, begin, outer_key = stack.pop()
            members[path] = Member(begin, at, *outer_key)
            named += len(path)
            box, path, closing = outer, outer_path, False
        else:
            found.value = root[0]
            return at


def _put(box: Any, key: str | None, value: Any) -> None:
    if key is None:
        box.append(value)
    else:
        box[key] = value


def _key(
    text: str, at: int, path: str, box: dict[str, Any], blemishes: list[Blemish], *, first: bool
) -> tuple[int, str, Span]:
    expected = "a key in double quotes" + (" or }" if first else "")
    if at >= len(text):
        raise _Stop("unexpected-end", at, expected)
    if text[at] != '"':
        raise _stop_at(text, at, expected, key=True)
    begin = at
    key, at = _string(text, at, path, blemishes)
    span = Span(begin, at)
    if key in box:
        blemishes.append(Blemish("duplicate-key", f"{path}/{escape(key)}", span))
    at = _BLANK.match(text, at).end()  # type: ignore[union-attr]  # a star always matches
    if at >= len(text):
        raise _Stop("unexpected-end", at, "a colon")
    if text[at] != ":":
        raise _stop_at(text, at, "a colon")
    return at + 1, key, span


def _scalar(text: str, at: int, where: str, blemishes: list[Blemish]) -> tuple[Json, int]:
    char = text[at]
    if char == '"':
        return _string(text, at, where, blemishes)
    if number := _NUMBER.match(text, at):
        end = number.end()
        if end < len(text) and (text[end] in ".eE+-" or text[end].isalnum()):
            raise _Stop("bad-number", at, "a number as JSON writes it", _excerpt(text, at))
        return _number(number, where, blemishes), end
    word = _WORD.match(text, at)
    if word and word[0] in _LITERALS:
        return _LITERALS[word[0]], word.end()
    raise _stop_at(text, at, "a value")


def _number(number: re.Match[str], where: str, blemishes: list[Blemish]) -> int | float:
    literal = number[0]
    if number[1] or number[2]:
        value: int | float = float(literal)
        wild = value in (float("inf"), float("-inf"))
    else:
        wild = len(literal) > 20 or not _LEAST <= int(literal) <= _MOST
        value = 0 if len(literal) > 4000 else int(literal)
    if wild:
        blemishes.append(Blemish("number-out-of-range", where, Span(*number.span())))
    return value


def _string(text: str, at: int, where: str, blemishes: list[Blemish]) -> tuple[str, int]:
    if plain := _PLAIN.match(text, at):
        return plain[1], plain.end()
    try:
        value, end = scanstring(text, at + 1, False)  # noqa: FBT003 - the C function takes it by place only
    except ValueError as error:
        raise _bad_string(text, at, error) from None
    for raw in _CONTROL.finditer(text, at, end):
        blemishes.append(Blemish("control-character", where, Span(*raw.span())))
        break
    if lone := _SURROGATE.search(value):
        span = inside(text, Span(at, end), Span(lone.start(), lone.start() + 1))
        blemishes.append(Blemish("lone-surrogate", where, span))
    return value, end


def _bad_string(text: str, at: int, error: ValueError) -> _Stop:
    position = getattr(error, "pos", at)
    if str(error).startswith("Unterminated"):
        return _Stop("unterminated-string", len(text), "a closing double quote")
    backslash = text.rfind("\\", at, position + 1)
    cut_short = len(text) - backslash < (6 if text.startswith("u", backslash + 1) else 2)
    if not cut_short and not _ESCAPE.match(text, backslash):
        return _Stop("bad-escape", backslash, "an escape that JSON has", _excerpt(text, backslash, 2))
    return _Stop("unterminated-string", len(text), "a closing double quote")


def _stop_at(text: str, at: int, expected: str, *, kind: str = "", key: bool = False) -> _Stop:
    """Name what stands there: people write JavaScript, Python and templates by mistake."""
    char = text[at]
    if not kind:
        if text.startswith(("//", "/*"), at) or char == "#":
            kind = "comment"
        elif char == "'":
            kind = "single-quote"
        elif text.startswith(_NOT_NUMBERS, at):
            kind = "not-a-number"
        elif char < " " or char == "\x7f":
            kind = "control-character"
        elif key and _WORD.match(text, at):
            kind = "unquoted-key"
        else:
            kind = "unexpected"
    return _Stop(kind, at, expected, _excerpt(text, at))


def _excerpt(text: str, at: int, length: int = 12) -> str:
    word = _WORD.match(text, at)
    return word[0][:20] if word else text[at : at + (1 if length == 12 else length)]
