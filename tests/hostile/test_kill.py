"""SIGKILL at points spread over the life of each command that writes: no half file, nothing acknowledged lost."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from atlint.lint import baseline
from atlint.load.store import arrivals
from atlint.load.verify import verify

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parent.parent.parent
#: shares of a whole run's time at which it is killed
POINTS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
LINES = 3_000


def start(place: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "atlint", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def killed(
    place: Path, begin: Callable[[], object], *arguments: str, points: Sequence[float] = POINTS
) -> Iterator[bool]:
    """Run once to its end, then again and again to be killed; whether it was still alive then.

    That its output ends then says that no process which it began outlives it.
    """
    begin()
    before = time.monotonic()
    start(place, *arguments).communicate(timeout=120)
    whole = time.monotonic() - before
    for point in points:
        begin()
        process = start(place, *arguments)
        try:
            process.communicate(timeout=whole * point)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        yield process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def faulty() -> bytes:
    made = subprocess.run(
        [sys.executable, "-m", "atlint", "generate", "--count", str(LINES), "--now", "2026-01-01T00:00:00Z"],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    ).stdout
    return re.sub(rb'"outcome": ?"success"', b'"outcome":"Success"', made)


def test_fix_leaves_the_old_file_or_the_new_one(tmp_path: Path, faulty: bytes) -> None:
    log = tmp_path / "a.log"
    assert b'"Success"' in faulty
    log.write_bytes(faulty)
    start(tmp_path, "check", "--isolated", "--quiet", "--fix", "a.log").communicate(timeout=120)
    mended = log.read_bytes()
    assert mended != faulty
    deaths = 0
    for dead in killed(tmp_path, lambda: log.write_bytes(faulty), "check", "--isolated", "--quiet", "--fix", "a.log"):
        deaths += dead
        assert log.read_bytes() in {faulty, mended}
    assert deaths
    left = {path.name for path in tmp_path.iterdir()} - {"a.log"}
    assert all(re.fullmatch(r"\.atlint-\w+\.tmp", name) for name in left), "no name that is read as a log"


def test_a_baseline_is_the_old_one_or_the_new_one(tmp_path: Path, faulty: bytes) -> None:
    (tmp_path / "a.log").write_bytes(faulty)
    file, old = tmp_path / "b.json", "".join(baseline.Baseline("b").text())
    deaths = 0
    for dead in killed(
        tmp_path, lambda: file.write_text(old), "check", "--isolated", "--quiet", "--write-baseline", "b.json", "a.log"
    ):
        deaths += dead
        assert file.read_text() == old or baseline.load(file).known
    assert deaths


def test_a_check_that_was_killed_goes_on_where_it_was(tmp_path: Path, faulty: bytes) -> None:
    (tmp_path / "a.log").write_bytes(faulty)
    report, kept = tmp_path / "r.json", tmp_path / "kept"
    command = ["check", "--isolated", "--quiet", "--output", "json:r.json", "--jobs", "2", "--piece", "100KB", "a.log"]
    start(tmp_path, *command).communicate(timeout=120)
    whole, deaths, records = report.read_bytes(), 0, set()
    begin, kept_too = lambda: kept.unlink(missing_ok=True), ("--checkpoint", "kept")
    for dead in killed(tmp_path, begin, *command, *kept_too, points=(0.5, 0.7, 0.8, 0.9)):
        deaths += dead
        records.add(kept.stat().st_size if kept.exists() else 0)
        report.unlink(missing_ok=True)
        start(tmp_path, *command, *kept_too).communicate(timeout=120)
        assert report.read_bytes() == whole
    assert deaths
    assert len(records) > 2, "it died with more and less of it done"


def test_what_load_wrote_before_it_was_killed_is_accounted_for(tmp_path: Path) -> None:
    folders = iter(range(100))
    now = ["", ""]

    def begin() -> None:
        now[:] = (f"logs{(number := next(folders))}", f"m{number}.jsonl")

    command = ["--rate", "500", "--duration", "2s", "--pods", "2", "--rotate", "100KB"]
    for share in (0.5, 0.9, 1.3, 1.8, 2.4):
        begin()
        process = start(tmp_path, "load", now[0], *command, "--manifest", now[1])
        try:
            process.communicate(timeout=share)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        if not (tmp_path / now[1]).exists():
            continue  # it was killed before it began
        report = verify([tmp_path / now[1]], [tmp_path / now[0]])
        said = report.summary
        assert said["delivered"] == said["sent"], said
        assert not any(said[name] for name in ("lost", "truncated", "corrupted", "misrouted", "foreign")), said


def test_what_a_sink_acknowledged_is_in_its_store(tmp_path: Path) -> None:
    acknowledged = []
    for count in (1, 7, 40):
        process = start(tmp_path, "sink", "--listen", "127.0.0.1:0", "--store", "store.jsonl")
        assert process.stdout is not None
        found = re.search(rb":(\d+)", process.stdout.readline())
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        for number in range(count):
            event = json.dumps({"id": f"{count}-{number}"})
            connection.request("POST", "/", event)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            acknowledged.append(event.encode())
        connection.request("POST", "/", json.dumps({"id": "on its way"}))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        connection.close()
    kept = [arrival.raw for arrival in arrivals(tmp_path / "store.jsonl")]
    assert set(acknowledged) <= set(kept)
    assert set(kept) - set(acknowledged) <= {b'{"id": "on its way"}'}
