"""Replays the corpus, and the seeds, through the probes: without atheris, in seconds."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.fuzz.__main__ import HEAD
from tests.fuzz.corpus import LARGEST, ROOT, kept
from tests.fuzz.targets import NAMES, target
from tests.fuzz.watch import SECONDS_A_KILOBYTE, Watch

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "trust.md"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_kept_breaks_anything(name: str) -> None:
    watch = Watch(target(name).probe)
    for path in kept(name):
        watch(path.read_bytes())
    assert watch.runs, "a target has a corpus"


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_where_a_run_begins(name: str) -> None:
    chosen = target(name)
    first = list(chosen.seeds())
    assert first
    for data in first[::7]:
        chosen.probe(data)


def test_the_corpus_is_small() -> None:
    for name in NAMES:
        assert sum(path.stat().st_size for path in kept(name) if not path.name.startswith("found-")) <= LARGEST
    assert {path.name for path in ROOT.iterdir()} == set(NAMES)


def test_the_page_tells_of_every_target() -> None:
    """The last figures: an hour over all targets, and nothing found."""
    rows = [
        line.split("|")[1:-1]
        for line in PAGE.read_text().splitlines()
        if re.match(r"\| [a-z_]+ \| [\d,]+ \| \d+ \|", line)
    ]
    assert [row[0].strip() for row in rows] == list(NAMES)
    assert HEAD in PAGE.read_text()
    assert sum(int(row[2]) for row in rows) >= 3600
    assert all(float(row[4]) < SECONDS_A_KILOBYTE and int(row[8]) == 0 for row in rows)


def test_a_slow_probe_is_noticed() -> None:
    ticks = itertools.count(step=SECONDS_A_KILOBYTE * 2)
    with pytest.raises(TimeoutError, match=r"took 2\.0 s a kilobyte"):
        Watch(bytes.split, lambda: next(ticks))(b"x")


def test_a_probe_that_is_slow_but_once_is_none() -> None:
    ticks = iter([0.0, 2.0, 3.0, 3.5])
    watch = Watch(bytes.split, lambda: next(ticks))
    watch(b"x")
    assert watch.slowest == 0.5


def test_a_broken_promise_is_noticed(tmp_path: Path) -> None:
    def refuse(_data: bytes) -> None:
        raise AssertionError

    with pytest.raises(AssertionError):
        Watch(refuse)(tmp_path.name.encode())
