from __future__ import annotations

import functools
from collections import Counter

import pytest

from atlint.load.boundary import boundary
from atlint.load.mix import RANGE, breakable, parse
from atlint.load.sample import Sampler
from atlint.load.source import Stamp
from atlint.model import AtlintError
from atlint.plan import EDITIONS, compile_plan
from atlint.rules import REGISTRY
from tests.load.events import THEN, errors, found, registration_of, strict

#: what one line alone does not show
SEVERAL_LINES = {"AT009", "AT011", "AT012"}


@functools.cache
def edges(edition: str) -> tuple[bytes, ...]:
    return tuple(boundary(compile_plan(edition)))


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("compliant=97,AT310=2,AT401=1", 0, None),
        ("compliant=97,AT310=2,AT401=1", int(RANGE * 0.98), "AT310"),
        ("compliant=97,AT310=2,AT401=1", RANGE - 1, "AT401"),
        ("AT310=1", 0, "AT310"),
        ("compliant=1, both-user-copies=1", RANGE - 1, "AT401"),
        ("compliant=0,AT310=5", 0, "AT310"),
        ("compliant=50%,AT310=50%", RANGE - 1, "AT310"),
    ],
)
def test_shares_are_taken_in_their_order_and_need_not_sum_to_a_hundred(
    text: str, number: int, code: str | None
) -> None:
    assert parse(text, compile_plan("at-2018")).code(number) == code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("compliant=97,AT999=3", "unknown rule 'AT999'"),
        ("compliant=97,crn-service-mismach=3", "did you mean crn-service-mismatch"),
        ("compliant", "takes each share once"),
        ("compliant=1,compliant=2", "takes each share once"),
        ("compliant=many", "must be a number"),
        ("AT310=-1", "must be a number"),
        ("AT310=nan", "must be a number"),
        ("", "above zero"),
        ("compliant=0", "above zero"),
        ("compliant=9,AT3=1", "stands for"),
        ("AT009=1", "about a whole file"),
        ("AT601=1", "about a whole stream"),
        ("AT208=1", "without a --registration"),
        ("AT533=1", "no event of at-2018"),
    ],
)
def test_what_is_wrong_with_a_mix_is_said(text: str, message: str) -> None:
    with pytest.raises(AtlintError, match=message):
        parse(text, compile_plan("at-2018"))


@pytest.mark.parametrize("edition", EDITIONS)
def test_broken_events_are_labelled_and_the_rest_is_clean(edition: str) -> None:
    plan = strict(edition)
    source = Sampler(plan, 1, parse("compliant=50,AT310=30,AT521=20", plan))
    rules: Counter[str | None] = Counter()
    for made in source.events("0badcafe", [Stamp(seq, 0, THEN + seq) for seq in range(600)]):
        rules[made.rule] += 1
        told = {code for code, _ in found(edition, made.raw)}
        assert made.rule in told if made.rule else not told
    assert abs(rules["AT310"] / rules.total() - 0.3) < 0.08
    assert abs(rules[None] / rules.total() - 0.5) < 0.08


def test_a_mix_leaves_the_compliant_events_as_they_are() -> None:
    plan = compile_plan("at-2018")
    stamps = [Stamp(seq, 0, THEN + seq) for seq in range(200)]
    mixed = [*Sampler(plan, 1, parse("compliant=1,AT401=1", plan)).events("0badcafe", stamps)]
    plain = [*Sampler(plan, 1).events("0badcafe", stamps)]
    assert all(made == other for made, other in zip(mixed, plain, strict=True) if made.rule is None)
    assert [*Sampler(plan, 1, parse("compliant=1,AT401=1", plan)).events("0badcafe", stamps)] == mixed


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_rule_that_can_be_broken_is_told_at_every_draw(edition: str) -> None:
    plan = strict(edition)
    for rule in breakable(plan):
        if rule.code in SEVERAL_LINES:
            continue
        source = Sampler(plan, 2, parse(f"{rule.code}=1", plan))
        for made in source.events("0badcafe", [Stamp(seq, 0, THEN + seq) for seq in range(3)]):
            if b"\n" not in made.raw:
                assert rule.code in {code for code, _ in found(edition, made.raw)}
                assert errors(edition, made.raw) <= {rule.code, *REGISTRY[rule.code].companions}


def test_rules_on_lines_as_such_can_be_broken_though_they_take_several() -> None:
    plan = strict("at-2018")
    source = Sampler(plan, 2, parse("AT012=1", plan))
    for made in source.events("0badcafe", [Stamp(seq, 0, THEN + seq) for seq in range(5)]):
        assert made.rule == "AT012"
        assert b"\n" in made.raw


def test_rules_of_a_registration_can_be_broken_beside_one() -> None:
    registration = registration_of("at-2018")
    plan = strict("at-2018", registration)
    source = Sampler(plan, 3, parse("AT208=1,AT407=1", plan))
    for made in source.events("0badcafe", [Stamp(seq, 0, THEN + seq) for seq in range(30)]):
        assert made.rule in {code for code, _ in found("at-2018", made.raw, registration)}


@pytest.mark.parametrize("edition", EDITIONS)
def test_edge_cases_are_clean_distinct_and_the_same_each_time(edition: str) -> None:
    lines = edges(edition)
    assert [*lines] == [*boundary(compile_plan(edition))]
    assert len({*lines}) == len(lines) > 500
    assert [line for line in lines if found(edition, line)] == []


@pytest.mark.parametrize(("edition", "longest"), [("at-2018", 16_383), ("at-2019", 14_335), ("at-2025", 14_335)])
def test_the_longest_edge_case_is_one_byte_short_of_a_finding(edition: str, longest: int) -> None:
    assert max(map(len, edges(edition))) == longest


@pytest.mark.parametrize("edition", EDITIONS)
def test_edge_cases_hold_every_member_of_every_closed_set(edition: str) -> None:
    plan = compile_plan(edition)
    text = b"\n".join(edges(edition))
    for node in plan.root.walk():
        for choice in node.choices or ():
            assert f'"{choice}"'.encode() in text
    for verb in plan.vocabulary.verbs - plan.vocabulary.vague_verbs:
        assert f'.{verb}"'.encode() in text


def test_edge_cases_of_a_registration_keep_to_it() -> None:
    registration = registration_of("at-2019")
    for line in boundary(strict("at-2019", registration)):
        assert found("at-2019", line, registration) == []
