"""A time as programs write it, taken apart: its form, the places of its parts, the instant it names."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from atlint.model import Span
from atlint.rules.reading import Part

UTC: Final = dt.UTC
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH: Final = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"

#: year first: ISO 8601 and RFC 3339 with their dialects, Go's and Python's default forms
_ISO: Final = re.compile(
    r"(?P<year>[0-9]{4})(?P<d1>[-/.]?)(?P<month>[0-9]{1,2})(?P<d2>[-/.]?)(?P<day>[0-9]{1,2})"
    r"(?:(?P<joint>[Tt]| {1,2}|T )(?P<hour>[0-9]{1,2})(?P<c1>[:.]?)(?P<minute>[0-9]{1,2})"
    r"(?:(?P<c2>[:.]?)(?P<second>[0-9]{2}))?(?:(?P<mark>[.,])(?P<fraction>[0-9]{1,12}))?"
    r"(?P<gap> ?)(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
    r"(?: (?P<zone>[A-Z]{2,5}|[+-][0-9]{2,4})|(?P<utc>UTC|GMT))?(?: m=[+-][0-9.]{1,30})?)?"
)
#: RFC 2822 and HTTP: `Thu, 29 Nov 2018 08:14:52 GMT`
_MAIL: Final = re.compile(
    rf"(?:[A-Za-z]{{3,9}}, )?(?P<day>[0-9]{{1,2}})[ -](?P<name>{_NAMED_MONTH})[a-z]{{0,6}}[ -]"
    r"(?P<year>[0-9]{4})"
    r" (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}) (?P<offset>[+-][0-9]{4}|GMT|UTC|Z)"
)
#: C and `date`: `Thu Nov 29 08:14:52 UTC 2018`
_CTIME: Final = re.compile(
    rf"[A-Za-z]{{3}} (?P<name>{_NAMED_MONTH}) {{1,2}}(?P<day>[0-9]{{1,2}})"
    r" (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}) (?:(?P<offset>[A-Z]{1,5}|[+-][0-9]{4}) )?"
    r"(?P<year>[0-9]{4})"
)
_NUMBER: Final = re.compile(r"(?P<whole>[0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(?:\.(?P<fraction>[0-9]{1,12}))?")

#: the forms in the order in which they are looked for: the first that holds names the text
FORMS: Final[Mapping[str, str]] = {
    "date": "a date without a time of day",
    "go": "the text that Go's time.String() gives",
    "no-offset": "a time without an offset, so that nobody knows which instant it is",
    "misprint": "a time with dots between hours, minutes and seconds",
    "compact": "a time without its dashes or colons",
    "slashes": "a date with slashes or dots",
    "space": "a time with a blank where the T belongs, as SQL and Python's str() write it",
    "lower": "a time with a lower-case letter",
    "comma": "a time with a comma before the fraction",
    "digits": "a time with a digit missing from its month, day, hour or minute",
    "seconds": "a time without its seconds",
    "blank": "a time with a blank before its offset",
    "zone": "a time with the name of a zone where the offset belongs",
    "short": "a time with half an offset",
    "minus": "a time with the offset minus zero, by which RFC 3339 means an unknown place",
    "zulu": "a time that ends in Z",
    "colon": "a time with a colon in its offset",
    "epoch": "a number of seconds, milliseconds or finer since 1970",
    "mail": "a time as mail and HTTP headers write it",
    "ctime": "a time as C and the date command write it",
}

#: times that are remembered: rules across events ask for them again when some hundred lines have been judged
_READ: Final = 1_024


@dataclass(frozen=True, slots=True)
class Instant:
    """A time taken apart. `forms` are the keys of FORMS that it differs by, gravest first."""

    text: str
    forms: tuple[str, ...]
    parts: Mapping[str, Part]
    #: minutes east of UTC; None where the text does not say
    offset: int | None

    def number(self, name: str) -> int:
        """A part as a number; 0 where it is absent."""
        part = self.parts.get(name)
        return int(part.text) if part else 0

    @property
    def impossible(self) -> Iterator[tuple[Part, str]]:
        """The parts that no calendar or clock has, each with what could stand there."""
        month, day = self.number("month"), self.number("day")
        if not 1 <= month <= 12:
            yield self.parts["month"], "01 to 12"
            days = 31
        else:
            days = days_of(self.number("year"), month)
        if not 1 <= day <= days:
            yield self.parts["day"], f"01 to {days}"
        leap = (self.number("hour"), self.number("minute"), self.number("second")) == (23, 59, 60)
        for name, most in (("hour", 23), ("minute", 59), ("second", 59)):
            if self.number(name) > most and not (leap and name == "second"):
                yield self.parts[name], f"00 to {most}"

    @property
    def canonical(self) -> str | None:
        """The same instant as the editions write it; None where the text does not say which instant it is."""
        if self.offset is None or any(True for _ in self.impossible) or abs(self.offset) >= 24 * 60:
            return None
        leap = self.number("second") == 60
        try:
            time = dt.datetime(
                self.number("year"),
                self.number("month"),
                self.number("day"),
                self.number("hour"),
                self.number("minute"),
                59 if leap else self.number("second"),
                tzinfo=UTC,
            ) - dt.timedelta(minutes=self.offset)
        except (ValueError, OverflowError):
            return None
        digits = self.parts["fraction"].text if "fraction" in self.parts else ""
        fraction = digits[:2].ljust(2, "0") + digits[2:].rstrip("0")
        second = f"{time:%S}"
        if leap:
            if (time.hour, time.minute) != (23, 59):
                return None
            second = "60"
        return f"{time.year:04}-{time:%m-%dT%H:%M}:{second}.{fraction}+0000"


def days_of(year: int, month: int) -> int:
    """How many days the month has (Gregorian, also for the year 0)."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


@functools.lru_cache(maxsize=_READ)
def read(text: str) -> Instant | None:
    """Take a time apart; None where it is in no form known here."""
    if len(text) > 80:
        return None
    if found := _ISO.fullmatch(text):
        return _iso(text, found)
    for form, pattern in (("mail", _MAIL), ("ctime", _CTIME)):
        if found := pattern.fullmatch(text):
            return _worded(text, found, form)
    if found := _NUMBER.fullmatch(text):
        return _counted(text, found)
    return None


def _parts(found: re.Match[str]) -> dict[str, Part]:
    return {name: Part(text, Span(*found.span(name))) for name, text in found.groupdict().items() if text}


def _iso(text: str, found: re.Match[str]) -> Instant | None:
    parts = _parts(found)
    if "hour" not in parts:
        return None if text.isdigit() and len(text) != 8 else Instant(text, ("date",), parts, None)
    if found["d1"] != found["d2"]:
        return None
    zone = found["zone"] or found["utc"]
    offset = _offset(found["offset"] or ("Z" if zone in {"UTC", "GMT"} else ""))
    tests = {
        "go": bool(found["gap"] and found["offset"] and found["zone"]),
        "no-offset": offset is None,
        "misprint": "." in (found["c1"], found["c2"]),
        "compact": not found["d1"] or not found["c1"] or ("second" in parts and not found["c2"]),
        "slashes": found["d1"] in {"/", "."},
        "space": found["joint"] not in {"T", "t"},
        "lower": found["joint"] == "t" or found["offset"] == "z",
        "comma": found["mark"] == ",",
        "digits": any(len(parts[name].text) < 2 for name in ("month", "day", "hour", "minute")),
        "seconds": "second" not in parts,
        "blank": bool(found["gap"] and found["offset"]),
        "zone": bool(zone),
        "short": len(found["offset"] or "") == 3,
        "minus": found["offset"] in {"-0000", "-00:00", "-00"},
        "zulu": found["offset"] == "Z",
        "colon": ":" in (found["offset"] or ""),
    }
    return Instant(text, tuple(form for form in FORMS if tests.get(form)), parts, offset)


def _worded(text: str, found: re.Match[str], form: str) -> Instant:
    parts = _parts(found)
    name = parts.pop("name")
    parts["month"] = Part(f"{_MONTHS.index(name.text.lower()) + 1:02}", name.span)
    said = found["offset"] or ""
    return Instant(text, (form,), parts, _offset("Z" if said in {"UTC", "GMT"} else said))


def _offset(text: str) -> int | None:
    if text in {"Z", "z"}:
        return 0
    if not text or text[0] not in "+-":
        return None
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if text[0] == "-" else minutes


def _counted(text: str, found: re.Match[str]) -> Instant | None:
    """Seconds, milliseconds, microseconds or nanoseconds, told apart by their number of digits."""
    whole, fraction = found["whole"], found["fraction"] or ""
    if fraction and len(whole) > 10:
        return None
    time = _EPOCH + dt.timedelta(seconds=int(whole[:10]))
    said = (whole[10:] + fraction) or "0"
    fields = {"year": f"{time.year:04}", "fraction": said}
    fields |= {name: f"{getattr(time, name):02}" for name in ("month", "day", "hour", "minute", "second")}
    everything = Span(0, len(text))
    return Instant(text, ("epoch",), {name: Part(value, everything) for name, value in fields.items()}, 0)
