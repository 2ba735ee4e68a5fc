"""How many cores a process may keep busy, as control groups say it in files like these."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from atlint import workers
from atlint.workers.quota import quota

CASES = [
    pytest.param("", {}, None, id="no groups"),
    pytest.param("0::/", {}, None, id="no limit"),
    pytest.param("0::/", {"cpu.max": "max 100000"}, None, id="max"),
    pytest.param("0::/", {"cpu.max": "150000 100000"}, 1.5, id="within a container"),
    pytest.param("0::/a/b", {"a/b/cpu.max": "400000 100000", "a/cpu.max": "max 100000"}, 4, id="a service"),
    pytest.param(
        "0::/a/b", {"a/b/cpu.max": "400000 100000", "a/cpu.max": "50000 100000"}, 0.5, id="the slice above it"
    ),
    pytest.param("0::/../../kubepods/pod1", {"cpu.max": "200000 100000"}, 2, id="beside the namespace"),
    pytest.param("0::/", {"unified/cpu.max": "200000 100000"}, 2, id="both versions at once"),
    pytest.param(
        "4:cpu,cpuacct:/docker/1\n2:cpuset:/",
        {"cpu,cpuacct/cpu.cfs_quota_us": "250000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
        2.5,
        id="version 1",
    ),
    pytest.param(
        "1:cpu:/x",
        {"cpu/x/cpu.cfs_quota_us": "-1", "cpu/x/cpu.cfs_period_us": "100000"},
        None,
        id="version 1, no limit",
    ),
    pytest.param("3:cpuset:/x", {"cpuset/x/cpu.cfs_quota_us": "1"}, None, id="another controller"),
    pytest.param("0::/", {"cpu.max": "0 0"}, None, id="nonsense"),
    pytest.param("0::/", {"cpu.max": "\udcff"}, None, id="no text"),
]


@pytest.mark.parametrize(("own", "files", "most"), CASES)
def test_quota(tmp_path: Path, own: str, files: Mapping[str, str], most: float | None) -> None:
    if own:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(f"{own}\n")
    for name, text in files.items():
        path = tmp_path / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{text}\n".encode("utf-8", "surrogateescape"))
    assert quota(tmp_path) == most


@pytest.mark.parametrize(("share", "count"), [(None, 8), (64.0, 8), (2.9, 2), (0.5, 1)])
def test_no_more_processes_than_there_is_time_for(
    monkeypatch: pytest.MonkeyPatch, share: float | None, count: int
) -> None:
    name = "process_cpu_count" if hasattr(os, "process_cpu_count") else "sched_getaffinity"
    monkeypatch.setattr(os, name, lambda *_: 8 if name == "process_cpu_count" else set(range(8)), raising=False)
    monkeypatch.setattr(workers, "quota", lambda: share)
    assert workers.cores() == count


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to cores")
def test_a_process_that_is_bound_to_a_core_has_one() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert workers.cores() == 1
    finally:
        os.sched_setaffinity(0, before)
