"""What a rule's record says of itself."""

from __future__ import annotations

from atlint.model import Severity
from atlint.plan import EDITIONS
from atlint.rules import REGISTRY
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, always, only, since


def rule(**cases: Case) -> Rule:
    return Rule("AT310", "n", "s", cases, "w", "y", "r", ())


def test_in_which_editions_a_case_speaks() -> None:
    assert always(INFO) == dict.fromkeys(EDITIONS, INFO)
    assert since("at-2020", ERROR) == {"at-2020": ERROR, "at-2025": ERROR}
    assert since("at-2020", ERROR, before=INFO) == {
        "at-2018": INFO,
        "at-2019": INFO,
        "at-2020": ERROR,
        "at-2025": ERROR,
    }
    assert only("at-2018", "at-2025", severity=WARNING) == {"at-2018": WARNING, "at-2025": WARNING}


def test_the_heaviest_case_is_the_severity() -> None:
    one = rule(
        a=Case("", only("at-2018", severity=INFO)),
        b=Case("", only("at-2018", "at-2019", severity=WARNING), fix="unsafe"),
        c=Case("", only("at-2020", severity=ERROR), fix="safe"),
        d=Case("", only("at-2020", severity=WARNING), fix="safe"),
    )
    assert [one.severity(edition) for edition in EDITIONS] == [WARNING, WARNING, ERROR, None]
    assert one.levels("at-2018") == {"a": INFO, "b": WARNING}
    assert one.levels("at-2025") == {}
    assert one.fixes == ("safe", "unsafe")
    assert rule(a=Case("", always(INFO))).fixes == ()
    assert (one.family, one.url.rpartition("/")[2]) == ("AT3", "AT310")


def test_no_case_of_a_rule_is_heavier_than_the_rule() -> None:
    for each in REGISTRY.values():
        for edition in EDITIONS:
            ranks = [level.rank for level in each.levels(edition).values()]
            weight = each.severity(edition)
            assert (weight.rank if isinstance(weight, Severity) else None) == (min(ranks) if ranks else None)
