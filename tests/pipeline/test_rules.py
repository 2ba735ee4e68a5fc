"""Family AT7 as users meet it: law 3 and the fixtures, over whole files of YAML and configurations."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest

from atlint.lint.examples import compliant
from atlint.lint.explain import level
from atlint.model import Severity
from atlint.pipeline import cluster, document, fluentd
from atlint.pipeline.checks import problems
from atlint.pipeline.checks.manifest import without_fence
from atlint.pipeline.custody import ELSEWHERE, TRACKED
from atlint.pipeline.source import Source
from atlint.pipeline.view import Sighting, View
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
RULES = [rule for rule in REGISTRY.values() if rule.scope is Scope.CLUSTER]


def found_in(raw: bytes, edition: str = "at-2018", path: str = "x.yaml", *, tracked: bool = False) -> list[Sighting]:
    kept = TRACKED if tracked else ELSEWHERE
    files = []
    streams = []
    if path.endswith(".conf"):
        files.append((Source.of(raw.decode(), path), fluentd.parse(raw.decode())))
    else:
        streams.append(document.read(raw, path, fence=True))
    view = View.of(cluster.read(streams), everything(edition), files, lambda _path: kept)
    return list(problems(view))


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_fixtures_say_what_they_should(rule: Rule) -> None:
    files = sorted((FIXTURES / rule.code).iterdir())
    assert {path.name[:3] for path in files} == {"bad", "goo"}
    for path in files:
        codes = {one.problem.code for one in found_in(path.read_bytes(), path=path.name, tracked=rule.code == "AT710")}
        assert (rule.code in codes) == path.name.startswith("bad"), (path.name, codes)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_good_fixtures_have_no_error(rule: Rule) -> None:
    for path in sorted((FIXTURES / rule.code).glob("good*")):
        found = found_in(path.read_bytes(), path=path.name)
        errors = [one for one in found if level(everything("at-2018"), one.problem) is Severity.ERROR]
        assert errors == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_is_clean(edition: str) -> None:
    for event in compliant(edition):
        draft = Draft(everything(edition), copy.deepcopy(event))
        assert found_in(Manifests.of(draft).text.encode(), edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_breakers_break_exactly_their_rule(rule: Rule, edition: str) -> None:
    draw = random.Random(rule.code)
    goods = list(compliant(edition))
    for _ in range(8):
        assert rule.breaker is not None
        made = rule.breaker(Draft(everything(edition), copy.deepcopy(draw.choice(goods))), draw)
        assert isinstance(made, Broken)
        found = [one.problem for one in found_in(made.raw, edition, tracked=rule.code == "AT710")]
        assert (rule.code, made.pointer) in {(problem.code, problem.pointer) for problem in found}
        assert {problem.code for problem in found} <= {rule.code, *rule.companions}, found


def test_every_case_has_a_sentence_that_can_be_filled() -> None:
    """What the checks yield fits the messages of the records: no fact is missing."""
    for rule in RULES:
        for path in sorted((FIXTURES / rule.code).glob("bad*")):
            for one in found_in(path.read_bytes(), path=path.name, tracked=True):
                cases = REGISTRY[one.problem.code].cases
                case = cases.get(one.problem.case) or cases[""]
                (case.message + case.help).format_map(one.problem.facts)


def test_the_fix_of_a_fence_leaves_every_other_byte() -> None:
    draft = Draft(everything("at-2018"), copy.deepcopy(next(compliant("at-2018"))))
    text = Manifests.of(draft).text
    for broken in (f"yaml\n{text}", f"```yaml\r\n{text}```\n", f"```\nyaml\n{text}```"):
        stream = document.read(broken.encode(), "x.yaml", fence=True)
        assert without_fence(stream.source.text, stream) == text
