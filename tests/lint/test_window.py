from __future__ import annotations

import random
import tracemalloc

import pytest

from atlint.lint.window import Window


def test_what_was_added_is_known_from_then_on() -> None:
    window, draw = Window(2**16), random.Random(1)
    digests = [0, 1, 2**64 - 1, *(draw.getrandbits(64) for _ in range(10_000))]
    assert not any(window.add(digest) for digest in digests[1:])
    assert window.add(0), "zero shares its place with one: nothing is lost but a digest in 2**64"
    assert all(window.add(digest) for digest in digests)


@pytest.mark.parametrize("gap", [1, 1_000, 13_000])
def test_repeats_within_a_fifth_of_it_are_found(gap: int) -> None:
    window, draw = Window(2**16), random.Random(gap)
    digests = [draw.getrandbits(64) for _ in range(300_000)]
    for digest in digests[:-gap]:
        window.add(digest)
    wanted = digests[-gap:]
    for digest in wanted:
        assert not window.add(digest)
    assert sum(map(window.add, wanted)) >= gap * 0.999


def test_memory_is_bounded() -> None:
    draw = random.Random(3)
    tracemalloc.start()
    window = Window(2**14)
    for _ in range(100_000):
        window.add(draw.getrandbits(64))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2**14 * 10
