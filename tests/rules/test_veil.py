from __future__ import annotations

from atlint.model import Problem, Span
from atlint.rules.reading import Reading
from atlint.rules.selection import everything
from atlint.rules.veil import veiled


def test_what_was_told_of_a_text_is_innocent_and_as_long() -> None:
    reading = Reading(everything("at-2018"), {})
    assert veiled(reading, "/a", "0123456789") == "0123456789"
    reading.tell(Problem("AT110", "/a", "", within=Span(2, 4)))
    reading.tell(Problem("AT110", "/a", "", within=Span(7, 10)))
    reading.tell(Problem("AT111", "/b", "", within=Span(0, 1)))
    assert veiled(reading, "/a", "0123456789") == "01xx456xxx"
    reading.tell(Problem("AT111", "/a", ""))
    assert veiled(reading, "/a", "0123456789") == "01xx456xxx"
