"""Whether a CRN has its ten segments, and whether each of them is what its place asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Fact, Problem, Said, Span
from atlint.plan.grammar import load
from atlint.rules.crn_gap import WORDS, gap
from atlint.rules.nearness import near
from atlint.rules.reading import CRN_SEGMENTS, Part, Reading, split
from atlint.rules.rule import Check
from atlint.rules.service import is_user_action

#: the roles that hold a CRN where the edition has them
CRN_ROLES: Final = ("target/id", "logSourceCRN", "resourceGroupId", "target/resourceGroupId", "initiator/id")
CLOUD_TYPES: Final = ("public", "dedicated", "local")
#: surely meant to be a CRN: it says so, begins with the version, or has a scope between colons
_LIKE_A_CRN: Final = re.compile(
    r"crn\b.*|v\d+:.*|(?:[^:]*:){6,}.*|.*:[aos]/[0-9a-f]{32}(?::.*)?", re.IGNORECASE | re.DOTALL
)
_ACCOUNT: Final = re.compile(r"[0-9a-f]{32}")
#: the segment's set of characters as the grammar names it
_LETTERS: Final = {
    "service": "SERVICE_NAME",
    "location": "LOCATION",
    "instance": "INSTANCE",
    "resource_type": "RESOURCE_TYPE",
    "resource": "RESOURCE",
}


def diagnose(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """Why `text` is not a CRN without a fault: AT301 or AT311 for the whole, else AT302 to AT307 by segment.

    Nothing where all that is wrong was told, nor for the id of a user in an action on users.
    """
    start = len("crn-") if text.startswith("crn-crn:") and pointer == reading.plan.pointer("initiator/id") else 0
    pieces = [_moved(piece, start) for piece in split(text[start:], ":")]
    if not _LIKE_A_CRN.fullmatch(text):
        yield from _something_else(reading, pointer, text)
        return
    if pieces[0].text != "crn":
        yield _without_prefix(reading, pointer, text, pieces)
    elif len(pieces) > 10:
        span = Span(pieces[9].span.start, len(text))
        rest = Part(text[span.start :], span)
        repair = rest.text.replace(":", "%3A")
        yield reading.problem("AT301", pointer, "colon", part=rest, have=len(pieces), repair=repair)
    elif len(pieces) < 10:
        yield _too_few(reading, pointer, text, pieces)
    elif pieces[1].text != "v1" and reading.unless_told(pointer, pieces[1]) is not None:
        yield reading.problem("AT301", pointer, "version", part=pieces[1])
    else:
        for name, piece in zip(CRN_SEGMENTS[1:], pieces[2:], strict=True):
            if reading.unless_told(pointer, piece) and not load("crn").pattern(name).fullmatch(piece.text):
                yield _segment(reading, pointer, name, piece)


def _something_else(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """That a text is nothing like a CRN; what was pasted in its place may be told already."""
    if reading.spoilt.get(pointer):
        return
    if pointer != reading.plan.pointer("target/id"):
        yield reading.problem("AT301", pointer, "not-a-crn", said=Said(text, pointer))
    elif not is_user_action(reading):
        yield reading.problem("AT311", pointer, said=Said(text, pointer))


def _moved(piece: Part, by: int) -> Part:
    return Part(piece.text, Span(piece.span.start + by, piece.span.end + by))


def _without_prefix(reading: Reading, pointer: str, text: str, pieces: list[Part]) -> Problem:
    """The text does not begin with `crn:`; the repair is certain where the rest has all its segments."""
    said = Said(text, pointer)
    if pieces[0].text.lower() == "crn":
        return reading.problem("AT301", pointer, "prefix", said=said, repair=f"crn{text[3:]}", have=len(pieces))
    whole = len(pieces) == 9 and pieces[0].text == "v1"
    return reading.problem(
        "AT301", pointer, "prefix", said=said, repair=f"crn:{text}" if whole else None, have=len(pieces)
    )


def _too_few(reading: Reading, pointer: str, text: str, pieces: list[Part]) -> Problem:
    """Which segments are missing; the repair is certain where they are the instance or come last."""
    found = gap([piece.text for piece in pieces[1:]], reading.plan.vocabulary.locations.fullmatch)
    missing, at = found.missing, found.at + 1
    texts = [piece.text for piece in pieces]
    facts: dict[str, Fact] = {
        "have": len(pieces),
        "missing": _listed([WORDS[name] for name in missing]),
    }
    if missing == ("instance",):
        return Problem("AT301", pointer, "instance", facts, repair=":".join([*texts[:7], "", *texts[7:]]))
    if at >= len(pieces):
        repair = text + ":" * len(missing) if len(pieces) > 7 else None
        return Problem("AT301", pointer, "cut", facts, repair=repair)
    facts["found"] = Said(texts[at], pointer)
    return Problem("AT301", pointer, "cname" if missing == ("cname",) else "hole", facts)


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _segment(reading: Reading, pointer: str, name: str, piece: Part) -> Problem:
    """What is wrong with one segment that its rule of the grammar refuses."""
    text, field = piece.text, WORDS[name]
    if name == "cname":
        case = "staging" if text == "staging" else ("" if text else "empty")
        slip = near(text.lower(), ["bluemix"]) or ("bluemix" if text.lower() == "bluemix" else None)
        return reading.problem("AT302", pointer, case, part=piece, suggestion=slip, repair=slip)
    if name == "ctype":
        slip = text.lower() if text.lower() in CLOUD_TYPES else near(text, CLOUD_TYPES)
        case = "" if text else "empty"
        return reading.problem("AT303", pointer, case, part=piece, want=CLOUD_TYPES, suggestion=slip, repair=slip)
    if name == "scope":
        return _scope(reading, pointer, piece)
    if not text:
        return reading.problem("AT304", pointer, "empty", part=piece, field=field)
    lower = text.lower()
    mends = name != "resource" and bool(load("crn").pattern(name).fullmatch(lower))
    want = load("crn").words[_LETTERS[name]]
    if mends:
        return reading.problem("AT304", pointer, "capitals", part=piece, field=field, repair=lower)
    return reading.problem("AT304", pointer, "", part=piece, field=field, want=want)


def _scope(reading: Reading, pointer: str, piece: Part) -> Problem:
    prefix, slash, name = piece.text.partition("/")
    account = Part(name, Span(piece.span.start + 2, piece.span.end))
    if prefix == "a" and slash and name:
        lower = name.lower() if _ACCOUNT.fullmatch(name.lower()) else None
        return reading.problem("AT307", pointer, "capitals" if lower else "", part=account, repair=lower)
    bare = _ACCOUNT.fullmatch(piece.text) is not None
    said = Said(piece.text, pointer, sensitive=bare)
    return reading.problem("AT306", pointer, part=piece, repair=f"a/{piece.text}" if bare else None, said=said)


def of_initiator(code: str) -> Check:
    """The same forms for an initiator's id, whose schema node asks only whether it is of a known kind."""

    def check(reading: Reading) -> Iterator[Problem]:
        text = reading.get("initiator/id")
        if isinstance(text, str) and text.startswith(("crn:", "crn-crn:")):
            pointer = reading.plan.pointer("initiator/id")
            yield from (found for found in diagnose(reading, pointer, text) if found.code == code)

    return check


def check_location(reading: Reading) -> Iterator[Problem]:
    """AT305: the location of each CRN against those that there are."""
    words = reading.plan.vocabulary
    for role in CRN_ROLES:
        crn = reading.crn(role)
        part = crn.part("location") if crn else None
        if part is not None and part.text and not words.locations.fullmatch(part.text):
            slip = near(part.text, words.location_names)
            yield reading.problem("AT305", role, part=part, suggestion=slip, repair=slip)
