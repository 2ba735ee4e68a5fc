"""Fuzz the targets, one after the other, each in a process of its own, and print the figures as a table.

Inputs that break something are left in the folder that is named then. With `--keep`, what was reached anew is
added to `fixtures/fuzz`, as small as it can be.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz.corpus import keep, kept
from tests.fuzz.targets import NAMES, target

_STATUS: Final = re.compile(rb"cov: (\d+) ft: (\d+) corp: (\d+)/")
#: bytes that a process may have gained between a third of its time and its end, its corpus aside
MOST_GROWTH: Final = 128 * 1024 * 1024
_RSS_LIMIT_MB: Final = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one target's run."""

    name: str
    runs: int
    seconds: float
    coverage: int
    slowest: float
    early: int
    late: int
    peak: int
    findings: int

    @property
    def row(self) -> str:
        """The row of the table."""
        return (
            f"| {self.name} | {self.runs:,} | {self.seconds:.0f} | {self.coverage:,} | {self.slowest:.3f} | "
            f"{self.early >> 20} | {self.late >> 20} | {self.peak} | {self.findings} |"
        )

    @property
    def grew(self) -> bool:
        """Whether memory went on growing."""
        return self.late - self.early > MOST_GROWTH


HEAD: Final = (
    "| target | executions | seconds | coverage | slowest, CPU s a kB | MB at a third | MB at the end | "
    "peak MB | findings |\n|---|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    """The table; exit code 1 where anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; all, where none is given")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    parser.add_argument("--keep", action="store_true", help="add to fixtures/fuzz what was reached anew")
    given = parser.parse_args()
    unknown = [name for name in given.targets if name not in NAMES]
    if unknown:
        parser.error(f"there is no target {unknown[0]}: {', '.join(NAMES)} are there")
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed: pip install 'atlint[fuzz]'")
    sys.stdout.write(HEAD + "\n")
    good = True
    for name in given.targets or NAMES:
        run = fuzz(name, given.seconds, given.seed, kept_too=given.keep)
        sys.stdout.write(run.row + "\n")
        sys.stdout.flush()
        good = good and not run.findings and not run.grew
    return 0 if good else 1


def fuzz(name: str, seconds: int, seed: int, *, kept_too: bool) -> Run:
    """Run one target for `seconds`, or until something breaks."""
    chosen = target(name)
    work = Path(tempfile.mkdtemp(prefix=f"atlint-fuzz-{name}-"))
    corpus, figures = work / "corpus", work / "figures.json"
    corpus.mkdir()
    first = [*chosen.seeds(), *(path.read_bytes() for path in kept(name))]
    for index, data in enumerate(first):
        (corpus / f"seed-{index:05}").write_bytes(data)
    flags = (
        f"-max_total_time={seconds}",
        f"-artifact_prefix={work}/",
        f"-rss_limit_mb={_RSS_LIMIT_MB}",
        f"-seed={seed}",
        "-timeout=60",
        "-print_final_stats=1",
        "-len_control=20",
    )
    command = [sys.executable, "-m", "tests.fuzz.engine", name, str(figures), *flags, str(corpus)]
    log = work / "log"
    with log.open("wb") as stream:
        code = subprocess.run(command, stdout=stream, stderr=stream, timeout=seconds + 300, check=False).returncode
    said = log.read_bytes()
    broke = [path for path in work.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-", "leak-"))]
    if code and not broke:
        sys.stderr.buffer.write(said[-3000:])
        raise SystemExit(f"{name}: the fuzzer itself ended with {code}; its log is {log}")
    if broke:
        tail = said[said.rfind(b"=== Uncaught") :][:3000].decode("utf-8", "replace")
        sys.stderr.write(f"{name}: {', '.join(map(str, broke))}\n{tail}\n")
    if kept_too and not broke:
        keep(chosen, [*first, *(path.read_bytes() for path in corpus.iterdir())])
    figured = json.loads(figures.read_text()) if figures.exists() else {}
    units = re.search(rb"number_of_executed_units:\s+(\d+)", said)
    status = _STATUS.findall(said)
    peak = re.search(rb"peak_rss_mb:\s+(\d+)", said)
    return Run(
        name,
        int(units[1]) if units else 0,
        figured.get("seconds", 0.0),
        int(status[-1][0]) if status else 0,
        figured.get("slowest", 0.0),
        figured.get("early", 0),
        figured.get("late", 0),
        int(peak[1]) if peak else 0,
        len(broke),
    )


if __name__ == "__main__":
    sys.exit(main())
