"""What every rule must have; a rule without it is refused here."""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path

import pytest

from atlint.lint import Explainer
from atlint.lint.examples import compliant
from atlint.model import Line
from atlint.pipeline.registration_file import registration_of
from atlint.plan import EDITIONS
from atlint.plan.truth import read_json
from atlint.report.rule_page import HEADINGS, documentation
from atlint.rules import FAMILIES, REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.rule import Broken, Rule, Scope, Stage
from atlint.rules.selection import everything

FIXTURES = Path(__file__).parent.parent / "fixtures" / "rules"
NOW = 1769817600.0
RULES = list(REGISTRY.values())
#: fixtures of these are made by breakers alone: one line cannot show them; those of SOURCE and
#: CLUSTER are Python and YAML, judged by tests/integrations/source/test_rules.py and tests/pipeline/test_rules.py;
#: those of REGISTRATION are whole cases, judged by tests/readiness/test_verdict.py
OF_FILES = {Scope.STREAM, Scope.FILE, Scope.SOURCE, Scope.CLUSTER, Scope.REGISTRATION}


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_record_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"AT\d{3}", rule.code)
    assert rule.family in FAMILIES
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name), "a name is words between dashes"
    assert rule.summary.endswith(".")
    assert rule.cases
    assert any(rule.levels(edition) for edition in EDITIONS)
    for case in rule.cases.values():
        assert case.message
        assert not case.message.endswith("."), "a message is no sentence on its own"
        assert case.help or case.fix or "{want}" in case.message, "nobody is left alone with what is wrong"


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_documentation_has_the_five_headings(rule: Rule) -> None:
    text = documentation(rule)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(HEADINGS)
    for section in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]:
        assert len(section.strip()) > 15


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_sources_are_named(rule: Rule) -> None:
    known = read_json("vocabulary/sources.json")
    assert rule.cites
    for cite in rule.cites:
        tag, _, section = cite.partition("#")
        assert tag in known
        assert section


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_rule_has_a_breaker_and_a_check_or_a_schema_node(rule: Rule) -> None:
    assert rule.breaker is not None
    if rule.check is None:
        assert rule.stage in {Stage.LINE, Stage.SHAPE}


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_code_of_the_schemas_has_a_rule() -> None:
    for edition in EDITIONS:
        for node in everything(edition).root.walk():
            assert set(node.codes.values()) <= set(REGISTRY), node.pointer


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_field_that_can_be_missed_says_what_it_holds(edition: str) -> None:
    """What AT101 advises to add is told in the schema's words."""
    for node in everything(edition).root.walk():
        for name in node.required:
            assert re.fullmatch(r"[A-Z].{9,}\.", node.members[name].description), node.members[name].pointer


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.scope not in OF_FILES], ids=ids)
def test_fixtures_say_what_they_should(rule: Rule) -> None:
    folder = FIXTURES / rule.code
    found = sorted(folder.glob("bad*.jsonl"))
    assert found, "a rule needs bad fixtures"
    assert sorted(folder.glob("good*.jsonl")), "a rule needs good fixtures"
    for path in sorted(folder.glob("*.jsonl")):
        edition = path.name.removesuffix(".jsonl").partition(".")[2] or EDITIONS[0]
        declared = folder / "registration.yaml"
        explainer = Explainer(everything(edition, registration_of(declared) if declared.exists() else None), NOW)
        lines = [raw for raw in path.read_bytes().split(b"\n") if raw]
        assert lines
        for number, raw in enumerate(lines, 1):
            codes = {problem.code for problem in explainer.explain(Line(path.name, number, 0, raw)).problems}
            assert (rule.code in codes) == path.name.startswith("bad"), (path.name, number, codes)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_an_emptied_check_is_noticed(rule: Rule) -> None:
    """The breaker's event must differ from the compliant one: a breaker that breaks nothing proves nothing."""
    edition = next(edition for edition in EDITIONS if rule.levels(edition) and edition not in rule.unbreakable)
    good = next(iter(compliant(edition)))
    draft = Draft(everything(edition), copy.deepcopy(good))
    assert rule.breaker is not None
    made = rule.breaker(draft, random.Random(1))
    assert isinstance(made, Broken) or draft.value != good
