from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from atlint.cli.generate import command
from atlint.lint.source import from_bytes
from atlint.model import AtlintError
from atlint.report.check import Options, check_lines
from atlint.rules.selection import Choice
from tests.load.events import GREETER, found

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = ["--now", "2018-11-29T08:00:00Z"]
NOW_SECONDS = 1543478400.0
#: the command as a process, without the rest of the command line
PROCESS = [sys.executable, "-c", "import sys; from atlint.cli.generate import command; command(sys.argv[1:])"]


def generate(*arguments: str) -> list[bytes]:
    return run(*arguments).stdout_bytes.splitlines()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*NOW, *arguments], catch_exceptions=False)


@pytest.mark.parametrize("edition", ["at-2018", "at-2019", "at-2020", "at-2025"])
def test_as_many_clean_events_as_were_asked_for(edition: str) -> None:
    lines = generate("--count", "150", "--edition", edition)
    assert len(lines) == 150
    assert [line for line in lines if found(edition, line)] == []


@pytest.mark.parametrize("edition", ["at-2018", "at-2019", "at-2020", "at-2025"])
def test_many_together_break_nothing_but_the_rate_that_the_help_tells_of(edition: str) -> None:
    raw = run("--count", "2000", "--edition", edition).stdout_bytes
    options = Options(edition=edition, now=NOW_SECONDS, choice=Choice(select=("ALL",)))
    report = check_lines(from_bytes(raw), options)
    assert report.summary["events"] == 2000
    assert set(report.summary["by_rule"]) == ({"AT603"} if edition == "at-2018" else set())
    assert "AT603" in (command.help or "")


def test_a_few_events_without_a_count() -> None:
    assert len(generate()) == 10


def test_no_events_where_none_are_asked_for() -> None:
    assert generate("--count", "0") == []


def test_the_first_events_are_the_same_whatever_the_count() -> None:
    assert generate("--count", "500")[:20] == generate("--count", "20")


def test_seed_and_now_decide() -> None:
    assert generate("--seed", "1") == generate("--seed", "1") != generate("--seed", "2")
    assert json.loads(generate()[0])["payload"]["eventTime"] == "2018-11-29T08:00:00.00+0000"


@pytest.mark.parametrize("more", [[], ["--mix", "compliant=4,AT310=1"], ["--boundary"]])
def test_the_shards_are_the_whole(more: Sequence[str]) -> None:
    whole = generate("--count", "103", *more)
    shards = [line for shard in "1234" for line in generate("--count", "103", "--shard", f"{shard}/4", *more)]
    assert shards == whole


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_processes_make_what_one_makes(jobs: str, tmp_path: Path) -> None:
    mix = ["--mix", "compliant=9,AT310=1", "--count", "9000", "--shard", "2/2"]
    alone, shared = tmp_path / "alone.jsonl", tmp_path / "shared.jsonl"
    assert generate(*mix, "--jobs", jobs, "--manifest", str(shared)) == generate(*mix, "--manifest", str(alone))
    assert timeless(shared) == timeless(alone)


def timeless(manifest: Path) -> list[dict[str, Any]]:
    """The records of a manifest without the times at which lines were written."""
    return [{**json.loads(line), "written": None} for line in manifest.read_text().splitlines()]


def test_the_manifest_labels_what_is_broken(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.jsonl"
    lines = generate("--count", "300", "--mix", "compliant=50,AT310=25,AT401=25", "--manifest", str(manifest))
    records = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert [record["kind"] for record in records] == ["header", *["event"] * 300, "end"]
    rules = [record["rule"] for record in records[1:-1]]
    assert {*rules} == {None, "AT310", "AT401"}
    for line, rule, record in zip(lines, rules, records[1:-1], strict=True):
        codes = {code for code, _ in found("at-2018", line)}
        assert rule in codes if rule else not codes
        assert lines[record["line"] - 1] == line
        assert record["bytes"] == len(line) + 1
    assert records[-1]["written"] == 300


def test_a_manifest_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_text("another run's\n")
    with pytest.raises(AtlintError, match="manifest"):
        run("--manifest", str(tmp_path / "manifest.jsonl"))


def test_a_registration_gives_its_own_actions(tmp_path: Path) -> None:
    path = tmp_path / "at-registration.yaml"
    path.write_text(json.dumps(GREETER))
    actions = {json.loads(line)["payload"]["action"] for line in generate("--count", "60", "--registration", str(path))}
    assert actions == {"greeter.greeting.wave", "greeter.greeting-card.delete"}


def test_the_edge_cases_are_the_same_each_time() -> None:
    some = generate("--boundary", "--count", "70")
    assert len(some) == 70
    assert some == generate("--boundary", "--count", "70", "--seed", "5")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mix", "AT999=1"], "unknown rule"),
        (["--shard", "5/4"], "--shard takes"),
        (["--edition", "at-2017"], "at-2018"),
        (["--boundary", "--mix", "AT310=1"], "do not go together"),
        (["--boundary", "--manifest", "m"], "do not go together"),
        (["--now", "yesterday"], "--now takes"),
        (["--jobs", "0"], "--jobs takes a number from 1"),
        (["--jobs", "2", "--engine", "dask://127.0.0.1:1"], "choose one"),
        (["--engine", "ray://127.0.0.1:1"], "--engine takes dask://HOST:PORT"),
    ],
)
def test_wrong_usage_is_said(arguments: list[str], message: str) -> None:
    with pytest.raises(AtlintError, match=message):
        run(*arguments)


@pytest.mark.parametrize("jobs", [[], ["--jobs", "2"]])
def test_a_closed_pipe_is_no_news(jobs: list[str]) -> None:
    with subprocess.Popen(
        [*PROCESS, "--count", "100000", *jobs], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_the_hash_seed_changes_nothing() -> None:
    outputs = {
        subprocess.run(
            [*PROCESS, *NOW, "--count", "200", "--mix", "compliant=1,AT310=1"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "99")
    }
    assert len(outputs) == 1
