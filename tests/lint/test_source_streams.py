"""Compressed logs: the stdlib and isal read alike, several members are one log, and a torn one is told."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from atlint.lint.source import Source, find, lines
from atlint.model import AtlintError

RAW = b'{"a": 1}\n{"b": 2}\n' * 5000


@pytest.fixture(params=["isal", "stdlib"])
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "isal":
        pytest.importorskip("isal", reason="the extra `gz` is not installed")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)


@pytest.mark.usefixtures("_reader")
def test_members_one_after_the_other_are_one_log(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(RAW[:9]) + gzip.compress(RAW[9:]))
    found = list(lines(Source(str(path))))
    assert b"".join(line.raw + b"\n" for line in found) == RAW
    assert [line.number for line in found] == list(range(1, 10_001))


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-20], lambda raw: raw[:60] + b"\xff" * 40 + raw[100:], lambda _: b"x"]
)
def test_a_torn_or_damaged_file_is_told(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "a.log.gz"
    assert callable(damage)
    path.write_bytes(damage(gzip.compress(RAW)))
    with pytest.raises(AtlintError, match=r"a\.log\.gz: cannot be read to its end"):
        list(lines(Source(str(path))))


def test_a_url_without_a_reader_is_told() -> None:
    pytest.importorskip("fsspec", reason="the extra `s3` is not installed")
    with pytest.raises(AtlintError, match=r"nosuch://a/b\.log: Protocol not known"):
        list(find(("nosuch://a/b.log",)))


def test_memory_of_fsspec_is_walked_like_a_folder() -> None:
    fsspec = pytest.importorskip("fsspec", reason="the extra `s3` is not installed")
    system = fsspec.filesystem("memory")
    for name in ("b.log", "a.log", "read.me"):
        system.pipe(f"/audit/{name}", RAW)
    found = list(find(("memory://audit",)))
    assert [(source.path, source.size) for source in found] == [
        ("memory:///audit/a.log", len(RAW)),
        ("memory:///audit/b.log", len(RAW)),
    ]
    assert [line.raw for line in lines(found[0])] == RAW.splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One log under four names, and one of the same bytes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RAW)))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.log").write_bytes(RAW)
    (tmp_path / "in" / "b.log").write_bytes(RAW)
    (tmp_path / "in" / "hard.log").hardlink_to(tmp_path / "in" / "a.log")
    (tmp_path / "in" / "soft.log").symlink_to("a.log")
    (tmp_path / "outside.log").symlink_to(tmp_path / "in" / "a.log")
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "once", "again"),
    [
        ("in", ["in/a.log", "in/b.log"], ["in/hard.log", "in/soft.log"]),
        ("in/a.log in/a.log in/b.log", ["in/a.log", "in/b.log"], ["in/a.log"]),
        ("in/a.log in/b.log ./in/a.log", ["in/a.log", "in/b.log"], ["./in/a.log"]),
        ("outside.log in", ["outside.log", "in/b.log"], ["in/a.log", "in/hard.log", "in/soft.log"]),
        ("- in/b.log -", ["-", "in/b.log"], ["-"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_found_again_comes_once_and_is_told(paths: str, once: list[str], again: list[str]) -> None:
    told: list[str] = []
    assert [source.path for source in find(tuple(paths.split()), repeated=told.append)] == once
    assert told == again


def test_an_address_that_is_named_again_comes_once(folder: Path) -> None:
    pytest.importorskip("fsspec", reason="the extra `s3` is not installed")
    url = f"file://{folder}/in/b.log"
    told: list[str] = []
    found = [source.path for source in find((url, f"file://{folder}/in", url), repeated=told.append)]
    assert found.count(url) == 1
    assert told == [url, url]


@pytest.mark.usefixtures("folder")
def test_a_file_under_the_names_of_two_kinds_is_two(folder: Path) -> None:
    (folder / "a.yaml").symlink_to("in/a.log")
    assert len(list(find(("in/a.log", "a.yaml")))) == 2
