"""Inputs that are made to exhaust: each ends in a verdict, in bounded memory."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atlint.lint.engine import MOST_ACTIONS
from atlint.lint.source import LONGEST
from atlint.plan import EDITIONS
from atlint.report.collect import MOST_GROUPS
from atlint.rules.line import limits

ROOT = Path(__file__).parent.parent.parent
#: bytes of address space that a command may have
MOST = 600 * 1024 * 1024


def deep() -> Iterator[bytes]:
    yield b"[" * 100_000 + b"]" * 100_000 + b"\n"
    yield b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"
    yield b'{"a":"' + b'[\\"' * 100_000 + b'"}\n'


def endless() -> Iterator[bytes]:
    for _ in range(200):
        yield b"a" * 1_000_000


def distinct() -> Iterator[bytes]:
    for number in range(3 * MOST_GROUPS):
        yield b'{"k%d":1,"action":"svc.a%d.create"}\n' % (number, number)


def million() -> Iterator[bytes]:
    """A million faults, no two of them at the same place."""
    for line in range(2_000):
        yield b"{" + b",".join(b'"k%d":1' % (500 * line + number) for number in range(500)) + b"}\n"


def wide() -> Iterator[bytes]:
    """One event of names that it should not have, near to those that it lacks."""
    yield b"{" + b",".join(b'"%s%d":1' % (name, n) for n in range(10_000) for name in (b"payloa", b"met")) + b"}\n"


def below() -> Iterator[bytes]:
    """Each value repeats the key in its pointer: in one line of a megabyte, and in many that are of usual length."""
    yield b'{"' + b"k" * 400_000 + b'":{' + b",".join(b'"a%d":1' % number for number in range(60_000)) + b"}}\n"
    for line in range(300):
        key, inner = b"k" * 8_000 + b"%d" % line, b",".join(b'"a%d":" x"' % number for number in range(500))
        yield b'{"requestData":{"' + key + b'":{' + inner + b"}}}\n"


def aliases() -> Iterator[bytes]:
    yield b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in range(1, 12):
        yield b"a%d: &a%d [%b]\n" % (level, level, b",".join([b"*a%d" % (level - 1)] * 10))


def check(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))

    return subprocess.run(
        [
            sys.executable,
            "-m",
            "atlint",
            "check",
            "--isolated",
            "--quiet",
            "--edition",
            "at-2018",
            "--jobs",
            "1",
            *more,
            path.name,
        ],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=limit,
    )


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("deep.log", deep),
        ("endless.log", endless),
        ("distinct.log", distinct),
        ("wide.log", wide),
        ("below.log", below),
        ("aliases.yaml", aliases),
    ],
)
def test_a_bomb_ends_in_a_verdict(tmp_path: Path, name: str, pieces: object) -> None:
    with (tmp_path / name).open("wb") as stream:
        stream.writelines(pieces())  # type: ignore[operator]
    done = check(tmp_path / name)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert len(done.stdout) < 50_000_000


@pytest.mark.integration
def test_a_million_distinct_faults_are_counted_to_the_last(tmp_path: Path) -> None:
    with (tmp_path / "million.log").open("wb") as stream:
        stream.writelines(million())
    done = check(tmp_path / "million.log", "-o", "json")
    assert done.returncode == 1, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["summary"]["by_rule"]["AT104"] == 1_000_000
    assert len(found["findings"]) <= 21 * MOST_GROUPS


@pytest.mark.integration
def test_a_compressed_bomb_ends_in_a_verdict(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.log.gz", "wb") as stream:
        for piece in endless():
            stream.write(piece)
    assert check(tmp_path / "bomb.log.gz").returncode == 1


def long() -> Iterator[bytes]:
    """Lines as long as are looked into, each of very many parts, alone and as if they were pieces of one event."""
    for unit in (b"1,", b'{"b":1},', b'"\\u00e9",', b"[[[[[[1]]]]]],"):
        yield b'{"a":[' + unit * ((LONGEST - 20) // len(unit)) + b"1]}\n"
    yield b'{"k":1' + b',"k":1' * ((LONGEST - 20) // 6) + b"}\n"
    yield b'{"a":"' + b"\xff" * (LONGEST - 20) + b'"}\n'
    yield b'{"' * (LONGEST // 2 - 20) + b"\n"
    yield b"{\n" + (b'{"a":[' + b"1," * (LONGEST // 4) + b"1]}\n") * 20
    yield b"x" * 131_000_000 + b"\n"


def kinds() -> Iterator[bytes]:
    """As many kinds of faults as are told apart, and of each as many as are stored, or nearly."""
    for number in range(12 * MOST_GROUPS):
        name = b"%05d" % (number % (MOST_GROUPS + 100)) + b"y" * 60
        yield b'{"payload":{"%b":"%b"}}\n' % (name, "\U0001f680".encode() * 30 + b"%d" % number)


#: runs the command line and says, last of all, the most memory that the process has had, in KiB
PEAK = """
import sys
from atlint.cli import main
try:
    main(sys.argv[1:])
finally:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""
#: bytes of memory for a log of any size, whatever its faults
MOST_HELD = 150_000_000


@pytest.mark.integration
@pytest.mark.parametrize("pieces", [long, kinds])
def test_a_log_takes_no_more_memory_than_is_promised(tmp_path: Path, pieces: Callable[[], Iterator[bytes]]) -> None:
    log = tmp_path / "bomb.log"
    with log.open("wb") as stream:
        stream.writelines(pieces())
    command = [
        sys.executable,
        "-c",
        PEAK,
        "check",
        "--isolated",
        "--quiet",
        "--edition",
        "at-2018",
        "--jobs",
        "1",
        "-o",
        "concise",
        str(log),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 1, done.stderr
    assert int(done.stderr.split()[-1]) * 1024 < MOST_HELD


def test_each_line_that_may_be_delivered_is_kept_whole() -> None:
    assert max(limits(edition)[0] for edition in EDITIONS) < LONGEST


def test_what_is_stored_is_bounded() -> None:
    assert MOST_GROUPS <= 10_000
    assert MOST_ACTIONS <= 10_000
