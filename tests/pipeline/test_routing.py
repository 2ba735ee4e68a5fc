"""Where what a source reads of the event logs goes to, by tags, labels, copies and workers, and what is told of it."""

from __future__ import annotations

import random
import re

import pytest

from atlint.pipeline.tags import fits, tag_of
from tests.pipeline.test_rules import found_in

TAG = "kubernetes.at.var.log.at.events.log"
BODY = "@type tailinodes\npath /var/log/at/**/*.log\npos_file /p.pos\ntag kubernetes.at.*\nformat json\n"
SOURCE = f"<source>\n{BODY}</source>\n"
TRACKER = "@type ibmactivitytracker\ntargetHost activity-tracker.ng.bluemix.net\nservice_region ng\n"
MATCH = f"<match kubernetes.at.**>\n{TRACKER}</match>\n"
NULL = "@type null\n"


def match(pattern: str, body: str = TRACKER) -> str:
    return f"<match {pattern}>\n{body}</match>\n"


def label(name: str, body: str = MATCH) -> str:
    return f"<label {name}>\n{body}</label>\n"


def worker(name: str, body: str) -> str:
    return f"<worker {name}>\n{body}</worker>\n"


def copy(*bodies: str) -> str:
    return "@type copy\n" + "".join(f"<store>\n{body}</store>\n" for body in bodies)


def source(old: str = "", new: str = "") -> str:
    assert old in SOURCE
    return SOURCE.replace(old, new, 1)


RELABEL = "@type relabel\n@label @A\n"
LABELLED = source("tag", "@label @A\ntag")
OTHER = SOURCE.replace("p.pos", "q.pos").replace("kubernetes", "search")
UNREAD = source("format json", "format none")


@pytest.mark.parametrize(
    ("pattern", "tag", "fit"),
    [
        ("", "a.b", True),
        ("**", "a.b", True),
        ("a", "a", True),
        ("a", "a.b", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("a*", "ab", True),
        ("*.b", "a.b", True),
        ("a.**", "a", True),
        ("a.**", "a.b.c", True),
        ("a.**", "ab", False),
        ("**.c", "a.b.c", True),
        ("**.c", "c", True),
        ("**.c", "bc", False),
        ("a.**.c", "a.c", True),
        ("a.**.c", "a.b.b.c", True),
        ("a.**.c", "a.bc", False),
        ("{a,b}.c", "b.c", True),
        ("{a,b}.c", "c.c", False),
        ("{a.**,b.*}.d", "a.b.c.d", True),
        ("{a,{b,c}}", "c", True),
        ("a b.**", "b.c", True),
        ("a b.**", "c", False),
        ("a-b_1.log", "a-b_1.log", True),
        ("a.b", "axb", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("{a,b", "b", True),
        ("/a.*/", "a.b", None),
        ("/a.*/ a.b", "a.b", True),
        ("x" * 2_000, "a", None),
        ("{" * 100, "a", None),
    ],
)
def test_patterns_as_fluentd_reads_them(pattern: str, tag: str, *, fit: bool | None) -> None:
    assert fits(pattern, tag) is fit


def test_a_pattern_of_stars_is_what_an_expression_says() -> None:
    """Any mixture of parts and stars against Python's own expressions, where every part has one character."""
    draw = random.Random(11)
    for _ in range(2_000):
        parts = [draw.choice(["a", "b", "*"]) for _ in range(draw.randrange(1, 5))]
        tail = draw.choice(["", ".**"])
        tag = ".".join(draw.choice("ab") for _ in range(draw.randrange(1, 6)))
        wanted = r"\.".join("[ab]" if part == "*" else part for part in parts) + (r"(\..*)?" if tail else "")
        assert fits(".".join(parts) + tail, tag) is (re.fullmatch(wanted, tag) is not None), (parts, tail, tag)


def test_no_pattern_goes_back() -> None:
    assert fits("**a" * 300, "a" * 200 + "b") is False
    assert fits("{**,**}" * 40 + "x", "a" * 200) is False


@pytest.mark.parametrize(
    ("tag", "said"),
    [("t", "t"), ("t.*", "t.var.log.at.a.log"), ("*.t", "var.log.at.a.log.t"), ("t.*.*", "t.var.log.at.a.log.")],
)
def test_the_path_stands_in_the_tag(tag: str, said: str) -> None:
    assert tag_of(tag, "/var/log//at/a.log") == said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SOURCE + match("kube.at.**"), [("", TAG)]),
        (SOURCE + match("kubernetes.at.*"), [("", TAG)]),
        (source("kubernetes.at.*", "events") + MATCH, [("", "events")]),
        (SOURCE + match("**", NULL) + MATCH, [("taken", "**")]),
        (SOURCE + match("kubernetes.** x", copy(NULL, "@type stdout\n")) + MATCH, [("taken", "kubernetes.** x")]),
        (worker("0", SOURCE) + worker("1", MATCH), [("", TAG)]),
        # what stands in a worker comes after what stands outside
        (worker("0", SOURCE + MATCH) + match("**", NULL), [("taken", "**")]),
        (LABELLED + label("@A", match("x")) + MATCH, [("", TAG)]),
        (SOURCE + match("**", RELABEL) + label("@A", match("**", NULL)) + MATCH, [("taken", "**")]),
        (source("at/**/*.log", "at/mine/*.log") + match("x"), [("", TAG.replace("events", "mine.events"))]),
        (UNREAD + MATCH, [("parser", "")]),
        (source("format json", "format /^(?<a>.*)$/") + MATCH, [("parser", "")]),
        (source("format json", "<parse>\n@type none\n</parse>") + MATCH, [("parser", "")]),
        (UNREAD + "<filter **>\n@type grep\n</filter>\n" + MATCH, [("parser", "")]),
        # of two sources that read it, the one whose tag fits nothing at all
        (OTHER + SOURCE + match("search.**", NULL) + match("x"), [("", TAG)]),
    ],
)  # fmt: skip
def test_what_does_not_come_to_the_tracker(text: str, told: list[tuple[str, str]]) -> None:
    assert lost(text) == told


@pytest.mark.parametrize(
    "text",
    [
        SOURCE + MATCH,
        SOURCE + match("x", NULL) + MATCH + match("**", NULL),
        SOURCE + match("**", copy(NULL, TRACKER)),
        SOURCE + match("**", copy(NULL, RELABEL)) + label("@A"),
        SOURCE + match("**", "@type rewrite_tag_filter\n") + match("x"),
        SOURCE + match("**", copy(NULL, "@type rewrite_tag_filter\n")) + match("x"),
        SOURCE + match("**", RELABEL) + match("x"),
        # labels in a circle
        SOURCE + match("**", RELABEL) + label("@A", match("**", RELABEL)) + match("x"),
        LABELLED + label("@A"),
        LABELLED + MATCH,
        source("tag", "@label @ROOT\ntag") + MATCH,
        worker("0-1", SOURCE) + worker("1", MATCH),
        SOURCE + worker("0", MATCH),
        SOURCE + match("/x/") + match("x"),
        SOURCE + match('"#{x}"') + match("x"),
        source("kubernetes.at.*", '"#{x}"') + match("x"),
        SOURCE + match("x") + "@include others.conf\n",
        # a part of a configuration, and logs that are no events
        SOURCE + match("x", NULL),
        source("/var/log/at", "/var/log/pods") + match("x"),
        # another reader of the same logs
        SOURCE + MATCH + OTHER + match("search.**", NULL),
        UNREAD + "<filter kubernetes.**>\n@type parser\n</filter>\n" + MATCH,
        source("format json", "format theirs") + MATCH,
    ],
)
def test_what_does_or_may_come_to_the_tracker(text: str) -> None:
    assert lost(text) == []


@pytest.mark.parametrize(
    ("tag", "shown"),
    [("k8s.at", True), ("events", True), ("hunter2", False), ("kms.9f86d081884c7d659a2feaa0c55ad015", False)],
)
def test_a_tag_that_may_be_a_token_is_not_shown(tag: str, *, shown: bool) -> None:
    assert lost(source("kubernetes.at.*", tag) + match("x")) == [("", tag if shown else "[hidden]")]


def lost(text: str) -> list[tuple[str, str]]:
    """Case, and the tag or pattern that is named, of everything that AT727 says."""
    told = [one.problem for one in found_in(text.encode(), path="agent.conf") if one.problem.code == "AT727"]
    facts = [problem.facts.get("match") or (problem.case != "parser" and problem.facts["said"]) for problem in told]
    return [(problem.case, getattr(fact, "text", "")) for problem, fact in zip(told, facts, strict=True)]
