"""One target under atheris, in a process of its own: `python -m tests.fuzz.engine TARGET FIGURES [FLAG...]`."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["atlint"], enable_loader_override=False):
    from tests.fuzz.targets import target
    from tests.fuzz.watch import Watch

_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Fuzz until libFuzzer ends the process; leave the figures of the run."""
    name, figures, *flags = sys.argv[1:]
    with atheris.instrument_imports(include=["atlint"], enable_loader_override=False):
        chosen = target(name)
    watch = Watch(chosen.probe)
    begun = time.monotonic()
    seconds = next(int(flag.partition("=")[2]) for flag in flags if flag.startswith("-max_total_time="))
    early, told = 0, begun

    def once(data: bytes) -> None:
        nonlocal early, told
        watch(data)
        now = time.monotonic()
        if now - told < 1:
            return
        # libFuzzer ends the process itself, and nothing of Python's runs at its end
        told, late = now, _resident()
        if now - begun > seconds / 3:
            early = early or late
        found = {"seconds": now - begun, "slowest": watch.slowest, "early": early or late, "late": late}
        Path(figures).write_text(json.dumps(found))

    atheris.Setup([sys.argv[0], f"-max_len={chosen.longest}", *flags], once)
    atheris.Fuzz()


def _resident() -> int:
    """Bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    main()
