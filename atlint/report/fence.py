"""A manifest to the same without the lines that a code fence left behind: the one fix that YAML files have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from atlint.lint.source import Source, opened
from atlint.lint.successor import original
from atlint.pipeline import document
from atlint.pipeline.checks.manifest import without_fence
from atlint.report.manifests import LONGEST, is_other

#: the rule whose fix it is
CODE = "AT701"


def mended(source: Source) -> tuple[str, str] | None:
    """The text before and after the fix; None where there is nothing to fix. Raises AtlintError."""
    with opened(source) as file:
        return _mended(source, file.read(LONGEST + 1))


def _mended(source: Source, data: bytes) -> tuple[str, str] | None:
    if len(data) > LONGEST:
        return None
    stream = document.read(data, source.path, fence=True)
    if not stream.fence or (source.walked and is_other(stream)):
        return None
    text = data.decode("utf-8", "surrogateescape")
    bom = text[: len(text) - len(stream.source.text)]
    return text, bom + without_fence(stream.source.text, stream)


def rewrite(source: Source) -> int:
    """Make the fix in the file; gives how many were made.

    Raises AtlintError where it cannot be read or replaced, and LeftError where it was written to meanwhile or has
    several names; the file is then as it was.
    """
    with original(source) as old:
        data = old.stream.read(LONGEST + 1)
        found = _mended(source, data)
        if found is None:
            return 0
        old.stream.seek(0)
        with old.successor() as new:
            new.put(0, len(data), found[1].encode("utf-8", "surrogateescape"))
    return 1


def patch(source: Source) -> Iterator[str]:
    """What `rewrite` would change, as a unified diff without context: a line beside it may hold a token."""
    found = mended(source)
    if found is not None:
        before, after = (text.splitlines(keepends=True) for text in found)
        for line in difflib.unified_diff(before, after, source.path, source.path, n=0):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
