"""A manifest to the same without the lines that a code fence left behind: the one fix that YAML files have."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from atlint.lint.rewrite import LeftError, several_names
from atlint.lint.source import Source, opened
from atlint.model import AtlintError
from atlint.pipeline import document
from atlint.pipeline.checks.manifest import without_fence
from atlint.report.manifests import LONGEST, is_other

#: the rule whose fix it is
CODE = "AT701"


def mended(source: Source) -> tuple[str, str] | None:
    """The text before and after the fix; None where there is nothing to fix. Raises AtlintError."""
    with opened(source) as file:
        data = file.read(LONGEST + 1)
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

    Raises AtlintError where it cannot be written, and LeftError where it has several names.
    """
    found = mended(source)
    if found is None:
        return 0
    if why := several_names(source):
        raise LeftError(why)
    target = Path(os.path.realpath(source.file))
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".atlint-", suffix=".tmp")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(found[1].encode("utf-8", "surrogateescape"))
        shutil.copymode(target, name)
        Path(name).replace(target)
    except OSError as error:
        raise AtlintError(f"{source.path}: cannot be fixed: {error.strerror or error}") from error
    return 1


def patch(source: Source) -> Iterator[str]:
    """What `rewrite` would change, as a unified diff without context: a line beside it may hold a token."""
    found = mended(source)
    if found is not None:
        before, after = (text.splitlines(keepends=True) for text in found)
        for line in difflib.unified_diff(before, after, source.path, source.path, n=0):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
