from __future__ import annotations

import datetime as dt
import importlib.util
import inspect
import itertools
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from atlint.lint import Explainer
from atlint.model import AtlintError, Line
from atlint.pipeline import document
from atlint.pipeline.registration_file import read
from atlint.plan import EDITIONS, Plan
from atlint.rules.readiness_rules import EXAMPLE
from atlint.rules.selection import everything
from atlint.targets.python import module

MORE = """\
  - action: containers-kubernetes.cluster.update
    outcomes: [success, failure]
  - action: containers-kubernetes.worker-pool.delete
    target: containers-kubernetes/worker-pool
  - action: containers-kubernetes.subnet.list
    outcomes: [success]
  - action: containers-kubernetes.class.import
"""
ACCOUNT = "3f1b7c0d9e2a4586b1c7d0e9f8a24356"
REASONS = [("success", 200), ("success", 204), ("failure", 400), ("failure", 403), ("failure", 404), ("failure", 503)]


def plan_of(edition: str, copy: str = "account", text: str = EXAMPLE + MORE) -> Plan:
    text = text.replace("at-2018", edition).replace("userCopy: account", f"userCopy: {copy}")
    found = read(document.read(text.encode(), "registration.yaml"))
    assert found.problems == ()
    return everything(edition, found.registration)


def loaded(text: str, folder: Path, name: str) -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def made(tmp_path: Path) -> ModuleType:
    return loaded(module(plan_of("at-2018")), tmp_path, "events_made")


def given(made: ModuleType, constructor: Any, **changes: Any) -> dict[str, Any]:
    """Arguments that are right for a constructor."""
    right = {
        "when": dt.datetime.now(dt.UTC),
        "outcome": "success",
        "reason_code": 200,
        "initiator": initiator(made),
        "instance": instance(made),
        "resource": "kube-dal10-w3",
        "name": "büro-w3",
        "home": "stage1 ng",
        "user_space": "a41d9c37-08e5-4b62-9f71-3c5d0e8b6a19",
        "update_type": "size",
        "initial_value": 1,
        "new_value": 2,
        "reason": "the quota is used up",
        "request": {"count": 3, "note": 'für \\ "x"', "ok": True, "none": None},
    }
    wanted = inspect.signature(constructor).parameters
    return {name: value for name, value in (right | changes).items() if name in wanted}


def initiator(made: ModuleType, **changes: Any) -> Any:
    right = {
        "id": "IBMid-55000KQ3RZ",
        "name": "anna.lindqvist@example.com",
        "type_uri": "service/security/account/user",
        "credential": "token",
        "address": "203.0.113.24",
    }
    return made.Initiator(**(right | changes))


def instance(made: ModuleType, **changes: Any) -> Any:
    return made.Instance(**({"account": ACCOUNT, "location": "dal10", "id": "6e4c93cdf28e47f6abecb7e9"} | changes))


def constructors(made: ModuleType) -> list[Any]:
    names = ["worker_create", "cluster_update", "worker_pool_delete", "subnet_list", "class_import"]
    return [getattr(made, name) for name in names]


@pytest.mark.parametrize("copy", ["account", "space"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_whatever_it_makes_lints_clean(tmp_path: Path, edition: str, copy: str) -> None:
    plan = plan_of(edition, copy)
    made = loaded(module(plan), tmp_path, "events_made")
    explainer = Explainer(plan, dt.datetime.now(dt.UTC).timestamp())
    count = 0
    kinds = itertools.product(get_args(made.InitiatorType), get_args(made.Credential), ("203.0.113.24", "2001:db8::1"))
    for (kind, credential, address), (outcome, code) in itertools.product(kinds, REASONS):
        who = initiator(made, type_uri=kind, credential=credential, address=address, agent="curl/8.4.0")
        for constructor in constructors(made):
            arguments = given(made, constructor, outcome=outcome, reason_code=code, initiator=who)
            if outcome not in get_args(_annotation(made, constructor, "outcome")):
                with pytest.raises(made.EventError, match="outcome"):
                    constructor(**arguments)
                continue
            line = constructor(**arguments).line()
            assert line.endswith(b"\n")
            assert explainer.explain(Line("-", 1, 0, line[:-1])).problems == ()
            count += 1
    assert count > 100


def _annotation(made: ModuleType, constructor: Any, name: str) -> Any:
    return eval(constructor.__annotations__[name], vars(made))  # noqa: S307 - our own module's own annotation


@pytest.mark.parametrize("edition", EDITIONS)
def test_passes_mypy_strict_and_imports_nothing_else(tmp_path: Path, edition: str) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    path = tmp_path / "events.py"
    path.write_text(module(plan_of(edition)))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout
    imports = {line.split()[1] for line in path.read_text().splitlines() if line.startswith(("import ", "from "))}
    assert imports <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "Success"},
        {"outcome": "failure"},
        {"reason_code": 403},
        {"reason_code": 299},
        {"reason_code": True},
        {"reason_code": "200"},
        {"home": "stage1 eu-de"},
        {"name": ""},
        {"name": " w3"},
        {"name": "w3\n"},
        {"name": "\ud800"},
        {"name": "YOUR_NAME"},
        {"name": "xxxx"},
        {"resource": ""},
        {"resource": "a:b"},
        {"resource": "a b"},
        {"resource": "anna.lindqvist"},
        {"when": dt.datetime(2026, 1, 1)},  # noqa: DTZ001 - that it is naive is the point
        {"when": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)},
        {"when": dt.datetime(1999, 1, 1, tzinfo=dt.UTC)},
        {"request": {"password": "S3cure!pass"}},
        {"request": {"note": "Bearer abcdefghijklmnopqrstuvwxyz"}},
        {"request": {"nested": {"a": 1}}},
        {"request": {"rate": float("nan")}},
        {"request": {"big": 2**64}},
        {"request": {"text": "\ud800"}},
    ],
)
def test_cannot_be_filled_in_wrongly(made: ModuleType, changes: dict[str, Any]) -> None:
    with pytest.raises(made.EventError):
        made.worker_create(**given(made, made.worker_create, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "jo@example.com"},
        {"id": ""},
        {"name": ""},
        {"type_uri": "security/account/user"},
        {"credential": "password"},
        {"address": "127.0.0.1"},
        {"address": "10.0.0.1"},
        {"address": "::ffff:10.0.0.1"},
        {"address": "localhost"},
        {"address": "203.0.113.24:443"},
        {"address": "fe80::1%eth0"},
    ],
)
def test_an_initiator_cannot_be_filled_in_wrongly(made: ModuleType, changes: dict[str, Any]) -> None:
    with pytest.raises(made.EventError):
        initiator(made, **changes)


@pytest.mark.parametrize(
    "changes", [{"account": "A" * 32}, {"account": f"a/{ACCOUNT}"}, {"location": "Dallas"}, {"id": ""}, {"id": "<id>"}]
)
def test_an_instance_cannot_be_filled_in_wrongly(made: ModuleType, changes: dict[str, Any]) -> None:
    with pytest.raises(made.EventError):
        instance(made, **changes)


def test_an_event_is_appended_whole(made: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "pod-1.log"
    event = made.worker_create(**given(made, made.worker_create))
    event.append(str(path))
    event.append(str(path))
    assert path.read_bytes() == event.line() * 2


def test_an_event_that_no_tailer_reads_is_refused(made: ModuleType) -> None:
    event = made.worker_create(**given(made, made.worker_create, request={"text": "a" * 600_000}))
    with pytest.raises(made.EventError, match="too long"):
        event.line()


def test_equal_input_gives_equal_bytes() -> None:
    assert module(plan_of("at-2020")) == module(plan_of("at-2020"))


@pytest.mark.parametrize("name", ['"""; import os', "a\\", "{evil}", "über: alles", "'"])
def test_a_name_is_never_code(tmp_path: Path, name: str) -> None:
    text = (EXAMPLE + MORE).replace("displayName: Kubernetes Service", f"displayName: {name!r}")
    text = text.replace("\\\\", "\\")
    made = loaded(module(plan_of("at-2020", text=text)), tmp_path, "events_made")
    assert made.worker_create(**given(made, made.worker_create)).line()


def test_actions_of_equal_names_keep_apart() -> None:
    text = module(plan_of("at-2018", text=f"{EXAMPLE}  - action: containers-kubernetes.worker.x.create\n"))
    assert "def worker_create(" in text
    assert "def worker_x_create(" in text


def test_every_action_has_a_name_that_python_takes(tmp_path: Path) -> None:
    actions = ["2fa.enable", "worker-x.read", "worker.x.read", "containers-kubernetes.worker-x.read", "7.read"]
    more = "".join(f"  - action: containers-kubernetes.{action}\n" for action in actions)
    made = loaded(module(plan_of("at-2018", text=EXAMPLE + more)), tmp_path, "events_named")
    names = ["event_2fa_enable", "worker_x_read", "containers_kubernetes_worker_x_read"]
    names += ["containers_kubernetes_containers_kubernetes_worker_x_read", "event_7_read"]
    for name, action in zip(names, actions, strict=True):
        function = getattr(made, name)
        event = function(**given(made, function))
        assert json.loads(event.line())["payload"]["action"] == f"containers-kubernetes.{action}"


def test_without_a_registration_there_is_nothing_to_make() -> None:
    with pytest.raises(AtlintError, match="registration"):
        module(everything("at-2018"))
