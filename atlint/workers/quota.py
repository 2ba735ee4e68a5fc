"""The control groups of Linux to the cores' worth of time that they leave to this process.

A container with `--cpus 2`, or `limits: {cpu: 2}` in Kubernetes, sees all cores of its machine, and is held back once
it has used two cores' time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: where the groups are mounted, by their version: below the names of their controllers in the first
_MOUNT: Final = "sys/fs/cgroup"


def quota(root: Path = Path("/")) -> float | None:
    """Cores that this process, its group and all above it may keep busy; None where nothing limits them.

    `root` is that of the file system. Elsewhere than on Linux there are no such files.
    """
    return min(_limits(root), default=None)


def _limits(root: Path) -> Iterator[float]:
    with contextlib.suppress(OSError, UnicodeError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, _, rest = line.partition(":")
            controllers, _, group = rest.partition(":")
            if not controllers:
                for mount in (_MOUNT, f"{_MOUNT}/unified"):
                    yield from _second(root / mount, group)
            elif "cpu" in controllers.split(","):
                for mount in (controllers, "cpu"):
                    yield from _first(root / _MOUNT / mount, group)


def _second(mount: Path, group: str) -> Iterator[float]:
    """Version 2: `cpu.max` has the time and its period, or `max`."""
    for folder in _folders(mount, group):
        most, _, period = _read(folder / "cpu.max").partition(" ")
        yield from _share(most, period)


def _first(mount: Path, group: str) -> Iterator[float]:
    """Version 1: a file each, and -1 for no limit."""
    for folder in _folders(mount, group):
        yield from _share(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _folders(mount: Path, group: str) -> Iterator[Path]:
    """A group's folder and those above it. Within a container its own is the mount itself, whatever it is called."""
    steps = [step for step in group.split("/") if step not in {"", ".."}]
    for count in range(len(steps), -1, -1):
        yield mount.joinpath(*steps[:count])


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeError):
        return ""


def _share(most: str, period: str) -> Iterator[float]:
    if most.isdecimal() and period.isdecimal() and int(most) and int(period):
        yield int(most) / int(period)
