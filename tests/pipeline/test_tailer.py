from __future__ import annotations

import glob
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.pipeline.fluentd import parse
from atlint.pipeline.globbing import compile_path
from atlint.pipeline.tailer import Reading, Tailer

SEED = "path /var/log/at/**/*.log*\nexclude_path /var/log/at/**/*.gz"


def tailer(*bodies: str, kind: str = "@type tailinodes") -> Tailer:
    return Tailer.of([parse(f"<worker 0>\n<source>\n{kind}\n{body}\n</source>\n</worker>") for body in bodies])


def reads(body: str, path: str, **options: object) -> Reading:
    return tailer(body).reads(path, **options)  # type: ignore[arg-type]  # the options of the test's table


#: below /var/log: path, cause (measured with fluentd 1.16)
MEASURED = [
    ("at/root.log", "read"),
    ("at/sub/a.log", "read"),
    ("at/a/b/c/d.log", "read"),
    ("at/x.log.1", "read"),
    ("at/x.log.2018-11-29", "read"),
    ("at/y.logs", "read"),
    ("at/q.log~", "read"),
    ("at/w.log.swp", "read"),
    ("at/q.log.bz2", "read"),
    ("at/q.gz.log", "read"),
    ("at/dir.log/in.log", "read"),
    ("at/a b.log", "read"),
    ("at/[1].log", "read"),
    ("at/,.log", "read"),
    ("at/*.log", "read"),
    ("at/漢.log", "read"),
    ("at/x.log.gz", "excluded"),
    ("at/sub/x.log.2.gz", "excluded"),
    ("at/.hidden.log", "hidden"),
    ("at/.git/a.log", "hidden"),
    ("at/X.LOG", "case"),
    ("at/x.txt", "not-matched"),
    ("at/x.json", "not-matched"),
    ("at-no-rotate/x.log", "not-matched"),
    ("x.log", "not-matched"),
    ("AT/x.log", "case"),
]


@pytest.mark.parametrize(("path", "cause"), MEASURED)
def test_the_seeds_source(path: str, cause: str) -> None:
    reading = reads(SEED, f"/var/log/{path}")
    assert (reading.cause, reading.read) == (cause, cause == "read")
    assert reading.why
    assert reading.source


@pytest.mark.parametrize(
    ("body", "path", "cause"),
    [
        ("path /l/a.log,/l/b.log", "/l/b.log", "read"),
        ("path /l/a.log, /l/b.log", "/l/b.log", "read"),
        ("path /l/a.log|/l/b.log\npath_delimiter |", "/l/b.log", "read"),
        ('path ["/l/a.log", "/l/b,c.log"]', "/l/b,c.log", "read"),
        ('path /l/*\nexclude_path ["/l/*.gz", # c\n"/l/*.zip"]', "/l/x.zip", "excluded"),
        ("path /l/*\nexclude_path /l/x.log", "/l/x.log", "excluded"),
        ("path /l/%Y/%m/%d/x.log", "/l/2018/11/29/x.log", "read"),
        ("path /l/x-%Y%m%d.log", "/l/x-2018.log", "not-matched"),
        ("path /l/x-%F.log", "/l/x-2018-11-29.log", "read"),
        ("path /l/100%%.log", "/l/100%.log", "read"),
        ("path /l/x[1]?.log", "/l/x[1]?.log", "read"),
        ("path /l/*[12]?.log", "/l/x1y.log", "read"),
        ("path /l/*[!12].log", "/l/x1.log", "not-matched"),
        ("path /l/*.{log,json}\npath_delimiter |", "/l/x.json", "read"),
        ("path /l/*.{log,json}", "/l/x.json", "not-matched"),
        ("path /l/**.log", "/l/x.log", "read"),
        ("path /l/**.log", "/l/a/x.log", "not-matched"),
        ("path /l/at**", "/l/at-no-rotate", "read"),
        ("path /l/**/*", "/l/a/b", "read"),
        ("path /l/.*.log", "/l/.x.log", "read"),
        ("path /l//a/*.log", "/l/a/x.log", "read"),
        ("path \"/l/#{ENV['NODE']}/*.log\"", "/l/node-1/x.log", "read"),
        ("path /l/#{x}/*.log", "/l/a/x.log", "not-matched"),
        ("path /l/x.log\npath /l/y.log", "/l/x.log", "not-matched"),
        ("read_from_head true", "/l/x.log", "not-matched"),
        (SEED, "/var/log/at/../at/x.log", "read"),
        (SEED, "x.log", "relative"),
    ],
)
def test_paths(body: str, path: str, cause: str) -> None:
    assert reads(body, path).cause == cause


def test_any_source_that_reads_is_enough_and_the_nearest_miss_is_told() -> None:
    both = tailer("path /l/a/*.log", SEED)
    assert both.reads("/l/a/x.log").pattern == "/l/a/*.log"
    assert both.reads("/var/log/at/x.log.gz").cause == "excluded"


@pytest.mark.parametrize("kind", ["type tail", "@type tail", "@type tailinodes"])
def test_plugins_that_tail(kind: str) -> None:
    assert tailer(SEED, kind=kind).reads("/var/log/at/x.log").read


def test_without_a_source_nothing_is_read() -> None:
    assert tailer(SEED, kind="@type forward").reads("/var/log/at/x.log").cause == "no-source"


NAMES = st.text(alphabet="ab.", min_size=1, max_size=3).filter(lambda name: set(name) != {"."})


@given(
    pattern=st.lists(st.sampled_from(["*", "**", "a*", "?", "*b", "[ab]*", "a"]), min_size=1, max_size=4),
    names=st.lists(NAMES, min_size=1, max_size=3),
)
def test_it_agrees_with_a_real_search(
    tmp_path_factory: pytest.TempPathFactory, pattern: list[str], names: list[str]
) -> None:
    root = tmp_path_factory.mktemp("g")
    file = root.joinpath(*names)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    text = "/".join((str(root), *pattern, "*"))
    found = {Path(path) for path in glob.glob(text, recursive=True)}  # noqa: PTH207 - pathlib's own shows hidden files
    assert compile_path(text).matches(str(file)) is (file in found)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/" + "*a" * 200 + "b", "/" + "a" * 3000),
        ("/**" * 200 + "/*b", "/a" * 500),
        ("/" + "{a,b}" * 40 + "*", "/x"),
        ("/" + "{" * 500 + "*", "/x"),
    ],
)
def test_hostile_patterns_end(pattern: str, path: str) -> None:
    assert compile_path(pattern).matches(path) is False
