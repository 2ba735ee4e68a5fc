"""Every regular expression takes time in proportion to its text: four times the text never takes ten times as long."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.patterns import opening, patterns, pumps

#: code points of the shorter of two texts, and CPU seconds below which it is not worth a second look
LENGTH, FLOOR = 2_000, 0.001
#: linear time makes it 4, quadratic time 16
MOST_GROWTH = 10
#: searched over and over, and never beyond what makes it slow: its caller stops at the first quote that stays open
STOPPED = {"atlint.load.prefix._TOKEN.0"}
ALL = {pattern.pattern: where for where, pattern in reversed(patterns().items()) if where not in STOPPED}


def ways(where: str, pattern: re.Pattern[str]) -> list[Callable[[str], object]]:
    """How the module uses it; grammars and schemas match whole texts."""
    module, _, name = where.rpartition(".")[0].rpartition(".")
    found = sys.modules.get(module)
    source = Path(found.__file__).read_text() if found is not None and found.__file__ else ""
    methods = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\b", source)) if source else set()
    if not source:
        return [pattern.match] if where.startswith("fluentd.lark") else [pattern.fullmatch]
    used = [getattr(pattern, method) for method in ("match", "fullmatch") if method in methods]
    if not used or methods - {"match", "fullmatch", "pattern", "flags"}:
        used.append(lambda text: sum(1 for _ in pattern.finditer(text)))
    return used


def cost(way: Callable[[str], object], text: str) -> float:
    times = []
    for _ in range(2):
        begun = time.process_time()
        way(text)
        times.append(time.process_time() - begun)
    return min(times)


def slow(where: str, pattern: re.Pattern[str]) -> str:
    """The text that makes it slow; empty where none does."""
    first = opening(pattern)
    for way in ways(where, pattern):
        for pump in pumps(pattern):
            for begin in {"", first}:
                short, long = (begin + pump * (times * LENGTH // len(pump)) + "\x00" for times in (1, 4))
                taken = cost(way, short)
                if taken > FLOOR and cost(way, long) > taken * MOST_GROWTH:
                    return short[:80]
    return ""


def test_the_search_finds_what_it_must() -> None:
    found = patterns()
    assert len(found) > 200
    assert any(where.startswith("crn.lark") for where in found)
    assert any(where.startswith("atlint.pointer.") for where in found)


@pytest.mark.parametrize("text", [r"(?:a+)+b", r"a*a*b", r"(?:a|a)*b"])
def test_a_slow_pattern_is_noticed(text: str) -> None:
    if text == r"a*a*b":
        assert slow("", re.compile(text))
    else:
        begun = [cost(re.compile(text).match, "a" * length) for length in (18, 22)]
        assert begun[1] > begun[0] * 8


@pytest.mark.integration
@pytest.mark.parametrize("text", ALL, ids=ALL.values())
def test_time_grows_with_the_text(text: str) -> None:
    pattern = patterns()[ALL[text]]
    assert not slow(ALL[text], pattern), text
