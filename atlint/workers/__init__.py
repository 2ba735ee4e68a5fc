"""Where work is done: in this process, in others of this machine, or on other machines."""

from __future__ import annotations

import os
import sys

from atlint.workers.quota import quota


def cores() -> int:
    """The cores that this process may keep busy, at least one.

    Those that it may run on (from Python 3.13 on `PYTHON_CPU_COUNT` can say fewer), or fewer where control groups leave
    it less time: more processes than that would wait for each other.
    """
    if sys.version_info >= (3, 13):
        usable = os.process_cpu_count() or 1
    else:
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = quota()
    return usable if share is None else max(1, min(usable, int(share)))
