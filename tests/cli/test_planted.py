"""A token is in no output of any command that reads one, whatever it looks like and wherever it was put."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atlint.cli import main
from atlint.report.formats import FORMATS
from atlint.rules.readiness_rules import EXAMPLE
from tests.readiness.case import BOTH, Case, event

NOW = "2026-02-01T00:00:00Z"
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
    files |= {f"registration-{n}.yaml": text for n, text in enumerate(registrations())}
    files |= {"agent.log": AGENT, "registration.yaml": EXAMPLE, "both.yaml": BOTH}
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


def plant(folder: Path, token: str) -> set[str]:
    """Put a token in its places; gives the forms in which it must not be seen."""
    seen = {token}
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in {".yaml", ".conf", ".log"}:
            text = path.read_text().replace("PLANT", token) if path.name != "agent.log" else AGENT
            text = text.replace("PLANT", token)
            while "ENCODED(" in text:
                before, _, rest = text.partition("ENCODED(")
                inside, _, after = rest.partition(")")
                name, _, project = inside.partition(",")
                value = encoded("containers-kubernetes", *((token, project) if name == token else (name, token)))
                seen.add(value)
                text = before + value + after
            path.write_text(text)
    if token != token.lower():  # a name has no capitals
        name = EXAMPLE.replace("name: containers-kubernetes", f"name: {token}")
        (folder / "registration-name.yaml").write_text(name)
    return seen


def reports() -> Iterator[list[str]]:
    """Every command that reads what may hold a token and makes a report of it, in all formats at once."""
    outputs = [part for form in FORMATS for part in ("-o", f"{form}:out/{form}")]
    judged = ["--isolated", "--now", NOW, *outputs]
    files = [path for path in Path().rglob("*") if path.suffix in {".yaml", ".conf", ".log"}]
    for path in sorted(files):
        yield ["check", str(path), "--select", "ALL", *judged]
    yield ["check", ".", *judged]
    yield ["check", ".", "--show-values", *judged]
    for registration in sorted(Path().glob("registration*.yaml")):
        yield ["check", "kube", "--registration", str(registration), *judged]
        out = ["--issue", "out/issue", "--evidence", "out/evidence"]
        yield ["ready", str(registration), "--logs", "events.log", "--kube", "kube", *out, *judged]
        yield ["doctor", "agent.log", "--registration", str(registration), "--kube", "kube", *outputs]


def others() -> Iterator[list[str]]:
    """Those that print something else."""
    for registration in sorted(Path().glob("registration*.yaml")):
        name = str(registration)
        for target in ("issue", "docs", "jsonschema", "python"):
            yield ["compile", name, "--target", target]
        yield ["compile", name, "--target", "kube", "--out", "out/deploy"]
        yield ["diff", "registration.yaml", name]
        yield ["diff", name, "registration.yaml"]
        yield ["generate", "--registration", name, "--count", "1", "--now", NOW]
    yield ["init", "--from-log", "events.log", "--out", "out/learned.yaml"]
    yield ["check", "events.log", "--diff", "--unsafe-fixes", "--isolated", "--now", NOW]
    yield ["check", "events.log", "--write-baseline", "out/baseline", "--isolated", "--now", NOW]


def written() -> str:
    """What the commands have written, but for the Secret: that is where the token belongs."""
    files = [path for path in Path("out").rglob("*") if path.is_file() and path.name != "at_secret.yaml"]
    return "".join(path.read_text() for path in files)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("asked", [reports, others])
def test_no_command_shows_a_token(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: Callable[[], Iterator[list[str]]],
    token: str,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ATLINT_SERVICE_TOKEN", token)
    hidden = plant(folder, token)
    (folder / "out").mkdir()
    codes = set()
    for arguments in list(asked()):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        codes.add(ended.value.code)
        captured = capsys.readouterr()
        said = captured.out + captured.err + written()
        for each in hidden:
            assert each not in said, (arguments, [line for line in said.splitlines() if each in line][:3])
    assert codes >= {0, 2}
