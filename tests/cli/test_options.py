"""What a command line says to no purpose, or against itself, is refused instead of passed over."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from atlint.cli import COMMANDS, group
from atlint.lint.examples import compliant
from atlint.lint.source import JUDGED, is_judged
from atlint.model import Json
from atlint.report.formats.json import dumps
from atlint.rules.readiness_rules import EXAMPLE


def command_of(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    event: Json = next(iter(compliant("at-2018")))
    Path("a.log").write_text(f"{dumps(event)}\n", encoding="utf-8")
    Path("r.yaml").write_text(EXAMPLE, encoding="utf-8")
    Path("broken.toml").write_text("= no TOML", encoding="utf-8")


def refused(invoke: Callable[..., Any], line: str, said: str) -> None:
    """Nothing is written, neither to standard output nor to a file."""
    before = sorted(Path().rglob("*"))
    name, *arguments = shlex.split(line)
    done = invoke(command_of(name), *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check a.log --config broken.toml --isolated", "--config names a configuration and --isolated uses none"),
        ("ready r.yaml --config broken.toml --isolated", "choose one"),
        ("explain AT101 --all", "--all explains every rule"),
        ("compile r.yaml --target jsonschema --edition at-2020", "r.yaml says which one it is of"),
        ("compile r.yaml --target docs --shards 3", "--shards is for --target kube, not for docs"),
        ("compile r.yaml --target python --region ng", "--region is for --target kube and issue, not for python"),
        ("compile r.yaml --target kube --edition at-2018 --out x", "--edition is for --target jsonschema"),
        ("check a.log --isolated --select AT103 --ignore AT103", "no rule is left to judge by"),
        ("check a.log --isolated --select AT103 --severity AT103=off", "no rule is left to judge by"),
        ("check a.log --isolated --ignore ALL", "no rule is left to judge by"),
        ("check a.log --isolated --edition auto --ignore ALL --jobs 2", "no rule is left to judge by"),
        ("ready r.yaml --isolated --select AT103 --ignore AT103", "no rule is left to judge by"),
        ("check a.log --select ''", "'--select': it is empty"),
        ("check a.log --select ', '", "'--select': it is empty"),
        ("check a.log --registration ''", "'--registration': it is empty"),
        ("ready r.yaml --logs ''", "'--logs': it is empty"),
        ("load x --rate 1 --duration ''", "'--duration': it is empty"),
        ("generate --mix ''", "'--mix': it is empty"),
        ("check a.log -o text:", "text: names no file"),
        ("check a.log -o json:,text", "json:FILE writes to one, json to standard output"),
        ("doctor a.log -o json:", "json: names no file"),
        ("diff at-2018 at-2019 -o json:", "json: names no file"),
        ("check a.log ''", "it is empty: say what is meant"),
        ("check ''", "it is empty"),
        ("ready ''", "it is empty"),
        ("doctor ''", "it is empty"),
        ("compile '' --target docs", "it is empty"),
        ("diff at-2018 ''", "it is empty"),
        ("verify a.log ''", "it is empty"),
        ("explain ''", "it is empty"),
        ("load '' --rate 1 --duration 1s", "it is empty"),
        ("check a.log --max-rate AT101=200%", "200% is more than all events"),
        ("check a.log --max-rate AT101=100.000000001%", "more than all events"),
        ("ready r.yaml --max-error-rate 101%", "101% is more than all lines"),
        ("load x --rate 1 --duration 1s --metrics 99999999", "99999999 is no port, 1 to 65535 are"),
        ("load x --rate 1 --duration 1s --metrics :65536", "65536 is no port"),
    ],
)
def test_what_says_nothing_or_contradicts_itself_is_refused(invoke: Callable[..., Any], line: str, said: str) -> None:
    refused(invoke, line, said)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check a.log --isolated --select AT1,,AT2,", 0),
        ("check a.log --isolated --max-rate AT101=100%", 0),
        ("compile r.yaml --target issue --region ng", 0),
        ("compile --target jsonschema --edition at-2020", 0),
    ],
)
def test_what_means_something_is_not(invoke: Callable[..., Any], line: str, code: int) -> None:
    name, *arguments = shlex.split(line)
    assert invoke(command_of(name), *arguments).code == code


def test_a_rule_that_is_selected_is_applied_whatever_the_file_ignores(invoke: Callable[..., Any]) -> None:
    Path("a.log").write_text(Path("a.log").read_text(encoding="utf-8").replace('"success"', '"ok"'), encoding="utf-8")
    Path("atlint.toml").write_text('ignore = ["AT103"]\n', encoding="utf-8")
    check = command_of("check")
    assert invoke(check, "a.log", "--ignore", "AT6").code == 0, "the file's word counts, too"
    assert invoke(check, "a.log", "--select", "AT103").code == 1
    assert invoke(check, "a.log", "--extend-select", "AT103").code == 1
    assert invoke(check, "a.log", "--select", "AT103", "--ignore", "AT103").code == 2


@pytest.mark.parametrize("name", ["server", "web"])
def test_what_serves_has_no_options_about_its_end(name: str) -> None:
    assert {"fail_on", "max_rate", "output"}.isdisjoint(param.name for param in command_of(name).params)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_words_refuses_an_empty_one(invoke: Callable[..., Any], name: str) -> None:
    command = command_of(name)
    for param in command.params:
        if isinstance(param, click.Option) and param.metavar and isinstance(param.type, click.types.StringParamType):
            done = invoke(command, param.opts[0], "", *["x"] * (name in {"check", "verify"}))
            assert (done.code, "it is empty" in done.err) == (2, True), param.opts


@pytest.mark.parametrize("key", ["registration", "baseline", "kube"])
def test_a_file_that_the_configuration_names_is_told_with_it(invoke: Callable[..., Any], key: str) -> None:
    Path("atlint.toml").write_text(f"{key} = {['nope'] if key == 'kube' else 'nope'!r}\n", encoding="utf-8")
    done = invoke(command_of("check"), "a.log")
    assert done.code == 2
    assert done.err.startswith(f"{Path.cwd() / 'atlint.toml'}: {key}: {Path.cwd() / 'nope'}: ")
    named = invoke(command_of("check"), "a.log", f"--{key}", "other")
    assert named.code == 2
    assert named.err.startswith("other: ")


def test_the_known_editions_are_all_that_are_taken(invoke: Callable[..., Any]) -> None:
    done = invoke(command_of("check"), "a.log", "--isolated", "--edition", "at-2021")
    assert done.err == "unknown edition 'at-2021': atlint knows at-2018, at-2019, at-2020, at-2025, auto"


MANY = "9" * 5000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("generate --count 99999999999999999999", "99999999999999999999 is not in the range 0<=x<=281474976710656"),
        ("generate --count 20000 --now 9999-12-31T23:59:59Z", "2 s later the year 9999 is over"),
        ("generate --shard \u00b2/3", "--shard takes I/N"),
        (f"generate --shard 1/{MANY}", "--shard takes I/N"),
        ("load x --rate 1e300 --duration 1s", "a rate of 1e+300 events a second: 10,000,000 are the most"),
        ("load x --rate 1e309 --duration 1s", "a rate of inf for 1 s: both must be finite numbers"),
        ("load x --rate nan --duration 1s", "must be finite numbers"),
        ("load x --rate -1 --duration 1s", "must be above zero"),
        ("load x --rate 1e7 --duration 36500d", "281,474,976,710,656 are the most of one run"),
        ("load x --rate 1 --duration 2s --now 9999-12-31T23:59:59Z", "2 s later the year 9999 is over; begin earlier"),
        (f"load x --rate 1 --duration {MANY}s", "is longer than a hundred years: 36500d is the most"),
        ("load x --rate 1 --duration 36500.1d", "'36500.1d' is longer than a hundred years"),
        (f"load x --rate 1 --duration 1s --rotate {MANY}GB", "is larger than any file"),
        ("load x --rate 1 --duration 1s --pods 65537", "65537 is not in the range 1<=x<=65536"),
        (f"sink --store s --fail 500:first={MANY}", "is no fault: write CODE:10%"),
        (f"sink --store s --delay {MANY}h", "is longer than a hundred years"),
        ("compile r.yaml --target kube --rate 10000001 --out x", "is not in the range 1<=x<=10000000"),
    ],
)
def test_a_number_beyond_all_bounds_is_refused(invoke: Callable[..., Any], line: str, said: str) -> None:
    refused(invoke, line, said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check empty --isolated", f"no evidence: no file to judge: {JUDGED} are read in a folder; name another file"),
        ("check c.conf --isolated", "no evidence: 1 file, but no event, no Kubernetes object, no registration, and no"),
        ("check empty.log --isolated", "no evidence: 1 file, but not one line"),
        ("doctor empty.log", "no evidence: the log of fluentd is empty"),
    ],
)
def test_no_evidence_says_what_is_missing(invoke: Callable[..., Any], line: str, said: str) -> None:
    Path("empty").mkdir()
    Path("empty.log").touch()
    Path("c.conf").write_text("# a comment\n", encoding="utf-8")
    name, *arguments = shlex.split(line)
    done = invoke(command_of(name), *arguments)
    assert done.code == 3
    assert said in done.out


def test_every_ending_that_is_named_is_judged() -> None:
    endings = [word.rstrip(",") for word in JUDGED.split() if word.startswith(".")]
    assert len(endings) == 9
    for ending in endings:
        name = f"a{'.log' * (ending in {'.gz', '.zst'})}{ending.replace('*', '1')}"
        assert is_judged(name), name


def test_a_bucket_without_credentials_names_the_variables(
    invoke: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    done = invoke(command_of("check"), "s3://nobucket/x", "--isolated", "--endpoint-url", "http://127.0.0.1:9")
    assert done.code == 2
    assert done.err.startswith("s3://nobucket/x: Unable to locate credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_")
