"""What a rule is: a record with its documentation, a check, and a breaker that proves the check."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from atlint.model import NOTHING, Problem, Severity
from atlint.plan import EDITIONS

if TYPE_CHECKING:
    from atlint.rules.draft import Draft
    from atlint.rules.reading import Reading
    from atlint.rules.reads import Clauses

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

#: edition -> severity; an edition that is absent has not the rule
ByEdition: TypeAlias = Mapping[str, Severity]


def always(severity: Severity) -> ByEdition:
    """The same in every edition."""
    return dict.fromkeys(EDITIONS, severity)


def since(edition: str, severity: Severity, *, before: Severity | None = None) -> ByEdition:
    """From this edition on; earlier ones have `before`, or not the rule at all."""
    first = EDITIONS.index(edition)
    early = {} if before is None else dict.fromkeys(EDITIONS[:first], before)
    return early | dict.fromkeys(EDITIONS[first:], severity)


def only(*editions: str, severity: Severity) -> ByEdition:
    """In these editions alone."""
    return dict.fromkeys(editions, severity)


class Scope(enum.StrEnum):
    """How much a check must see."""

    LINE = "line"
    EVENT = "event"
    STREAM = "stream"
    FILE = "file"
    CLUSTER = "cluster"
    REGISTRATION = "registration"
    SOURCE = "source"


class Stage(enum.IntEnum):
    """The order of checks within an event. What an earlier stage has told, later ones take as absent.

    TEXT looks at strings as such, SHAPE at types, members and forms (it speaks from the schema),
    MEANING at what the fields say together.
    """

    LINE = 0
    TEXT = 1
    SHAPE = 2
    MEANING = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a rule fires: its sentence, its weight, and how to mend it.

    `message` and `help` are `str.format` templates over the Problem's facts. `fix` says whether the
    Problem's `repair` changes spelling only ("safe") or meaning ("unsafe").
    """

    message: str
    level: ByEdition
    help: str = ""
    fix: Literal["", "safe", "unsafe"] = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a breaker made where an event is not enough: the bytes of one or more lines of the file.

    Without the last line feed, which follows unless `terminated` is false.
    """

    raw: bytes
    pointer: str = ""
    terminated: bool = True
    #: where the file lies, for a rule about that
    path: str = ""


Check: TypeAlias = "Callable[[Reading], Iterable[Problem]]"
#: changes a compliant draft so that exactly this rule fires; returns the pointer where it will
Breaker: TypeAlias = "Callable[[Draft, random.Random], str | Broken]"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule's whole record. `what`, `why` and `repair` are Markdown, each a paragraph or more."""

    code: str
    name: str
    summary: str
    cases: Mapping[str, Case]
    what: str
    why: str
    repair: str
    #: `TAG#section` of `schemas/vocabulary/sources.json`, or `tailer#what was measured`
    cites: tuple[str, ...]
    scope: Scope = Scope.EVENT
    stage: Stage = Stage.MEANING
    #: None where the schema nodes or the line scanner speak for the rule
    check: Check | None = None
    breaker: Breaker | None = None
    #: texts of which at least one stands in the raw line whenever the check can fire (unless it has `\\u`, or `\\/`)
    hints: tuple[str, ...] = ()
    #: what the check looks at; None where it must see the whole event
    reads: Clauses | None = None
    #: whether what it tells makes the value unfit for later checks; rules of the stages before MEANING
    #: always do
    spoils: bool = False
    #: off unless selected by name, code or prefix
    opt_in: bool = False
    #: codes that the breaker's event may also raise at error level, with the reason
    companions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    #: editions in which the breaker has nothing to break although the rule exists, with the reason
    unbreakable: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def family(self) -> str:
        """`AT3` for AT310."""
        return self.code[:3]

    @property
    def url(self) -> str:
        """The rule's page."""
        return f"https://atlint.readthedocs.io/rules/{self.code}"

    def levels(self, edition: str) -> dict[str, Severity]:
        """Severity by case in this edition; empty where the edition has not the rule."""
        return {name: case.level[edition] for name, case in self.cases.items() if edition in case.level}

    def severity(self, edition: str) -> Severity | None:
        """The heaviest of its cases in this edition; None where the edition has not the rule."""
        levels = self.levels(edition).values()
        return min(levels, key=lambda level: level.rank) if levels else None

    @property
    def fixes(self) -> tuple[str, ...]:
        """The kinds of repair that its cases offer."""
        return tuple(sorted({case.fix for case in self.cases.values() if case.fix}))


#: the only families there are, with what each is about
FAMILIES: Final[Mapping[str, str]] = {
    "AT0": "line: what the tailer sees",
    "AT1": "shape: spoken by the schemas",
    "AT2": "naming",
    "AT3": "targets and CRNs",
    "AT4": "routing",
    "AT5": "meaning",
    "AT6": "across events",
    "AT7": "pipeline",
    "AT8": "source code",
    "AT9": "readiness",
}
