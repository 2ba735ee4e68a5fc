"""The report is the same to the byte, whoever shares the work and however small the pieces are."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import pickle
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlint.lint import engine, source, stitch
from atlint.lint.baseline import Baseline
from atlint.lint.examples import compliant
from atlint.lint.source import find
from atlint.lint.suppress import Entry
from atlint.model import AtlintError, Report
from atlint.plan import EDITIONS
from atlint.report import collect, merge, part, timeline
from atlint.report.check import Options, check_sources
from atlint.report.formats import renderer
from atlint.report.rule_page import cards
from atlint.report.spread import Crew
from atlint.rules.selection import Choice
from atlint.workers.local import processes

NOW = 1769817600.0


class Inline(Executor):
    """Does the work at once and in this process; what goes in and comes out goes through pickle all the same."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(pickle.loads(pickle.dumps(fn(*pickle.loads(pickle.dumps(args)), **kwargs))))  # noqa: S301
        except AtlintError as error:
            future.set_exception(error)
        return future


class Counting(Inline):
    """Counts what it is asked for, and fails when it was asked for so much."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.asked = 0
        self.most = most

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked += 1
        if self.asked > self.most:
            raise KeyboardInterrupt
        return super().submit(fn, *args, **kwargs)


def event(edition: str = "at-2018", which: int = 0, **members: Any) -> bytes:
    value = list(compliant(edition))[which]
    record = value.get("payload", value)
    record.update(members)
    return json.dumps(value, ensure_ascii=False).encode()


def pretty(edition: str = "at-2018", indent: int = 1) -> bytes:
    return json.dumps(json.loads(event(edition)), indent=indent).encode()


PIECES = [
    event(),
    event(eventTime="2018-11-29T08:14:52.07+0000", id="1"),
    event(eventTime="2018-11-28T08:14:52.07+0000", id="2"),
    event(eventTime="2018-11-29T09:14:52.07+0000", id="3", outcome="done"),
    event(action="cloud.thing.eaten", id="4"),
    event(action="kms.secrets.\ud800x".encode("utf-8", "replace").decode(), id="5"),
    event(id="0badcafe-0001-8000-8000-000000000001"),
    event(id="0badcafe-0002-8000-8000-000000000002"),
    *(event(edition) for edition in EDITIONS[1:]),
    event("at-2020", outcome="Unknown!"),
    b'{"payload":{"action":"a\\ud800b"}}',
    event()[:200],
    event()[200:],
    pretty(),
    pretty(indent=0),
    pretty()[:-3],
    b'{"a": [\n{"b": 1}\n' + event() + b"\n]}",
    b'[\n{"a": 1},\n{"a": 1}\n]',
    b'{"payload": [\n{"action": "x.y.z"}\n]}',
    b"{",
    b"}",
    b"",
    b"  \t",
    b"\xef\xbb\xbf" + event(id="6"),
    event(id="7") + b"\r",
    b"\xff\xfe{",
    (event().decode() + "\n").encode("utf-16"),
    b"\x1f\x8b\x08\n\n" + event(),
    event(id="8") + b"\r" + event(id="9"),
    b'{"x":"' + b"y" * 5000 + b'"}',
    b"not json at all",
]
LOGS = st.lists(st.lists(st.sampled_from(PIECES), max_size=12), min_size=1, max_size=3)
OPTIONS = [
    Options(now=NOW),
    Options(now=NOW, edition="auto", choice=Choice(extend_select=("ALL",))),
    Options(now=NOW, choice=Choice(ignore=("AT012", "AT009", "AT6"))),
    Options(now=NOW, choice=Choice(select=("AT6", "AT0", "AT1"), severity={"AT602": "error"}), show_values=True),
    Options(
        now=NOW,
        entries=(
            Entry("known", rule="AT602"),
            Entry("known", rule="AT1", path="*0.log"),
            Entry("gone", rule="AT103", until=dt.date(2020, 1, 1)),
            Entry("never", rule="AT310"),
        ),
    ),
]


def rendered(report: Report) -> str:
    return "".join(renderer("json")(report, rules=cards(report.edition), color=False, quiet=False))


@contextmanager
def written(logs: list[list[bytes]], *, ended: bool = True, packed: bool = False) -> Iterator[str]:
    """A folder of logs, `packed` ones being read by a few bytes at a time."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as at:
        for index, pieces in enumerate(logs):
            raw = b"\n".join(pieces) + (b"\n" if ended else b"")
            path = Path(folder, f"{index}.log.gz" if packed else f"{index}.log")
            path.write_bytes(gzip.compress(raw, 1) if packed else raw)
        if packed:
            at.setattr(source, "_LEAST", 500)
            at.setattr(source, "MOST_BYTES", 500)
        yield folder


def judged(folder: str, options: Options, crew: Crew | None, baseline: Baseline | None = None) -> str:
    report = check_sources(find((folder,)), options, baseline=baseline, crew=crew)
    kept = "" if baseline is None else "".join(baseline.text()) + "".join(baseline.tightened().text())
    return rendered(report) + kept


@settings(max_examples=60)
@given(LOGS, st.sampled_from(OPTIONS), st.booleans(), st.booleans(), st.sampled_from([1, 2, 7]), st.integers(1, 6000))
def test_any_crew_gives_the_report_of_one_process(
    logs: list[list[bytes]], options: Options, ended: bool, packed: bool, workers: int, size: int
) -> None:
    with written(logs, ended=ended, packed=packed) as folder:
        assert judged(folder, options, Crew(Inline(), workers, size)) == judged(folder, options, None)


@settings(max_examples=20)
@given(LOGS, st.integers(1, 3000), st.booleans())
def test_baselines_are_written_and_kept_alike(logs: list[list[bytes]], size: int, recording: bool) -> None:
    with written(logs) as folder:
        known = Baseline("b.json", recording=True)
        judged(folder, OPTIONS[0], None, known)
        some = {key: entry for index, (key, entry) in enumerate(known.known.items()) if index % 2}

        def fresh() -> Baseline:
            return Baseline("b.json", recording=True) if recording else Baseline("b.json", dict(some))

        crew = Crew(Inline(), 2, size)
        assert judged(folder, OPTIONS[0], crew, fresh()) == judged(folder, OPTIONS[0], None, fresh())


@settings(max_examples=40)
@given(LOGS, st.integers(1, 3000), st.integers(2, 12), st.booleans())
def test_bounds_of_what_is_kept_fall_on_the_same_findings(
    logs: list[list[bytes]], size: int, most: int, packed: bool
) -> None:
    """Groups, actions, minutes and examples beyond a bound are left out alike; so are bytes of a long line."""
    bounds = {
        collect: ("MOST_GROUPS", "MOST_EXAMPLES"),
        merge: ("MOST_GROUPS", "MOST_EXAMPLES"),
        part: ("MOST_GROUPS", "MOST_ACTIONS", "MOST_MINUTES", "_MOST_EVENTS"),
        engine: ("MOST_ACTIONS",),
        timeline: ("MOST_MINUTES",),
        stitch: ("_MOST_HELD",),
    }
    with written(logs, packed=packed) as folder, pytest.MonkeyPatch.context() as at:
        for module, names in bounds.items():
            for name in names:
                at.setattr(module, name, most)
        at.setattr(source, "LONGEST", 2000)
        assert judged(folder, OPTIONS[1], Crew(Inline(), 2, size)) == judged(folder, OPTIONS[1], None)


@pytest.mark.parametrize("packed", [False, True])
def test_lines_of_one_event_are_stitched_over_the_ends_of_pieces(packed: bool) -> None:
    with written([[pretty()] * 5], packed=packed) as folder:
        alone = judged(folder, OPTIONS[0], None)
        assert json.loads(alone)["summary"]["by_rule"]["AT012"] == 5
        for size in range(1, 400, 13):
            assert judged(folder, OPTIONS[0], Crew(Inline(), 2, size)) == alone


def test_progress_is_told_once_the_workers_are_begun_and_of_small_pieces_first() -> None:
    told: list[int] = []
    with written([[event()] * 400]) as folder:
        (source,) = find((folder,))
        check_sources((source,), OPTIONS[0], told.append, crew=Crew(Inline(), 2, 80_000))
    assert told == sorted(told)
    assert told[0] == 0
    assert 10_000 <= told[1] <= 10_000 + len(event()) + 1
    assert 70_000 <= told[4] <= 70_000 + 80_000 + 4 * (len(event()) + 1)
    assert told[-1] == source.size


@pytest.mark.parametrize("packed", [False, True])
def test_the_work_on_one_file_is_shared(packed: bool) -> None:
    with written([[event()] * 50], packed=packed) as folder:
        executor = Counting()
        judged(folder, OPTIONS[0], Crew(executor, 2, 3_000))
        assert executor.asked > 10
        without = Counting()
        judged(folder, OPTIONS[0], Crew(without, 2, 3_000, held=0))
        assert (without.asked < 3) is packed


@pytest.mark.parametrize(
    "line",
    [b'{"x":"' + b"y" * 50_000, event() + b"\n" + b"z" * 60_000, b"\x1f\x8b\x08" + b"\n" * 9_000],
    ids=["a long line", "one without an end", "no text"],
)
def test_what_has_no_lines_is_judged_by_one_process(line: bytes) -> None:
    logs = [[event(), line, event()], [line, event()]]
    with written(logs, packed=True) as folder:
        crew = Crew(Inline(), 2, 1_000)
        assert any(piece.held is None for piece in crew.pieces(tuple(find((folder,)))))
        assert judged(folder, OPTIONS[0], crew) == judged(folder, OPTIONS[0], None)


def test_a_compressed_file_that_breaks_off_is_told_as_by_one_process() -> None:
    with written([[event()] * 50]) as folder:
        path = Path(folder, "1.log.gz")
        path.write_bytes(gzip.compress(Path(folder, "0.log").read_bytes())[:-20])
        for crew in (None, Crew(Inline(), 2, 500)):
            with pytest.raises(AtlintError, match=r"1\.log\.gz: cannot be read to its end"):
                judged(folder, OPTIONS[0], crew)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_real_processes_give_the_same(workers: int, packed: bool) -> None:
    with written([PIECES * 4, PIECES], packed=packed) as folder, processes(workers, ["atlint.report.part"]) as executor:
        crew = Crew(executor, workers, 8000)
        for options in OPTIONS[:2]:
            assert judged(folder, options, crew) == judged(folder, options, None)


def test_a_worker_may_be_heard_of_when_the_executor_has_forgotten_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlint.workers.local._Workers._watch", lambda _self: None)
    with processes(1) as executor:
        assert executor.submit(len, "ab").result(timeout=60) == 2
    executor.end()  # as the thread does that waits for a worker, a moment late


@pytest.mark.parametrize("deadly", ["_die", "_die_saying"])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_is_killed_ends_the_run_with_a_message(deadly: str, workers: int) -> None:
    def run(folder: str) -> None:
        with processes(workers, ["atlint.report.part"]) as executor:
            last = executor.submit(globals()[deadly])
            check_sources(find((folder,)), OPTIONS[0], crew=Crew(executor, workers, 500))
            last.result(timeout=60)

    with written([PIECES]) as folder, pytest.raises(AtlintError, match="a worker process ended before its work did"):
        run(folder)


def _die() -> None:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def _die_saying() -> bytes:
    """Be killed when half of the answer is sent, while no other worker can send any."""
    import os
    from multiprocessing.connection import Connection

    def half(self: Connection, message: bytes) -> None:
        os.write(self.fileno(), message[: len(message) // 2])
        _die()

    Connection._send = half  # type: ignore[attr-defined]
    return b"x" * 10_000


def test_a_file_that_is_gone_is_told_as_by_one_process() -> None:
    with written([PIECES]) as folder:
        sources = tuple(find((folder,)))
        Path(folder, "0.log").unlink()
        for crew in (None, Crew(Inline(), 2, 500)):
            with pytest.raises(AtlintError, match=r"0\.log: No such file"):
                check_sources(sources, OPTIONS[0], crew=crew)


def test_standard_input_is_read_by_one_process() -> None:
    with written([PIECES]) as folder, patch("sys.stdin") as stdin, Path(folder, "0.log").open("rb") as stdin.buffer:
        report = check_sources(find(("-",)), OPTIONS[0], crew=Crew(Inline(), 2, 500))
        assert report.summary["lines"] == Path(folder, "0.log").read_bytes().count(b"\n")
