from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from atlint.lint.engine import Judge
from atlint.lint.examples import compliant
from atlint.lint.rewrite import Repairs, rewrite
from atlint.lint.source import LONGEST, Source, is_log
from atlint.lint.successor import LeftError
from atlint.model import AtlintError
from atlint.report import fence
from atlint.rules.draft import Draft
from atlint.rules.selection import everything

JUDGE = Judge(everything("at-2018"), 1769817600.0)
GOOD = Draft(JUDGE.plan, next(compliant("at-2018"))).line() + b"\n"
ZULU = GOOD.replace(b"52.07+0000", b"52.07Z")


def repairs(**options: object) -> Repairs:
    return Repairs((JUDGE,), lambda *_: True, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes() + GOOD),
        lambda path: path.write_bytes(b""),
        lambda path: (path.rename(path.with_suffix(".1")), path.write_bytes(ZULU)),
        lambda path: os.utime(path, (1, 1)),
    ],
    ids=["appended", "truncated", "rotated", "touched"],
)
def test_a_file_that_is_written_to_meanwhile_is_left_alone(tmp_path: Path, change: object) -> None:
    path = tmp_path / "events.log"
    path.write_bytes(ZULU + GOOD)

    def wanted(*_: object) -> bool:
        change(path)  # type: ignore[operator]
        return True

    with pytest.raises(LeftError, match="written to meanwhile"):
        rewrite(Source(str(path)), Repairs((JUDGE,), wanted))
    assert b"52.07+0000" not in path.read_bytes().partition(b"\n")[0]
    assert not list(tmp_path.glob(".atlint-*"))


def test_bytes_that_are_no_lines_of_ours_are_copied(tmp_path: Path) -> None:
    """An overlong line is not kept in memory, and is there after all."""
    path = tmp_path / "events.log"
    long = b"x" * (LONGEST + 5_000_000)
    path.write_bytes(b"\xef\xbb\xbf" + ZULU + long + b"\n\r\n" + ZULU[:-1])
    assert rewrite(Source(str(path)), repairs()) == {"AT501": 2}
    assert path.read_bytes() == b"\xef\xbb\xbf" + GOOD + long + b"\n\r\n" + GOOD[:-1]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    peaks = []
    for times in (1_500, 1_500, 6_000):
        path.write_bytes(ZULU * times)
        tracemalloc.start()
        rewrite(Source(str(path)), repairs())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert path.read_bytes() == GOOD * times
    # a batch of lines is held, and what is remembered comes and goes; the lines alone would be three times as much
    assert peaks[2] < peaks[1] + len(ZULU) * 1_500


def test_the_copy_on_its_way_is_no_log_to_anyone(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    path.write_bytes(ZULU)
    seen: list[str] = []

    def wanted(*_: object) -> bool:
        seen.extend(entry.name for entry in tmp_path.iterdir())
        return True

    path.write_bytes(ZULU * 2)
    rewrite(Source(str(path)), Repairs((JUDGE,), wanted))
    others = [name for name in seen if name != path.name]
    assert others
    assert not any(map(is_log, others))


def test_no_compressed_file_and_no_missing_one(tmp_path: Path) -> None:
    with pytest.raises(AtlintError, match="unpack it"):
        rewrite(Source(str(tmp_path / "a.log.gz")), repairs())
    with pytest.raises(AtlintError, match="No such file"):
        rewrite(Source(str(tmp_path / "a.log")), repairs())


FENCED = b"```yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n```\n"


@pytest.mark.parametrize("fenced", [False, True])
def test_a_successor_is_like_the_file_whatever_it_holds(tmp_path: Path, *, fenced: bool) -> None:
    """With its mode and its owner, behind the link by which it was named, and with nothing beside it."""
    path, link = tmp_path / "a" / "file", tmp_path / "link"
    path.parent.mkdir()
    path.write_bytes(FENCED if fenced else ZULU)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12345, 23456)
    link.symlink_to(path)
    before = path.stat()
    source = Source(str(link))
    assert (fence.rewrite(source) if fenced else rewrite(source, repairs()).total()) == 1
    assert path.read_bytes() == (FENCED[len(b"```yaml\n") : -len(b"```\n")] if fenced else GOOD)
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert link.is_symlink()
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_manifest_that_is_written_to_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pod.yaml"
    path.write_bytes(FENCED)
    make = fence.without_fence

    def wrote(*given: object) -> str:
        path.write_bytes(FENCED + b"# more\n")
        return make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(fence, "without_fence", wrote)
    with pytest.raises(LeftError, match="written to meanwhile"):
        fence.rewrite(Source(str(path)))
    assert path.read_bytes() == FENCED + b"# more\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["pod.yaml"]


@pytest.mark.parametrize("fails", ["fsync", "access"])
def test_a_manifest_that_cannot_be_replaced_is_left_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    path = tmp_path / "pod.yaml"
    path.write_bytes(FENCED)

    def fail(*_: object) -> bool:
        if fails == "fsync":
            raise OSError(28, "No space left on device")
        return False

    monkeypatch.setattr(os, fails, fail)
    said = "cannot be fixed: No space left" if fails == "fsync" else "is read-only"
    with pytest.raises(AtlintError, match=said):
        fence.rewrite(Source(str(path)))
    assert path.read_bytes() == FENCED
    assert [entry.name for entry in tmp_path.iterdir()] == ["pod.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    path.write_bytes(ZULU)
    path.chmod(0o444)
    with pytest.raises(AtlintError, match="read-only"):
        rewrite(Source(str(path)), repairs())
    assert path.read_bytes() == ZULU
