"""What each rule says of its fixtures, and what its breaker makes and is told of it: as people read it, kept in files.

With ATLINT_UPDATE=1 in the environment the files are written anew; whoever does so reads what has changed.
"""

from __future__ import annotations

import copy
import difflib
import functools
import itertools
import json
import os
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from atlint.integrations.source import find
from atlint.lint import Explanation
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.explain import Explainer, level
from atlint.lint.fix import fix_of
from atlint.lint.source import from_bytes
from atlint.model import Line, Problem
from atlint.pipeline.registration_file import registration_of
from atlint.plan import EDITIONS, Plan
from atlint.report.redact import Redactor
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests
from atlint.rules.readiness_rules import EXAMPLE, REGISTRATION_FILE
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything
from tests import test_constitution, test_laws
from tests.pipeline import test_rules as cluster_rules

ROOT: Final = Path(__file__).parents[2]
FIXTURES: Final = ROOT / "fixtures" / "rules"
SAID: Final = ROOT / "fixtures" / "said"
#: as users see it by default: what is sensitive is masked, and what lost its place is not shown
WORDS: Final = Redactor()
#: how often a breaker is asked, in each edition; what it makes again is left out
DRAWS: Final = 10
FURTHER: Final = 2
#: how often a breaker is asked for each event, only to see what it puts where
ASKED: Final = 6
#: lines that are shown of that for each event, and code points from which on a text is long
FRESH: Final = 4
LONG: Final = 40
#: what breakers draw by letters and digits: another each time
DRAWN: Final = re.compile(r"(?<=-)[0-9a-f]{12}\b|\b[A-Za-z0-9]{40,}\b")
WORD_ENDS: Final = ':/ "'
#: rules whose breakers spoil what other breakers begin with: the target, its id, the action, the data
SPOILING: Final = ("AT101", "AT201", "AT204", "AT301", "AT308", "AT310", "AT311", "AT312", "AT531", "AT532")
#: events that lack what breakers begin with, or have it in another way
SPARSE: Final[tuple[dict[str, Any], ...]] = (
    {"action": "kms.delete.read", "target/typeURI": "kms/delete"},
    {"action": "kms.secrets.frobnicate", "target/typeURI": "kms/secrets"},
    {"action": None},
    {"target/id": "crn:v1:bluemix:public:kms:us-south:::key:k1"},
    {"target/id": None, "logSourceCRN": None},
    {"meta": None, "logSourceCRN": None},
    {"meta": None, "action": None},
    {"meta": None, "target/id": None, "logSourceCRN": None},
    {"reason": None, "outcome": "pending", "severity": "critical", "message": None},
    {"initiator/id": None, "initiator/name": None, "initiator/host": None, "requestData": None},
)
SPARSE_TARGETS: Final[tuple[dict[str, Any], ...]] = ({"target/id": None}, {"target/id": "worker-1"})
SPOILING_TARGETS: Final = ("AT301", "AT311")
#: short names of services, in which a slip is a name of its own, and one of two parts
SERVICES: Final = ("abc", "abcd", "abcde", "is.vpc")
#: lines that are shown of what one breaker made, and was told
MOST: Final = 40
#: code points of a text that are shown
LONGEST: Final = 200
PUTTING = [rule for rule in REGISTRY.values() if rule.scope in {Scope.LINE, Scope.EVENT, Scope.STREAM, Scope.FILE}]
READINESS = [rule for rule in REGISTRY.values() if rule.scope is Scope.REGISTRATION]
SHOWN = [rule for rule in REGISTRY.values() if rule.scope is not Scope.REGISTRATION]


@functools.cache
def judge_of(plan: Plan) -> Judge:
    return Judge(plan, test_laws.NOW)


def told(plan: Plan, explanation: Explanation, family: str = "") -> Iterator[str]:
    """Each Problem of a line, or of one family, with all that a report shows of it."""
    for problem in explanation.problems:
        if not problem.code.startswith(family):
            continue
        text = explanation.line.text
        place = explanation.place(problem)
        columns = f"{place.start + 1}-{place.end + 1}"
        yield from sentences(plan, problem, f"{columns}: {text[place.start : place.end]}")
        fix = fix_of(explanation, problem)
        if fix is not None:
            edits = (f"{text[edit.span.start : edit.span.end]!r} -> {edit.text!r}" for edit in fix.edits)
            yield f"    {'fix' if fix.safe else 'unsafe fix'}, {WORDS.repair(plan, problem)}: {'; '.join(edits)}"


def sentences(plan: Plan, problem: Problem, at: str) -> Iterator[str]:
    """A Problem in words, and what stands at its place."""
    message, help_ = WORDS.message(plan, problem)
    weight = level(plan, problem)
    case = f".{problem.case}" if problem.case else ""
    yield f"  {problem.code}{case} {weight.value if weight else 'off'} {problem.pointer or '/'}: {message}"
    yield f"    at {repr(shortened(at))[1:-1]}"
    if help_:
        yield f"    help: {help_}"


def of_fixtures(rule: Rule) -> Iterator[str]:
    folder = FIXTURES / rule.code
    if rule.scope is Scope.CLUSTER:
        for path in sorted(folder.iterdir()):
            yield path.name
            tracked = rule.code == "AT710"
            for one in cluster_rules.found_in(path.read_bytes(), path=path.name, tracked=tracked):
                yield from sentences(everything("at-2018"), one.problem, str(one.place))
        return
    if rule.scope is Scope.SOURCE:
        for path in sorted(folder.glob("*.py")):
            yield path.name
            for one in find(path.read_text(), "service.py", [judge_of(everything("at-2018"))]):
                yield f"  {one.code} {one.severity.value} {one.place.line}:{one.place.column} {one.message}"
        return
    declared = folder / "registration.yaml"
    registration = registration_of(declared) if declared.exists() else None
    for path in sorted(folder.glob("*.jsonl")):
        plan = everything(path.name.removesuffix(".jsonl").partition(".")[2] or EDITIONS[0], registration)
        explainer = Explainer(plan, test_constitution.NOW)
        for number, raw in enumerate((raw for raw in path.read_bytes().split(b"\n") if raw), 1):
            yield f"{path.name}:{number}"
            yield from told(plan, explainer.explain(Line(path.name, number, 0, raw)))


def of_breakers(rule: Rule) -> Iterator[str]:
    """Many draws in the first edition; what differs in the others."""
    draws = DRAWS
    for edition in EDITIONS:
        if not rule.levels(edition) or (edition in rule.unbreakable and rule.code not in test_laws.REGISTERED):
            continue
        draw = random.Random(rule.code)
        goods = list(compliant(edition))
        made = [tuple(broken(rule, edition, goods[number % len(goods)], draw)) for number in range(draws)]
        for lines in dict.fromkeys(made):
            yield from (edition, *lines[:MOST], *([f"  and {len(lines) - MOST} lines more"] if lines[MOST:] else ()))
        draws = FURTHER


def broken(rule: Rule, edition: str, good: dict[str, Any], draw: random.Random) -> Iterator[str]:
    """What the breaker does to one event, and what is told of that."""
    plan, made = test_laws.broken_by(rule, edition, good, draw)
    text = made.raw.decode("utf-8", "backslashreplace")
    yield f"  at {made.pointer or '/'}"
    yield from (
        f"  {name}: {value}" for name in ("path", "terminated") if (value := getattr(made, name)) not in {"", True}
    )
    if rule.scope is Scope.CLUSTER:
        yield from differing(Manifests.of(Draft(plan, good)).text, text)
        for one in cluster_rules.found_in(made.raw, edition, tracked=rule.code == "AT710"):
            yield from briefly(rule, plan, one.problem)
    elif rule.scope is Scope.SOURCE:
        yield from (
            f"  {line}" for line in text.replace(repr(good), "EVENT").replace(json.dumps(good), "EVENT").split("\n")
        )
        yield from (
            f"  {one.code} {one.severity.value} {one.place.line}:{one.place.column} {one.message}"
            for one in find(text, "service.py", [judge_of(plan)])
        )
    else:
        before = Draft(plan, good).line().decode()
        yield from counted(shortened(" ".join(changes(before, line)), 1000) for line in text.split("\n"))
        judge = judge_of(plan)
        source = from_bytes(made.raw + b"\n" * made.terminated, made.path or "-")
        tailer = test_laws.TAILER if made.path else None
        explained = run([judge], lambda _line: judge, source, Tally(), tailer=tailer)
        yield from counted(
            said for one in explained for problem in one.problems for said in briefly(rule, plan, problem)
        )


def choices(rule: Rule) -> Iterator[str]:
    """All that the breaker puts into an event, or takes away, in each edition: only what it did not in those before."""
    seen: set[str] = set()
    for edition in EDITIONS:
        if not rule.levels(edition) or (edition in rule.unbreakable and rule.code not in test_laws.REGISTERED):
            continue
        draw, more = random.Random(f"{rule.code} {edition}"), 0
        yield edition
        for event in starting_points(rule, edition, draw):
            before = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            made: dict[str, None] = {}
            for _ in range(ASKED):
                try:
                    _, one = test_laws.broken_by(rule, edition, event, draw)
                except LookupError:  # a breaker is made for compliant events
                    continue
                for line in one.raw.decode("utf-8", "backslashreplace").split("\n", 2)[:2]:
                    made[DRAWN.sub("#", "; ".join(put(before, line)))] = None
            fresh = [line for line in made if line.replace("/payload/", "/") not in seen]
            seen |= {line.replace("/payload/", "/") for line in fresh}
            yield from (f"  {line}" for line in fresh[:FRESH])
            more += len(fresh[FRESH:])
        if more:
            yield f"  and {more} more"


def starting_points(rule: Rule, edition: str, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Compliant events, the same of other services, and some that other breakers have spoilt."""
    goods = list(compliant(edition))
    yield from goods
    service = Draft(everything(edition), goods[0]).act()[0]
    for name in SERVICES:
        text = json.dumps(goods[0])
        for mark, end in (('"', "."), ('"', "/"), (":", ":"), ('"', '"')):
            text = text.replace(f"{mark}{service}{end}", f"{mark}{name}{end}")
        yield json.loads(text)
    for changes in SPARSE if rule.scope is Scope.EVENT else SPARSE_TARGETS:
        sparse = Draft(everything(edition), copy.deepcopy(goods[0]))
        for role, value in changes.items():
            if value is None:
                sparse.drop(role)
            else:
                sparse.put(role, value)
        if rule.code not in test_laws.REGISTERED or sparse.reading.action() is not None:
            yield sparse.value
    if rule.code in test_laws.REGISTERED:
        return
    for code in SPOILING if rule.scope is Scope.EVENT else SPOILING_TARGETS:
        other = REGISTRY[code]
        if other.breaker is not None and other.levels(edition) and edition not in other.unbreakable:
            spoilt = Draft(everything(edition), copy.deepcopy(goods[0]))
            other.breaker(spoilt, draw)
            yield spoilt.value


def put(before: str, after: str) -> Iterator[str]:
    """What stands in an event that did not: of a long text only the words that differ."""
    for change in changes(before, after):
        place, _, values = change.partition(": ")
        old, _, new = values.partition(" -> ")
        head, end = 0, len(new)
        if len(new) > LONG:
            head = alike(old, new)
            end -= alike(old[head:][::-1], new[head:][::-1])
            head = max(new.rfind(mark, 0, head) for mark in WORD_ENDS) + 1
            end = min((at for mark in WORD_ENDS if (at := new.find(mark, end)) >= 0), default=len(new))
        shown = f"{'...' if head else ''}{new[head:end]}{'...' if new[end:] else ''}" if new else values
        yield f"{place.strip()}: {shortened(shown)}" if place != change else shortened(change.strip())


def briefly(rule: Rule, plan: Plan, problem: Problem) -> Iterator[str]:
    """The rule's own finding with its words, another's without."""
    if problem.code == rule.code:
        yield next(sentences(plan, problem, ""))
    elif (weight := level(plan, problem)) is not None:
        yield f"  {problem.code} {weight.value} {problem.pointer or '/'}"


def counted(lines: Iterable[str]) -> Iterator[str]:
    """Each line, and how often it comes before another does."""
    for line, many in itertools.groupby(lines):
        times = len(list(many))
        yield f"{line} ({times} times)" if times > 1 else line


def changes(before: str, after: str) -> Iterator[str]:
    """What was done to an event: members, where it still is JSON, else the text between what is as it was."""
    try:
        old, new = dict(members(json.loads(before))), dict(members(json.loads(after)))
    except ValueError:
        head = alike(before, after)
        tail = alike(before[head:][::-1], after[head:][::-1])
        yield f"  {shortened(before[head : len(before) - tail])!r} -> {shortened(after[head : len(after) - tail])!r}"
        return
    yield from (
        f"  {pointer}: {shortened(old.get(pointer, 'nothing'))} -> {shortened(new.get(pointer, 'nothing'))}"
        for pointer in sorted(old.keys() | new.keys())
        if old.get(pointer) != new.get(pointer)
    )


def alike(one: str, other: str) -> int:
    """How many code points two texts have in common at their beginning."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def differing(before: str, after: str) -> Iterator[str]:
    """The lines of a file that differ."""
    for line in difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0):
        if not line.startswith(("@@", "---", "+++")):
            yield f"  {shortened(line)}"


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text without its middle, where it is long."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} ... {text[-half:]} ({len(text)} in all)"


def members(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Each single value below a JSON value, by its pointer."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in pairs:
            yield from members(child, f"{at}/{key}")
    else:
        yield at, json.dumps(value, ensure_ascii=False)


def kept(name: str, text: str) -> None:
    path = SAID / name
    if os.environ.get("ATLINT_UPDATE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="\n")
    assert path.exists(), "ATLINT_UPDATE=1 writes it"
    assert path.read_text(encoding="utf-8", errors="surrogatepass") == text


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_what_is_said_of_the_fixtures(rule: Rule) -> None:
    if rule.scope not in {Scope.STREAM, Scope.FILE}:
        kept(f"{rule.code}.fixtures.txt", "\n".join(of_fixtures(rule)) + "\n")


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_what_the_breaker_makes(rule: Rule) -> None:
    kept(f"{rule.code}.breaker.txt", "\n".join(of_breakers(rule)) + "\n")


@pytest.mark.parametrize("rule", READINESS, ids=lambda rule: rule.code)
def test_what_the_breaker_makes_of_a_case(rule: Rule) -> None:
    """Of its registration, of its evidence, or of the event in its log; `atlint ready` is asked about it elsewhere."""
    plan, good = everything("at-2018"), next(compliant("at-2018"))
    draw, lines = random.Random(rule.code), dict[tuple[str, ...], None]()
    for _ in range(DRAWS):
        draft = Draft(plan, copy.deepcopy(good))
        assert rule.breaker is not None
        made = rule.breaker(draft, draw)
        if isinstance(made, Broken):
            head = f"{made.path} {made.pointer}".rstrip()
            lines[
                head, *differing(EXAMPLE, made.raw.decode()) if made.path == REGISTRATION_FILE else [str(made.raw)]
            ] = None
        else:
            lines[f"event {made}", *changes(Draft(plan, good).line().decode(), draft.line().decode())] = None
    kept(f"{rule.code}.breaker.txt", "".join(f"{line}\n" for each in lines for line in each))


@pytest.mark.parametrize("rule", PUTTING, ids=lambda rule: rule.code)
def test_all_that_the_breaker_puts(rule: Rule) -> None:
    kept(f"choices/{rule.code}.txt", "\n".join(choices(rule)) + "\n")
