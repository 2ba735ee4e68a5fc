"""A run that was broken off goes on where it was, and says what it would have said."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from atlint.lint.baseline import Baseline
from atlint.model import AtlintError, Severity
from atlint.report.check import Options
from atlint.report.checkpoint import opened
from atlint.report.spread import Crew
from atlint.rules.selection import Choice
from tests.report.test_spread import NOW, OPTIONS, PIECES, Counting, event, judged, written

PIECE = 2_000


@pytest.fixture
def folder(tmp_path: Path) -> str:
    place = tmp_path / "logs"
    place.mkdir()
    for name in ("a.log", "b.log"):
        (place / name).write_bytes(b"\n".join(PIECES * 3) + b"\n")
    return str(place)


@pytest.fixture
def kept(tmp_path: Path) -> str:
    return str(tmp_path / "kept")


def crew(checkpoint: str, most: int = 1_000_000) -> tuple[Counting, Crew]:
    executor = Counting(most)
    return executor, Crew(executor, 1, PIECE, checkpoint)


@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_done_is_not_done_again(folder: str, kept: str, options: Options) -> None:
    alone = judged(folder, options, None)
    first, shared = crew(kept)
    assert judged(folder, options, shared) == alone
    assert first.asked > 10
    again, shared = crew(kept)
    assert judged(folder, options, shared) == alone
    assert again.asked < first.asked / 2, "only pieces that begin within an event are begun in vain, as the first time"


@pytest.mark.parametrize("packed", [False, True])
def test_of_lines_that_are_an_event_each_nothing_is_done_again(kept: str, packed: bool) -> None:
    with written([[event(id=str(number)) for number in range(100)]], packed=packed) as folder:
        first, shared = crew(kept)
        alone = judged(folder, OPTIONS[0], shared)
        assert first.asked > 10
        again, shared = crew(kept)
        assert judged(folder, OPTIONS[0], shared) == alone
        assert again.asked == 0


@pytest.mark.parametrize("recording", [False, True])
def test_a_baseline_is_learnt_from_a_checkpoint(folder: str, kept: str, recording: bool) -> None:
    known = Baseline("b.json", recording=True)
    judged(folder, OPTIONS[0], None, known)
    some = {} if recording else {key: entry for index, (key, entry) in enumerate(known.known.items()) if index % 2}
    said = [
        judged(folder, OPTIONS[0], asked, Baseline("b.json", dict(some), recording))
        for asked in (None, crew(kept)[1], crew(kept)[1])
    ]
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("most", [1, 4, 9])
def test_a_run_that_was_broken_off_goes_on(folder: str, kept: str, most: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        judged(folder, OPTIONS[0], crew(kept, most)[1])
    whole, shared = crew(kept + "-whole")
    alone = judged(folder, OPTIONS[0], shared)
    rest, shared = crew(kept)
    assert judged(folder, OPTIONS[0], shared) == alone
    assert rest.asked <= whole.asked - max(most - 3, 0)


def test_the_rest_is_judged_as_of_the_hour_at_which_it_began(folder: str, kept: str) -> None:
    """Whether a time lies in the future must not depend on when a run went on."""
    long_ago = dataclasses.replace(OPTIONS[0], now=1_000_000_000.0)
    began = judged(folder, long_ago, None)
    assert began != judged(folder, OPTIONS[0], None)
    with pytest.raises(KeyboardInterrupt):
        judged(folder, long_ago, crew(kept, 5)[1])
    assert judged(folder, OPTIONS[0], crew(kept)[1]) == began


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_torn_end_is_cut_off(folder: str, kept: str, share: float) -> None:
    alone = judged(folder, OPTIONS[0], crew(kept)[1])
    in_vain, shared = crew(kept)
    assert judged(folder, OPTIONS[0], shared) == alone
    whole = Path(kept).read_bytes()
    head = whole.index(b"\n") + 1
    Path(kept).write_bytes(whole[: head + int((len(whole) - head) * share)])
    assert judged(folder, OPTIONS[0], crew(kept)[1]) == alone
    executor, shared = crew(kept)
    assert judged(folder, OPTIONS[0], shared) == alone
    assert executor.asked == in_vain.asked, "all that was torn off is there again"


def test_a_record_that_was_changed_is_not_believed(folder: str, kept: str) -> None:
    alone = judged(folder, OPTIONS[0], crew(kept)[1])
    raw = bytearray(Path(kept).read_bytes())
    raw[len(raw) // 2] ^= 1
    Path(kept).write_bytes(raw)
    executor, shared = crew(kept)
    assert judged(folder, OPTIONS[0], shared) == alone
    assert executor.asked > 0


class Evil:
    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.made),)


def test_nothing_of_a_record_is_executed(folder: str, kept: str, tmp_path: Path) -> None:
    alone = judged(folder, OPTIONS[0], crew(kept)[1])
    head = Path(kept).read_bytes().partition(b"\n")[0] + b"\n"
    packed = zlib.compress(pickle.dumps(("x", Evil(tmp_path / "made"))))
    digest = hashlib.blake2b(packed, digest_size=16).digest()
    Path(kept).write_bytes(head + struct.pack("<Q16s", len(packed), digest) + packed)
    assert judged(folder, OPTIONS[0], crew(kept)[1]) == alone
    assert not (tmp_path / "made").exists()


def test_a_log_that_was_changed_is_judged_anew(folder: str, kept: str) -> None:
    judged(folder, OPTIONS[0], crew(kept)[1])
    with Path(folder, "b.log").open("ab") as log:
        log.write(b"{\n")
    executor, shared = crew(kept)
    assert judged(folder, OPTIONS[0], shared) == judged(folder, OPTIONS[0], None)
    whole = crew(kept + "-whole")
    judged(folder, OPTIONS[0], whole[1])
    assert 0 < executor.asked < whole[0].asked


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(OPTIONS[0], choice=Choice(ignore=("AT104",))),
        dataclasses.replace(OPTIONS[0], edition="at-2020"),
        dataclasses.replace(OPTIONS[0], show_values=True),
        dataclasses.replace(OPTIONS[0], fail_on=Severity.WARNING),
        OPTIONS[4],
    ],
)
def test_a_checkpoint_of_another_run_is_refused(folder: str, kept: str, other: Options) -> None:
    judged(folder, OPTIONS[0], crew(kept)[1])
    before = Path(kept).read_bytes()
    with pytest.raises(AtlintError, match="of another run"):
        judged(folder, other, crew(kept)[1])
    with pytest.raises(AtlintError, match="of another run"):
        judged(folder, OPTIONS[0], crew(kept)[1], Baseline("b.json", recording=True))
    assert Path(kept).read_bytes() == before


@pytest.mark.parametrize("raw", [b"no", b"{}\n", b"[1]\n", b"\x00" * 10_000, b'{"run":1}\n'])
def test_another_file_is_left_alone(folder: str, kept: str, raw: bytes) -> None:
    Path(kept).write_bytes(raw)
    with pytest.raises(AtlintError, match="no checkpoint; nothing was written"):
        judged(folder, OPTIONS[0], crew(kept)[1])
    assert Path(kept).read_bytes() == raw


def test_two_runs_do_not_share_a_file(folder: str, kept: str) -> None:
    with opened(kept, "x", NOW), pytest.raises(AtlintError, match="another run keeps its parts"):
        judged(folder, OPTIONS[0], crew(kept)[1])


def test_no_special_file_is_taken(folder: str, kept: str) -> None:
    os.mkfifo(kept)
    with pytest.raises(AtlintError, match="not a file"):
        judged(folder, OPTIONS[0], crew(kept)[1])
    with pytest.raises(AtlintError, match="Is a directory"):
        judged(folder, OPTIONS[0], crew(folder)[1])


def test_it_is_for_its_owner_alone(folder: str, kept: str) -> None:
    """It holds what rules ask of events, as the log has it."""
    judged(folder, OPTIONS[0], crew(kept)[1])
    assert Path(kept).stat().st_mode & 0o777 == 0o600
