"""An event as a rule reads it: fields by role, taken apart by the grammars, faults already told left out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from atlint.model import Fact, Json, Problem, Said, Span
from atlint.plan import Node, Plan
from atlint.pointer import escape, resolve

#: the segments of a CRN behind `crn`, in order
CRN_SEGMENTS: Final = (
    "version",
    "cname",
    "ctype",
    "service",
    "location",
    "scope",
    "instance",
    "resource_type",
    "resource",
)
_NUMBERS: Final = {name: number for number, name in enumerate(CRN_SEGMENTS, 1)}
#: the account of a CRN, wherever the CRN stands
ACCOUNT: Final = re.compile(r"""(?<=:a/)[^:\s"'\\]+""")


class Part(NamedTuple):
    """A part of a string value and where it stands in it (code points of the decoded string)."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Crn:
    """A CRN taken apart. A segment about which something was already told is None."""

    pointer: str
    #: the text between its colons, `crn` first
    pieces: tuple[str, ...]
    #: the places of which something was told
    told: tuple[Span | None, ...] = ()

    @property
    def text(self) -> str:
        """The whole."""
        return ":".join(self.pieces)

    def part(self, segment: str) -> Part | None:
        """One segment by its name in CRN_SEGMENTS. Raises KeyError for any other."""
        number = _NUMBERS[segment]
        start, text = sum(map(len, self.pieces[:number])) + number, self.pieces[number]
        part = Part(text, Span(start, start + len(text)))
        return part if _untold(part, self.told) else None

    def said(self, segment: str) -> str:
        """The segment's text; empty where it is empty or already told."""
        part = self.part(segment)
        return part.text if part else ""

    @property
    def account(self) -> Part | None:
        """The account of an `a/` scope, without the prefix."""
        scope = self.part("scope")
        if scope is None or not scope.text.startswith("a/") or len(scope.text) < 3:
            return None
        return Part(scope.text[2:], Span(scope.span.start + 2, scope.span.end))


@dataclass(frozen=True, slots=True)
class Action:
    """An action taken apart; a part about which something was already told is None."""

    text: str
    parts: tuple[Part, Part, Part]
    #: the places of which something was told
    told: tuple[Span | None, ...] = ()

    @property
    def service(self) -> Part | None:
        """The service, which may have a point in it."""
        return self._untold(0)

    @property
    def object(self) -> Part | None:
        """The object, which may have points in it."""
        return self._untold(1)

    @property
    def verb(self) -> Part | None:
        """The verb."""
        return self._untold(2)

    def _untold(self, number: int) -> Part | None:
        part = self.parts[number]
        return part if _untold(part, self.told) else None


@dataclass(slots=True)
class Reading:
    """One decoded event under a Plan. Checks ask it; the engine tells it what was found."""

    plan: Plan
    value: Json
    text: str = ""
    #: seconds since the epoch, as `--now` says
    now: float = 0.0
    spoilt: dict[str, list[Span | None]] = field(default_factory=dict)
    _strings: list[tuple[str, str, Node | None]] | None = None
    #: takes down the roles that are asked for, where somebody wants to know
    asked: set[str] | None = None
    #: what was got of roles since something was told last: checks ask for the same
    _got: dict[str, Any] = field(default_factory=dict)

    def tell(self, problem: Problem) -> None:
        """From now on the place of this problem counts as absent."""
        self.spoilt.setdefault(problem.pointer, []).append(problem.within)
        self._got.clear()

    def sound(self, pointer: str) -> bool:
        """Whether nothing was told of the whole value, nor of a value that holds it."""
        while self.spoilt:
            if None in self.spoilt.get(pointer, ()):
                return False
            if not pointer:
                break
            pointer = pointer.rpartition("/")[0]
        return True

    def raw(self, role: str) -> Any:
        """The value of a role as it stands, sound or not; None where it is absent or null."""
        if self.asked is not None:
            self.asked.add(role)
        value: Any = self.value
        for token in _place(self.plan, role)[1]:
            if isinstance(value, dict):
                value = value.get(token)
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        return value

    def get(self, role: str) -> Any:
        """The value of a role (`target/id`, `meta/userAccountIds/0`); None where absent or already told."""
        if role in self._got:
            return self._got[role]
        value = self.raw(role)
        if value is not None and self.spoilt and not self.sound(_place(self.plan, role)[0]):
            value = None
        self._got[role] = value
        return value

    def string(self, role: str) -> str | None:
        """A non-empty string of which nothing was told, not even of a part; else None."""
        value = self.get(role)
        if not isinstance(value, str) or not value or (self.spoilt and _place(self.plan, role)[0] in self.spoilt):
            return None
        return value

    def present(self, role: str) -> bool:
        """Whether anything but null stands there, sound or not."""
        return self.raw(role) is not None

    def action(self) -> Action | None:
        """The action's parts. Service names of two parts are those of the vocabulary."""
        text = self.get("action")
        if not isinstance(text, str) or text.count(".") < 2:
            return None
        told = self.spoilt.get(_place(self.plan, "action")[0], ())
        return Action(text, _parts(self.plan.vocabulary.two_part, text), tuple(told))

    def crn(self, role: str) -> Crn | None:
        """The CRN of a role, taken apart; None where there is none or its structure was already told."""
        text = self.get(role)
        if not isinstance(text, str):
            return None
        pieces = tuple(text.split(":", 9))
        if len(pieces) != 10 or pieces[0] != "crn":
            return None
        pointer = _place(self.plan, role)[0]
        return Crn(pointer, pieces, tuple(self.spoilt.get(pointer, ())))

    def unless_told(self, pointer: str, part: Part) -> Part | None:
        """The part, or None where something was told of any of its code points."""
        return part if _untold(part, self.spoilt.get(pointer, ())) else None

    def strings(self) -> list[tuple[str, str, Node | None]]:
        """Every string value with its pointer and node, in the order of the text; computed once."""
        if self._strings is None:
            self._strings = list(strings_of(self.value, "", self.plan.root))
        return self._strings

    def narrow(self, strings: list[tuple[str, str, Node | None]]) -> None:
        """Let `strings` give these alone: of all others it is known what is to be told."""
        self._strings = strings

    def problem(
        self,
        code: str,
        role: str,
        case: str = "",
        *,
        part: Part | None = None,
        repair: Json = None,
        suggestion: str | None = None,
        **facts: Fact,
    ) -> Problem:
        """A Problem at a role; `said` is filled with the value, or with the part, unless given."""
        pointer = role if role.startswith("/") or not role else self.plan.pointer(role)
        if "said" not in facts and part is not None:
            facts["said"] = Said(part.text, pointer, sensitive=self._in_account(pointer, part))
        return Problem(
            code,
            pointer,
            case,
            facts,
            within=part.span if part else None,
            repair=repair,
            suggestion=suggestion,
        )

    def _in_account(self, pointer: str, part: Part) -> bool:
        """Whether a part of a CRN is its account, or a piece of it."""
        if self.asked is not None:
            self.asked.add(pointer)
        try:
            text = resolve(self.value, pointer)
        except LookupError:
            return False
        found = ACCOUNT.search(text) if isinstance(text, str) else None
        return found is not None and part.span.start < found.end() and found.start() < part.span.end <= found.end()

    def said(self, role: str) -> Said:
        """What stands at a role, for a message."""
        return Said(str(self.raw(role)), self.plan.pointer(role))


@functools.lru_cache(maxsize=4096)
def _place(plan: Plan, role: str) -> tuple[str, tuple[str, ...]]:
    """The pointer of a role, and its tokens."""
    pointer = plan.pointer(role)
    return pointer, tuple(pointer[1:].split("/"))


@functools.lru_cache(maxsize=1024)
def _parts(two_part: re.Pattern[str], text: str) -> tuple[Part, Part, Part]:
    """Service, object and verb of an action of three parts or more."""
    pieces = list(split(text, "."))
    both = len(pieces) > 3 and two_part.fullmatch(f"{pieces[0].text}.{pieces[1].text}")
    head = 2 if both else 1
    service = Part(text[: pieces[head - 1].span.end], Span(0, pieces[head - 1].span.end))
    middle = Part(
        text[pieces[head].span.start : pieces[-2].span.end],
        Span(pieces[head].span.start, pieces[-2].span.end),
    )
    return service, middle, pieces[-1]


def _untold(part: Part, told: Iterable[Span | None]) -> bool:
    start, end = part.span
    return all(span is not None and not (span.start < end and start < span.end) and span != part.span for span in told)


def split(text: str, mark: str, most: int = -1) -> Iterator[Part]:
    """The parts of a string between the marks, with their places."""
    at = 0
    for piece in text.split(mark, most):
        yield Part(piece, Span(at, at + len(piece)))
        at += len(piece) + len(mark)


def strings_of(value: Json, pointer: str, node: Node | None) -> Iterator[tuple[str, str, Node | None]]:
    """Every string below a value, with its pointer and node; None for a node that the edition has not."""
    if isinstance(value, str):
        yield pointer, value, node
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from strings_of(child, f"{pointer}/{escape(key)}", node.members.get(key) if node else None)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from strings_of(child, f"{pointer}/{index}", node.items if node else None)
