"""A bucket of a real S3 server on loopback, and two workers of a real dask cluster: the same report as from disk."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.corpus import EDITION, Corpus
from tests.conftest import strict_plan

pytestmark = pytest.mark.integration

NOW = "2026-01-31T00:00:00Z"
WAIT = 60.0


def started(*command: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)


def line_with(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"{word!r} was not said")


@contextlib.contextmanager
def running(*processes: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(WAIT)
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    corpus = Corpus(strict_plan(EDITION))
    for name, broken in (("a.log", 0.05), ("b.log", 0.0)):
        (folder / name).write_bytes(b"".join(line + b"\n" for line in corpus.lines(6_000, broken=broken)))
    return folder


@pytest.fixture(scope="module")
def endpoint(logs: Path) -> Iterator[str]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as at:
        at.setenv("AWS_ACCESS_KEY_ID", "a")
        at.setenv("AWS_SECRET_ACCESS_KEY", "b")
        at.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3", endpoint_url=url)
        client.create_bucket(Bucket="audit")
        for log in sorted(logs.iterdir()):
            client.upload_file(str(log), "audit", f"at/{log.name}")
        client.put_object(Bucket="audit", Key="at/readme.txt", Body=b"no log")
        yield url
    client.close()
    server.stop()


def checked(*arguments: str) -> tuple[int, dict[str, object], str]:
    command = [sys.executable, "-m", "atlint", "check", "--isolated", "--now", NOW, "-o", "json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.replace("s3://audit/at/", "")), done.stderr


@pytest.fixture(scope="module")
def local(logs: Path) -> tuple[int, dict[str, object]]:
    command = [sys.executable, "-m", "atlint", "check", "--isolated", "--now", NOW, "-o", "json", str(logs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, json.loads(done.stdout.replace(f"{logs}/", ""))


@pytest.mark.parametrize("url", ["s3://audit/at", "s3://audit/at/*.log"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bucket_gives_the_report_of_the_folder(
    endpoint: str, local: tuple[int, dict[str, object]], url: str, jobs: str
) -> None:
    code, report, _ = checked("--endpoint-url", endpoint, "--jobs", jobs, url)
    assert (code, report) == local


def test_what_is_not_in_a_bucket_is_told(endpoint: str) -> None:
    command = [sys.executable, "-m", "atlint", "check", "--isolated", "--endpoint-url", endpoint, "s3://audit/none"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "s3://audit/none" in done.stderr
    assert "Traceback" not in done.stderr


def test_dask_gives_the_same_though_a_worker_is_killed(endpoint: str, local: tuple[int, dict[str, object]]) -> None:
    scheduler = started(
        sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    )
    with running(scheduler):
        address = "tcp://127.0.0.1:" + line_with(scheduler, "Scheduler at:").rsplit(":", 1)[1].strip()
        worker = (sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny")
        first, second = started(*worker, "--no-dashboard"), started(*worker, "--no-dashboard")
        with running(first, second):
            line_with(first, "Registered to")
            line_with(second, "Registered to")
            command = [sys.executable, "-m", "atlint", "check", "--isolated", "--now", NOW, "-o", "json"]
            command += ["--endpoint-url", endpoint, "--engine", f"dask://{address[6:]}", "--piece", "250KB"]
            check = subprocess.Popen(
                [*command, "s3://audit/at"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            begun = time.monotonic()
            while _processed(first.pid) < 0.3 and time.monotonic() - begun < WAIT and check.poll() is None:
                time.sleep(0.05)
            assert check.poll() is None, "the work was done before a worker could be killed"
            os.kill(first.pid, signal.SIGKILL)
            out, err = check.communicate(timeout=300)
            assert out, err
            report = json.loads(out.replace("s3://audit/at/", ""))
            assert (check.returncode, report) == local


def _processed(pid: int) -> float:
    """CPU seconds of a process since this was first asked."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    _FIRST.setdefault(pid, used)
    return used - _FIRST[pid]


_FIRST: dict[int, float] = {}
