"""Facts of a Problem to words: a value of an event is masked where it is sensitive, and always printable."""

from __future__ import annotations

import functools
import json
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atlint.lint import Explanation
from atlint.model import HIDDEN, Fact, Problem, Said, Span
from atlint.plan import Plan
from atlint.pointer import told
from atlint.report.printable import printable
from atlint.report.redact import places
from atlint.report.redact.masks import mask, masked, merged
from atlint.report.redact.secrets import secrets_in
from atlint.rules import REGISTRY

#: code points of a value that a message shows
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Redactor:
    """Turns facts into words. Equal values get equal masks under one `key`."""

    key: bytes = b""
    show_values: bool = False
    #: whether runs that look random are credentials too: in manifests and registrations a token may stand anywhere
    wary: bool = False

    def mask(self, text: str) -> str:
        """What stands for a sensitive value."""
        return mask(text, self.key)

    def value(self, plan: Plan, said: Said) -> str:
        """A value of an event, quoted, for a sentence; what is hidden is in no quotes, since it is no value."""
        text = said.text
        if text == HIDDEN:
            return text
        if not said.pointer and not self.show_values and not places.harmless(text):
            return "other text"
        if self._masks_all(plan, said):
            return self.mask(text)
        shown = self.without_secrets(text)
        return f"'{printable(shown[:_LONGEST])}{'...' if len(shown) > _LONGEST else ''}'"

    def _masks_all(self, plan: Plan, said: Said) -> bool:
        place = places.of(plan)[said.pointer]
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
            at, known = "", places.of(plan)
            for token in pointer.split("/")[1:]:
                place = known[at]
                if place.single and place.sensitive:
                    return f"{at}/{self.mask(pointer)}"
                at = f"{at}/{token}"
        return self.without_secrets(pointer)

    def without_secrets(self, text: str) -> str:
        """The text with all that looks like a credential masked."""
        secrets = self.secrets(text)
        return masked(text, 0, len(text), secrets) if secrets else text

    def line(self, explanation: Explanation) -> str:
        """A whole line with all that is sensitive masked, printable; where values are shown, as it is otherwise."""
        text = explanation.line.text
        shown = masked(text, 0, len(text), self.masks(explanation))
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

    def masks(self, explanation: Explanation) -> list[tuple[Span, str]]:
        """What is hidden of a line, in order."""
        text, plan = explanation.line.text, explanation.plan
        masks: Iterable[tuple[Span, str]]
        if self.show_values:
            masks = self._with_masks(text, places.credentials(explanation))
        elif explanation.scanned is None:
            masks = ((span, "...") for span in places.strangers(plan, text))
        else:
            masks = self._with_masks(text, places.sensitive(plan, text, explanation.scanned))
        return merged([*masks, *self.secrets(text)])

    def secrets(self, text: str) -> list[tuple[Span, str]]:
        """All that looks like a credential, and accounts within CRNs, each with its mask."""
        found, otherwise = self.secret_places(text)
        return merged(self._with_masks(text, (*found, *(span for span, _ in otherwise))))

    def secret_places(self, text: str) -> tuple[list[Span], list[tuple[Span, list[str]]]]:
        """Where all that stands: as it is written, and in strings that hold it as they are meant."""
        return secrets_in(text, show_values=self.show_values, wary=self.wary)

    def _with_masks(self, text: str, spans: Iterable[Span]) -> Iterator[tuple[Span, str]]:
        return ((span, self.mask(text[span.start : span.end])) for span in spans)


@functools.lru_cache(maxsize=1024)
def _named(template: str) -> tuple[str, ...]:
    """The facts that a template is filled in with."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)
