"""Which rules a selector names, which of two selectors wins, and what is said of a word that names nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atlint.model import AtlintError, Severity
from atlint.rules import REGISTRY
from atlint.rules.selection import Choice, choose, expand


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("AT310", ["AT310"]),
        ("at310", ["AT310"]),
        (" AT310 ", ["AT310"]),
        ("AT31", [code for code in REGISTRY if code.startswith("AT31")]),
        ("AT3", [code for code in REGISTRY if code.startswith("AT3")]),
        ("crn-service-mismatch", ["AT310"]),
        ("CRN-Service-Mismatch", ["AT310"]),
        ("ALL", list(REGISTRY)),
        ("all", list(REGISTRY)),
        ("AT", list(REGISTRY)),
    ],
)
def test_a_selector_is_a_code_a_prefix_a_name_or_all(selector: str, codes: list[str]) -> None:
    assert [rule.code for rule in expand(selector)] == codes


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("crn-servce-mismatch", ": did you mean crn-service-mismatch?"),
        ("AT3100", ": did you mean AT310?"),
        ("utterly unlike anything", ";"),
        ("", ";"),
    ],
)
def test_an_unknown_rule_is_named_with_a_near_one(selector: str, hint: str) -> None:
    with pytest.raises(AtlintError) as caught:
        expand(selector)
    assert str(caught.value) == f"unknown rule {selector!r}{hint} `atlint explain --all` lists them"


OPT_IN = next(rule.code for rule in REGISTRY.values() if rule.opt_in and rule.levels("at-2018"))


@pytest.mark.parametrize(
    ("choice", "there", "away"),
    [
        (Choice(), "AT310", OPT_IN),
        (Choice(select=("AT3",)), "AT310", "AT201"),
        (Choice(select=("AT3",), ignore=("AT310",)), "AT301", "AT310"),
        (Choice(select=("AT310",), ignore=("AT3",)), "AT310", "AT301"),
        (Choice(ignore=("AT3",), extend_select=("AT310",)), "AT310", "AT301"),
        (Choice(ignore=("crn-service-mismatch",)), "AT301", "AT310"),
        (Choice(select=("crn-service-mismatch",), ignore=("AT31",)), "AT310", "AT311"),
        (Choice(select=("ALL",)), OPT_IN, "AT000"),
        (Choice(select=("ALL",), ignore=("AT",)), "", "AT310"),
        (Choice(select=("AT3",), ignore=("ALL",)), "AT310", "AT201"),
        (Choice(extend_select=(OPT_IN,)), OPT_IN, "AT000"),
        (Choice(extend_select=("ALL",)), OPT_IN, "AT000"),
        (Choice(severity={"AT310": "off"}), "AT301", "AT310"),
        (Choice(severity={"AT31": "off"}), "AT301", "AT310"),
    ],
)
def test_the_most_specific_selector_wins(choice: Choice, there: str, away: str) -> None:
    levels = choose("at-2018", choice)
    assert not there or there in levels
    assert away not in levels


@pytest.mark.parametrize(
    ("file", "line", "there", "away"),
    [
        (Choice(ignore=("AT310",)), Choice(select=("AT310",)), "AT310", "AT301"),
        (Choice(ignore=("AT310",)), Choice(select=("AT3",)), "AT310", "AT201"),
        (Choice(ignore=("AT310",)), Choice(extend_select=("AT3",)), "AT310", "AT000"),
        (Choice(ignore=("AT310",)), Choice(ignore=("AT301",)), "AT201", "AT310"),
        (Choice(ignore=("AT310",)), Choice(ignore=("AT301",)), "AT201", "AT301"),
        (Choice(select=("AT310",)), Choice(ignore=("AT3",)), "", "AT310"),
        (Choice(select=("AT310",)), Choice(extend_select=("AT301",)), "AT310", "AT201"),
        (Choice(select=("AT310",)), Choice(select=("AT301",)), "AT301", "AT310"),
        (Choice(extend_select=(OPT_IN,)), Choice(select=("AT301",)), "AT301", OPT_IN),
        (Choice(extend_select=(OPT_IN,)), Choice(ignore=("AT301",)), OPT_IN, "AT301"),
        (Choice(severity={"AT310": "off"}), Choice(severity={"AT310": "info"}), "AT310", "AT000"),
        (Choice(severity={"AT310": "info"}), Choice(severity={"AT3": "off"}), "AT201", "AT310"),
    ],
)
def test_the_command_line_is_laid_over_the_file(file: Choice, line: Choice, there: str, away: str) -> None:
    levels = choose("at-2018", replace(line, below=file))
    assert not there or there in levels
    assert away not in levels


def test_the_severity_of_the_command_line_wins_whatever_the_order_in_the_file() -> None:
    file = Choice(severity={"AT310": "warning", "AT3": "error"})
    levels = choose("at-2018", Choice(severity={"AT310": "info"}, below=file))
    assert set(levels["AT310"].values()) == {Severity.INFO}
    assert set(levels["AT301"].values()) == {Severity.ERROR}


def test_a_severity_holds_for_all_cases_of_a_rule() -> None:
    levels = choose("at-2018", Choice(severity={"AT301": "info"}))
    assert levels["AT301"] == dict.fromkeys(REGISTRY["AT301"].levels("at-2018"), Severity.INFO)
    assert levels["AT310"] == REGISTRY["AT310"].levels("at-2018")


def test_an_unknown_severity_names_those_there_are() -> None:
    with pytest.raises(AtlintError) as caught:
        choose("at-2018", Choice(severity={"AT301": "fatal"}))
    assert str(caught.value) == "unknown severity 'fatal' for AT301: use error, warning, info, off"


def test_samples_are_no_stream_and_leave_out_what_goes_without_saying() -> None:
    plain, samples = choose("at-2018"), choose("at-2018", Choice(samples=True))
    streams = {code for code in plain if code.startswith("AT6")}
    assert streams
    assert plain.keys() - samples.keys() == streams
    assert choose("at-2018", Choice(samples=True, select=("AT6",))).keys() == streams
    assert choose("at-2018", Choice(samples=True, extend_select=("AT6",))).keys() == plain.keys()
    light = {"AT110", "AT112"}
    for code, cases in samples.items():
        trimmed = {"AT101": {"info"}, "AT521": {"email"}}.get(code, set())
        assert plain[code].keys() - cases.keys() == trimmed, code
        for case, level in cases.items():
            advice = code in light or case == "placeholder"
            assert level is (Severity.INFO if advice else plain[code][case]), (code, case)
