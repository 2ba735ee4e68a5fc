"""What a user would write instead: each peer takes the lines of a log and judges them one by one."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from atlint.plan import Plan, form
from atlint.targets.jsonschema import bundle

Lines = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Peer:
    """`judge` takes lines; `share` of the corpus is enough to time it, the others being much faster."""

    name: str
    judge: Callable[[Lines], None]
    share: float = 1.0


def peers(plan: Plan) -> Iterator[Peer]:
    """Those that are installed. orjson, the yardstick, comes first and is always there."""
    import orjson

    loads = orjson.loads
    schema = _portable(bundle(plan))

    def floor(lines: Lines) -> None:
        for raw in lines:
            try:
                loads(raw)
            except ValueError:
                continue

    yield Peer("orjson.loads", floor)
    yield Peer("json.loads", _looped(json.loads, lambda _value: None))
    import jsonschema_rs

    quick = jsonschema_rs.validator_for(schema).is_valid
    yield Peer("orjson + jsonschema-rs", _looped(loads, quick))
    yield Peer(
        "orjson + jsonschema-rs + rules in Python", _looped(loads, lambda value: quick(value) and _agrees(value))
    )
    if importlib.util.find_spec("fastjsonschema"):
        import fastjsonschema

        yield Peer(
            "orjson + fastjsonschema", _looped(loads, _caught(fastjsonschema.compile(schema), fastjsonschema)), 0.1
        )
    import jsonschema

    slow = jsonschema.Draft202012Validator(schema)
    yield Peer("json + jsonschema", _looped(json.loads, slow.is_valid), 0.01)


def accepts(plan: Plan, raw: bytes) -> None:
    """Raise unless the peers' schema and rules take a clean line: one that is refused at once is no measure."""
    import jsonschema

    value = json.loads(raw)
    jsonschema.validate(value, _portable(bundle(plan)))
    if not _agrees(value):
        raise ValueError(raw)


def _looped(decode: Callable[[bytes], Any], judge: Callable[[Any], Any]) -> Callable[[Lines], None]:
    def run(lines: Lines) -> None:
        for raw in lines:
            try:
                value = decode(raw)
            except ValueError:
                continue
            judge(value)

    return run


def _caught(validate: Callable[[Any], Any], module: Any) -> Callable[[Any], None]:
    def judge(value: Any) -> None:
        try:
            validate(value)
        except module.JsonSchemaException:
            return

    return judge


def _portable(schema: Any) -> Any:
    """The same without formats that only atlint knows, and with patterns that every engine takes."""
    if isinstance(schema, dict):
        kept = {key: _portable(value) for key, value in schema.items() if key != "format" or value not in form.CODED}
        kept.pop("$schema", None)
        if isinstance(pattern := kept.get("pattern"), str):  # fastjsonschema rewrites every dollar sign, in classes too
            pattern = pattern.removesuffix(r"(?!\n)")  # for engines whose $ is not the end; it would slow others down
            kept["pattern"] = pattern[:-1].replace(r"\$", "$").replace("$", r"\x24") + pattern[-1]
        return kept
    return [_portable(item) for item in schema] if isinstance(schema, list) else schema


def _agrees(event: Any) -> bool:
    """The cross-field rules as one would write them for one service, without words, places or suggestions."""
    meta, record = event["meta"], event["payload"]
    service, thing, verb = record["action"].split(".", 2)
    crn = record["target"]["id"].split(":")
    kind = record["target"]["typeURI"].split("/")
    code, outcome = record["reason"]["reasonCode"], record["outcome"]
    accounts, space = meta.get("userAccountIds"), meta.get("userSpaceId")
    texts = [record["target"]["name"], record["initiator"]["name"], record["initiator"]["id"]]
    return (
        service == meta["serviceProviderName"] == crn[4] == kind[0]
        and thing == kind[1]
        and bool(verb)
        and (outcome == "success") == (code < 400)
        and bool(accounts) != bool(space)
        and (not accounts or crn[6] == f"a/{accounts[0]}")
        and all(text == text.strip() and "<" not in text and "${" not in text for text in texts)
    )


#: run by node: the compiled validator of a schema over a file, timed by itself
_AJV: Final = """
const fs = require("fs"), Ajv = require("ajv/dist/2020");
const [schema, log] = process.argv.slice(2);
const check = new Ajv({strict: false, allErrors: false}).compile(JSON.parse(fs.readFileSync(schema)));
const lines = fs.readFileSync(log, "utf8").trimEnd().split("\\n");
const run = () => { const t = process.cpuUsage(); let n = 0;
  for (const line of lines) { try { if (check(JSON.parse(line))) n++; } catch {} }
  const d = process.cpuUsage(t); return (d.user + d.system) / lines.length; };
run(); console.log([run(), run(), run()].sort((a, b) => a - b)[1]);
"""


def ajv(plan: Plan, log: Path, folder: Path) -> float | None:
    """Microseconds of CPU a line that ajv takes; None where node or ajv is not there."""
    node = shutil.which("node")
    if node is None:
        return None
    schema, script = folder / "schema.json", folder / "ajv.js"
    schema.write_text(json.dumps(_portable(bundle(plan))))
    script.write_text(_AJV)
    done = subprocess.run([node, script, schema, log], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None
