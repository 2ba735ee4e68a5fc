from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.lint.needles import doubt

SOME = st.text("abé\U0001f680\x00", min_size=1, max_size=4)


@given(st.lists(SOME, max_size=8), st.text("abcé\U0001f680\x00", max_size=30))
def test_in_one_pass_they_are_found_where_they_stand(some: list[str], text: str) -> None:
    pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    assert doubt(some)(text) == any(needle in text for needle in some)


def test_of_a_text_that_utf_8_cannot_carry_nothing_is_denied() -> None:
    assert doubt(["a"])("b\udcff")


def test_by_hand_nothing_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlint.lint.native.scan", None)
    assert doubt(["a"])("b")


@pytest.mark.parametrize("wrong", [None, ("a",), ["a"], [None]])
def test_needles_are_a_list_of_bytes(wrong: Any) -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    with pytest.raises(TypeError):
        native.Needles(wrong)
    with pytest.raises(TypeError):
        native.Needles([b"a"]).may_stand_in(b"a")


def test_without_memory_there_is_an_exception() -> None:
    native = pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    hooks = pytest.importorskip("_testcapi")
    failed = 0
    for allocation in range(1, 20):
        try:
            hooks.set_nomemory(allocation, allocation + 1)
            native.Needles([b"abc", b"bcd"])
        except MemoryError:
            failed += 1
        finally:
            hooks.remove_mem_hooks()
    assert failed >= 4
    with pytest.raises(MemoryError):
        native.Needles([b"a" * 2**17])


def test_their_table_goes_with_them() -> None:
    pytest.importorskip("atlint.lint._scan", reason="the compiled half is not built")
    some = [f"{number}{'x' * 20}" for number in range(100)]
    tracemalloc.start()
    try:
        for _ in range(200):
            assert not doubt(some)("nothing")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 500_000
