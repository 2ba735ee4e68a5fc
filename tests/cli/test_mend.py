from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from atlint.cli.check import command as check
from atlint.lint.examples import compliant
from atlint.rules.draft import Draft
from atlint.rules.selection import everything

NOW = ("--now", "2026-01-31T12:00:00Z", "--isolated")


def line(*changes: tuple[str, object], which: int = 0) -> bytes:
    draft = Draft(everything("at-2018"), list(compliant("at-2018"))[which])
    for role, value in changes:
        draft.put(role, value)
    return draft.line() + b"\n"


PADDED = line(("target/name", " köln "))
ZULU = line(("eventTime", "2018-11-29T08:14:52.07Z"))
SLIP = line(("target/typeURI", "containers-kuberentes/worker"))
NO_JSON = b"\xff\xfe{]\n"
GOOD = line()
LOG = GOOD + NO_JSON + b"\n" + PADDED.replace(b"\n", b"\r\n") + ZULU + SLIP + GOOD[:-1]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "events.log"
    path.write_bytes(LOG)
    return path


def test_fixing_changes_what_it_says_and_nothing_else(log: Path, invoke: Callable[..., object]) -> None:
    log.chmod(0o640)
    done = invoke(check, log, "--fix", "-o", "json", *NOW)
    wanted = LOG.replace(" köln ".encode(), "köln".encode()).replace(b"52.07Z", b"52.07+0000")
    assert log.read_bytes() == wanted
    assert log.stat().st_mode & 0o777 == 0o640
    report = json.loads(done.out)
    assert report["summary"]["fixed"] == 2
    assert {"AT111", "AT501"}.isdisjoint(report["summary"]["by_rule"])
    assert "AT212" in report["summary"]["by_rule"]
    assert (done.code, [entry.name for entry in log.parent.iterdir()]) == (1, ["events.log"])


def test_unsafe_fixes_are_made_on_demand(log: Path, invoke: Callable[..., object]) -> None:
    invoke(check, log, "--unsafe-fixes", *NOW)
    assert b"kuberentes" not in log.read_bytes()
    before = log.stat()
    done = invoke(check, log, "--fix", "--unsafe-fixes", *NOW)
    after = log.stat()
    assert "fixed       0" in done.out
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--diff", "--write-baseline", "b.json"), "leave --write-baseline out"),
        (("--diff", "--output", "json"), "leave --output out"),
    ],
)
def test_contradictions_are_wrong_usage(
    log: Path, invoke: Callable[..., object], arguments: tuple[str, ...], said: str
) -> None:
    done = invoke(check, log, *arguments, *NOW)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert log.read_bytes() == LOG


def test_a_diff_changes_nothing_and_patch_takes_it(log: Path, invoke: Callable[..., object]) -> None:
    done = invoke(check, log, "--diff", "--show-values", *NOW)
    assert done.code == 1
    assert log.read_bytes() == LOG
    assert "would fix 2 findings in 1 file: AT111 1, AT501 1" in done.err
    invoke(check, log, "--fix", *NOW)
    fixed = log.read_bytes()
    assert done.out.count("@@ ") == 2
    log.write_bytes(LOG)
    # --binary: the log has a line that ends in CR LF
    subprocess.run(["patch", "--binary", str(log)], input=done.raw, check=True, capture_output=True)
    assert log.read_bytes() == fixed


def test_a_diff_masks_what_is_sensitive(log: Path, invoke: Callable[..., object]) -> None:
    log.write_bytes(line(("initiator/name", " anna@example.com "), ("initiator/id", "IBMid-55000KQ3RZ")))
    done = invoke(check, log, "--diff", *NOW)
    assert "anna" not in done.out
    assert "55000KQ3RZ" not in done.out
    removed, added = done.out.splitlines()[3:]
    assert removed[1:] != added[1:]
    assert "--show-values" in done.err


def test_a_diff_over_nothing_to_fix_or_to_judge(log: Path, invoke: Callable[..., object]) -> None:
    log.write_bytes(GOOD)
    assert invoke(check, log, "--diff", *NOW)[:2] == (0, "")
    log.write_bytes(b"\n")
    assert invoke(check, log, "--diff", *NOW).code == 3
    assert invoke(check, log, "--diff", "--allow-empty", *NOW).code == 0


def test_standard_input_is_mended_to_standard_output(invoke: Callable[..., object]) -> None:
    done = invoke(check, "-", "--fix", *NOW, stdin=ZULU)
    assert (done.code, done.out) == (0, ZULU.decode().replace("52.07Z", "52.07+0000"))
    assert "pass" in done.err
    done = invoke(check, "-", "--diff", *NOW, stdin=ZULU)
    assert (done.code, done.out.partition("\n")[0]) == (1, "--- -")


def test_a_compressed_file_is_left_alone(tmp_path: Path, invoke: Callable[..., object]) -> None:
    path = tmp_path / "events.log.1.gz"
    path.write_bytes(gzip.compress(ZULU))
    before = path.read_bytes()
    for flag in ("--fix", "--diff"):
        done = invoke(check, path, flag, *NOW)
        assert "a compressed file is not changed" in done.err
    assert path.read_bytes() == before


def test_a_link_stays_a_link(log: Path, invoke: Callable[..., object]) -> None:
    link = log.parent / "current.log"
    link.symlink_to(log.name)
    invoke(check, link, "--fix", *NOW)
    assert link.is_symlink()
    assert b"52.07+0000" in log.read_bytes()


@pytest.mark.parametrize(
    ("name", "faulty"),
    [("events.log", ZULU), ("pod.yaml", b"```\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n```\n")],
)
def test_a_file_with_several_names_is_left_as_it_was(
    tmp_path: Path, invoke: Callable[..., object], name: str, faulty: bytes
) -> None:
    """Whether one of them is named or all: the others would keep what is at fault, and it would count as fixed."""
    path, other = tmp_path / name, tmp_path / f"other-{name}"
    path.write_bytes(faulty)
    other.hardlink_to(path)
    for names in ([path], [path, other]):
        done = invoke(check, *names, "--fix", *NOW)
        assert f"{path}: a file with 2 names (hard links) is not changed" in done.err
        assert "fixed       0" in done.out
        assert path.samefile(other)
        assert path.read_bytes() == faulty
    done = invoke(check, path, "--diff", *NOW)
    assert (done.code, "would fix 1 finding in 1 file" in done.err) == (1, True)
    assert f"{path}: a file with 2 names (hard links) is not changed" in done.err
    other.unlink()
    invoke(check, path, "--fix", *NOW)
    assert path.read_bytes() != faulty


def test_what_is_ignored_is_not_fixed(log: Path, invoke: Callable[..., object]) -> None:
    config = log.parent / "atlint.toml"
    config.write_text('[[ignore]]\nrule = "AT111"\npointer = "*/name"\nreason = "the name is so"\n', encoding="utf-8")
    invoke(check, log, "--fix", "--config", config)
    assert " köln ".encode() in log.read_bytes()
    assert b"52.07+0000" in log.read_bytes()


def test_a_fix_that_dies_leaves_the_log_whole(
    log: Path, invoke: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(click.Abort):
        invoke(check, log, "--fix", *NOW)
    assert log.read_bytes() == LOG
    assert [entry.name for entry in log.parent.iterdir()] == ["events.log"]
