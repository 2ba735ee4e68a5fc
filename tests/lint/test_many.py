"""What is found in many events at once is what is found in each by itself, compiled or not."""

from __future__ import annotations

import itertools
import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isnan, nan
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint import across, native, times
from atlint.lint.across import Across
from atlint.lint.names import Names
from atlint.lint.rows import Kind, Rows
from atlint.lint.seen import MARKS
from atlint.lint.window import Window
from atlint.model import Problem
from atlint.rules.selection import everything

try:
    from atlint.lint import _scan
except ImportError:
    _scan = None  # type: ignore[assignment]
BUILT = pytest.mark.skipif(_scan is None, reason="the compiled half is not built")
KINDS: list[Kind] = [
    ("/payload", service, tuple(mark in {"payload", other} for mark in MARKS), writer, True, carrier)
    for service in ("kms", "iam")
    for other, writer in (("meta", (service, "ng", "x")), ("meta", (service, "eu-gb", "x")), ("logSourceCRN", None))
    for carrier in ("", "0badcafe-0001")
]


@contextmanager
def compiled(module: ModuleType | None) -> Iterator[None]:
    with patch.object(native, "scan", module):
        yield


def rows_of(draw: random.Random, count: int) -> Rows:
    """Events as a log has them, most of which nothing is to be said of."""
    rows, now, odd = Rows(table=KINDS), 1.5e9, draw.choice([0.0, 0.002, 0.05])
    kinds = draw.sample(range(len(KINDS)), draw.choice([1, 2, len(KINDS)]))
    pace = draw.choice([0.3, 5.0])
    for number in range(count):
        now += draw.random() * pace - (draw.choice([1, 100]) if draw.random() < odd else 0)
        rows.times.append(draw.choice([nan, 1e9, 2e9]) if draw.random() < odd else now)
        rows.digests.append(draw.randrange(50) if draw.random() < odd else number + 1_000)
        named = draw.random() < 0.8
        rows.tails.append(draw.randrange(1, 40) if named else 0)
        head = f"crn:v1:bluemix:{'staging' if draw.random() < odd else 'public'}:kms:us-south:a/b"
        rows.heads.append(head if named else None)
        rows.kinds.append(draw.choice(kinds[:1] if draw.random() > odd else kinds))
    return rows


def found(rows: Rows, cuts: Sequence[int]) -> list[tuple[int, tuple[Problem, ...]]]:
    """What is found in all rows, given in parts that end there."""
    seen = Across([everything("at-2018")], now=1.7e9)
    ends = [0, *cuts, len(rows)]
    return [
        (first + row, problems)
        for first, last in itertools.pairwise(ends)
        for row, problems in seen.see_rows("a.log", "at-2018", rows.part(first, last)).items()
    ]


@pytest.mark.parametrize("module", [pytest.param(_scan, marks=BUILT), None], ids=["compiled", "python"])
@given(st.integers(0, 2**32), st.integers(0, 700), st.lists(st.integers(0, 700), max_size=4))
def test_parts_of_any_size_give_the_same(module: ModuleType | None, seed: int, count: int, cuts: list[int]) -> None:
    rows = rows_of(random.Random(seed), count)
    few: Any = patch.multiple(across, RESOURCES=16, _MOST_SPELT=2)
    with compiled(module), few:
        one_by_one = found(rows, range(count))
        assert found(rows, sorted(cut for cut in cuts if cut < count)) == one_by_one


def test_something_is_found() -> None:
    """So that the law says something."""
    codes = {
        problem.code
        for seed in range(40)
        for _, problems in found(rows_of(random.Random(seed), 400), ())
        for problem in problems
    }
    assert codes >= {"AT601", "AT602", "AT603", "AT604", "AT605", "AT606"}


def both(ask: Callable[[], Any]) -> Any:
    """What both the compiled functions and those in Python say."""
    with compiled(None):
        plain = ask()
    with compiled(_scan):
        assert ask() == plain
    return plain


@BUILT
@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 2.5, nan]), max_size=8), st.integers(1, 4), st.sampled_from([0.0, 1.0]))
def test_calm_times(found: list[float], most: int, within: float) -> None:
    wanted = found == sorted(found) and not any(map(isnan, found))
    assert both(lambda: times.calm(array("d", found))) == wanted
    both(lambda: times.calm(array("d", found), most, within))


@BUILT
@given(st.lists(st.tuples(st.floats(), st.integers(0, len(KINDS) - 1)), max_size=30))
def test_times_by_service(events: list[tuple[float, int]]) -> None:
    rows = Rows(array("d", [time for time, _ in events]), kinds=array("I", [kind for _, kind in events]), table=KINDS)
    parts = both(lambda: [(service, part.tobytes()) for service, part in times.by_service(rows).items()])
    assert [service for service, _ in parts] == [*dict.fromkeys(KINDS[kind][1] for _, kind in events)]
    assert sum(len(part) for _, part in parts) == 8 * len(events)


@BUILT
@given(st.lists(st.lists(st.integers(0, 60), max_size=20), max_size=40))
def test_a_table_that_takes_all_or_nothing(given: list[list[int]]) -> None:
    def added() -> list[bool]:
        kept = Window(2**12)
        return [kept.add_new(array("Q", digests)) for digests in given]

    both(added)


NAMED = st.tuples(st.integers(0, 40), st.sampled_from(["a", "a", "b", None]))


@BUILT
@given(st.lists(st.lists(NAMED, max_size=12), max_size=40))
def test_a_table_of_names_that_takes_all_or_nothing(given: list[list[tuple[int, str | None]]]) -> None:
    def added() -> list[bool | str]:
        kept = Names(16)
        tried = [
            kept.all_as_before(array("Q", [tail for tail, _ in names]), [head for _, head in names]) for names in given
        ]
        return [*tried, *(kept.first(tail, "?") for tail in range(41))]

    both(added)


@pytest.mark.parametrize("module", [pytest.param(_scan, marks=BUILT), None], ids=["compiled", "python"])
def test_a_name_is_known_under_its_first_head(module: ModuleType | None) -> None:
    with compiled(module):
        kept = Names(16)
        assert kept.all_as_before(array("Q", [1, 2, 0]), ["a", "b", None])
        assert not kept.all_as_before(array("Q", [3, 2]), ["a", "a"])
        assert [kept.first(tail, "c") for tail in (1, 2, 3)] == ["a", "b", "c"]


@BUILT
@pytest.mark.parametrize(
    ("found", "kinds", "groups", "count"),
    [([1.0], [], [0], 1), ([1.0], [1], [0], 1), ([1.0], [0], [1], 1), ([1.0], [0], [0], 2), ([1.0], [0], [0], -1)],
)
def test_what_does_not_go_together_is_refused(
    found: list[float], kinds: list[int], groups: list[int], count: int
) -> None:
    with pytest.raises(ValueError, match=r"together|than"):
        _scan.parted(array("d", found), array("I", kinds), array("I", groups), count)
    with pytest.raises(ValueError, match="do not go together"):
        _scan.all_as_before(array("Q", [0]), [None], bytearray(1), array("Q", [1]), [])
    with pytest.raises(ValueError, match="do not go together"):
        _scan.all_as_before(array("Q", [0]), [], bytearray(1), array("Q"), [])
    wrong: Any = [b"a"]
    with pytest.raises(TypeError, match="str or None"):
        _scan.all_as_before(array("Q", [0]), [None], bytearray(1), array("Q", [1]), wrong)
    with pytest.raises(ValueError, match="less than none"):
        _scan.calm(array("d", found), -1, 0.0)
