"""Family AT0: a raw line to a decoded event, and what the tailer would have made of it on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.forms import form_of
from atlint.model import Fact, Line, Problem, Said, Span
from atlint.plan import Plan
from atlint.plan.node import JSON_TYPES
from atlint.pointer import Blemish, Fault, Scan, pass_over, resolve, scan
from atlint.rules.reading import Reading
from atlint.rules.shape import TYPE_WORDS

BOM: Final = "\ufeff"
#: bytes above which the tracker or the tailer's buffer loses the line, and from which it comes close
#: (tailer: buffer chunk limit; EV20: field and event limit)
LIMITS: Final = {"at-2018": (512_000, 16_384)}
_LATER_LIMITS: Final = (16_384, 14_336)
#: code of each blemish that the scanner reports
_BLEMISHES: Final = {
    "duplicate-key": "AT005",
    "number-out-of-range": "AT006",
    "lone-surrogate": "AT014",
    "control-character": "AT015",
}
#: case of AT007 for each fault that is about what stands in what
_TOO_DEEP: Final = {"depth": "", "names": "names"}
_ENCODED_SURROGATE: Final = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")
_HALF: Final = re.compile("[\ud800-\udfff]")
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]+")
#: how Python's `str` of a dict begins: JSON written by hand seldom has a blank behind the colon, and `str` always
_PYTHON: Final = re.compile(r"\{'(?:[^'\\]++|\\.)*+': ")
#: codes and cases that speak of a whole file: beside them the end of its last line is not worth a word
OF_THE_FILE: Final = frozenset({("AT001", "encoding"), ("AT001", "packed"), ("AT010", "alone")})
#: how many places of a broken line are tried as the beginning of another event
_TRIES: Final = 20


def limits(edition: str) -> tuple[int, int]:
    """Bytes above which a line is lost, and from which it is close to that."""
    return LIMITS.get(edition, _LATER_LIMITS)


def read(plan: Plan, line: Line) -> tuple[Reading | None, Scan | None, list[Problem]]:
    """Decode one line that is not blank.

    Gives the event with the places of its parts, or None where the line holds no single JSON object, and
    the Problems of this family.
    """
    text = line.text
    if line.dropped and (alone := _returns_alone(plan, text)):
        return None, None, [alone]
    found = list(about_bytes(plan, line, text))
    if line.dropped or any(problem.code == "AT001" for problem in found):
        return None, None, found
    scanned = scanned_of(text)
    if isinstance(scanned, Fault):
        if alone := _returns_alone(plan, text):
            return None, None, [alone]
        found.append(_about_fault(plan, text, _start(text), scanned))
        return None, None, found
    if not isinstance(scanned.value, dict):
        kind = TYPE_WORDS[JSON_TYPES[type(scanned.value)]]
        case = "array" if isinstance(scanned.value, list) else ""
        found.append(Problem("AT004", "", case, {"type": kind}, span=scanned.members[""].value))
        return None, None, found
    found.extend(_about_blemish(blemish) for blemish in scanned.blemishes)
    return Reading(plan, scanned.value, text), scanned, found


def scanned_of(text: str, *, valued: bool = True) -> Scan | Fault:
    """What `scan` says of a line's text, without a mark before it and a carriage return behind it."""
    end = len(text) - text.endswith("\r")
    return scan(text[:end] if end < len(text) else text, _start(text), valued=valued)


def _start(text: str) -> int:
    return len(BOM) if text.startswith(BOM) else 0


def about_bytes(plan: Plan, line: Line, text: str) -> Iterator[Problem]:
    """What is wrong with a line whatever it holds: its length, its bytes, and how it begins and ends."""
    if line.offset == 0 and (form := form_of(line.raw)):
        yield Problem("AT001", "", "packed" if form.packed else "encoding", {"form": form.name}, span=Span(0, 2))
        return
    size = len(line.raw) + line.dropped
    most, near = limits(plan.edition)
    if size >= near:
        case = "" if size > most else "close"
        yield Problem("AT008", "", case, {"size": size, "most": most}, span=Span(0, len(text)))
    if line.dropped:
        return
    if bad := _NOT_UTF8.search(text):
        surrogate = _ENCODED_SURROGATE.match(text, bad.start())
        span = Span(bad.start(), bad.end())
        yield Problem("AT001", "", "surrogate" if surrogate else "", {"offset": bad.start() + 1}, span=span)
    if text.startswith(BOM):
        yield Problem("AT002", "", "", span=Span(0, 1))
    if text.endswith("\r"):
        case = "crlf" if line.terminated else "alone"
        yield Problem("AT010", "", case, span=Span(len(text) - 1, len(text)))


def halves(reading: Reading, pointer: str) -> Iterator[Problem]:
    """AT014 for each half character of the string that stands there, by its place in it; nothing for one in a key."""
    try:
        text = resolve(reading.value, pointer)
    except LookupError:  # a key that comes again has taken the place of what held it
        return
    for found in _HALF.finditer(text) if isinstance(text, str) else ():
        yield Problem("AT014", pointer, within=Span(*found.span()))


def _about_blemish(blemish: Blemish) -> Problem:
    field = blemish.pointer.rpartition("/")[2]
    duplicate = blemish.kind == "duplicate-key"
    facts: dict[str, Fact] = {"field": Said(field, blemish.pointer)}
    return Problem(_BLEMISHES[blemish.kind], blemish.pointer, "", facts, span=blemish.span, key=duplicate)


def _about_fault(plan: Plan, text: str, start: int, fault: Fault) -> Problem:
    facts: dict[str, Fact] = {
        "expected": fault.expected,
        "found": Said(fault.found),
        "column": fault.offset + 1,
    }
    span = Span(fault.offset, fault.offset + max(len(fault.found), 1))
    if fault.kind in _TOO_DEEP:
        return Problem("AT007", "", _TOO_DEEP[fault.kind], facts, span=span)
    if fault.kind == "single-quote" and _PYTHON.match(text, start):
        return Problem("AT003", "", "python", facts, span=span)
    if junction := _junction(plan, text, start, fault):
        case, at = junction
        return Problem("AT013", "", case, span=Span(at, at + 1))
    if fault.kind == "control-character":
        return Problem("AT015", "", "outside", facts, span=span)
    return Problem("AT003", "", "prefix" if _has_prefix(text, start, fault) else fault.kind, facts, span=span)


def _returns_alone(plan: Plan, text: str) -> Problem | None:
    """What is said of text whose lines end with carriage returns: its first is an object, or one of them an event."""
    at = text.find("\r", 0, -1)
    if at < 0:
        return None
    first, *more = (scan(piece.removeprefix(BOM)) for piece in text.split("\r", _TRIES)[:_TRIES])
    if isinstance(first, Scan) or any(isinstance(piece, Scan) and _is_event(plan, piece.value) for piece in more):
        return Problem("AT010", "", "alone", span=Span(at, at + 1))
    return None


def _is_event(plan: Plan, value: object) -> bool:
    """Whether a value is an object with a name by which an event is known."""
    return isinstance(value, dict) and not _known(plan).isdisjoint(value)


def _has_prefix(text: str, start: int, fault: Fault) -> bool:
    """Whether something such as a syslog header stands before an object that is fine by itself."""
    at = text.find("{", start)
    return at > start and fault.offset < at and isinstance(scan(text, at), Scan)


def _junction(plan: Plan, text: str, start: int, fault: Fault) -> tuple[str, int] | None:
    """Where two events meet in one line: two whole ones, or a piece of one and a piece of another."""
    if fault.kind == "extra-data" and text[fault.offset] in "{,}":
        follower = text.find("{", fault.offset)
        if follower >= 0 and text[fault.offset : follower].strip(" ,\t\r") == "":
            return "glued", follower
    at, tries, last = start, 0, _last_known(plan, text)
    while tries < _TRIES and 0 <= (at := text.find('{"', at + 1)) < last:
        tries += 1
        inner = _event_at(plan, text, at)
        if inner is not None:
            before = text[start:at]
            apart = inner.end <= fault.offset or fault.kind == "comment"
            if apart and not fault.at_end and before.rstrip().endswith(":"):
                continue  # a member's value: what is wrong stands elsewhere
            if (text.startswith("{", start) and fault.offset >= at) or "}" in before or before.count('"') > 1:
                return ("head" if text.startswith("{", start) else "tail"), at
    return None


def _event_at(plan: Plan, text: str, at: int) -> Scan | None:
    """The object that begins there, where it has a name by which an event is known."""
    try:
        if not _is_event(plan, pass_over(text, at)[0]):
            return None
    except RecursionError:
        pass  # how deep it is the scan says
    except (StopIteration, ValueError):
        return None
    inner = scan(text, at, whole=False)
    return inner if isinstance(inner, Scan) and _is_event(plan, inner.value) else None


def _last_known(plan: Plan, text: str) -> int:
    """Behind the last place where a name stands by which an event is known; a name may be spelt with escapes."""
    return len(text) if "\\u" in text else max((text.rfind(f'"{name}"') for name in _known(plan)), default=-1)


def _known(plan: Plan) -> frozenset[str]:
    return frozenset(name for name, node in plan.root.members.items() if node.missing is not None)
