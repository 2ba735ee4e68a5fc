"""A raw line to the few facts that rules across events ask for; what they do not ask for is passed over."""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from atlint.model import Line
from atlint.plan.shape import marks
from atlint.rules import instant

#: the editions' own form of a time, with any fraction
_FORM: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d(?:\.\d+)?)\+0000", re.ASCII)
#: bytes of a `meta`, and code points of a service, that are looked at: what is kept must not grow with a line
_LONGEST: Final = 2_000
_ABSENT: Final = msgspec.Raw(b"")


class _Record(msgspec.Struct):
    eventTime: Any = None  # noqa: N815 - the field's own name
    id: Any = None
    action: Any = None
    outcome: Any = None
    target: Any = None
    requestData: msgspec.Raw = _ABSENT  # noqa: N815 - as above
    responseData: msgspec.Raw = _ABSENT  # noqa: N815 - as above


class _Meta(msgspec.Struct):
    serviceProviderName: Any = None  # noqa: N815 - as above
    serviceProviderRegion: Any = None  # noqa: N815 - as above
    serviceProviderProjectId: Any = None  # noqa: N815 - as above


_MARKS: Final = tuple(mark for mark in marks() if mark != "payload")
#: the root of a line of any edition: a record, or what holds one as `payload`
_ROOT: Final = msgspec.defstruct(
    "Root",
    [("payload", _Record | None, None), *((mark, msgspec.Raw, msgspec.field(default=_ABSENT)) for mark in _MARKS)],
    bases=(_Record,),
)
_read: Final[Callable[[bytes], Any]] = msgspec.json.Decoder(_ROOT).decode
_read_meta: Final = msgspec.json.Decoder(_Meta).decode


@dataclass(slots=True)
class Seen:
    """One event on its way past. Text members are empty where they are absent or no strings."""

    line: Line
    root: Any
    record: Any
    #: of the pointers of the record's members
    prefix: str
    _time: float | None = None
    _timed: bool = False

    @property
    def time(self) -> float | None:
        """The eventTime in seconds since the epoch; None where it does not say which instant it is."""
        if not self._timed:
            self._timed = True
            text = self.record.eventTime
            self._time = seconds(text) if isinstance(text, str) else None
        return self._time

    @property
    def service(self) -> str:
        """The service that the event is of: the provider, or else the action's."""
        writer = self.writer
        return (writer[0] if writer and writer[0] else self.text("action").partition(".")[0])[:_LONGEST]

    @property
    def writer(self) -> tuple[str, str, str] | None:
        """The provider's name, region and project as `meta` has them; None where it has them not."""
        meta = bytes(self.root.meta)
        return _writer(meta) if meta and len(meta) <= _LONGEST else None

    @property
    def target(self) -> str:
        """The target's id."""
        target = self.record.target
        found = target.get("id") if isinstance(target, dict) else None
        return found if isinstance(found, str) else ""

    def text(self, name: str) -> str:
        """A member of the record."""
        found = getattr(self.record, name)
        return found if isinstance(found, str) else ""

    @property
    def marks(self) -> frozenset[str]:
        """The root keys that tell editions apart, as far as they are there."""
        found = {mark for mark in _MARKS if getattr(self.root, mark) is not _ABSENT}
        return frozenset(found | {"payload"} if self.prefix else found)


def see(line: Line) -> Seen | None:
    """The facts of one line; None where it holds no event."""
    try:
        root = _read(line.raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    inner = root.payload
    return Seen(line, root, root, "") if inner is None else Seen(line, root, inner, "/payload")


@functools.lru_cache(maxsize=256)
def _writer(meta: bytes) -> tuple[str, str, str] | None:
    try:
        found = _read_meta(meta)
    except msgspec.DecodeError:
        return None
    said = (found.serviceProviderName, found.serviceProviderRegion, found.serviceProviderProjectId)
    name, region, project = (value if isinstance(value, str) else "" for value in said)
    return name, region, project


def seconds(text: str) -> float | None:
    """A time in any form that names one instant, in seconds since the epoch."""
    found = _FORM.fullmatch(text)
    if found is None:
        time = instant.read(text)
        found = _FORM.fullmatch(time.canonical or "") if time else None
        if found is None:
            return None
    minute = _minute(found[1])
    return None if minute is None else minute + float(found[2])


@functools.lru_cache(maxsize=64)
def _minute(text: str) -> int | None:
    """The second since the epoch at which a minute begins."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    hour, minute = int(text[11:13]), int(text[14:])
    if not (1 <= month <= 12 and 1 <= day <= instant.days_of(year, month) and hour < 24 and minute < 60 and year):
        return None
    return calendar.timegm((year, month, day, hour, minute, 0))
