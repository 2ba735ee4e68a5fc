from __future__ import annotations

import base64
import dataclasses
import json
import shlex

import pytest
import yaml

from atlint.load.writer import pod_files
from atlint.model import AtlintError
from atlint.pipeline import cluster, document
from atlint.pipeline.checks import problems
from atlint.pipeline.cluster import Cluster
from atlint.pipeline.registration_file import read
from atlint.pipeline.view import View
from atlint.plan.registration import Registration
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import everything
from atlint.targets.kube import Wanted, manifests, token_of

TOKEN = "tok-4be1c07d9a52-service"
REGIONS = [
    ("stage1", "ng", "activity-tracker.stage1.ng.bluemix.net"),
    ("stage1", "eu-gb", "activity-tracker.stage1.eu-gb.bluemix.net"),
    ("production", "au-syd", "activity-tracker.au-syd.bluemix.net"),
]
LOGS = ["/var/log/at/containers-kubernetes", "/var/log/at-no-rotate/containers-kubernetes", "/var/log/at/a/b.c"]


def registration(text: str = EXAMPLE) -> Registration:
    found = read(document.read(text.encode(), "registration.yaml")).registration
    assert found is not None
    return found


def made(text: str = EXAMPLE, **options: object) -> dict[str, str]:
    found = registration(text)
    return manifests(Wanted(found, found.regions[0], TOKEN, **options))  # type: ignore[arg-type] # one test, many fields


def picture(files: dict[str, str]) -> Cluster:
    streams = [document.read(text.encode(), name) for name, text in files.items() if name.endswith(".yaml")]
    assert not any(stream.faults for stream in streams)
    return cluster.read(streams)


def placed(environment: str, region: str, host: str) -> str:
    return (
        EXAMPLE.replace("stage1\n", f"{environment}\n")
        .replace("region: ng", f"region: {region}")
        .replace("activity-tracker.stage1.ng.bluemix.net", host)
    )


@pytest.mark.parametrize("version", ["1.28", "1.31", ""])
def test_valid_kubernetes(version: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="the extra k8s is not installed")
    version = version or validate.latest_version()
    count = 0
    for name, text in made().items():
        for value in yaml.safe_load_all(text) if name.endswith(".yaml") else ():
            validate.validate(value, version, strict=True)
            count += 1
    assert count == 5


@pytest.mark.parametrize(("environment", "region", "host"), REGIONS)
@pytest.mark.parametrize("logs", LOGS)
def test_clean_under_the_pipelines_rules(environment: str, region: str, host: str, logs: str) -> None:
    text = placed(environment, region, host).replace("logs: /var/log/at/containers-kubernetes", f"logs: {logs}")
    view = View.of(picture(made(text)), everything("at-2018", registration(text)), kept=lambda _path: "")
    assert [(each.problem.code, each.problem.case, each.place) for each in problems(view)] == []


@pytest.mark.parametrize("logs", LOGS)
def test_what_the_deployment_writes_is_read(logs: str) -> None:
    files = made(EXAMPLE.replace("logs: /var/log/at/containers-kubernetes", f"logs: {logs}"))
    view = picture(files)
    (deployment,) = (each for each in view.workloads if each.kind == "Deployment")
    (container,) = (each for each in deployment.containers if not each.init)
    values = {each["name"]: each.get("value") for each in _container(files["deployment.yaml"])["env"]}
    path = values["AT_LOG_FILE"].replace("$(POD_NAME)", "service-5d9c-x7k2p")
    assert path.startswith(f"{logs}/")
    host_path = deployment.host_path(container, path)
    assert host_path == path
    assert view.tailer().reads(host_path).read
    assert container.security.root is False
    assert {variable.name: variable.field for variable in container.variables}["POD_NAME"] == "metadata.name"


def _container(text: str, index: int = 0) -> dict[str, list[dict[str, str]]]:
    document = list(yaml.safe_load_all(text))[index]
    (container,) = document["spec"]["template"]["spec"]["containers"]
    return dict(container)


def test_what_the_load_job_writes_is_read_and_unique() -> None:
    files = made(shards=3)
    job = list(yaml.safe_load_all(files["load_job.yaml"]))[1]["spec"]
    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 3, 3)
    assert job["ttlSecondsAfterFinished"] > 0
    command = shlex.split(_container(files["load_job.yaml"], 1)["command"][2])  # type: ignore[arg-type] # a script
    folder = command[command.index("load") + 1]
    tailer = picture(files).tailer()
    paths = {f"{folder}/{pod_files('containers-kubernetes', '0a1b2c3d', 1, first=shard)[0]}" for shard in range(3)}
    assert len(paths) == 3
    for path in paths:
        assert path.startswith("/var/log/at/containers-kubernetes/")
        assert tailer.reads(path).read
    manifest = command[command.index("--manifest") + 1]
    assert "JOB_COMPLETION_INDEX" in manifest
    assert not tailer.reads(manifest.replace("$", "")).read
    assert command[command.index("--shard") + 1] == "$((JOB_COMPLETION_INDEX + 1))/3"


def test_the_jobs_registration_is_that_of_its_cluster() -> None:
    more = placed(*REGIONS[2]).split("registrations:\n")[1].split("actions:\n")[0]
    text = EXAMPLE.replace("actions:\n", f"{more}actions:\n")
    held = next(yaml.safe_load_all(made(text)["load_job.yaml"]))["data"]["registration.json"]
    assert [entry["region"] for entry in json.loads(held)["registrations"]] == ["ng"]
    assert read(document.read(held.encode(), "registration.json")).problems == ()


@pytest.mark.parametrize("order", ["\u2066x\u2069", "\u2028- hurt: 1", "\u202evil", "é"])
def test_a_name_is_no_order_to_who_reads_the_load_job(order: str) -> None:
    held = registration()
    named = dataclasses.replace(held, display_name=f"Orders{order}")
    text = manifests(Wanted(named, held.regions[0], TOKEN))["load_job.yaml"]
    assert text.isascii()
    shown = json.loads(next(yaml.safe_load_all(text))["data"]["registration.json"])
    assert shown["service"]["displayName"] == f"Orders{order}"


def test_the_secret_holds_the_services_unwrapped() -> None:
    secret = yaml.safe_load(made()["at_secret.yaml"])
    ((host, value),) = secret["data"].items()
    assert host == "activity-tracker.stage1.ng.bluemix.net"
    assert "\n" not in value
    assert json.loads(base64.b64decode(value, validate=True)) == {
        "services": [
            {
                "service_name": "containers-kubernetes",
                "auth_token_value": TOKEN,
                "project_id": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            }
        ]
    }


def test_the_token_stands_in_the_secret_alone() -> None:
    encoded = base64.b64encode(TOKEN.encode()).decode().rstrip("=")[:-1]
    for name, text in made().items():
        assert TOKEN not in text
        assert name == "at_secret.yaml" or encoded not in text
    found = registration()
    assert TOKEN not in repr(Wanted(found, found.regions[0], TOKEN))


def test_equal_input_gives_equal_bytes() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    "logs",
    ["/srv/logs", "/var/log/atx", "/var/log/at/../../etc", "/var/log/at/a b", "/var/log/at/$(id)", "/var/log/at/a;b"],
)
def test_a_folder_that_fluentd_or_the_shell_would_misread(logs: str) -> None:
    with pytest.raises(AtlintError, match=r"^logs: "):
        made(EXAMPLE.replace("logs: /var/log/at/containers-kubernetes", f'logs: "{logs}"'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpYW0ifQ.c2ln", "IAM token"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpYW0ifQ.c2ln", "IAM token"),
        ("YOUR_SERVICE_TOKEN", "placeholder"),
        ("<token>", "placeholder"),
        ("${SERVICE_TOKEN}\n", "placeholder"),
        ("aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE", "API key"),
        ("two words", "one word"),
        ("a\nb", "one word"),
        ("", "one word"),
        ("a\x00b", "one word"),
    ],
)
def test_what_is_no_service_token(text: str, said: str) -> None:
    with pytest.raises(AtlintError, match=said) as error:
        token_of(text)
    assert not text or text not in str(error.value)


def test_a_token_loses_the_line_feed_of_its_file() -> None:
    assert token_of(f"{TOKEN}\n") == TOKEN


def test_names_that_kubernetes_does_not_take() -> None:
    text = EXAMPLE.replace("containers-kubernetes", "is.very-long-" + "x" * 60)
    validate = pytest.importorskip("kubernetes_validate", reason="the extra k8s is not installed")
    for name, file in made(text).items():
        for value in yaml.safe_load_all(file) if name.endswith(".yaml") else ():
            validate.validate(value, "1.31", strict=True)
            assert len(value["metadata"]["name"]) <= 63
