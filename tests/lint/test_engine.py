from __future__ import annotations

import gzip
import io
import itertools
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.source import LONGEST, Source, find, from_bytes, is_log, lines
from atlint.model import AtlintError
from atlint.rules.across import RULES
from atlint.rules.draft import Draft
from atlint.rules.selection import everything

EVERYTHING = everything("at-2018")
#: without what events say together
CODES = {rule.code for rule in RULES}
PLAN = replace(EVERYTHING, levels={code: cases for code, cases in EVERYTHING.levels.items() if code not in CODES})
JUDGE = Judge(PLAN, 1769817600.0)
GOOD = [Draft(PLAN, event).line() for event in compliant("at-2018")]


def judged(raw: bytes) -> tuple[Tally, list[tuple[int, list[str]]]]:
    tally = Tally()
    found = run([JUDGE], lambda _line: JUDGE, from_bytes(raw), tally)
    return tally, [(e.line.number, [p.code for p in e.problems]) for e in found]


@pytest.mark.parametrize(
    ("pieces", "counts", "found"),
    [
        ([GOOD[0], GOOD[1]], (2, 2, 0, 0, 2), []),
        ([GOOD[0], b"", b" \t", GOOD[1]], (4, 2, 2, 0, 2), [(2, ["AT011"]), (3, ["AT011"])]),
        ([b"{", GOOD[0]], (2, 1, 0, 1, 1), [(1, ["AT003"])]),
        ([b"nonsense", GOOD[0], b"[]"], (3, 1, 0, 2, 1), [(1, ["AT003"]), (3, ["AT004"])]),
        ([b"{", b' "a": 1,', b' "b": {"c": [2]}', b"}", GOOD[0]], (5, 1, 0, 4, 1), [(1, ["AT012"])]),
        ([b"{", b"", b' "a": "}"', b"}"], (4, 0, 1, 3, 0), [(1, ["AT012"])]),
        ([b"{'a': '{ [', 'b': [1]}", b"{'a': ']}'}"], (2, 0, 0, 2, 0), [(1, ["AT003"]), (2, ["AT003"])]),
        ([b"{'a': 'say \"{'}", b"{'a': \"it's }\"}", b"{'a': 'it\\'s \"}'}"], (3, 0, 0, 3, 0),
         [(1, ["AT003"]), (2, ["AT003"]), (3, ["AT003"])]),
        ([b"{'a': {'b': 1},", b" 'c': [2, 3]}"], (2, 0, 0, 2, 0), [(1, ["AT012"])]),
        ([b'{"a": [', GOOD[0], b"]}"], (3, 1, 0, 2, 1), [(1, ["AT003"]), (3, ["AT003"])]),
        ([GOOD[0][:200] + GOOD[1]], (1, 0, 0, 1, 0), [(1, ["AT013"])]),
        ([GOOD[0] + GOOD[1]], (1, 0, 0, 1, 0), [(1, ["AT013"])]),
        ([GOOD[0][200:] + GOOD[1]], (1, 0, 0, 1, 0), [(1, ["AT013"])]),
        ([b"Nov 29 08:14:52 node at: " + GOOD[0]], (1, 0, 0, 1, 0), [(1, ["AT003"])]),
        ([GOOD[0] + b"\r"], (1, 1, 0, 0, 0), [(1, ["AT010"])]),
    ],
)  # fmt: skip
def test_one_bad_line_never_hides_the_next(
    pieces: list[bytes], counts: tuple[int, ...], found: list[tuple[int, list[str]]]
) -> None:
    tally, explained = judged(b"".join(piece + b"\n" for piece in pieces))
    assert (tally.lines, tally.events, tally.blank, tally.unreadable, tally.clean) == counts
    assert tally.lines == tally.events + tally.blank + tally.unreadable
    assert explained == found


def test_the_last_line_without_a_line_feed() -> None:
    tally, explained = judged(GOOD[0] + b"\n" + GOOD[1])
    assert explained == [(2, ["AT009"])]
    assert (tally.events, tally.clean) == (2, 1)


def test_carriage_returns_alone_are_one_fault() -> None:
    _, explained = judged(GOOD[0] + b"\r" + GOOD[1] + b"\r")
    assert explained[0][1][0] == "AT010"


def test_an_endless_line_is_cut_and_counted() -> None:
    tally, explained = judged(b'{"a":"' + b"x" * (LONGEST + 5_000_000) + b'"}\n' + GOOD[0] + b"\n")
    assert explained == [(1, ["AT008"])]
    assert (tally.lines, tally.events, tally.unreadable) == (2, 1, 1)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a.log", True),
        ("a.log.1", True),
        ("a.log.2018-11-29.gz", True),
        ("a.jsonl", True),
        ("a.ndjson.zst", True),
        ("a.json", False),
        ("alog", False),
        ("a.LOG", False),
        ("a.txt", False),
    ],
)
def test_a_folder_gives_its_logs(name: str, wanted: bool) -> None:
    assert is_log(name) is wanted


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b/z.log", "b/a.log", "a.log", "c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(GOOD[0] + b"\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = [os.path.relpath(source.path, tmp_path) for source in find((str(tmp_path),))]
    assert found == ["a.log", "b/a.log", "b/z.log"]


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(GOOD[0] + b"\n" + GOOD[1] + b"\n"))
    assert [line.raw for line in lines(Source(str(path)))] == GOOD[:2]


def test_standard_input_has_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD[0] + b"\n")))
    (line,) = lines(next(iter(find(("-",)))))
    assert (line.path, line.raw) == ("-", GOOD[0])


@pytest.mark.parametrize("make", ["missing", "fifo", "truncated"])
def test_what_cannot_be_read_is_said(make: str, tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    if make == "fifo":
        os.mkfifo(path)
    elif make == "truncated":
        path.write_bytes(gzip.compress(GOOD[0] * 50)[:-20])
    with pytest.raises(AtlintError, match=str(path)):
        list(itertools.chain.from_iterable(map(lines, find((str(path),)))))
