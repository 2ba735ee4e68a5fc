"""What is built of `native/`: `scan` is None where nothing is, and all that asks it does the same in Python."""

from __future__ import annotations

from types import ModuleType

scan: ModuleType | None
try:
    from atlint.lint import _scan as scan
except ImportError:
    # no compiler where atlint was built, or another interpreter
    scan = None
