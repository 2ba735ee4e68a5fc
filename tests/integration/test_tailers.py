"""Generator to real tailer to sink to verify: the account must equal an independent count of the stored lines.

Needs `rsyslogd` (Debian: apt-get install rsyslog), and `fluentd` on the PATH or named by FLUENTD; what is
missing is skipped. ATLINT_INTEGRATION_EVENTS sets the size of the long run (300000 for a full one).
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from atlint.load import scenarios, schedule
from atlint.load.identity import decode
from atlint.load.manifest import Manifest, Run, records
from atlint.load.run import load
from atlint.load.sample import Sampler
from atlint.load.scenarios import KILL, START, STOP, Act, Scenario
from atlint.load.sink import Sink, sink
from atlint.load.supply import Here
from atlint.load.verify import verify
from atlint.load.writer import Writer
from atlint.model import Report, Verdict
from atlint.rules.selection import everything
from tests.integration.tailers import Tailer, find

pytestmark = pytest.mark.integration

EVENTS = int(os.environ.get("ATLINT_INTEGRATION_EVENTS", "30000"))


@dataclass
class Pipeline:
    """A tailer between a folder of logs and a sink."""

    folder: Path
    tailer: Tailer
    sink: Sink

    @property
    def store(self) -> Path:
        return self.folder / "store.jsonl"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.jsonl"

    def start(self) -> None:
        self.tailer.start(self.folder / "at", self.sink.port)

    def settle(self, quiet: float = 1.5) -> None:
        """Return once nothing arrived for `quiet` seconds."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < quiet:
            if self.sink.desk.shelf.count != count:
                count, since = self.sink.desk.shelf.count, time.monotonic()
            time.sleep(0.05)

    def answer(self, cue: str) -> None:
        """Do what a scenario asks for."""
        if cue == STOP:
            self.settle()
            self.tailer.stop()
        elif cue == KILL:
            self.tailer.kill()
        elif cue == START:
            self.start()

    def run(self, scenario: Scenario, *, count: int = 2000, rate: float = 2000, pods: int = 3) -> Report:
        """The whole way; the verdict after the sink fell silent."""
        (self.folder / "at" / "svc").mkdir(parents=True)
        self.start()
        plan = everything("at-2018")
        run = Run("0", plan.digest, plan.edition, 1, time.time())
        writer = Writer(self.folder / "at", scenario.files("at", "svc", run.id, pods))
        offers = schedule.constant(rate, count / rate)
        load(
            Here(Sampler(plan, run.seed)),
            offers,
            writer,
            Manifest(self.manifest),
            run=run,
            scenario=scenario,
            cue=self.answer,
        )
        self.settle()
        self.tailer.stop()
        return verify([self.manifest], [self.store])

    def counted(self) -> Counter[int]:
        """How often each event is in the store, told without anything of verify's."""
        found: Counter[int] = Counter()
        for record in self.store.read_text().splitlines():
            try:
                named = decode(json.loads(json.loads(record)["line"])["payload"]["id"])
            except ValueError:
                continue
            if named is not None:
                found[named.seq] += 1
        return found


@pytest.fixture(params=["rsyslog", "fluentd"])
def pipeline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipeline]:
    work = tmp_path / "work"
    work.mkdir()
    tailer = find(request.param, work)
    if tailer is None:
        pytest.skip(f"there is no {request.param} on this machine")
    with sink(tailer.listen, tmp_path / "store.jsonl").serving() as server:
        made = Pipeline(tmp_path, tailer, server)
        try:
            yield made
        finally:
            tailer.kill()


def sent(pipeline: Pipeline) -> list[dict[str, Any]]:
    return [record for record in records(pipeline.manifest) if record["kind"] == "event"]


def agree(pipeline: Pipeline, report: Report) -> None:
    """The account equals an independent count."""
    counted, wanted = pipeline.counted(), {record["seq"] for record in sent(pipeline)}
    arrived = {seq: times for seq, times in counted.items() if seq in wanted}
    assert report.summary["sent"] == len(wanted)
    assert report.summary["delivered"] == len(arrived)
    assert report.summary["lost"] == len(wanted) - len(arrived)
    assert report.summary["duplicated"] == sum(arrived.values()) - len(arrived)


def test_three_rotations_and_a_restart(pipeline: Pipeline) -> None:
    rotation = scenarios.scenario("rename-rotation")
    acts = (*rotation.acts, Act(0.6, "cue", STOP), Act(0.65, "cue", START))
    report = pipeline.run(replace(rotation, acts=acts), count=EVENTS, rate=15_000)
    assert report.summary["sent"] == EVENTS
    agree(pipeline, report)
    assert not rotation.truth[pipeline.tailer.kind].against(report.summary)
    assert report.verdict is Verdict.PASS
    assert report.extra["latency_seconds"]["p50"] > 0


@pytest.mark.parametrize("kind", ["copytruncate", "delete"])
def test_what_vanished_while_the_tailer_was_down_is_lost_and_nothing_else(
    pipeline: Pipeline, kind: scenarios.Kind
) -> None:
    if pipeline.tailer.kind == "in_tail" and kind == "copytruncate":
        pytest.skip("the copy lies within the glob of this tailer and is read")
    acts = (Act(0.5, "cue", STOP), Act(0.75, kind), Act(0.75, "cue", START))
    base = scenarios.scenario("early-delete")
    report = pipeline.run(replace(base, acts=acts))
    agree(pipeline, report)
    arrived = pipeline.counted()
    lost = [record["seq"] for record in sent(pipeline) if record["seq"] not in arrived]
    assert lost == list(range(1000, 1500))
    assert report.summary["lost"] == 500
    assert report.summary["duplicated"] == 0
    assert sum(loss["count"] for loss in report.extra["losses"]) == 500
    assert {loss["near"] for loss in report.extra["losses"]} == {"copied" if kind == "copytruncate" else "deleted"}


@pytest.mark.parametrize(
    "name",
    [name for name, each in scenarios.SCENARIOS.items() if not each.sink],
)
def test_scenarios_have_their_known_truth(pipeline: Pipeline, name: str) -> None:
    scenario = scenarios.scenario(name)
    report = pipeline.run(scenario)
    agree(pipeline, report)
    assert scenario.truth[pipeline.tailer.kind].against(report.summary) == (), report.summary
