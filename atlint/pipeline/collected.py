"""A log file at hand to whether the cluster's tailer would read it: its path here to its path on the node."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from typing import Final

from atlint.pipeline.names import names
from atlint.pipeline.tailer import Reading, Tailer

#: what a rotation adds to a name; the tailer read the file before, and reads it to its end by its open handle
_ROTATED: Final = re.compile(r"(?<=\.log)\.[0-9][0-9T:._-]*(?:\.(?:gz|zst|bz2|xz|zip))?$")
_WILD: Final = re.compile(r"[*?\[{%\\]")
_UNNAMED: Final = Reading(read=True, cause="unnamed", why="standard input has no path")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a tailer reads of files that need not lie where the service writes them.

    A file below a folder that the tailer or the tracker knows is judged where it lies. Copied elsewhere, it is
    judged from the last folder on that is called like a log root (`logs/at-no-rotate/x.log`), and without one by
    its name alone, as if it lay in `folder`.
    """

    tailer: Tailer
    #: where the service writes, on its node
    folder: str

    def reads(self, path: str) -> Reading:
        """Whether the file at a path of this machine would be read, under the name that it was written to."""
        if path == "-":
            return _UNNAMED
        placed = self._placed(posixpath.normpath(os.path.abspath(path)))  # noqa: PTH100 - links are not followed
        reading = self.tailer.reads(placed)
        written = _ROTATED.sub("", placed)
        if reading.read or written == placed:
            return reading
        before = self.tailer.reads(written)
        return before if before.read else reading

    def _placed(self, path: str) -> str:
        roots = names().roots
        if any(_below(path, folder) for folder in (*roots, *self._folders())):
            return path
        called = {posixpath.basename(root): root for root in roots}
        steps = path.split("/")
        for index in range(len(steps) - 2, -1, -1):
            if root := called.get(steps[index]):
                return "/".join((root, *steps[index + 1 :]))
        return f"{self.folder}/{steps[-1]}"

    def _folders(self) -> set[str]:
        """The folders that the sources look into: their paths up to the first wildcard."""
        texts = (pattern.text for source in self.tailer.sources for pattern in source.paths)
        return {posixpath.dirname(_WILD.split(text, maxsplit=1)[0]) for text in texts} - {"", "/"}


def _below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/")
