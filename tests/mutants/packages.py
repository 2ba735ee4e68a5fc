"""Which tests are asked about which package: those that are quick and have to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LAWS: Final = ("tests/test_constitution.py", "tests/test_laws.py", "tests/test_fix_law.py")

#: package -> files and folders, for pytest
TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("tests/plan", "tests/pipeline/test_registration_file.py"),
    "rules": (
        "tests/rules",
        "tests/integrations/source",
        "tests/readiness/test_verdict.py",
        *_LAWS,
    ),
    "lint": ("tests/lint", "tests/rules/test_reads.py", *_LAWS),
    "load": ("tests/load",),
}
#: tests that take long and say nothing about single functions, and those of what mutants do without
LEFT_OUT: Final = ("memory", "endless", "shrink", "expression_and_parser_agree and not crn-start")
