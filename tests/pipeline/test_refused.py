"""What fluentd refuses, and does not start, is an error of one rule; what it takes is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlint.model import Severity
from atlint.rules import REGISTRY
from tests.pipeline.test_fluentd import confs
from tests.pipeline.test_rules import found_in

TAIL = "@type tail\npath /var/log/at/**/*.log\npos_file /p.pos\ntag at.*\nformat json\n"
OUT = "<match at.**>\n@type null\n</match>\n"


def source(body: str = TAIL) -> str:
    return f"<source>\n{body}</source>\n"


def refused(text: str) -> list[tuple[str, str]]:
    """Case, and what is named, of everything that AT712 says."""
    told = [one.problem for one in found_in(text.encode(), path="agent.conf") if one.problem.code == "AT712"]
    return [(problem.case, str(problem.facts.get("name", ""))) for problem in told]


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        (source("@type tail\n"), [("missing", "path"), ("missing", "tag"), ("missing", "<parse>")]),
        (source(TAIL.replace("tag at.*\n", "")), [("missing", "tag")]),
        (source(TAIL.replace("path /var/log/at/**/*.log", "path ")), [("missing", "path")]),
        (source(TAIL.replace("@type tail\n", "")), [("missing", "@type")]),
        (f"<worker 0>\n{source('')}</worker>\n", [("missing", "@type")]),
        ("<match at.**>\ntargetHost x\n</match>\n", [("missing", "@type")]),
        ("<label @A>\n<filter **>\n</filter>\n</label>\n", [("missing", "@type")]),
        ("<match **>\n@type copy\n<store>\n</store>\n</match>\n", [("missing", "@type")]),
        (source(TAIL + "read_from_head True\n"), [("refused", "read_from_head")]),
        (source(TAIL + "read_from_head maybe\n"), [("refused", "read_from_head")]),
        (source(TAIL + "@log_level loud\n"), [("word", "@log_level")]),
        (source(TAIL.replace("pos_file /p.pos", "follow_inodes true")), [("positions", "")]),
        (source() + source(), [("shared", "")]),
    ],
)
def test_what_keeps_fluentd_from_starting_is_an_error(text: str, cases: list[tuple[str, str]]) -> None:
    assert refused(text + OUT) == cases
    assert {REGISTRY["AT712"].cases[case].level["at-2018"] for case, _ in cases} == {Severity.ERROR}


@pytest.mark.parametrize(
    "text",
    [
        source(),
        source(TAIL.replace("@type", "type")),
        source(TAIL.replace("pos_file /p.pos\n", "")),
        source(TAIL.replace("pos_file /p.pos", "follow_inodes false")),
        source(TAIL.replace("format json", "<parse>\n@type json\n</parse>")),
        # where a section of its own says it, nothing reads what stands beside it
        source(TAIL.replace("format json", "keep_time_key True\n<parse>\n@type json\n</parse>")),
        source("@include tail.conf\n"),
        source("@type sample\n"),
        source(TAIL.replace("/p.pos", '"/p#{worker_id}.pos"')) * 2,
        # a plugin of others reads its sections for itself
        "<match **>\n@type theirs\n<store>\n</store>\n<source>\n</source>\n</match>\n",
    ],
)
def test_what_fluentd_takes_is_none(text: str) -> None:
    assert refused(text + OUT) == []


@pytest.mark.parametrize("second", ["<worker 1>\n{}</worker>\n", "{}"])
def test_positions_that_fluentd_does_not_see_to_are_a_warning(second: str) -> None:
    other = source() if "worker" in second else source(TAIL.replace("tail", "tailinodes", 1))
    text = f"{source()}{second.format(other)}{OUT}"
    assert refused(text) == []
    assert [one.problem.code for one in found_in(text.encode(), path="agent.conf")].count("AT714") == 1


def test_a_secondary_beside_retries_without_end_is_a_warning() -> None:
    """fluentd starts with both, and the secondary output gets chunks that can never be sent."""
    buffer = "<buffer>\n@type file\npath /p\nretry_forever true\n</buffer>\n<secondary>\n@type file\n</secondary>\n"
    text = source() + OUT.replace("@type null\n", f"@type forward\n{buffer}")
    told = [one.problem for one in found_in(text.encode(), path="agent.conf")]
    assert [(problem.code, problem.facts["one"], problem.facts["other"]) for problem in told] == [
        ("AT714", "retry_forever", "<secondary>")
    ]


#: refused for a plugin or a number of workers that the configuration itself does not show
UNSEEN = {"09_unknown_plugin", "27_worker_out_of_range"}


@pytest.mark.parametrize("path", confs("reject-meaning"))
def test_what_a_real_fluentd_refused_is_refused(path: Path) -> None:
    assert bool(refused(path.read_text())) is (path.stem not in UNSEEN)


@pytest.mark.parametrize("path", confs("accept", "configs"))
def test_what_a_real_fluentd_took_is_taken(path: Path) -> None:
    assert refused(path.read_text()) == []
