"""A tiny source of events, and short ways to write a run: the tests of the load need no sampler."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from atlint.load import schedule
from atlint.load.identity import encode
from atlint.load.manifest import Manifest, Run
from atlint.load.run import load
from atlint.load.source import Made, Stamp
from atlint.load.supply import Here
from atlint.load.writer import Writer, pod_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from atlint.load.rotation import Rotation
    from atlint.load.scenarios import Scenario
    from atlint.model import Report


class Small:
    """Compliant enough: an id, early, and something that needs several bytes a character."""

    def events(self, run: str, stamps: Sequence[Stamp]) -> Iterator[Made]:
        for stamp in stamps:
            event = {"id": encode(run, stamp.file, stamp.seq), "name": "Zoë 漢字", "n": stamp.seq, "at": stamp.at}
            yield Made(json.dumps({"payload": event}, ensure_ascii=False).encode())


@dataclass
class Harness:
    """Runs in one folder."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "at"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.jsonl"

    def run(self, seed: int = 1, **more: Any) -> Run:
        return Run("0", "91a7", "at-2018", seed, time.time(), **more)

    def load(
        self,
        *,
        rate: float = 2000,
        duration: float = 0.1,
        pods: int = 2,
        rotation: Rotation | None = None,
        scenario: Scenario | None = None,
        **more: Any,
    ) -> Report:
        run = more.pop("run", None) or self.run()
        supply = more.pop("supply", None) or Here(more.pop("source", None) or Small())
        names = scenario.files(self.logs.name, "svc", run.id, pods) if scenario else pod_files("svc", run.id, pods)
        return load(
            supply,
            schedule.constant(rate, duration),
            more.pop("writer", None) or Writer(self.logs, names, rotation),
            Manifest(self.manifest),
            run=run,
            scenario=scenario,
            **more,
        )

    def records(self, kind: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.manifest.read_text().splitlines()]
        return [record for record in found if record["kind"] == kind]

    def lines(self) -> list[bytes]:
        """Every line that stands in a file, in no order."""
        return [line for path in self.logs.rglob("*.log*") for line in path.read_bytes().splitlines()]


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path)


@pytest.fixture
def small() -> Small:
    return Small()
