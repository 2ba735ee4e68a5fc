"""Family AT5, the event's time: its form, whether it exists, whether it is UTC, whether it can be true."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator
from typing import Any, Final

from atlint.model import Fact, Json, Problem, Said
from atlint.plan.form import acceptor
from atlint.plan.grammar import load
from atlint.rules import instant
from atlint.rules.draft import Draft
from atlint.rules.instant import FORMS, UTC, Instant
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import View, apart
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always

#: how the editions write a time, for people
EXPECTED: Final = "YYYY-MM-DDThh:mm:ss.ff+0000"
#: the tracker did not exist before this year
FIRST_YEAR: Final = 2016
#: seconds by which a writer's clock may be ahead of the reader's
TOLERANCE: Final = 3600.0
#: forms that differ from the edition's at the offset alone: told at that part
_AT_OFFSET: Final = frozenset({"zulu", "colon", "minus", "short"})
_SOURCES: Final = ("EV18#eventTime", "EV20#eventTime", "EV25#eventTime")


def diagnose(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """What keeps a text from being a time of the edition's form: its form, or one of its parts."""
    problems = list(_diagnose(pointer, text))
    if reading.spoilt.get(pointer):
        problems = [found for found in problems if found.within and _untold(reading, pointer, text, found)]
    yield from problems


def _untold(reading: Reading, pointer: str, text: str, found: Problem) -> bool:
    span = found.within
    return span is not None and reading.unless_told(pointer, Part(text[span.start : span.end], span)) is not None


def _diagnose(pointer: str, text: str) -> Iterator[Problem]:
    time = instant.read(text)
    if time is None:
        expected = load("event-time").explain(text)
        words = " or ".join(expected.words)
        facts: dict[str, Fact] = {
            "said": Said(text, pointer),
            "want": EXPECTED,
            "words": words,
            "column": expected.offset + 1,
        }
        yield Problem("AT501", pointer, "", facts)
        return
    impossible = list(_impossible(pointer, time))
    if impossible:
        yield from impossible
    elif time.forms and not _AT_OFFSET.issuperset(time.forms):
        form: dict[str, Fact] = {"said": Said(text, pointer), "want": EXPECTED}
        yield Problem("AT501", pointer, time.forms[0], form, repair=time.canonical)
        yield from _fraction(pointer, time, whole=True)
    else:
        yield from _offset(pointer, time)
        yield from _fraction(pointer, time, whole=bool(time.offset))


def _impossible(pointer: str, time: Instant) -> Iterator[Problem]:
    for part, want in time.impossible:
        yield Problem("AT502", pointer, "", {"said": Said(part.text, pointer), "want": want}, within=part.span)
    offset = time.offset or 0
    if abs(offset) >= 24 * 60 and "offset" in time.parts:
        part = time.parts["offset"]
        facts: dict[str, Fact] = {"said": Said(part.text, pointer), "want": "+0000"}
        yield Problem("AT502", pointer, "offset", facts, within=part.span)


def _offset(pointer: str, time: Instant) -> Iterator[Problem]:
    part = time.parts["offset"]
    facts: dict[str, Fact] = {"said": Said(part.text, pointer), "want": EXPECTED}
    if time.offset:
        yield Problem("AT503", pointer, "", facts, repair=time.canonical)
    elif time.forms:
        yield Problem("AT501", pointer, time.forms[0], facts, within=part.span, repair="+0000")


def _fraction(pointer: str, time: Instant, *, whole: bool) -> Iterator[Problem]:
    """Two digits are the form. Where the whole time is to be rewritten, only what that would keep is told."""
    part = time.parts.get("fraction") or time.parts.get("second")
    if part is None:
        return
    digits = part.text if "fraction" in time.parts else ""
    facts: dict[str, Fact] = {"said": Said(part.text, pointer), "have": len(digits)}
    if len(digits.rstrip("0")) > 2 and time.canonical:
        repair = None if whole else digits[:2]
        yield Problem("AT504", pointer, "long", facts, within=part.span, repair=repair)
    elif whole or len(digits) == 2:
        return
    elif not digits:
        yield Problem("AT504", pointer, "none", facts, within=part.span, repair=f"{part.text}.00")
    else:
        yield Problem("AT504", pointer, "zeros", facts, within=part.span, repair=digits[:2].ljust(2, "0"))


def _of_form(reading: Reading) -> Instant | None:
    text = reading.string("eventTime")
    return instant.read(text) if text and acceptor("at-event-time")(text) else None


def _not_in_calendar(reading: Reading) -> Iterator[Problem]:
    time = _of_form(reading)
    if time is not None:
        yield from _impossible(reading.plan.pointer("eventTime"), time)


def _implausible(reading: Reading) -> Iterator[Problem]:
    time = _of_form(reading)
    if time is None or any(True for _ in time.impossible):
        return
    if time.number("year") < FIRST_YEAR:
        yield reading.problem("AT505", "eventTime", "past", said=reading.said("eventTime"), want=FIRST_YEAR)
    elif reading.now and _seconds(time) > reading.now + TOLERANCE:
        now = dt.datetime.fromtimestamp(reading.now, UTC)
        yield reading.problem(
            "AT505",
            "eventTime",
            "future",
            said=reading.said("eventTime"),
            want=f"{now:%Y-%m-%dT%H:%M:%S}+0000",
        )


def plausible(now: float) -> tuple[float, float]:
    """From which second since the epoch on, and before which, AT505 finds nothing; `now` is such a second, or 0."""
    begun = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    return begun, math.floor(now + TOLERANCE) + 1.0 if now else math.inf


def _minute(text: Any) -> Json:
    """A time of the form, at the end of its minute: the checks see no more, for nothing comes later in it."""
    if isinstance(text, str) and acceptor("at-event-time")(text):
        return f"{text[:16]}:59.99+0000"
    found: Json = text
    return found


def _seconds(time: Instant) -> float:
    day = dt.datetime(time.number("year"), time.number("month"), time.number("day"), tzinfo=UTC)
    clock = time.number("hour") * 3600 + time.number("minute") * 60 + time.number("second")
    return day.timestamp() + clock


def _break_form(draft: Draft, draw: random.Random) -> str:
    date, clock = str(draft.get("eventTime"))[:10], str(draft.get("eventTime"))[11:19]
    bare = f"{date.replace('-', '')}T{clock.replace(':', '')}Z"
    forms = [
        f"{date} {clock}.32 +0000 UTC", f"{date} {clock}", f"{date}T{clock}.320000",
        f"{date} {clock}.32+00:00", f"{date}T{clock.replace(':', '.')}.32+0000", f"{date}t{clock}.32+0000",
        f"{date}T{clock},32+0000", f"{date}T{clock}.32 UTC", f"{date}T{clock}.32-0000", bare, date,
        "1543479292", "1543479292320", "Thu, 29 Nov 2018 08:14:52 GMT", "Thu Nov 29 08:14:52 UTC 2018",
        "yesterday at noon",
    ]  # fmt: skip
    return draft.put("eventTime", draw.choice(forms))


def _break_calendar(draft: Draft, draw: random.Random) -> str:
    time = str(draft.get("eventTime"))
    broken = [
        f"{time[:4]}-02-30{time[10:]}", f"{time[:4]}-13{time[7:]}", f"2019-02-29{time[10:]}",
        f"{time[:4]}-06-31{time[10:]}", f"{time[:8]}00{time[10:]}", f"{time[:11]}25{time[13:]}",
        f"{time[:14]}60{time[16:]}", f"{time[:11]}11:59:60{time[19:]}", f"{time[:17]}61{time[19:]}",
    ]  # fmt: skip
    return draft.put("eventTime", draw.choice(broken))


def _break_offset(draft: Draft, draw: random.Random) -> str:
    offset = draw.choice(["+0100", "+0530", "-0600", "+02:00", "-11:30"])
    return draft.put("eventTime", str(draft.get("eventTime"))[:22] + offset)


def _break_fraction(draft: Draft, draw: random.Random) -> str:
    fraction = draw.choice(["", ".3", ".320", ".327", ".327911", ".327911405"])
    return draft.put("eventTime", f"{str(draft.get('eventTime'))[:19]}{fraction}+0000")


def _break_plausible(draft: Draft, draw: random.Random) -> str:
    time = str(draft.get("eventTime"))
    return draft.put(
        "eventTime", f"{draw.choice([1970, 1999, 2001, 2012, 2015])}-01-{draw.randint(1, 28):02}{time[10:]}"
    )


_FORM_CASES: Final = {
    form: Case(
        "{said} is " + words + "; an event's time is written {want}",
        always(WARNING if form in {"zulu", "colon"} else ERROR),
        help=f"write the time in UTC as {EXPECTED}",
        fix="safe",
    )
    for form, words in FORMS.items()
}

RULES: Final = (
    Rule(
        code="AT501",
        name="event-time-form",
        summary="The event's time is not written in the form of the edition.",
        cases={
            **_FORM_CASES,
            "zulu": Case(
                "the time ends in {said} where +0000 belongs",
                always(WARNING),
                help="write +0000 for Z",
                fix="safe",
            ),
            "colon": Case(
                "the offset {said} has a colon; the tracker's form is +0000",
                always(WARNING),
                help="write +0000 without the colon",
                fix="safe",
            ),
            "": Case(
                "{said} is no time of the form {want}: at character {column} stands something other than {words}",
                always(ERROR),
                help=f"write the time in UTC as {EXPECTED}",
            ),
        },
        what=f"Holds the time of the event against `{EXPECTED}`: capital T, UTC, a fraction of two digits, "
        "the offset without a colon. The forms that programs write by default (Go, Python, SQL, HTTP, seconds since "
        "1970) are named as such.",
        why="The tracker takes the event's place in time from this text. What it cannot read it replaces or refuses, "
        "and the search by time then misses the event.",
        repair="Format the time in UTC, with the offset written out: in Python "
        '`t.strftime("%Y-%m-%dT%H:%M:%S.") + f"{t.microsecond // 10000:02}+0000"`. '
        "The fix rewrites every text that says which instant it is.",
        cites=_SOURCES,
        stage=Stage.SHAPE,
        breaker=_break_form,
    ),
    Rule(
        code="AT502",
        name="event-time-impossible",
        summary="The event's time names a day, an hour, a minute or a second that does not exist.",
        cases={
            "": Case(
                "{said} does not exist here: {want} is possible",
                always(ERROR),
                help="log the clock's own time",
            ),
            "offset": Case("no place on earth is {said} from UTC", always(ERROR), help="log the time in UTC"),
        },
        what="Holds the date against the Gregorian calendar and the time of day against the clock. The leap second "
        "`23:59:60` exists; `24:00:00` does not.",
        why="A time that does not exist is refused or moved by whoever parses it, each in another way, so the event "
        "stands in different places for different readers.",
        repair="Such times come from templates, from swapped months and days, or from arithmetic on the text. Format "
        "a clock's value instead of putting the text together.",
        cites=_SOURCES,
        check=_not_in_calendar,
        reads=apart(View("eventTime", reduce=_minute)),
        breaker=_break_calendar,
        spoils=True,
    ),
    Rule(
        code="AT503",
        name="event-time-not-utc",
        summary="The event's time is not in UTC.",
        cases={
            "": Case(
                "the time has the offset {said}; the tracker's times are in UTC",
                always(ERROR),
                help="convert the time to UTC and write +0000",
                fix="safe",
            )
        },
        what="Fires for any offset other than zero.",
        why="The tracker's form has the fixed offset `+0000`. A consumer that skips the offset places the event hours "
        "away from when it happened, before its cause or after its consequence.",
        repair="Convert the time before it is formatted. The fix writes the same instant in UTC.",
        cites=_SOURCES,
        stage=Stage.SHAPE,
        breaker=_break_offset,
    ),
    Rule(
        code="AT504",
        name="event-time-fraction",
        summary="The event's time has not two digits of a second's fraction.",
        cases={
            "none": Case("the time has no fraction of a second", always(INFO), help="write two digits", fix="safe"),
            "zeros": Case(
                "the fraction {said} is not written with two digits",
                always(INFO),
                help="write two digits",
                fix="safe",
            ),
            "long": Case(
                "the fraction {said} has {have} digits, two are the form",
                always(INFO),
                help="cut the time to hundredths of a second",
                fix="unsafe",
            ),
        },
        what="Counts the digits behind the point. The fix pads and drops zeros; to cut digits that count is unsafe.",
        why="The published form has two digits. Readers that compare times as texts sort others wrongly.",
        repair="Cut the time to hundredths of a second when it is formatted.",
        cites=_SOURCES,
        stage=Stage.SHAPE,
        breaker=_break_fraction,
    ),
    Rule(
        code="AT505",
        name="event-time-implausible",
        summary="The event's time lies in the future, or before there was a tracker.",
        cases={
            "past": Case(
                "{said} is before {want}, when there was no tracker yet",
                always(WARNING),
                help="look at the writer's clock",
            ),
            "future": Case(
                "{said} is later than now, {want}",
                always(WARNING),
                help="look at the writer's clock and its zone",
            ),
        },
        what=f"Compares the time with the year {FIRST_YEAR} and with `--now`, allowing for clocks that are "
        "up to an hour "
        "ahead.",
        why="An event in the wrong year is kept, and found by nobody: it falls out of every search by time and out of "
        "the retention that it should have had.",
        repair="Zero values (1970) come from a time that was never set. Times some hours ahead are local times with "
        "the offset of UTC.",
        cites=_SOURCES,
        check=_implausible,
        reads=apart(View("eventTime", reduce=_minute)),
        breaker=_break_plausible,
    ),
)
