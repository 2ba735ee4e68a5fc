"""Where work is done: in this process, in others of this machine, or on other machines."""

from __future__ import annotations

import os


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
