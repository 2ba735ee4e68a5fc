"""A registration: faults with sentences and places, or one that a Plan can be narrowed by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.model import AtlintError
from atlint.pipeline import document
from atlint.pipeline.registration_file import fatal, read, sentence
from atlint.plan import compile_plan
from atlint.targets.issue import issue
from tests.fuzz.files import found

LONGEST: Final = 2_000


def seeds() -> Iterator[bytes]:
    """All registrations of the fixtures."""
    yield from found("**/*registration*.yaml", LONGEST)


def probe(data: bytes) -> None:
    """Read, say what is wrong, and use what is declared."""
    stream = document.read(data, "at-registration.yaml")
    file = read(stream)
    assert file.registration is not None or any(map(fatal, file.problems))
    for problem in file.problems:
        sentence(stream, problem)
    if file.registration is not None:
        issue(file.registration)
        try:
            compile_plan(file.registration.edition or "at-2018", file.registration)
        except AtlintError:
            return
