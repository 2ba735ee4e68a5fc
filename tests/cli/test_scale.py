from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlint.cli.check import command as check
from atlint.lint.examples import compliant

NOW = ("--isolated", "--now", "2026-01-31T00:00:00Z")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    broken = next(iter(compliant("at-2018")))
    broken["payload"]["outcome"] = "done"
    events = [*compliant("at-2018"), broken]
    path.write_text("".join(json.dumps(event) + "\n" for event in events) * 3, encoding="utf-8")
    return path


def test_timings_name_stages_and_rules_and_change_no_report(invoke: Callable[..., Any], log: Path) -> None:
    plain, timed = invoke(check, log, "-o", "json", *NOW), invoke(check, log, "-o", "json", "--timings", *NOW)
    assert timed.out == plain.out
    assert timed.code == plain.code == 1
    header, *rows = timed.err.splitlines()
    assert header.split()[0] == "stage"
    costs = {row.split()[0]: float(row.split()[1]) for row in rows}
    assert {"accept", "decode", "shape", "AT310"} <= set(costs)
    assert list(costs.values()) == sorted(costs.values(), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "0"), "--jobs takes a number from 1, not 0"),
        (("--jobs", "2", "--engine", "dask://127.0.0.1:1"), "choose one"),
        (("--engine", "ray://127.0.0.1:1"), "--engine takes dask://HOST:PORT"),
        (("--jobs", "2", "--piece", "0MB"), "0MB"),
    ],
)
def test_what_contradicts_itself_is_refused(
    invoke: Callable[..., Any], log: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = invoke(check, log, *arguments, *NOW)
    assert done.code == 2
    assert said in done.err
