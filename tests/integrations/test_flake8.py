"""The flake8 plugin under the real flake8."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("flake8", reason="the extra flake8 is not installed")
pytestmark = pytest.mark.integration

REGISTRATION = """\
edition: at-2018
service: {name: key-vault, displayName: Key Vault}
registrations:
  - {environment: stage1, region: ng, endpoint: https://activity-tracker.stage1.ng.bluemix.net,
     spaceId: 5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32, accountId: 3f1b7c0d9e2a4586b1c7d0e9f8a24356}
actions:
  - {action: key-vault.key.create, target: key-vault/key, severity: normal, outcomes: [success]}
"""


def flake8(folder: Path, *arguments: str, stdin: str | None = None) -> tuple[int, list[str], str]:
    command = [sys.executable, "-m", "flake8", *arguments]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def places(lines: list[str]) -> list[tuple[str, str, str]]:
    found = (re.match(r".*?:(\d+):(\d+): (AT\d{3}) ", line) for line in lines)
    return [(match[3], match[1], match[2]) for match in found if match]


EVENT = 'E = {"payload": dict(outcome="sucess", **rest), "meta": meta}'


@pytest.mark.parametrize(
    ("text", "arguments", "codes"),
    [
        (EVENT, (), ["AT103"]),
        (f"{EVENT}  # noqa: AT103", (), []),
        (f"{EVENT}  # noqa: AT201", (), ["AT103"]),
        (EVENT, ("--ignore=AT103",), []),
        (EVENT, ("--at-ignore=AT2,AT1",), []),
        (EVENT, ("--at-select=AT3",), []),
        ('E = {"payload": {"requestData": {"n": 1}, "action": a, **rest}, "meta": m}', (), ["AT531"]),
        ('E = {"action": a, "outcome": "bad", "reason": r, "target": t, **rest}', ("--at-edition=at-2020",), ["AT103"]),
        ('E = {"payload": {"action": "a.b.turn", **rest}, "meta": m}', ("--at-level=info",), ["AT202"]),
    ],
)
def test_options_and_noqa(tmp_path: Path, text: str, arguments: tuple[str, ...], codes: list[str]) -> None:
    (tmp_path / "service.py").write_text(text + "\n")
    _, lines, errors = flake8(tmp_path, "--isolated", "--select=AT", *arguments, "service.py")
    assert errors == ""
    assert [code for code, _, _ in places(lines)] == codes


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ('path = "services/*"', []),
        ('path = "other/*"', ["AT103"]),
        ('pointer = "/payload/outcome"', []),
        ('rule = "AT1"', []),
        ('rule = "AT2"', ["AT103"]),
        ('rule = "AT103"\nuntil = 2020-01-01', ["AT103"]),
        ('rule = "AT103"\nservice = "kms"', ["AT103"]),
    ],
)
def test_ignore_entries_count(tmp_path: Path, entry: str, codes: list[str]) -> None:
    (tmp_path / "atlint.toml").write_text(f'[[ignore]]\n{entry}\nreason = "so it is"\n')
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "keys.py").write_text(EVENT + "\n")
    _, lines, errors = flake8(tmp_path, "--isolated", "--select=AT", ".")
    assert errors == ""
    assert [code for code, _, _ in places(lines)] == codes


def test_a_registration_and_flake8s_own_configuration(tmp_path: Path) -> None:
    (tmp_path / "at-registration.yaml").write_text(REGISTRATION)
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = AT\nat-registration = at-registration.yaml\n")
    (tmp_path / "service.py").write_text('E = {"payload": {"action": "key-vault.key.crate", **rest}, "meta": m}\n')
    _, lines, errors = flake8(tmp_path, "service.py")
    assert errors == ""
    assert ("AT208", "1", "28") in places(lines)


def test_a_registration_beside_a_configuration_file_further_up(tmp_path: Path) -> None:
    """flake8 finds its file in the folders above, and leaves a bare name in it as it is."""
    (tmp_path / "at-registration.yaml").write_text(REGISTRATION)
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = AT\nat-registration = at-registration.yaml\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "service.py").write_text(
        'E = {"payload": {"action": "key-vault.key.crate", **r}, "meta": m}\n'
    )
    _, lines, errors = flake8(tmp_path / "package", "service.py")
    assert errors == ""
    assert ("AT208", "1", "28") in places(lines)


def test_standard_input_and_several_processes(tmp_path: Path) -> None:
    _, lines, _ = flake8(tmp_path, "--isolated", "--select=AT", "-", stdin=EVENT)
    assert places(lines) == [("AT103", "1", "30")]
    for index in range(3):
        (tmp_path / f"service{index}.py").write_text(EVENT + "\n")
    _, lines, errors = flake8(tmp_path, "--isolated", "--select=AT", "--jobs=2", ".")
    assert (len(lines), errors) == (3, "")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--at-select=AT999", "unknown rule 'AT999'"),
        ("--at-edition=at-1999", "unknown edition 'at-1999'"),
        ("--at-registration=none.yaml", "none.yaml: No such file"),
    ],
)
def test_a_wrong_option_is_told_without_a_traceback(tmp_path: Path, option: str, said: str) -> None:
    (tmp_path / "service.py").write_text(EVENT)
    code, lines, errors = flake8(tmp_path, "--isolated", option, "service.py")
    assert code == 1
    assert said in "".join(lines)
    assert "Traceback" not in "".join(lines) + errors
