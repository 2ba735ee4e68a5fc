"""The nouns that every part of atlint shares; this module imports nothing of ours.

Positions count **code points**: a `Span` is a half-open range of them within one line (a byte that is not
UTF-8 counts as one), a `Place` is the same for people and editors, line and column from 1.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

#: any JSON value
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

NOTHING: Mapping[str, Any] = MappingProxyType({})

#: where a service registers, in this order; `schemas/registration.schema.json` takes no other
STAGING: Final = "stage1"
PRODUCTION: Final = "production"
ENVIRONMENTS: Final = (STAGING, PRODUCTION)


class AtlintError(Exception):
    """A fault of usage, configuration or schema: exit code 2. Faults in events are values, never this."""


class Severity(enum.StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info: the order in which people read them."""
        return _RANK[self]

    def reaches(self, threshold: Severity) -> bool:
        """Whether this severity is at or above `threshold`."""
        return self.rank <= threshold.rank


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Verdict(enum.StrEnum):
    """What a whole run says. `ready` has three values of its own, in the same order of weight."""

    PASS = "pass"  # noqa: S105 - the verdict's own word
    FAIL = "fail"
    NO_EVIDENCE = "no-evidence"
    READY = "ready"
    NOT_READY = "not-ready"
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 nothing to judge; 2 is for `AtlintError`."""
        return _EXIT[self]


_EXIT = {
    Verdict.PASS: 0,
    Verdict.READY: 0,
    Verdict.FAIL: 1,
    Verdict.NOT_READY: 1,
    Verdict.NO_EVIDENCE: 3,
    Verdict.NOT_ENOUGH_EVIDENCE: 3,
}


class Span(NamedTuple):
    """Code points `[start, end)` of one line's text, or of one decoded string value."""

    start: int
    end: int


class Line(NamedTuple):
    """One physical line, without its line feed."""

    path: str
    number: int
    offset: int
    raw: bytes
    terminated: bool = True
    #: bytes of an overlong line that were not kept
    dropped: int = 0

    @property
    def text(self) -> str:
        """The line as code points; a byte that is not UTF-8 becomes one lone surrogate (PEP 383)."""
        return self.raw.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Said:
    """Text that an event said, on its way into a message: shown only through `report.redact`."""

    text: str
    #: where it stood; the redactor asks the Plan whether that place is sensitive
    pointer: str = ""
    #: sensitive wherever it stood, such as the account within a CRN
    sensitive: bool = False


#: what is shown of a value that may be a token: not even equal ones are told apart, and it is in no quotes
HIDDEN: Final = "[hidden]"

#: what a message can be filled with
Fact: TypeAlias = "str | int | float | Said | tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the code points of `span` within the line by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: `safe` changes spelling and never meaning."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check yields: the place and the facts. It knows no severity and no line number."""

    code: str
    #: RFC 6901, from the root of the line; for a missing field the place where it should stand
    pointer: str
    #: which of the rule's cases this is: picks the message and the severity
    case: str = ""
    facts: Mapping[str, Fact] = field(default_factory=lambda: NOTHING)
    #: code points within the decoded string value, where the fault is a part of it
    within: Span | None = None
    #: code points of the line, where there is no value to point at (a line that is not JSON)
    span: Span | None = None
    #: the fault is the member's name rather than its value
    key: bool = False
    #: the text that would repair the value (or the part `within` it), where there is exactly one
    repair: Json | None = None
    #: the wording of a near miss: the one close member of a closed set
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds it. Line and columns from 1; `end_column` is the first behind the value."""

    path: str
    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A redacted, printable window of the line, and the columns within it that a caret underlines."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A Problem with everything a reader needs: code, severity, sentence, place. Already redacted."""

    code: str
    name: str
    severity: Severity
    message: str
    place: Place
    pointer: str
    url: str
    #: identity without line numbers: rule, service, action, pointer, shape of the value
    fingerprint: str
    #: how many findings this one stands for: itself and those of its group that were not stored
    count: int = 1
    fix: Fix | None = None
    help: str = ""
    snippet: Snippet | None = None
    action: str = ""
    service: str = ""
    #: line of the last finding that this one stands for (its own, where it stands for itself)
    last_line: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a readiness report: what was found against what is wanted."""

    code: str
    name: str
    state: Verdict
    message: str
    have: str = ""
    want: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a command that judges ends in; every format is a pure function of it.

    `summary` holds plain JSON values whose keys depend on the command: counters for `check`, as
    `schemas/report.schema.json` has them, `sent`, `delivered`, ... for `verify`.
    """

    command: str
    version: str
    verdict: Verdict
    summary: Mapping[str, Any]
    findings: Sequence[Finding] = ()
    items: tuple[Item, ...] = ()
    edition: str = ""
    plan: str = ""
    #: further top-level members of the JSON form, such as `latency_seconds`
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def exit_code(self) -> int:
        """The process's exit code for this report."""
        return self.verdict.exit_code
