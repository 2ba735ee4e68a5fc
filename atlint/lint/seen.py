"""A raw line to the few facts that rules across events ask for; what they do not ask for is passed over."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, Protocol, TypeAlias

import msgspec

from atlint.lint.plain import NOT_JSON
from atlint.model import Line
from atlint.plan.shape import marks
from atlint.rules import instant
from atlint.rules.reading import CRN_SEGMENTS

#: the editions' own form of a time, with any fraction
_FORM: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d(?:\.\d+)?)\+0000", re.ASCII)
_TWO_DIGITS: Final = re.compile(r":\d\d", re.ASCII)
_PART: Final = re.compile(r"(\.\d+)?\+0000", re.ASCII)
#: how long such a time is with two digits of it
_LENGTH: Final = 27
#: minutes that were met, with the second since the epoch at which each begins: logs go from minute to minute
_BEGINNINGS: Final[dict[str, int]] = {}
_MOST_BEGINNINGS: Final = 4_096
#: code points of a text that are looked at: what is kept must not grow with a line
LONGEST: Final = 500
#: where a member is absent
ABSENT: Final = msgspec.Raw(b"")


class _Target(msgspec.Struct):
    id: Any = None


class _Meta(msgspec.Struct):
    serviceProviderName: Any = None  # noqa: N815 - the field's own name
    serviceProviderRegion: Any = None  # noqa: N815 - as above
    serviceProviderProjectId: Any = None  # noqa: N815 - as above


class _Record(msgspec.Struct):
    eventTime: Any = None  # noqa: N815 - as above
    id: Any = None
    action: Any = None
    outcome: Any = None
    target: _Target | None = None
    requestData: msgspec.Raw = ABSENT  # noqa: N815 - as above
    responseData: msgspec.Raw = ABSENT  # noqa: N815 - as above


_OTHERS: Final = tuple(mark for mark in marks() if mark not in {"payload", "meta"})
#: the root of a line of any edition: a record, or what holds one as `payload`
_ROOT: Final = msgspec.defstruct(
    "Root",
    [
        ("payload", _Record | None, None),
        ("meta", _Meta | None, None),
        *((mark, msgspec.Raw, msgspec.field(default=ABSENT)) for mark in _OTHERS),
    ],
    bases=(_Record,),
)
_read: Final[Callable[[bytes], Any]] = msgspec.json.Decoder(_ROOT).decode
#: root keys that tell editions apart
MARKS: Final = ("payload", "meta", *_OTHERS)
_present: Final[Callable[[Any], tuple[Any, ...]]] = attrgetter(*MARKS)

#: what the ids that `atlint load` gives have in their middle, and where
MIDDLE: Final = (13, "-8000-8000-")
_AT: Final = slice(MIDDLE[0], MIDDLE[0] + len(MIDDLE[1]))
#: those ids: run, file and sequence (`load.identity` says more)
_CARRIER: Final = re.compile(rf"[0-9a-f]{{8}}-[0-9a-f]{{4}}{MIDDLE[1]}[0-9a-f]{{12}}")

#: the members of `meta` that say who wrote an event
PROVIDER: Final = ("serviceProviderName", "serviceProviderRegion", "serviceProviderProjectId")
#: name, region and space of who wrote an event, as `meta` has them
Writer: TypeAlias = tuple[str, str, str]
#: a CRN's head, and the digest of its last three segments with the colon before them, which is not 0
Name: TypeAlias = tuple[str, int]
#: code points, and digits among them, that an id has at least that names one thing and no other, whoever gave it
UNIQUE: Final = (20, 4)
_DIGITS: Final = re.compile(rf"(?:[^0-9]*[0-9]){{{UNIQUE[1]}}}")


class Facts(Protocol):
    """What the checks across events ask of one; `Seen` reads it from a line, and it may also come from elsewhere."""

    @property
    def time(self) -> float | None:
        """Seconds since the epoch; None where the event does not say which instant it is of."""

    @property
    def prefix(self) -> str:
        """Of the pointers of the record's members."""

    @property
    def service(self) -> str:
        """The service that the event is of: the provider, or else the action's."""

    @property
    def writer(self) -> Writer | None:
        """The provider as `meta` has it; None where it does not have all three members."""

    @property
    def name(self) -> Name | None:
        """What the target is known again by."""

    @property
    def marked(self) -> tuple[bool, ...]:
        """Which of the root keys that tell editions apart are there, in an order of their own."""

    @property
    def marks(self) -> frozenset[str]:
        """The same by their names."""

    @property
    def named(self) -> bool:
        """Whether it has an id."""

    @property
    def digest(self) -> int:
        """64 bits of what makes it this event: what goes with its id, or else its line."""

    @property
    def carrier(self) -> str:
        """Run and file, 8 and 4 digits with a dash between them, where `atlint load` gave the id; else empty."""


class Seen:
    """One event on its way past. Text members are empty where they are absent or no strings."""

    __slots__ = ("line", "record", "root", "time")

    def __init__(self, line: Line, root: Any) -> None:
        self.line = line
        self.root = root
        self.record = record = root if root.payload is None else root.payload
        text = record.eventTime
        #: seconds since the epoch; None where the event does not say which instant it is of
        self.time = seconds(text) if isinstance(text, str) else None

    @property
    def prefix(self) -> str:
        """Of the pointers of the record's members."""
        return "" if self.record is self.root else "/payload"

    @property
    def service(self) -> str:
        """The service that the event is of: the provider, or else the action's."""
        meta = self.root.meta
        name = meta.serviceProviderName if meta is not None else None
        return (name if isinstance(name, str) and name else self.text("action").partition(".")[0])[:LONGEST]

    @property
    def writer(self) -> Writer | None:
        """The provider as `meta` has it; None where it does not have all three members."""
        meta = self.root.meta
        if meta is None:
            return None
        said = (meta.serviceProviderName, meta.serviceProviderRegion, meta.serviceProviderProjectId)
        for text in said:
            if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
                return None
        return said

    @property
    def target(self) -> str:
        """The target's id."""
        target = self.record.target
        found = target.id if target is not None else None
        return found if isinstance(found, str) else ""

    @property
    def name(self) -> Name | None:
        """What the target is known again by."""
        return name_of(self.target)

    def text(self, name: str) -> str:
        """A member of the record."""
        found = getattr(self.record, name)
        return found if isinstance(found, str) else ""

    @property
    def marked(self) -> tuple[bool, ...]:
        """Which of the root keys that tell editions apart are there, in an order of their own."""
        return tuple([value is not None and value is not ABSENT for value in _present(self.root)])

    @property
    def marks(self) -> frozenset[str]:
        """The same by their names."""
        return names_of(self.marked)

    @property
    def named(self) -> bool:
        """Whether it has an id."""
        name = self.record.id
        return isinstance(name, str) and name != ""

    @property
    def digest(self) -> int:
        """64 bits of what makes it this event: what goes with its id, or else its line."""
        record = self.record
        if not self.named:
            return digest(self.line.raw)
        return digest_of(
            record.id, record.action, record.outcome, self.target, _data(record.requestData), _data(record.responseData)
        )

    @property
    def carrier(self) -> str:
        """Run and file, 8 and 4 digits with a dash between them, where `atlint load` gave the id; else empty."""
        name = self.record.id
        return carrier_of(name) if isinstance(name, str) else ""


def name_of(target: str) -> Name | None:
    """What a target is known again by; None where its id is no CRN, or neither instance nor resource is its alone."""
    if target.count(":") != len(CRN_SEGMENTS) or len(target) > LONGEST:
        return None
    head, instance, _, resource = target.rsplit(":", 3)
    if not (_unique(resource) or _unique(instance)):
        return None
    return head, digest(target[len(head) :].encode("utf-8", "surrogatepass")) or 1


def _unique(text: str) -> bool:
    return len(text) >= UNIQUE[0] and _DIGITS.match(text) is not None


def carrier_of(name: str) -> str:
    """Run and file of an id that `atlint load` gave; else empty."""
    return name[: _AT.start] if name[_AT] == MIDDLE[1] and _CARRIER.fullmatch(name) else ""


def names_of(marked: tuple[bool, ...]) -> frozenset[str]:
    """The names of the root keys that are there."""
    return frozenset(name for name, there in zip(MARKS, marked, strict=True) if there)


def digest(raw: bytes) -> int:
    """64 bits of some bytes: the same in every process."""
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")


def digest_of(name: str, action: Any, outcome: Any, target: str, request: str | bytes, response: str | bytes) -> int:
    """64 bits of what goes with an id. Data is a string as such, or other JSON as it is written."""
    facts = f"{name}\0{action}\0{outcome}\0{target}\0".encode("utf-8", "surrogatepass")
    if request or response:
        facts = b"\0".join((facts, _bytes(request), _bytes(response)))
    return digest(facts)


def _bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def _data(raw: msgspec.Raw) -> str | bytes:
    """The data of an event: decoded where it is a string, empty where there is none."""
    if raw is ABSENT:
        return b""
    return plain_data(bytes(raw))


def plain_data(raw: bytes) -> str | bytes:
    """Raw JSON as data: a string decoded, null as nothing, other values as they are written."""
    if raw == b"null":
        return b""
    found: str | bytes = msgspec.json.decode(raw) if raw.startswith(b'"') else raw
    return found


def see(line: Line) -> Seen | None:
    """The facts of one line; None where it holds no event, or where an object in it is none."""
    try:
        return Seen(line, _read(line.raw))
    except NOT_JSON:
        return None


def seconds(text: str) -> float | None:
    """A time in any form that names one instant, in seconds since the epoch."""
    if len(text) == _LENGTH and text[22:] == "+0000":
        begin, second, fraction = _BEGINNINGS.get(text[:17]), text[17:19], text[20:22]
        if begin is not None and text[19] == "." and second.isdecimal() and fraction.isdecimal():
            return begin + float(text[17:22])
    return _read_seconds(text)


def _read_seconds(text: str) -> float | None:
    found = _FORM.fullmatch(text)
    if found is None:
        time = instant.read(text)
        found = _FORM.fullmatch(time.canonical or "") if time else None
        if found is None:
            return None
    begin = _minute(found[1])
    if begin is None:
        return None
    if len(_BEGINNINGS) >= _MOST_BEGINNINGS:
        _BEGINNINGS.clear()
    _BEGINNINGS[found[1]] = begin
    return begin + float(found[2])


def _minute(text: str) -> int | None:
    """The second since the epoch at which a minute begins; the text ends with a colon."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    hour, minute = int(text[11:13]), int(text[14:16])
    if not (1 <= month <= 12 and 1 <= day <= instant.days_of(year, month) and hour < 24 and minute < 60 and year):
        return None
    return calendar.timegm((year, month, day, hour, minute, 0))


def _hour(text: str) -> float | None:
    return _minute(f"{text}:00:")


def _minutes(text: str) -> float | None:
    return 60.0 * int(text[1:]) if _TWO_DIGITS.fullmatch(text) else None


def _whole_seconds(text: str) -> float | None:
    return float(text[1:]) if _TWO_DIGITS.fullmatch(text) else None


def _part_of_second(text: str) -> float | None:
    found = _PART.fullmatch(text)
    return float(found[1] or 0) if found else None


#: of a time in the editions' own form, cut behind its hour, minute and second: each piece to the seconds it stands for
SECONDS: Final[tuple[Callable[[str], float | None], ...]] = (_hour, _minutes, _whole_seconds, _part_of_second)
