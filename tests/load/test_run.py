import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from atlint.load import metrics, scenarios, schedule
from atlint.load.identity import decode
from atlint.load.live import live
from atlint.load.manifest import STOPPED, Manifest, records
from atlint.load.rotation import Method, Rotation
from atlint.load.run import Progress, load, stopping
from atlint.load.supply import Here
from atlint.load.verify import verify
from atlint.load.writer import Writer
from atlint.model import AtlintError, Verdict
from atlint.report.formats import renderer

KEYS = ["offered", "written", "late", "bytes", "files", "rate", "seconds"]


def test_the_account_of_a_run(harness: Any) -> None:
    report = harness.load(rate=2000, duration=0.2, pods=3)
    assert list(report.summary) == KEYS
    assert report.summary["offered"] == report.summary["written"] == 400
    assert report.summary["files"] == 3
    assert report.summary["bytes"] == sum(len(line) + 1 for line in harness.lines())
    assert report.summary["rate"] == pytest.approx(2000, rel=0.05)
    assert report.verdict is Verdict.PASS
    assert set(report.extra["lateness_seconds"]) == {"p50", "p99", "max"}


def test_the_manifest_tells_each_line(harness: Any) -> None:
    harness.load(rate=2000, duration=0.1, pods=3)
    (header,) = harness.records("header")
    assert header.items() >= {"edition": "at-2018", "seed": 1, "plan": "91a7", "schedule": "constant"}.items()
    events = harness.records("event")
    assert sorted(each["seq"] for each in events) == list(range(200))
    for each in events:
        line = (harness.logs / each["file"]).read_bytes().splitlines(keepends=True)[each["line"] - 1]
        named = decode(json.loads(line)["payload"]["id"])
        assert named is not None
        assert named == (header["run"], int(named.file), each["seq"])
        assert header["files"][f"{named.file:04x}"] == each["file"]
        assert len(line) == each["bytes"]
        assert each["written"] >= each["intended"]
        assert each["rule"] is None
    for each in harness.records("file"):
        assert (harness.logs / each["file"]).stat().st_size == each["bytes"]
    (end,) = harness.records("end")
    assert end["stopped"] is None
    assert [record["kind"] for record in records(harness.manifest)][-1] == "end"


@pytest.mark.parametrize("method", list(Method))
def test_rotation_while_it_runs(harness: Any, method: Method) -> None:
    report = harness.load(rate=3000, duration=0.2, pods=2, rotation=Rotation(size=9000, method=method))
    assert report.summary["files"] == len(list(harness.logs.rglob("*.log*"))) > 6
    assert len(harness.lines()) == 600
    for each in harness.records("file"):
        content = (harness.logs / each["file"]).read_bytes()
        assert len(content) == each["bytes"] <= 9000
        assert content.endswith(b"\n")
    assert verify([harness.manifest], [harness.logs]).verdict is Verdict.PASS


def test_shards_make_one_run(harness: Any, small: Any, tmp_path: Path) -> None:
    whole = schedule.constant(1000, 0.1)
    base = harness.run()
    manifests = []
    for shard in (1, 2, 3):
        run = type(base)(base.version, base.plan, base.edition, base.seed, base.now, shard, 3)
        assert run.id == base.id
        writer = Writer(harness.logs, (f"svc/{shard}.log",), first=shard - 1)
        manifests.append(tmp_path / f"{shard}.jsonl")
        load(Here(small), whole, writer, Manifest(manifests[-1]), run=run)
    report = verify(manifests, [harness.logs])
    assert report.verdict is Verdict.PASS
    assert report.summary["sent"] == 100
    together = tmp_path / "together"
    together.write_bytes(b"".join(path.read_bytes() for path in manifests))
    assert verify([together], [harness.logs]).summary == report.summary
    with pytest.raises(AtlintError, match="one event twice"):
        verify([together, manifests[0]], [harness.logs])


def test_progress_and_live_view(harness: Any) -> None:
    from io import StringIO

    from rich.console import Console

    seen: list[Progress] = []
    console = Console(file=StringIO(), force_terminal=True, width=200)
    with live(console) as show:
        harness.load(rate=500, duration=0.6, progress=lambda progress: (seen.append(progress), show(progress)))
    assert len(seen) >= 2
    assert seen[-1].offered == seen[-1].total == 300
    assert [each.written for each in seen] == sorted(each.written for each in seen)
    assert "offered 300 of 300" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_metrics_in_a_text_file(harness: Any, tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    target = tmp_path / "atlint.prom"
    with metrics.metrics(str(target), "0badcafe") as show:
        harness.load(rate=500, duration=0.1, progress=show)
    assert 'atlint_load_written_events{run="0badcafe"} 50.0' in target.read_text()


def test_metrics_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(AtlintError, match=r"atlint\[metrics\]"), metrics.metrics(":0", "0badcafe"):
        pass


def test_metrics_that_cannot_be_written(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    with pytest.raises(AtlintError, match="metrics"), metrics.metrics(str(tmp_path / "no/where"), "0badcafe"):
        pass


def logs(harness: Any) -> list[Path]:
    return [path for path in harness.logs.rglob("*") if path.is_file()]


def test_a_stop_ends_on_a_whole_line_with_a_whole_manifest(harness: Any) -> None:
    report = harness.load(rate=1000, duration=60, stop=lambda: any(path.stat().st_size for path in logs(harness)))
    (end,) = harness.records("end")
    assert end["stopped"] == STOPPED
    assert 0 < report.summary["written"] == len(harness.lines()) < 60_000
    assert report.summary["offered"] < 60_000
    verified = verify([harness.manifest], [harness.logs])
    assert verified.verdict is Verdict.PASS
    assert "broken_off" not in verified.extra


def test_signals_ask_to_stop_and_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGTERM)
        assert stop()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_failing_file_leaves_the_manifest_intact(harness: Any) -> None:
    room = [20_000]

    def full(fd: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        done = os.write(fd, data[: room[0]])
        room[0] -= done
        return done

    writer = Writer(harness.logs, ("svc/a.log",), _write=full)
    with pytest.raises(AtlintError, match="No space left"):
        harness.load(rate=5000, duration=1, writer=writer)
    (end,) = harness.records("end")
    assert "No space left" in end["stopped"]
    assert end["written"] == len(harness.lines()) == len(harness.records("event"))
    report = verify([harness.manifest], [harness.logs])
    assert report.verdict is Verdict.PASS
    assert "notes" not in report.extra
    (said,) = report.extra["broken_off"]
    assert f"after {end['written']:,} of 5,000 events" in said
    assert "the load was broken off" in "".join(renderer("text")(report, rules={}))


def test_a_manifest_is_never_overwritten(harness: Any) -> None:
    harness.manifest.write_text("somebody's truth\n")
    with pytest.raises(AtlintError, match="manifest"):
        harness.load()
    assert harness.manifest.read_text() == "somebody's truth\n"


def test_a_full_disk_under_the_manifest(harness: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.write

    def full(fd: int, data: bytes) -> int:
        if Path(f"/proc/self/fd/{fd}").readlink() == harness.manifest:
            size = os.fstat(fd).st_size
            if size >= 9000:
                raise OSError(28, "No space left on device")
            return plain(fd, data[: 9000 - size])
        return plain(fd, data)

    monkeypatch.setattr("atlint.load.manifest.os.write", full)
    with pytest.raises(AtlintError, match="manifest"):
        harness.load(rate=5000, duration=1)
    monkeypatch.undo()
    assert harness.manifest.read_bytes().endswith(b"\n")
    report = verify([harness.manifest], [harness.logs])
    assert report.summary["sent"] == report.summary["delivered"]
    assert report.verdict is Verdict.PASS
    assert "has no end" in report.extra["notes"][0]


CHILD = """
import sys
sys.path[:0] = [{repo!r}, {tests!r}]
from pathlib import Path
from conftest import Harness
from atlint.load.rotation import Rotation
from atlint.load.run import stopping
print("ready", flush=True)
with stopping() as stop:
    report = Harness(Path(sys.argv[1])).load(
        rate=20_000, duration=60, pods=3, rotation=Rotation(size=200_000), stop=stop
    )
print(report.summary["written"])
"""


def child(folder: Path) -> subprocess.Popen[str]:
    tests = Path(__file__).parent
    code = CHILD.format(repo=str(tests.parents[1]), tests=str(tests))
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("delay", [0.15, 0.4, 0.7])
def test_kill_leaves_the_truth(harness: Any, tmp_path: Path, delay: float) -> None:
    with child(tmp_path) as process:
        while not (harness.manifest.exists() and harness.manifest.stat().st_size > 10_000):
            time.sleep(0.01)
        time.sleep(delay)
        process.kill()
    recorded = list(records(harness.manifest))
    for record in recorded:
        if record["kind"] == "file":
            content = (harness.logs / record["file"]).read_bytes()
            assert len(content) == record["bytes"]
            assert content.endswith(b"\n")
    report = verify([harness.manifest], [harness.logs])
    assert report.verdict is Verdict.PASS
    whole = sum(path.read_bytes().count(b"\n") for path in harness.logs.rglob("*.log*"))
    assert report.summary["sent"] == report.summary["delivered"] == whole
    assert whole >= sum(record["kind"] == "event" for record in recorded) > 0
    assert report.extra["killed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_process_in_order(harness: Any, tmp_path: Path, number: signal.Signals) -> None:
    with child(tmp_path) as process:
        while not (harness.manifest.exists() and harness.manifest.stat().st_size > 10_000):
            time.sleep(0.01)
        process.send_signal(number)
        written, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    (end,) = harness.records("end")
    assert int(written) == end["written"] == len(harness.lines())
    report = verify([harness.manifest], [harness.logs])
    assert report.verdict is Verdict.PASS
    assert not report.extra["killed"]


@pytest.mark.parametrize("name", list(scenarios.SCENARIOS))
def test_scenarios_keep_the_truth_of_their_files(harness: Any, name: str) -> None:
    cues: list[str] = []
    scenario = scenarios.scenario(name)
    report = harness.load(rate=2000, duration=0.1, pods=4, scenario=scenario, cue=cues.append)
    assert cues == [act.name for act in scenario.acts if act.kind == "cue"]
    died = sum(act.kind == "die" for act in scenario.acts)
    assert report.summary["written"] == 200 - died
    beside = harness.logs.parent / f"{harness.logs.name}-no-rotate"
    found = verify([harness.manifest], [beside if scenario.beside else harness.logs])
    gone = sum(record["lines"] for record in harness.records("file") if record["why"] == "deleted")
    assert found.summary["lost"] == gone + died
    assert found.summary["foreign"] == died
    assert found.summary["duplicated"] == found.summary["reordered"] == 0
    if gone:
        assert {loss["near"] for loss in found.extra["losses"]} == {"deleted"}


def test_threads_do_not_matter_to_stop() -> None:
    done = threading.Event()
    with stopping() as stop:
        thread = threading.Thread(target=lambda: (os.kill(os.getpid(), signal.SIGINT), done.set()))
        thread.start()
        thread.join()
        assert done.is_set()
        while not stop():
            time.sleep(0.001)
