"""A token is in no output of any command that reads one, whatever it looks like and wherever it was put.

`test_leaks` plants what looks like a secret, in places that are drawn; here each place has its turn, and a token may
look like a word.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atlint.rules.readiness_rules import EXAMPLE
from tests.hostile.commands import COMMANDS, put_out
from tests.hostile.planted import World
from tests.readiness.case import BOTH, Case, event

#: as generators make them, as people do, as some services hand them out, and as IAM does
TOKENS = ("Tok3nq7Zk9xyz", "hunter2", "9f86d081884c7d659a2feaa0c55ad015", "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl")
AGENT = """\
2026-01-31 08:00:01 +0000 [warn]: #0 pattern not matched: "{\\"token\\": \\"PLANT\\"}"
2026-01-31 08:00:02 +0000 [error]: #0 Error contacting AT with code 401 and message Unauthorized token=PLANT
2026-01-31 08:00:03 +0000 [error]: #0 service token does not exist for service kms
2026-01-31 08:00:04 +0000 [warn]: parameter 'auth_token' in <match **>\\n  auth_token PLANT\\n</match> is not used.
2026-01-31 08:00:05 +0000 [warn]: #0 dump an error event: error="x" record={"password"=>"PLANT"}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: x, annotations: {apiKey: PLANT}, labels: 7}
spec:
  restartPolicy: [PLANT]
  hostNetwork: PLANT
  containers:
  - name: c
    env:
    - {name: SERVICE_TOKEN, value: [PLANT]}
    - {name: DB_PASSWORD, value: PLANT, extra: 1}
    - {name: AUTH, value: {password: PLANT}}
    args: [sh, -c, 'agent --token PLANT --auth-token=PLANT; echo "{\\"payload\\":{\\"action\\":1}}" >> /var/log/at/x']
"""


def encoded(name: str, token: str, project: str) -> str:
    entry = {"service_name": name, "auth_token_value": token, "project_id": project}
    return base64.b64encode(json.dumps({"services": [entry]}).encode()).decode()


def settings(config: str) -> Iterator[str]:
    """The configuration with the token for each of its values, and under names like that of a credential."""
    lines = config.splitlines(keepends=True)
    for index, line in enumerate(lines):
        name, _, value = line.strip().partition(" ")
        if value and not name.startswith("<") and name not in {"name:", "namespace:"} and not name.endswith(":"):
            yield "".join((*lines[:index], line.replace(value, "PLANT"), *lines[index + 1 :]))
    for name in ("password", "passwrod", "auth_token", "retry_wiat", "apiKey"):
        yield config.replace("        <buffer>\n", f"        {name} PLANT\n        <buffer>\n          {name} PLANT\n")


def registrations() -> Iterator[str]:
    """The same of a registration: each of its facts, and one that it should not have."""
    yield f"token: PLANT\n{EXAMPLE}"
    yield EXAMPLE.replace("displayName:", "authToken: PLANT, displayName:")
    yield EXAMPLE.replace("region: ng", "region: ng\n    serviceToken: {value: PLANT}")
    for line in EXAMPLE.splitlines():
        name, _, value = line.partition(": ")
        # a name is shown as one, and an account may be any word
        if value and name.strip() not in {"service", "accountId"}:
            yield EXAMPLE.replace(line, f"{name}: PLANT")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with `PLANT` in every place where somebody may have put one."""
    case = Case(tmp_path)
    made = case.manifests()
    files = {"kube/at_secret.yaml": secret(made["at_secret.yaml"], "PLANT", "5e0b"), "kube/pod.yaml": POD}
    files["kube/swapped.yaml"] = secret(made["at_secret.yaml"], "containers", "PLANT")
    files |= {f"kube/config-{n}.yaml": text for n, text in enumerate(settings(made["at_config.yaml"]))}
    files |= {f"kube/fluentd-{n}.conf": text for n, text in enumerate(settings(plain(made["at_config.yaml"])))}
    files |= {"agent.log": AGENT, "registration.yaml": EXAMPLE, "old.yaml": BOTH, "fluent.conf": "token PLANT\n"}
    files["events.log"] = event().decode() + "".join(
        event(lambda value, data=data: value["payload"].update(data)).decode()  # type: ignore[misc]  # bound early
        for data in (
            {"outcome": "done", "requestData": '{"password": "PLANT"}'},
            {"initiator": {"credential": {"type": "token", "token": "PLANT"}}},
            {"tags": ["Authorization: Bearer PLANTPLANTPLANT"], "severity": "none"},
            {"message": "access_token=PLANT", "action": "kms"},
        )
    )
    files["events.log"] += '{"payload": {"password": "PLANT", }}\napi_key=PLANT\n'
    for name, text in files.items():
        case.write(name, text.encode())
    return tmp_path


def secret(made: str, token: str, project: str) -> str:
    """A Secret, with its services encoded once the token is known."""
    return made.rpartition(": ")[0] + f": ENCODED({token},{project})\n"


def plain(config_map: str) -> str:
    return "".join(f"{line.removeprefix('    ')}\n" for line in config_map.partition("|\n")[2].splitlines())


def plant(folder: Path, token: str) -> World:
    """Put a token in its places."""
    made = World(folder, random.Random(0), {token: "the token"}, token)
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_text().replace("PLANT", token)
            while "ENCODED(" in text:
                before, _, rest = text.partition("ENCODED(")
                inside, _, after = rest.partition(")")
                value = encoded("containers-kubernetes", *inside.split(","))
                made.planted[value] = "the encoded services"
                text = before + value + after
            path.write_text(text)
    return made


def everything(_: World) -> Iterator[list[str]]:
    """Each command once."""
    yield from ([name] for name in COMMANDS)
    yield ["check", "."]
    yield ["check", ".", "--show-values"]


def files(made: World) -> Iterator[list[str]]:
    """Each file alone: of many files a report has some examples only."""
    for path in sorted(made.folder.rglob("*")):
        if path.is_file():
            yield ["check", str(path.relative_to(made.folder)), "--select", "ALL"]


def registered(made: World) -> Iterator[list[str]]:
    """Each command that reads a registration, with one that is right, and with each of those that hold the token."""
    named = EXAMPLE.replace("name: containers-kubernetes", "name: PLANT")
    # a name has no capitals, so such a token is none
    texts = [EXAMPLE, *registrations(), *([named] if made.token != made.token.lower() else [])]
    for text in texts:
        (made.folder / "registration.yaml").write_text(text.replace("PLANT", made.token))
        yield from ([name] for name, line in COMMANDS.items() if "registration.yaml" in line and name != "load")


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(("asked", "codes"), [(everything, {0, 1, 2}), (files, {1}), (registered, {0, 1, 2})])
def test_no_command_shows_a_token(
    folder: Path, asked: Callable[[World], Iterator[list[str]]], codes: set[int], token: str
) -> None:
    made = plant(folder, token)
    seen = set()
    for name, *more in asked(made):
        done = put_out(name, folder, *more, token=token)
        seen.add(done.code)
        for where, text in done.everything:
            assert not list(made.leaks(text)), (name, *more, where)
    assert seen >= codes
