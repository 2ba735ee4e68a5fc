"""The only place where a value of an event becomes text: masked where sensitive, and always printable.

Sensitive is what the schema says so of, an account within a CRN, and all that looks like a credential. With
`show_values` only credentials are masked: they are never shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.lint import Explanation
from atlint.model import Fact, Problem, Said, Snippet, Span
from atlint.plan import Plan
from atlint.pointer import Scan
from atlint.report.printable import printable
from atlint.rules import REGISTRY
from atlint.rules.reading import ACCOUNT
from atlint.rules.secrets import random_spans, secret_spans

#: code points of a value that a message shows, and of a line around its fault
_LONGEST: Final = 80
_AROUND: Final = 70
#: words of a broken line that may be shown: they are JSON's, JavaScript's and Python's own
_HARMLESS: Final = frozenset(
    ["true", "false", "null", "NaN", "Infinity", "undefined", "None", "True", "False", "nil", "nan", "inf"]
)
#: the rule that finds credentials
_LEAK: Final = "AT524"
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"?(\s*:)?|[^\s"{}\[\],:]+')


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
        hidden = said.sensitive or plan.sensitive(said.pointer)
        if (hidden and not self.show_values) or _is_credential(plan, said.pointer):
            return self.mask(text)
        shown = self.without_secrets(text)
        return f"'{printable(shown[:_LONGEST])}{'...' if len(shown) > _LONGEST else ''}'"

    def pointer(self, plan: Plan, pointer: str) -> str:
        """A pointer, without what stands below a place that should hold a single sensitive value."""
        at = ""
        for token in pointer.split("/")[1:]:
            if not self.show_values and _one_value(plan, at) and plan.sensitive(at):
                return f"{at}/{self.mask(pointer)}"
            at += f"/{token}"
        return self.without_secrets(pointer)

    def without_secrets(self, text: str) -> str:
        """The text with all that looks like a credential masked."""
        return _replaced(text, self.secrets(text))

    def line(self, explanation: Explanation) -> str:
        """A whole line with all that is sensitive masked, printable; where values are shown, as it is otherwise."""
        text = explanation.line.text
        shown = "".join(_pieces(text, 0, len(text), self.masks(explanation)))
        return shown if self.show_values else printable(shown)

    def sentence(self, plan: Plan, problem: Problem, template: str) -> str:
        """A rule's template, filled in."""
        facts = {name: self.fact(plan, fact) for name, fact in problem.facts.items()}
        return template.format_map(facts)

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
        return text, self.sentence(plan, problem, case.help)

    def snippet(self, explanation: Explanation, place: Span) -> Snippet:
        """The line around a fault, with all that is sensitive masked, and the columns to underline."""
        return window(explanation.line.text, self.masks(explanation), place)

    def masks(self, explanation: Explanation) -> list[tuple[Span, str]]:
        """What is hidden of a line, in order."""
        text = explanation.line.text
        if self.show_values:
            masks = self._credentials(explanation)
        elif explanation.scanned is None:
            masks = _strangers(explanation.plan, text)
        else:
            masks = self._sensitive(explanation.plan, text, explanation.scanned)
        return list(merged([*masks, *self.secrets(text)]))

    def secrets(self, text: str) -> Iterator[tuple[Span, str]]:
        """All that looks like a credential, and accounts within CRNs, each with its mask."""
        spans = list(secret_spans(text))
        if self.wary:
            spans += random_spans(text)
        if not self.show_values:
            spans += (Span(*account.span()) for account in ACCOUNT.finditer(text))
        for span, _ in merged((span, "") for span in spans):
            yield span, self.mask(text[span.start : span.end])

    def _credentials(self, explanation: Explanation) -> Iterator[tuple[Span, str]]:
        """What the event holds of credentials by the field, or by the rule that found them."""
        text, plan = explanation.line.text, explanation.plan
        spans = [explanation.place(problem) for problem in explanation.problems if problem.code == _LEAK]
        if explanation.scanned is not None:
            members = explanation.scanned.members.items()
            spans += [Span(*member.value) for pointer, member in members if _is_credential(plan, pointer)]
        for start, end in spans:
            quoted = text[start : start + 1] == '"' and end - start > 1
            yield Span(start + quoted, end - quoted), self.mask(text[start + quoted : end - quoted])

    def _sensitive(self, plan: Plan, text: str, scanned: Scan) -> Iterator[tuple[Span, str]]:
        for pointer, member in scanned.members.items():
            start, end = member.value
            known = plan.node(pointer) is not None
            if (known and not plan.sensitive(pointer)) or (text[start] in "{[" and not _one_value(plan, pointer)):
                continue
            if text[start] == '"':
                start, end = start + 1, end - 1
            if start < end:
                yield Span(start, end), self.mask(text[start:end])


def _is_credential(plan: Plan, pointer: str) -> bool:
    """Whether the edition forbids anything here, since it would be a credential."""
    node = plan.node(pointer)
    return node is not None and node.forbidden and node.codes.get("not") == _LEAK


def _one_value(plan: Plan, pointer: str) -> bool:
    """Whether the edition has a single value here: an object in its place is masked whole, keys and all."""
    node = plan.node(pointer)
    return node is not None and not node.members and node.items is None and "object" not in node.types


def _harmless(text: str) -> bool:
    return text in _HARMLESS or not any(char.isalnum() for char in text)


def _strangers(plan: Plan, text: str) -> Iterator[tuple[Span, str]]:
    """In a line that is no JSON nothing is known to be harmless but the edition's own field names."""
    known = {token for node in plan.root.walk() for token in node.pointer.split("/")}
    for token in _TOKEN.finditer(text):
        if token[1] is None:
            if not _harmless(token[0]) and len(token[0]) > 1:
                yield Span(*token.span()), "..."
        elif token[1] and not (token[2] and token[1] in known):
            yield Span(token.start() + 1, token.start() + 1 + len(token[1])), "..."


def _replaced(text: str, masks: Iterator[tuple[Span, str]]) -> str:
    return "".join(_pieces(text, 0, len(text), list(masks)))


def merged(masks: Iterable[tuple[Span, str]], of_several: str = "") -> Iterator[tuple[Span, str]]:
    """Masks in order; those that overlap become one, which shows `of_several`, or else what its first one shows."""
    current: tuple[Span, str] | None = None
    for span, mask in sorted(masks):
        if current is None or span.start >= current[0].end:
            if current is not None:
                yield current
            current = (span, mask)
        elif span.end > current[0].end:
            current = (Span(current[0].start, span.end), of_several or current[1])
    if current is not None:
        yield current


def _pieces(text: str, start: int, end: int, masks: list[tuple[Span, str]]) -> Iterator[str]:
    at = start
    for span, mask in masks:
        if span.start < at or span.end > end:
            continue
        yield text[at : span.start]
        yield mask
        at = span.end
    yield text[at:end]


def window(text: str, masks: list[tuple[Span, str]], place: Span) -> Snippet:
    """A window that never begins or ends within a masked value, so that no piece of one is shown."""
    start, end = max(place.start - _AROUND, 0), min(max(place.end, place.start + 1) + _AROUND, len(text))
    first, last = place.start, min(place.end, place.start + 2 * _AROUND)
    end = min(end, last + _AROUND)
    for span, _ in masks:
        if span.start < start < span.end:
            start = span.start
        if span.start < end < span.end:
            end = span.end
        if span.start < first < span.end:
            first = span.start
        if span.start < last < span.end:
            last = span.end
    head = printable("".join(_pieces(text, start, first, masks)))
    middle = printable("".join(_pieces(text, first, last, masks)))
    tail = printable("".join(_pieces(text, last, end, masks)))
    head, tail = ("..." if start else "") + head, tail + ("..." if end < len(text) else "")
    return Snippet(head + middle + tail, len(head), len(head) + max(len(middle), 1))
