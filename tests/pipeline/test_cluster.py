from __future__ import annotations

import os
from pathlib import Path

import pytest

from atlint.model import Span
from atlint.pipeline.cluster import Cluster, Writer, read
from atlint.pipeline.document import read as read_document
from atlint.pipeline.workload import POD

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pipeline" / "cluster"
SHARED = Path(os.environ.get("ATLINT_SHARED", Path(__file__).resolve().parents[3] / "shared"))


def cluster(*texts: str | bytes) -> Cluster:
    data = [text.encode() if isinstance(text, str) else text for text in texts]
    return read(read_document(each, f"{index}.yaml", fence=True) for index, each in enumerate(data))


@pytest.fixture(name="whole")
def whole_() -> Cluster:
    return cluster((FIXTURES / "whole.yaml").read_bytes())


def test_objects_of_a_file_and_of_its_lists(whole: Cluster) -> None:
    assert [(each.kind, each.name, each.namespace) for each in whole.resources] == [
        ("Secret", "activity-tracker-secrets", "kube-system"),
        ("ConfigMap", "at-fluentd-config", "kube-system"),
        ("ConfigMap", "inner", ""),
        ("CronJob", "writer", "default"),
    ]
    assert [each.document.template for each in whole.resources[::3]] == [
        "tracker/templates/secret.yaml",
        "tracker/templates/writer.yaml",
    ]
    (stream,) = whole.streams
    assert [stream.source.mark(span.start) for span in stream.fence] == [(1, 1)]
    assert whole.resources[1].root.pointer == "/items/0"


def test_secrets_with_their_services(whole: Cluster) -> None:
    ((entry,),) = [secret.entries for secret in whole.secrets]
    (service,) = entry.encoded.services
    assert service.name
    assert (entry.key.value, service.name.value) == ("activity-tracker.ng.bluemix.net", "sample-service")
    place = whole.secrets[0].place(entry, service.name.span)
    assert (place.line, place.column) == (9, 36 + service.name.span.start)
    assert "made-up" not in repr(whole.secrets)
    assert entry.value not in (None, "")  # type: ignore[comparison-overlap]  # it is there, and it is not shown
    assert "eyJ" not in repr(whole.secrets)


def test_configurations_and_what_they_read(whole: Cluster) -> None:
    good, broken = whole.configs()
    assert good[2].root
    assert good[1].key.value == "logging-activity-tracker.conf"
    assert whole.tailer().reads("/var/log/at/a.log").read
    (fault,) = broken[2].faults
    place = broken[0].place(broken[1], fault.span)
    assert (place.line, place.column) == (28, 26)


def test_containers(whole: Cluster) -> None:
    (workload,) = whole.workloads
    prepare, write, silent = workload.containers
    assert [each.init for each in workload.containers] == [True, False, False]
    assert workload.labels == {"app": "writer"}
    assert [(each.name, each.kind, each.host_path) for each in workload.volumes] == [
        ("logs", "hostPath", "/var/log/at"),
        ("scratch", "emptyDir", ""),
    ]
    assert [(each.path, each.volume, each.read_only) for each in write.mounts] == [
        ("/logs", "logs", False),
        ("/scratch", "scratch", True),
    ]
    assert [(each.name, each.value, each.field) for each in write.variables] == [
        ("STEM", "events", ""),
        ("POD", None, "metadata.name"),
    ]
    assert [each.security.root for each in workload.containers] == [True, False, False]
    assert prepare.script
    assert [command.name for command in prepare.script.program.commands] == ["mkdir", "chmod"]
    assert silent.script is None
    assert workload.host_path(prepare, "/logs/sample") == "/var/log/at/sample"
    assert workload.host_path(prepare, "/elsewhere") is None


def test_writers_and_the_columns_of_their_events(whole: Cluster) -> None:
    first, second = whole.writers()
    assert (first.path, first.host_path) == ("/logs/sample/events.log", "/var/log/at/sample/events.log")
    assert (second.path, second.host_path) == ("/scratch/$POD.log", None)
    assert second.write.target
    assert second.write.target.constant is False
    (event,) = first.write.events
    at = event.text.index("a.b.c")
    assert first.container.script
    place = first.container.script.place(event.offsets.span(Span(at, at + 5)))
    assert (place.line, place.column, place.end_column) == (69, 35, 40)


@pytest.mark.parametrize("kind", sorted(POD))
@pytest.mark.parametrize("version", ["apps/v1", "extensions/v1beta1"])
def test_every_kind_of_workload(kind: str, version: str) -> None:
    spec: dict[str, object] = {"containers": [{"name": "x", "command": ["sh", "-c", "echo '{}' >> /l/x.log"]}]}
    for key in reversed(POD[kind][1:]):
        spec = {key: spec}
    (workload,) = cluster(f"kind: {kind}\napiVersion: {version}\nspec: {spec}\n".replace("'{}'", "{}")).workloads
    assert (workload.kind, workload.api_version) == (kind, version)
    assert [container.name for container in workload.containers] == ["x"]


@pytest.mark.parametrize(
    ("command", "args", "found"),
    [
        (["sh", "-c", "echo {} > /x"], [], True),
        (["/bin/bash"], ["-lc", "echo {} > /x"], True),
        (["bash", "-e", "-c", "echo {} > /x", "name"], [], True),
        (["busybox", "sh", "-c", "echo {} > /x"], [], True),
        ([], ["-c", "echo {} > /x"], True),
        ([], ["sh", "-c", "echo {} > /x"], True),
        (["python", "-c", "echo {} > /x"], [], False),
        (["sh", "script.sh", "-c", "echo {} > /x"], [], False),
        (["sh", "-c"], [], False),
        ([], [], False),
    ],
)
def test_how_a_shell_is_started(command: list[str], args: list[str], *, found: bool) -> None:
    pod = f"kind: Pod\nspec:\n  containers:\n  - name: x\n    command: {command}\n    args: {args}\n"
    writers: list[Writer] = list(cluster(pod).writers())
    assert bool(writers) is found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "kind: Pod",
        "kind: Pod\nspec: 1",
        "kind: Pod\nspec:\n  containers: [1, {}]\n  volumes: [1, {name: []}]",
        "kind: Pod\nspec:\n  containers:\n  - {command: [[], sh], env: [1], volumeMounts: [1]}",
        "kind: Secret\ndata: 1",
        "kind: Secret\ndata: {a: [], b: {}, c: null}\nstringData: {d: 1}",
        "kind: ConfigMap\ndata: {a.conf: [], b: null}",
        "kind: [a]\nmetadata: 1",
        "kind: List\nitems: [1, [], {kind: List, items: [{kind: Pod}]}]",
        "- kind: Pod",
    ],
)
def test_wrong_shapes_are_left_out_without_a_fuss(text: str) -> None:
    found = cluster(text)
    list(found.writers())
    assert found.tailer().sources == ()


def test_published_manifests_are_read() -> None:
    paths = sorted((SHARED / "corpus" / "manifests").glob("*.yaml"))
    if not paths:
        pytest.skip("the published manifests are not beside this checkout")
    for path in paths:
        stream = read_document(path.read_bytes(), path.name, fence=True)
        assert stream.faults == ()
        found = read([stream])
        if "noisy" in path.name:
            (writer,) = found.writers()
            assert writer.host_path == "/var/log/at/noisy_events.log"
        if "config" in path.name:
            assert found.tailer().reads("/var/log/at/noisy_events.log").read
            assert not found.tailer().reads("/var/log/at-no-rotate/x.log").read
