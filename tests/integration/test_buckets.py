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
from typing import NamedTuple

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


class Cluster(NamedTuple):
    """A scheduler and two workers of it: their processes, and the addresses that they have there."""

    scheduler: str
    processes: dict[str, subprocess.Popen[str]]

    @property
    def engine(self) -> str:
        return f"dask://{self.scheduler.removeprefix('tcp://')}"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    dask, quiet = (sys.executable, "-m"), ("--no-dashboard",)
    scheduler = started(*dask, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet)
    with running(scheduler):
        address = "tcp://127.0.0.1:" + line_with(scheduler, "Scheduler at:").rsplit(":", 1)[1].strip()
        worker = (*dask, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", *quiet)
        workers = [started(*worker), started(*worker)]
        with running(*workers):
            named = {line_with(each, "Start worker at:").split()[-1]: each for each in workers}
            for each in workers:
                line_with(each, "Registered to")
            yield Cluster(address, named)


def test_dask_gives_the_same_though_a_worker_is_killed(
    endpoint: str, local: tuple[int, dict[str, object]], cluster: Cluster
) -> None:
    from distributed import Client

    lost, kept = cluster.processes
    command = [sys.executable, "-m", "atlint", "check", "--isolated", "--now", NOW, "-o", "json"]
    command += ["--endpoint-url", endpoint, "--engine", cluster.engine, "--piece", "250KB", "s3://audit/at"]
    with Client(cluster.scheduler, set_as_default=False) as client:
        check = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        begun = time.monotonic()
        while not client.processing().get(lost) and time.monotonic() - begun < WAIT and check.poll() is None:
            time.sleep(0.02)
        os.kill(cluster.processes[lost].pid, signal.SIGKILL)
        assert check.poll() is None, "the work was done before a worker could be killed"
        out, err = check.communicate(timeout=300)
        told = [event for _, event in client.get_events("all") if event["action"] == "remove-worker"]
    assert out, err
    assert (check.returncode, json.loads(out.replace("s3://audit/at/", ""))) == local
    assert cluster.processes[lost].wait(WAIT) == -signal.SIGKILL
    assert cluster.processes[kept].poll() is None
    (gone,) = told
    assert gone["worker"] == lost
    assert gone["processing-tasks"], "the worker that was killed had nothing to do"


def test_dask_makes_the_events_of_one_process(cluster: Cluster) -> None:
    generate = [sys.executable, "-m", "atlint", "generate", "--count", "20000", "--now", NOW]
    alone = subprocess.run([*generate, "--jobs", "1"], capture_output=True, check=True, timeout=300).stdout
    shared = subprocess.run([*generate, "--engine", cluster.engine], capture_output=True, check=True, timeout=300)
    assert shared.stdout == alone
