"""The only place where a value of an event becomes text: masked where sensitive, and always printable.

Sensitive is what the schema says so of, an account within a CRN, and all that looks like a credential. With
`show_values` only credentials are masked: they are never shown.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import string
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from atlint.lint import Explanation
from atlint.lint.needles import doubt
from atlint.lint.places import besides
from atlint.model import Fact, Problem, Said, Snippet, Span
from atlint.plan import Plan
from atlint.pointer import Scan, told
from atlint.report.printable import printable
from atlint.rules import REGISTRY
from atlint.rules.credentials import NEEDED, hidden_spans, random_spans

#: code points of a secret that is looked for in sentences: shorter ones stand in words
_LEAST: Final = 4
#: code points of a value that a message shows, and of a line around its fault
_LONGEST: Final = 80
_AROUND: Final = 70
#: places of a Plan of which is remembered how they are shown
_MOST_PLACES: Final = 4096
#: words of a broken line that may be shown: they are JSON's, JavaScript's and Python's own
_HARMLESS: Final = frozenset(
    ["true", "false", "null", "NaN", "Infinity", "undefined", "None", "True", "False", "nil", "nan", "inf"]
)
#: the rule that finds credentials
_LEAK: Final = "AT524"
#: the account of a CRN, wherever the CRN stands
_BEFORE_ACCOUNT: Final = ":a/"
_ACCOUNT: Final = re.compile(r"""[^:\s"'\\]+""")
_CRN: Final = "crn:v1:"
#: the same of an account that lacks what should stand before it
_BARE_ACCOUNT: Final = re.compile(_CRN + r"""(?:[^:\s"'\\]*:){4}([0-9a-f]{32})(?![^:\s"'\\])""")
#: quick, and most texts hold none
_may_hold_secrets: Final = doubt(NEEDED)
#: what a mask shows, or what it is made of
Shown = TypeVar("Shown", str, Span)
#: a word as in `password: must be changed`
_WORD: Final = re.compile(r"(?<=\s)[a-z]+")
#: a string of JSON, without its quotes
_LITERAL: Final = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"?', re.DOTALL)
_TOKEN: Final = re.compile(r'"((?:[^"\\]++|\\.)*+)"?(\s*:)?|[^\s"{}\[\],:]+')


@dataclass(frozen=True, slots=True)
class Redactor:
    """Turns facts into words. Equal values get equal masks under one `key`."""

    key: bytes = b""
    show_values: bool = False
    #: whether runs that look random are credentials too: in manifests and registrations a token may stand anywhere
    wary: bool = False

    def mask(self, text: str) -> str:
        """What stands for a sensitive value."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self.key[:64], digest_size=4)
        return f"[masked:{digest.hexdigest()}]"

    def value(self, plan: Plan, said: Said) -> str:
        """A value of an event, quoted, for a sentence."""
        text = said.text
        if not said.pointer and not self.show_values and not _harmless(text):
            return "other text"
        if self._masks_all(plan, said):
            return self.mask(text)
        shown = self.without_secrets(text)
        return f"'{printable(shown[:_LONGEST])}{'...' if len(shown) > _LONGEST else ''}'"

    def _masks_all(self, plan: Plan, said: Said) -> bool:
        place = _places(plan)[said.pointer]
        return ((said.sensitive or place.sensitive) and not self.show_values) or place.credential

    def hides(self, plan: Plan, problem: Problem, text: str) -> bool:
        """Whether a text that repairs a Problem is not to be shown, for what it holds or for what it replaces."""
        before = problem.facts.get("said")
        of_secret = isinstance(before, Said) and self._masks_all(plan, before)
        return of_secret or self._masks_all(plan, Said("", problem.pointer)) or self.without_secrets(text) != text

    def pointer(self, plan: Plan, pointer: str) -> str:
        """A pointer, without what stands below a place that should hold a single sensitive value."""
        pointer = told(pointer)
        if not self.show_values:
            at, places = "", _places(plan)
            for token in pointer.split("/")[1:]:
                place = places[at]
                if place.single and place.sensitive:
                    return f"{at}/{self.mask(pointer)}"
                at = f"{at}/{token}"
        return self.without_secrets(pointer)

    def without_secrets(self, text: str) -> str:
        """The text with all that looks like a credential masked."""
        secrets = self.secrets(text)
        return _masked(text, 0, len(text), secrets) if secrets else text

    def line(self, explanation: Explanation) -> str:
        """A whole line with all that is sensitive masked, printable; where values are shown, as it is otherwise."""
        text = explanation.line.text
        shown = _masked(text, 0, len(text), self.masks(explanation))
        return shown if self.show_values else printable(shown)

    def sentence(self, plan: Plan, problem: Problem, template: str) -> str:
        """A rule's template, filled in."""
        named = _named(template)
        return template.format_map({name: self.fact(plan, problem.facts[name]) for name in named})

    def fact(self, plan: Plan, fact: Fact) -> str:
        """One fact in words."""
        if isinstance(fact, Said):
            return self.value(plan, fact)
        if isinstance(fact, tuple):
            *firsts, last = map(self.without_secrets, fact or ("nothing",))
            return f"{', '.join(firsts)} or {last}" if firsts else last
        return self.without_secrets(str(fact))

    def message(self, plan: Plan, problem: Problem) -> tuple[str, str]:
        """The sentence of a finding and the advice that goes with it."""
        rule = REGISTRY[problem.code]
        case = rule.cases.get(problem.case) or rule.cases[""]
        text = self.sentence(plan, problem, case.message)
        if problem.suggestion and problem.suggestion not in text:
            text += f"; did you mean {self.value(plan, Said(problem.suggestion, '/'))}?"
        return text, self.advice(plan, problem)

    def advice(self, plan: Plan, problem: Problem) -> str:
        """The advice that goes with a finding; empty where there is none."""
        rule = REGISTRY[problem.code]
        return self.sentence(plan, problem, (rule.cases.get(problem.case) or rule.cases[""]).help)

    def repair(self, plan: Plan, problem: Problem) -> str:
        """What the fix of a finding writes; what the rule advises where that has no words or is not to be shown."""
        written, advice = problem.repair, self.advice(plan, problem)
        if isinstance(written, int | float):
            return f"write {json.dumps(written)}"
        if isinstance(written, str) and not self.hides(plan, problem, written):
            brief = len(written) <= _LONGEST and any(map(str.isalnum, written))
            if brief or not advice:
                return f"write {self.value(plan, Said(written, problem.pointer))}"
        return advice or f"repair {REGISTRY[problem.code].name}"

    def snippet(self, explanation: Explanation, place: Span) -> Snippet:
        """The line around a fault, with all that is sensitive masked, and the columns to underline."""
        return Hidden(self, explanation).snippet(place)

    def masks(self, explanation: Explanation) -> list[tuple[Span, str]]:
        """What is hidden of a line, in order."""
        text = explanation.line.text
        masks: Iterable[tuple[Span, str]]
        if self.show_values:
            masks = self._credentials(explanation)
        elif explanation.scanned is None:
            masks = _strangers(explanation.plan, text)
        else:
            masks = self.with_masks(text, _sensitive_places(explanation.plan, text, explanation.scanned))
        return merged([*masks, *self.secrets(text)])

    def secrets(self, text: str) -> list[tuple[Span, str]]:
        """All that looks like a credential, and accounts within CRNs, each with its mask."""
        spans = [*self.secret_places(text), *(span for span, _ in self.spelt_otherwise(text))]
        return merged(self.with_masks(text, spans))

    def with_masks(self, text: str, spans: Iterable[Span]) -> list[tuple[Span, str]]:
        """Parts of a text, each with what stands for it."""
        return [(span, self.mask(text[span.start : span.end])) for span in spans]

    def secret_places(self, text: str) -> list[Span]:
        """Where all that stands, in order, no two of them overlapping."""
        spans = list(hidden_spans(text)) if _may_hold_secrets(text) else []
        if self.wary:
            spans += random_spans(text)
        if not self.show_values and _BEFORE_ACCOUNT in text:
            spans += _accounts(text)
        if not self.show_values and _CRN in text:
            spans += (Span(*found.span(1)) for found in _BARE_ACCOUNT.finditer(text))
        return [span for span, _ in merged((span, "") for span in spans)] if len(spans) > 1 else spans

    def spelt_otherwise(self, text: str) -> Iterator[tuple[Span, list[str]]]:
        """JSON strings that hold credentials as they are meant, if not as they are written; with what they hold.

        Words of running text are not among that.
        """
        for found in _LITERAL.finditer(text) if "\\" in text else ():
            if "\\" not in found[1]:
                continue
            start, end = found.span(1)
            try:
                meant = scanstring(text, start, False)[0]  # noqa: FBT003 - the C function takes it by place only
            except ValueError:  # it breaks off, or has an escape that JSON has not
                continue
            places, inner = self.secret_places(meant), [*self.spelt_otherwise(meant)]
            if places or inner:
                yield Span(start, end), [*_apart_from_words(meant, places), *(one for _, more in inner for one in more)]

    def _credentials(self, explanation: Explanation) -> Iterator[tuple[Span, str]]:
        """What the event holds of credentials by the field, or by the rule that found them."""
        text, plan = explanation.line.text, explanation.plan
        spans = [explanation.place(problem) for problem in explanation.problems if problem.code == _LEAK]
        if explanation.scanned is not None:
            members, places = explanation.scanned.members.items(), _places(plan)
            spans += [Span(*member.value) for pointer, member in members if places[pointer].credential]
        for start, end in spans:
            quoted = text[start : start + 1] == '"' and end - start > 1
            yield Span(start + quoted, end - quoted), self.mask(text[start + quoted : end - quoted])


class Hidden:
    """What is hidden of one line: it is found once, however many faults there are, and masked where it is shown."""

    __slots__ = ("_firsts", "_masks", "_redactor", "_secrets", "_spans", "explanation", "text")

    def __init__(self, redactor: Redactor, explanation: Explanation) -> None:
        """Look at the whole line: a secret that crosses a window's border must not show there."""
        self.explanation = explanation
        self.text = explanation.line.text
        self._redactor = redactor
        places = redactor.secret_places(self.text)
        otherwise = [*redactor.spelt_otherwise(self.text)]
        self._secrets = [*_apart_from_words(self.text, places)]
        self._secrets += (secret for _, held in otherwise for secret in held)
        #: all masks, where they are not made window by window
        self._masks: list[tuple[Span, str]] | None = None
        #: otherwise what is hidden together, in order, and of what overlaps the part that a mask is made of
        self._spans: list[Span] = []
        self._firsts: dict[Span, Span] = {}
        scanned = explanation.scanned
        if redactor.show_values or scanned is None:
            self._masks = redactor.masks(explanation)
        else:
            spans = _sensitive_places(explanation.plan, self.text, scanned)
            spans += [*places, *(span for span, _ in otherwise)]
            self._spans, self._firsts = _together(spans)

    def sentence(self, text: str) -> str:
        """A sentence without the line's secrets: a part of a value may lack what a secret is known by."""
        for secret in self._secrets:
            if len(secret) >= _LEAST and secret in text:
                text = text.replace(secret, self._redactor.mask(secret))
        return text

    def snippet(self, place: Span) -> Snippet:
        """The line around a fault, with all that is sensitive masked, and the columns to underline."""
        return window(self.text, self._near(*_bounds(self.text, place)[:2]), place)

    def _near(self, start: int, end: int) -> list[tuple[Span, str]]:
        """The masks that have a code point in common with a part of the line, each at its full length."""
        if self._masks is not None:
            return self._masks
        last = bisect_left(self._spans, end, key=itemgetter(0))
        near = self._spans[bisect_right(self._spans, start, hi=last, key=itemgetter(1)) : last]
        parts = [self._firsts.get(span, span) for span in near]
        return [(span, self._redactor.mask(self.text[s:e])) for span, (s, e) in zip(near, parts, strict=True)]


def _apart_from_words(text: str, places: list[Span]) -> Iterator[str]:
    """The secrets at these places, but for the words of running text: sentences are made of such, too."""
    return (text[start:end] for start, end in places if not _WORD.fullmatch(text, start, end))


def _together(spans: list[Span]) -> tuple[list[Span], dict[Span, Span]]:
    """Spans, sorted here, those that overlap as one; and the first one of each such. A line may have very many."""
    found, firsts, behind = list[Span](), dict[Span, Span](), 0
    spans.sort()
    for span in spans:
        if span.start >= behind:
            found.append(span)
            behind = span.end
        elif span.end > behind:
            first = found[-1]
            found[-1] = Span(first.start, span.end)
            firsts[found[-1]] = firsts.pop(first, first)
            behind = span.end
    return found, firsts


def _sensitive_places(plan: Plan, text: str, scanned: Scan) -> list[Span]:
    """Values that the edition calls sensitive, or does not know; without their quotes."""
    found, places = list[Span](), _places(plan)
    for pointer, start, end in besides(scanned.members, places.shown):
        place = places[pointer]
        if not place.hidden or (text[start] in "{[" and not place.single):
            continue
        quoted = text[start] == '"'
        if end - start > 2 * quoted:
            found.append(Span(start + quoted, end - quoted))
    return found


class _Place(NamedTuple):
    """What a Plan says of a place as to showing it."""

    sensitive: bool
    #: sensitive, or unknown to the edition
    hidden: bool
    #: whether the edition has a single value here: an object in its place is masked whole, keys and all
    single: bool
    #: whether the edition forbids anything here, since it would be a credential
    credential: bool


class _Places(dict[str, _Place]):
    """What a Plan says of each place, remembered for as many as there is room for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        #: those at which nothing is hidden, whatever stands there
        self.shown: set[str] = set()

    def __missing__(self, pointer: str) -> _Place:
        if len(self) >= _MOST_PLACES:
            self.clear()
            self.shown.clear()
        node, sensitive = self._plan.node(pointer), self._plan.sensitive(pointer)
        place = self[pointer] = _Place(
            sensitive=sensitive,
            hidden=sensitive or node is None,
            single=node is not None and not node.members and node.items is None and "object" not in node.types,
            credential=node is not None and node.forbidden and node.codes.get("not") == _LEAK,
        )
        if not place.hidden:
            self.shown.add(pointer)
        return place


_places: Final = functools.lru_cache(maxsize=16)(_Places)


@functools.lru_cache(maxsize=1024)
def _named(template: str) -> tuple[str, ...]:
    """The facts that a template is filled in with."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _accounts(text: str) -> Iterator[Span]:
    """The accounts within CRNs."""
    at = text.find(_BEFORE_ACCOUNT)
    while at >= 0:
        at += len(_BEFORE_ACCOUNT)
        if found := _ACCOUNT.match(text, at):
            yield Span(*found.span())
        at = text.find(_BEFORE_ACCOUNT, at)


def _harmless(text: str) -> bool:
    return text in _HARMLESS or not any(char.isalnum() for char in text)


def _strangers(plan: Plan, text: str) -> Iterator[tuple[Span, str]]:
    """In a line that is no JSON nothing is known to be harmless but the edition's own field names."""
    known = _names(plan)
    for token in _TOKEN.finditer(text):
        if token[1] is None:
            if not _harmless(token[0]) and len(token[0]) > 1:
                yield Span(*token.span()), "..."
        elif token[1] and not (token[2] and token[1] in known):
            yield Span(token.start() + 1, token.start() + 1 + len(token[1])), "..."


@functools.lru_cache(maxsize=16)
def _names(plan: Plan) -> frozenset[str]:
    """The names of all fields of an edition."""
    return frozenset(token for node in plan.root.walk() for token in node.pointer.split("/"))


def merged(masks: Iterable[tuple[Span, Shown]], of_several: Shown | None = None) -> list[tuple[Span, Shown]]:
    """Masks in order; those that overlap become one, which shows `of_several`, or else what its first one shows."""
    found, behind = list[tuple[Span, Shown]](), 0
    for mask in sorted(masks):
        start, end = mask[0]
        if start >= behind:
            found.append(mask)
            behind = end
        elif end > behind:
            span, shown = found[-1]
            found[-1] = Span(span.start, end), of_several or shown
            behind = end
    return found


def _masked(text: str, start: int, end: int, masks: list[tuple[Span, str]]) -> str:
    """A part of a text with those masks that are wholly in it."""
    if not masks:
        return text[start:end]
    pieces, at = list[str](), start
    for (first, last), mask in masks:
        if at <= first and last <= end:
            pieces += text[at:first], mask
            at = last
    pieces.append(text[at:end])
    return "".join(pieces)


def _bounds(text: str, place: Span) -> tuple[int, int, int, int]:
    """Where a window begins and ends, and what of it is marked, before any mask is looked at."""
    first, last = place
    end = max(last, first + 1) + _AROUND
    last = min(last, first + 2 * _AROUND)
    return max(first - _AROUND, 0), min(end, len(text), last + _AROUND), first, last


def window(text: str, masks: list[tuple[Span, str]], place: Span) -> Snippet:
    """A window that never begins or ends within a masked value, so that no piece of one is shown."""
    start, end, first, last = _bounds(text, place)
    for (begin, behind), _ in masks:
        if begin < start < behind:
            start = begin
        if begin < end < behind:
            end = behind
        if begin < first < behind:
            first = begin
        if begin < last < behind:
            last = behind
    head = printable(_masked(text, start, first, masks))
    middle = printable(_masked(text, first, last, masks))
    tail = printable(_masked(text, last, end, masks))
    head, tail = ("..." if start else "") + head, tail + ("..." if end < len(text) else "")
    return Snippet(head + middle + tail, len(head), len(head) + max(len(middle), 1))
