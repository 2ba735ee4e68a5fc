"""What several targets hold: laws 1 and 5 of `tests/test_laws.py`, and one compliant event to plant texts in."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import lark

from atlint.lint import Explainer
from atlint.lint.accept import Acceptor, compile_acceptor
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.rows import Fact, Rows
from atlint.lint.seen import see
from atlint.lint.source import from_bytes
from atlint.model import Line
from atlint.plan import EDITIONS
from atlint.plan.grammar import load, parser
from atlint.report.check import _judge
from atlint.report.collect import Collector
from atlint.report.formats import FORMATS
from atlint.report.manifests import Manifests
from atlint.report.redact import Redactor
from atlint.report.rule_page import cards
from atlint.rules.selection import everything

#: 2026-01-31: later than every time in the examples
NOW: Final = 1769817600.0
#: longer texts take lark's parser too long; the expressions are tried on all
LONGEST_PARSED: Final = 160


@functools.cache
def judge(edition: str) -> Judge:
    """The edition's judge, with every rule."""
    return Judge(everything(edition), NOW)


def told(edition: str, raw: bytes, manifests: Manifests | None = None) -> None:
    """Everything from lines and manifests to what people read most, as `atlint check` does it."""
    one, tally, collector = judge(edition), Tally(), Collector(Redactor(b"key"))
    for explanation in run([one], lambda _line: one, from_bytes(raw, "a.log"), tally):
        collector.add(explanation)
    if manifests is not None:
        _judge(manifests, [one], collector, tally)
    report = collector.report(one.plan, tally, edition=edition, files=("a.log",), fail_on=None)
    for name in ("json", "text"):
        "".join(FORMATS[name](report, rules=cards(edition))).encode()


@functools.cache
def judges(edition: str) -> tuple[Acceptor, Acceptor, Explainer]:
    """The readers of a line, with every rule of the edition: the acceptor, the same in Python alone, the explainer."""
    plan = everything(edition)
    return compile_acceptor(plan, NOW), compile_acceptor(plan, NOW, quickly=False), Explainer(plan, NOW)


def readers_agree(edition: str, raw: bytes) -> None:
    """Law 1, on one line without line feed; and that what is looked for where there is doubt is all that there is."""
    accept, by_hand, explainer = judges(edition)
    found_clean = accept([raw]), by_hand([raw])
    accepted = any(clean.numbers for clean in found_clean)
    if all(clean.numbers for clean in found_clean):
        mine, theirs = (clean.rows() for clean in found_clean)
        assert mine.fact(0) == theirs.fact(0)
        assert found_clean[0].actions == found_clean[1].actions
    if not raw.strip():
        assert not accepted
        return
    line = Line("-", 1, 0, raw)
    found, quick = explainer.explain(line), judge(edition)
    told_of_doubts = quick.explainer.explain(line, quick.accept([raw]).doubts.get(0))
    assert told_of_doubts.problems == found.problems, (told_of_doubts.problems, found.problems)
    if found_clean[0].shown and told_of_doubts.plain:
        assert found_clean[0].rows().fact(0) == seen_of(line)
    length = len(found.line.text)
    for problem in found.problems:
        start, end = found.place(problem)
        assert 0 <= start <= end <= length + 1, problem  # what is missing stands behind the end
    if accepted:
        assert not found.problems, found.problems


def seen_of(line: Line) -> Fact:
    """What rules across events ask of a line, read from it alone."""
    rows, seen = Rows(), see(line)
    assert seen is not None
    rows.insert(0, seen)
    return rows.fact(0)


def parsers_agree(name: str, text: str) -> None:
    """Law 5, on one text."""
    grammar = load(name)
    matches = grammar.pattern().fullmatch(text) is not None
    if len(text) > LONGEST_PARSED:
        return
    try:
        parser(grammar, grammar.start).parse(text)
    except lark.UnexpectedInput:
        assert not matches, text
        expected = grammar.explain(text)
        assert expected.words, text
        assert 0 <= expected.offset <= len(text), text
    else:
        assert matches, text


def with_text(edition: str, pointer: str, text: str) -> bytes:
    """A compliant event's line with `text` at the pointer."""
    event = copy.deepcopy(next(iter(compliant(edition))))
    *path, last = pointer.split("/")[1:]
    box: Any = event
    for step in path:
        box = box[step]
    box[last] = text
    return json.dumps(event).encode()


def texts(edition: str, pattern: str) -> Iterator[bytes]:
    """The texts of the shipped examples that match."""
    for event in compliant(edition):
        for found in re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(event)):
            if re.search(pattern, found):
                yield found.encode()


def all_texts(pattern: str) -> Iterator[bytes]:
    """The same of all editions, each once."""
    yield from dict.fromkeys(found for edition in EDITIONS for found in texts(edition, pattern))
