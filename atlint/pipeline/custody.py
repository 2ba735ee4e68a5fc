"""A file to whether it is kept under version control: git's index is read, git itself is not run."""

from __future__ import annotations

import fnmatch
import functools
import os
import struct
from pathlib import Path
from typing import Final

from atlint import regular

TRACKED: Final = "tracked"
UNTRACKED: Final = "untracked"
ELSEWHERE: Final = ""

#: an index that is larger is not read
_MOST: Final = 64 * 1024 * 1024
_ENTRY: Final = 62


def custody(path: str) -> str:
    """TRACKED where git keeps the file, UNTRACKED where it would at the next `git add`, else ELSEWHERE.

    A file that a `.gitignore` on its way names is ELSEWHERE; of its patterns the common forms are understood.
    """
    if not path or path == "-":
        return ELSEWHERE
    file = Path(os.path.realpath(path))
    for folder in file.parents:
        git = folder / ".git"
        if git.exists():
            inside = file.relative_to(folder).as_posix()
            if inside.encode("utf-8", "surrogateescape") in _tracked(*_index(git)):
                return TRACKED
            return ELSEWHERE if _ignored(folder, inside) else UNTRACKED
    return ELSEWHERE


def _index(git: Path) -> tuple[Path, int]:
    """The index of a work tree, and when it was written: a process that lives on sees what is added meanwhile."""
    try:
        if git.is_file():
            git = git.parent / git.read_text(encoding="utf-8").partition("gitdir:")[2].strip()
        return git / "index", (git / "index").stat().st_mtime_ns
    except (OSError, ValueError):
        return git / "index", 0


@functools.lru_cache(maxsize=8)
def _tracked(index: Path, _written: int) -> frozenset[bytes]:
    """The names in an index; none where it cannot be read."""
    try:
        data = regular.read(index) if index.stat().st_size <= _MOST else b""
        return frozenset(_names(data))
    except (OSError, ValueError, struct.error):
        return frozenset()


def _names(data: bytes) -> list[bytes]:
    """The paths of an index of version 2 to 4 (git's documentation, index-format)."""
    if data[:4] != b"DIRC":
        return []
    version, count = struct.unpack(">II", data[4:12])
    found: list[bytes] = []
    at, before = 12, b""
    for _ in range(count):
        flags = struct.unpack(">H", data[at + 60 : at + 62])[0]
        start = at + _ENTRY + (2 if flags & 0x4000 else 0)
        if version == 4:
            shift, start = _varint(data, start)
            end = data.index(b"\0", start)
            name, at = before[: len(before) - shift] + data[start:end], end + 1
        else:
            end = data.index(b"\0", start)
            name = data[start:end]
            at += (end - at + 8) // 8 * 8
        before = name
        found.append(name)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, at + 1


def _ignored(root: Path, inside: str) -> bool:
    parts = inside.split("/")
    ignored = False
    for depth in range(len(parts)):
        for pattern in _patterns(root.joinpath(*parts[:depth], ".gitignore")):
            bare = pattern.removeprefix("!").rstrip("/")
            for reach in range(depth + 1, len(parts) + 1):
                if pattern.endswith("/") and reach == len(parts):
                    continue
                below = "/".join(parts[depth:reach])
                whole = fnmatch.fnmatchcase(below, bare.lstrip("/"))
                if whole or ("/" not in bare and fnmatch.fnmatchcase(parts[reach - 1], bare)):
                    ignored = not pattern.startswith("!")
    return ignored


def _patterns(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
