"""`atlint server` as a command: what it says where it cannot serve, and that it ends with its editor."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
COMMAND = [sys.executable, "-m", "atlint", "server"]


def ran(*arguments: str, stdin: bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments], input=stdin, cwd=folder, capture_output=True, check=False, timeout=120
    )


def _message(**members: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **members}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_it_ends_with_its_editor() -> None:
    done = ran()
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)])
def test_a_signal_ends_it_while_its_editor_is_silent(number: signal.Signals, code: int) -> None:
    start = _message(id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        try:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(start)
            server.stdin.flush()
            assert server.stdout.readline().startswith(b"Content-Length")
            server.send_signal(number)
            assert server.wait(timeout=60) == code
        finally:
            server.kill()


def test_it_ends_in_good_order_when_it_is_told_to() -> None:
    start = _message(id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    done = ran(stdin=start + _message(id=2, method="shutdown") + _message(method="exit"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"id": 2' in done.stdout or b'"id":2' in done.stdout


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"Content-Length: 3\r\n\r\n{,}", b"\x00\xff" * 99])
def test_noise_is_survived(noise: bytes) -> None:
    assert ran(stdin=noise).returncode == 0


def test_wrong_options_are_told() -> None:
    done = ran("--edition", "at-1999")
    assert done.returncode == 2
    assert b"at-1999" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_missing_extra_is_told(tmp_path: Path) -> None:
    script = "import sys; sys.modules['pygls'] = None; from atlint.cli import main; main(['server'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'atlint[lsp]'" in done.stderr


def test_other_commands_do_not_pay_for_it() -> None:
    script = "import sys, atlint.cli.check, atlint.cli.server; print('pygls' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
