"""The flake8 plugin: findings in Python source under the codes of atlint's own rules, `AT...`.

flake8 itself selects, ignores and honours `# noqa: AT103`.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import atlint

if TYPE_CHECKING:
    from atlint.lint.engine import Judge
    from atlint.model import Severity
    from atlint.report.check import Options

#: line from 1, column from 0, text, and what flake8 has no use for any more
Complaint = tuple[int, int, str, type]
_LEVELS: Final = ("error", "warning", "info")


class Plugin:
    """What flake8 makes for each file. Set up once in each process by `parse_options`."""

    name: ClassVar[str] = "atlint"
    version: ClassVar[str] = atlint.__version__
    _options: ClassVar[Options]
    _level: ClassVar[Severity]
    #: made at the first file that needs them
    judges: ClassVar[Sequence[Judge]] = ()

    def __init__(self, tree: ast.Module, lines: Sequence[str], filename: str) -> None:
        self._tree = tree
        self._text = "".join(lines)
        self._path = filename

    @classmethod
    def add_options(cls, manager: Any) -> None:
        """Declare the options of the command line and of flake8's configuration files."""
        add = manager.add_option
        lists = {"default": "", "parse_from_config": True, "comma_separated_list": True, "metavar": "RULES"}
        add("--at-edition", default="", parse_from_config=True, help="edition of the events, or auto")
        add(
            "--at-registration",
            default="",
            parse_from_config=True,
            normalize_paths=True,
            metavar="FILE",
            help="the registration that events must agree with",
        )
        add("--at-select", **lists, help="apply these rules of atlint: codes, prefixes or names")
        add("--at-ignore", **lists, help="do not apply these")
        add(
            "--at-level",
            default="warning",
            choices=_LEVELS,
            parse_from_config=True,
            help="the least severity that is reported (default: warning)",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take over what was set. Raises flake8's ExecutionError for what cannot be used."""
        from flake8.exceptions import ExecutionError  # type: ignore[import-untyped,unused-ignore]  # flake8 has no types

        from atlint.integrations import settings
        from atlint.model import AtlintError, Severity

        try:
            cls._options = settings.options(
                edition=options.at_edition,
                registration=_placed(options.at_registration),
                select=options.at_select,
                ignore=options.at_ignore,
            )
        except AtlintError as error:
            raise ExecutionError(f"atlint: {error}") from error
        cls._level = Severity(options.at_level)
        cls.judges = ()

    def run(self) -> Iterator[Complaint]:
        """The findings of one file, as flake8 wants them."""
        from atlint.integrations.source import find
        from atlint.lint.suppress import Suppressions
        from atlint.report.check import judges_of

        if not self.judges:
            type(self).judges = judges_of(self._options)
        ignored = Suppressions(self._options.entries, self._options.today)
        for finding in find(self._text, self._path, self.judges, self._tree, ignored=ignored):
            if finding.severity.reaches(self._level):
                yield finding.place.line, finding.place.column - 1, f"{finding.code} {finding.message}", Plugin


def _placed(name: str) -> str:
    """A file as it is found from here; a bare name also in the folders above, where flake8 finds its configuration."""
    if not name or Path(name).name != name:
        return name
    here = Path.cwd()
    return next((str(folder / name) for folder in (here, *here.parents) if (folder / name).is_file()), name)
