"""A `<buffer>`: settings that contradict each other, and those under which events are dropped, and after how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.pipeline import fluentd_values
from atlint.pipeline.fluentd import Parameter, Section
from atlint.pipeline.names import like_setting
from atlint.pipeline.view import Configuration, Sighting, View, said

#: how far fluentd moves each wait at random, up or down
_JITTER: Final = 0.125
#: fluentd's own values where nothing is said: seconds, a factor, a time in seconds
_WAIT: Final = 1.0
_BASE: Final = 2.0
_TIMEOUT: Final = 72 * 3600.0
#: more retries than any configuration means
_MOST_RETRIES: Final = 10_000
_UNITS: Final = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def check(view: View) -> Iterator[Sighting]:
    """AT714 for every buffered output, AT725 for those that feed the tracker."""
    for each in view.configurations:
        for section in each.config.walk():
            if section.name in {"match", "store"}:
                for inner in section.sections("buffer"):
                    yield from _contradictions(each, section, inner)
        for section in each.outputs():
            yield from _losses(each, section)


def _worded(parameter: Parameter) -> str:
    """A setting with its value, where that may be shown."""
    value = parameter.value.value
    return f"{parameter.name} {value}" if like_setting(value) else parameter.name


def _true(section: Section, name: str) -> Parameter | None:
    found = section.get(name)
    return found if found and fluentd_values.boolean(found.value.value).read is True else None


def _contradictions(each: Configuration, output: Section, inner: Section) -> Iterator[Sighting]:
    times = inner.get("retry_max_times")
    for holder, name in ((inner, "retry_forever"), (output, "disable_retry_limit"), (output, "retry_forever")):
        forever = _true(holder, name)
        if times and forever:
            span = forever.whole
            yield each.sight("AT714", span, one=name, other=_worded(times), why=_ENDLESS)
            break
    for small, large, kind, why in _ORDERED:
        one, other = inner.get(small), inner.get(large)
        if one and other and _number(kind, one) > _number(kind, other) > 0:
            yield each.sight("AT714", one.whole, one=small, other=_worded(other), why=why)
    if (forever := _true(inner, "retry_forever")) and any(output.sections("secondary")):
        yield each.sight("AT714", forever.whole, one="retry_forever", other="<secondary>", why=_KEPT)


_ENDLESS: Final = "the one retries without end, the other gives up"
_KEPT: Final = "the <secondary> gets only what can never be sent; old releases refuse both together"
_ORDERED: Final = (
    ("chunk_limit_size", "total_limit_size", "size", "no chunk of that size fits into the buffer"),
    ("retry_wait", "retry_max_interval", "time", "the first wait is longer than the longest"),
)


def _number(kind: str, parameter: Parameter) -> float:
    value = fluentd_values.read(kind, parameter.value.value).read
    return float(value) if isinstance(value, int | float) else 0.0


def _losses(each: Configuration, output: Section) -> Iterator[Sighting]:
    inner = next(output.sections("buffer"), None)
    if inner is None:
        yield each.sight("AT725", output.tag, "memory")
        return
    if _true(inner, "retry_forever") is None:
        yield _gives_up(each, inner)
    overflow = inner.get("overflow_action")
    if overflow and overflow.value.value == "drop_oldest_chunk":
        yield each.sight("AT725", overflow.whole, "overflow")
    if inner.type in {"", "memory"}:
        kind = inner.get("@type") or inner.get("type")
        yield each.sight("AT725", kind.whole if kind else inner.tag, "memory")


def _gives_up(each: Configuration, inner: Section) -> Sighting:
    times, timeout = inner.get("retry_max_times"), inner.get("retry_timeout")
    limit = _number("time", timeout) if timeout else _TIMEOUT
    if times is not None:
        count = int(_number("integer", times))
        seconds = _waits(inner, count)
        if seconds <= limit:
            after = f"{spoken(seconds * (1 - _JITTER))} to {spoken(seconds * (1 + _JITTER))}"
            return each.sight("AT725", times.whole, setting=said(_worded(times)), after=after)
    if timeout is not None:
        return each.sight("AT725", timeout.whole, setting=said(_worded(timeout)), after=spoken(limit))
    return each.sight("AT725", inner.tag, "default", after=spoken(limit))


def _waits(inner: Section, count: int) -> float:
    """Seconds from the first failure to the one after which all is dropped."""
    wait_for = inner.get("retry_wait")
    wait = _number("time", wait_for) if wait_for else _WAIT
    longest = inner.get("retry_max_interval")
    most = _number("time", longest) if longest else float("inf")
    base = inner.get("retry_exponential_backoff_base")
    factor = _float(base.value.value) if base else _BASE
    if inner.text("retry_type") == "periodic":
        return wait * count
    total, limit = 0.0, 366 * 86400.0
    for _ in range(min(count, _MOST_RETRIES)):
        total += min(wait, most)
        wait *= factor
        if total > limit:
            break
    return total


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return _BASE


def spoken(seconds: float) -> str:
    """A time as people say it: `15 minutes`, `3 days`."""
    for size, unit in _UNITS:
        if seconds >= 2 * size or size == 1:
            count = round(seconds / size)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"
