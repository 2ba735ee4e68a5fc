"""No planted secret and no sensitive value is in anything that any command puts out at default settings."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlint.cli import COMMANDS as ALL
from tests.hostile.commands import COMMANDS, put_out
from tests.hostile.planted import CREDENTIALS, world

#: these print nothing of a file: they are asked by name, or serve until they are ended, which tests of their own hold
APART = {"explain", "demo", "sink", "server", "web"}
some = settings(max_examples=max(settings.default.max_examples // 5, 1))


@pytest.mark.parametrize("name", COMMANDS)
@some
@given(seed=st.integers(0, 2**32))
def test_nothing_that_is_planted_is_put_out(name: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = world(Path(folder), seed)
        done = put_out(name, made.folder, token=made.token)
        for where, text in done.everything:
            assert not list(made.leaks(text)), where


@some
@given(seed=st.integers(0, 2**32))
def test_who_asks_for_values_sees_them_and_still_no_credential(seed: int) -> None:
    """That the former are seen also proves that the search finds what is shown."""
    with tempfile.TemporaryDirectory() as folder:
        made = world(Path(folder), seed)
        done = put_out("check", made.folder, "--show-values")
        shown = [told for _, text in done.everything for told in made.leaks(text)]
        assert shown
        assert not [told for told in shown if any(f": {how}: " in told for how in CREDENTIALS)]


def test_every_command_is_looked_at() -> None:
    assert {line.split()[0] for line in COMMANDS.values()} == {*ALL} - APART
