"""Folders of files in which secrets and sensitive values are planted wherever one may come to stand."""

from __future__ import annotations

import base64
import contextlib
import copy
import io
import json
import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from atlint.cli import main
from atlint.lint.examples import compliant
from atlint.pipeline.registration_file import load
from atlint.plan import EDITIONS, Plan
from atlint.rules.selection import everything
from atlint.targets.kube import Wanted, manifests
from tests.readiness.case import BOTH, Case

#: letters of a secret in a row that already give it away
_PIECE: Final = 8
_MIXED: Final = string.ascii_letters + string.digits
_PAIR: Final = re.compile(r"(?P<before>\s*(?:- )?)(?P<key>[\w./@-]+)(?P<joint>:?\s+)(?P<value>\S.*)")


def _basic(secret: str) -> str:
    return f"Basic {base64.b64encode(f'admin:{secret}'.encode()).decode()}"


#: how a credential comes to stand in a text; each is known for one by what is around it
CREDENTIALS: Final[Mapping[str, Callable[[str], str]]] = {
    "bearer": lambda secret: f"Authorization: Bearer {secret}",
    "web token": lambda secret: f"eyJ{secret}.eyJ{secret}.{secret}",
    "password": lambda secret: f"tried password={secret} twice",
    "access token": lambda secret: f"GET /v1/keys?access_token={secret}&n=1",
    "in an address": lambda secret: f"postgres://admin:{secret}@db.example.com/orders",
    "basic": _basic,
    "member": lambda secret: json.dumps({"apikey": secret}),
    "member in a text": lambda secret: json.dumps({"body": json.dumps({"userPassword": secret})}),
    "private key": lambda secret: f"-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----",
    "said": lambda secret: f"called with apikey: {secret}, and refused",
    "said in quotes": lambda secret: f"Password = '{secret} x'",
    "forge": lambda secret: f"pushed with ghp_{(secret * 2)[:36]}",
}
#: what stands in a place that the edition calls sensitive
VALUES: Final[Mapping[str, Callable[[str], Any]]] = {
    "text": str,
    "blank": lambda secret: f" {secret}",
    "markup": lambda secret: f"<b>{secret}</b>",
    "control": lambda secret: f"{secret}\x07",
    "e-mail": lambda secret: f"{secret}@example.com",
    "placeholder": lambda secret: f"${{{secret}}}",
    "crn": lambda secret: f"crn:v1:bluemix:public:kms:us-south:a/{secret}:::",
    "list": lambda secret: [secret],
    "object": lambda secret: {"name": secret},
    "text of JSON": lambda secret: json.dumps({"name": secret}),
}


@dataclass(slots=True)
class World:
    """A folder, and what is planted in it: secret -> how and where, for the message of a test that fails."""

    folder: Path
    draw: random.Random
    planted: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def secret(self, told: str) -> str:
        """A secret of its own, that looks like one."""
        made = "".join(self.draw.choices(_MIXED, k=22)) + "7q"
        self.planted[made] = told
        return made

    def leaks(self, text: str) -> Iterator[str]:
        """How and where the secrets are planted of which a text shows a piece, as it is or encoded."""
        for secret, told in self.planted.items():
            encoded = base64.b64encode(secret.encode()).decode()[: len(secret)]
            size = min(_PIECE, len(secret))
            for shape in (secret, secret[::-1], encoded):
                for at in range(len(shape) - size + 1):
                    if (piece := shape[at : at + size]) in text:
                        near = text[max(text.index(piece) - 200, 0) : text.index(piece) + 60]
                        yield f"{told}: {piece!r} in {near!r}"
                        break


def world(folder: Path, seed: int) -> World:
    """Fill a folder with the files that `COMMANDS` read."""
    made = World(folder, random.Random(seed))
    edition = made.draw.choice(EDITIONS)
    case = Case(folder)
    made.token = made.secret("the service's token")
    files = {f"kube/{name}": text for name, text in _manifests(case, made.token).items() if name.endswith(".yaml")}
    files |= {"registration.yaml": BOTH, "old.yaml": BOTH}
    for name in list(files):
        if made.draw.random() < (0.3 if name == "registration.yaml" else 0.6):
            files[name] = _pasted(made, name, files[name])
    files["fluent.conf"] = (
        f"<match **>\n  @type null\n  auth_token {made.secret('fluent.conf: auth_token')}\n</match>\n"
    )
    files["agent.log"] = "".join(_agent(made))
    files["staging.json"] = json.dumps({"kind": made.secret("staging.json: kind")})
    files["atlint.toml"] = _configured(made)
    for name, text in files.items():
        case.write(name, text.encode())
    case.write("events.log", b"".join(lines(made, edition)))
    case.write("names/events.log", b"".join(lines(made, edition)))
    _delivered(made, edition)
    return made


def _manifests(case: Case, token: str) -> dict[str, str]:
    found = load(case.write("registration.yaml", BOTH.encode()))
    assert found.registration is not None
    return manifests(Wanted(found.registration, found.registration.regions[0], token))


def _pasted(made: World, name: str, text: str) -> str:
    """The text with a token in place of one value, or of one key."""
    rows = text.splitlines(keepends=True)
    index = made.draw.choice([at for at, row in enumerate(rows) if _PAIR.match(row)])
    found = _PAIR.match(rows[index])
    assert found is not None
    part = made.draw.choice(["key", "value"])
    start, end = found.span(part)
    secret = made.secret(f"{name}: in place of the {part} {found[part]}")
    rows[index] = f"{rows[index][:start]}{secret}{rows[index][end:]}"
    return "".join(rows)


def lines(made: World, edition: str) -> Iterator[bytes]:
    """A line that is right, and one for each way of planting."""
    plan = everything(edition)
    event = next(iter(compliant(edition)))
    yield json.dumps(event).encode() + b"\n"
    sensitive = [node.pointer for node in plan.root.walk() if node.sensitive]
    for pointer in sensitive:
        how = made.draw.choice([*VALUES])
        value = VALUES[how](made.secret(f"{edition} {pointer}: {how}"))
        yield _line(made, _put(event, pointer, value), damaged=made.draw.random() < 0.4)
    for how, form in CREDENTIALS.items():
        pointer = _anywhere(made, plan)
        text = form(made.secret(f"{edition} {pointer}: {how}"))
        spoilt = _put(event, pointer, text if made.draw.random() < 0.8 else {text: "x"})
        yield _line(made, spoilt, damaged=False)


def _anywhere(made: World, plan: Plan) -> str:
    known = [node.pointer for node in plan.root.walk() if "string" in node.types]
    return made.draw.choice([*known, *known, "/extra", "/payload/extra", "/payload/initiator/colour"])


def _put(event: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The event with another value at a pointer, whose `*` is the first of a list."""
    event = copy.deepcopy(event)
    *head, last = pointer.removesuffix("/*")[1:].split("/")
    box: Any = event
    for step in head:
        inner = box.get(step)
        box[step] = box = inner if isinstance(inner, dict) else {}
    box[last] = [value] if pointer.endswith("/*") else value
    # a second fault beside it, so that a snippet is shown
    if made := next(
        (each for each in (event, event.get("payload")) if isinstance(each, dict) and "outcome" in each), None
    ):
        made["outcome"] = made["outcome"] if last == "outcome" else "Success"
    return event


def _line(made: World, event: dict[str, Any], *, damaged: bool) -> bytes:
    raw = json.dumps(event).encode()
    for _ in range(made.draw.randint(1, 2) if damaged else 0):
        at = made.draw.randrange(len(raw))
        raw = raw[:at] + made.draw.choice([b"", b'"', b",", b"}", b"\\", b" ", b"null", b"\xff"]) + raw[at + 1 :]
    return raw.replace(b"\n", b"") + b"\n"


def _agent(made: World) -> Iterator[str]:
    """fluentd's own log, that quotes events, errors and services."""
    at = "2026-11-02 08:01:11 +0000"
    yield f"{at} [info]: #0 fluentd worker is now running worker=0\n"
    said = made.secret
    yield f'{at} [warn]: #0 pattern not matched: "{{\\"id\\":\\"{said("agent.log: an event")}\\"}}"\n'
    yield f'{at} [warn]: #0 pattern not matched: "{said("agent.log: a text")}"\n'
    yield f'{at} [warn]: #0 invalid line found file="/var/log/at/a.log" line="{said("agent.log: a line")}" error="x"\n'
    yield f"{at} [error]: #0 service token does not exist for service {said('agent.log: a service')}\n"
    yield f"{at} [error]: #0 Error contacting AT with code 401 and message {said('agent.log: a message')}\n"
    yield f'{at} [warn]: #0 failed to flush the buffer. retry_times=3 error="{said("agent.log: an error")}"\n'
    yield f"{at} [warn]: parameter '{said('agent.log: a parameter')}' in <match **>\n</match> is not used.\n"
    yield f'{at} [warn]: #0 emit transaction failed: error_class=RangeError error="x" tag="{said("agent.log: tag")}"\n'
    yield f"{at} [error]: #0 {said('agent.log: something unknown')}\n"
    yield f"{said('agent.log: no record')}\n"


def _configured(made: World) -> str:
    reason = CREDENTIALS["bearer"](made.secret("atlint.toml: a reason"))
    return f'[[ignore]]\nrule = "AT301"\nservice = "kms"\nreason = "{reason}"\n'


def _delivered(made: World, edition: str) -> None:
    """A manifest, and lines that it knows, that were changed, and that it does not know."""
    manifest, sent = made.folder / "manifest.jsonl", io.BytesIO()
    with io.TextIOWrapper(sent, "utf-8", write_through=True) as stream, contextlib.redirect_stdout(stream):
        with contextlib.suppress(SystemExit):
            main(["generate", "--count", "6", "--edition", edition, "--manifest", str(manifest)])
        arrived = sent.getvalue().splitlines(keepends=True)
    changed = json.loads(arrived[1])
    changed["extra"] = made.secret("delivered.log: a member of a corrupted event")
    foreign = {"id": made.secret("delivered.log: the id of a foreign event")}
    arrived[1] = json.dumps(changed).encode() + b"\n"
    arrived[2] = arrived[2][:-90] + b"\n"
    arrived += [json.dumps(foreign).encode() + b"\n", made.secret("delivered.log: no JSON").encode() + b"\n"]
    (made.folder / "delivered.log").write_bytes(b"".join(arrived))
    records = manifest.read_text().splitlines(keepends=True)
    if made.draw.random() < 0.5:
        head = json.loads(records[0])
        head[made.draw.choice([*head])] = made.secret("manifest.jsonl: a member of the header")
        records[0] = json.dumps(head) + "\n"
        manifest.write_text("".join(records))
