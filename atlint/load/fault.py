"""Faults of the file system to errors that say what could not be done, where, and how to mend it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from atlint.model import AtlintError

_MEND: Final = {
    errno.ENOSPC: "free some space or offer less",
    errno.EDQUOT: "free some space or offer less",
    errno.EFBIG: "raise the limit on file sizes, or rotate earlier",
    errno.EACCES: "make it accessible to this user, or choose another place",
    errno.EPERM: "make it accessible to this user, or choose another place",
    errno.EROFS: "choose a place that is not read-only",
    errno.ENOENT: "check the spelling",
    errno.EEXIST: "remove it, or choose another place, seed or now",
    errno.EMFILE: "use fewer pods, or raise the limit with ulimit -n",
    errno.EADDRINUSE: "choose another port",
}


def refusal(verb: str, path: Path | str, error: OSError) -> AtlintError:
    """The `AtlintError` for a failed system call: `cannot VERB PATH: reason; what helps`."""
    reason = error.strerror or str(error)
    mend = _MEND.get(error.errno or 0)
    return AtlintError(f"cannot {verb} {path}: {reason}" + (f"; {mend}" if mend else ""))
