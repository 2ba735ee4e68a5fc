"""Prints ratios of CPU time, each the median over rounds in which all candidates take their turn in one process."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from atlint.lint.source import Source
from atlint.plan import Plan, compile_plan
from atlint.report.check import Options, check_sources
from atlint.rules.selection import Choice
from tests.bench.corpus import EDITION, Corpus
from tests.bench.peers import Peer, accepts, ajv, peers

NOW: Final = 1769817600.0
#: share of broken lines, of the events that such a log is long, since broken lines take longer, and the rule that is
#: broken where it is one
LOGS: Final = {
    "clean": (0.0, 1.0, ""),
    "5 % bad": (0.05, 0.5, ""),
    "all bad": (1.0, 0.05, ""),
    "all bad, a field is missing": (1.0, 0.25, "AT101"),
    "all bad, a value is not allowed": (1.0, 0.25, "AT103"),
}


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="events of the clean log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", choices=list(LOGS), action="append", help="only these")
    given = parser.parse_args()
    plan = compile_plan(EDITION)
    with tempfile.TemporaryDirectory() as folder:
        for name in given.log or LOGS:
            broken, length, by = LOGS[name]
            log = Path(folder) / f"{name.replace(' ', '-')}.jsonl"
            count = max(int(given.events * length), 1_000)
            with log.open("wb") as file:
                file.writelines(line + b"\n" for line in Corpus(plan, given.seed).lines(count, broken=broken, by=by))
            _table(name, plan, log, given.rounds)
            theirs = ajv(plan, log, Path(folder)) if name == "clean" else None
            sys.stdout.write(f"ajv: {f'{theirs:.2f} us a line' if theirs else 'not here'}\n\n")
        good = Path(folder) / "one.log"
        good.write_bytes(next(Corpus(plan).lines(1)) + b"\n")
        _start_up(good)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory of this process: {peak:.0f} MB\n")


def _table(name: str, plan: Plan, log: Path, rounds: int) -> None:
    lines = log.read_bytes().split(b"\n")[:-1]
    if name == "clean":
        accepts(plan, lines[0])

    def own(choice: Choice) -> Callable[[], None]:
        def run() -> None:
            check_sources([Source(str(log))], Options(edition=EDITION, choice=choice, now=NOW))

        return run

    candidates = [(peer.name, _over(peer, lines), int(len(lines) * peer.share) or 1) for peer in peers(plan)]
    candidates.append(("atlint check", own(Choice()), len(lines)))
    candidates.append(("atlint check --ignore AT6", own(Choice(ignore=("AT6",))), len(lines)))
    taken: dict[str, list[float]] = {label: [] for label, _, _ in candidates}
    for _ in range(rounds):
        for label, run, count in candidates:
            begin = time.process_time()
            run()
            taken[label].append((time.process_time() - begin) / count * 1e6)
    floor = taken["orjson.loads"]
    sys.stdout.write(f"## {name}: {len(lines)} lines, {sum(map(len, lines)) / len(lines):.0f} bytes each\n\n")
    sys.stdout.write("| candidate | us a line | speed, orjson.loads = 1 |\n|---|---|---|\n")
    for label, times in taken.items():
        ratio = statistics.median(base / mine for base, mine in zip(floor, times, strict=True))
        sys.stdout.write(f"| {label} | {statistics.median(times):.2f} | {ratio:.4f} |\n")
    sys.stdout.write("\n")


def _over(peer: Peer, lines: list[bytes]) -> Callable[[], None]:
    some = lines[: int(len(lines) * peer.share) or 1]
    return lambda: peer.judge(some)


def _start_up(log: Path) -> None:
    """CPU seconds of whole processes beyond those of a bare interpreter."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "atlint --help": ["-m", "atlint", "--help"],
        "atlint check, one line": ["-m", "atlint", "check", "--isolated", str(log)],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(7):
        for name, arguments in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    base = taken["python -c pass"]
    sys.stdout.write("| process | CPU seconds beyond python -c pass |\n|---|---|\n")
    for name, times in taken.items():
        more = statistics.median(mine - bare for mine, bare in zip(times, base, strict=True))
        sys.stdout.write(f"| {name} | {more:.3f} |\n")
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
