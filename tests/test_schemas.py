"""The schemas are data that everything else is compiled from: what must hold of them before any code runs."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from atlint.load.verify import verify
from atlint.model import ENVIRONMENTS
from atlint.report.formats import renderer

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
EDITIONS = ("at-2018", "at-2019", "at-2020", "at-2025")


def read(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def names(pattern: str) -> list[str]:
    return sorted(path.relative_to(SCHEMAS).as_posix() for path in SCHEMAS.glob(pattern))


ALL = names("**/*.json")
EDITION_FILES = names("editions/*/*.schema.json")
CLOSED_SETS = [name for name in names("vocabulary/*.json") if "$schema" in read(name)]
TABLES = [name for name in names("vocabulary/*.json") if "$schema" not in read(name)]
OUTER = names("*.schema.json")
REGISTRY: Registry[Any] = Registry().with_resources(
    [((SCHEMAS / name).as_uri(), Resource.from_contents(read(name))) for name in ALL if "$schema" in read(name)]
)


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": (SCHEMAS / name).as_uri()}, registry=REGISTRY)


def schemas(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within a schema of our dialect, with its place."""
    yield at, node
    for keyword in ("properties", "$defs"):
        for name, child in node.get(keyword, {}).items():
            yield from schemas(child, f"{at}/{keyword}/{name}")
    if "items" in node:
        yield from schemas(node["items"], f"{at}/items")


def resolved(name: str, node: dict[str, Any]) -> dict[str, Any]:
    """A schema with its chain of `$ref` followed; what stands beside it wins, `x-at` member by member."""
    about: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    while True:
        about = {**node.get("x-at", {}), **about}
        beside = {
            **{keyword: node[keyword] for keyword in ("description", "examples") if keyword in node},
            **beside,
        }
        if "$ref" not in node:
            return {**node, **beside, "x-at": about}
        path, _, pointer = node["$ref"].partition("#")
        name = os.path.normpath(Path(name).parent / path) if path else name
        node = read(name)
        for token in pointer.split("/")[1:]:
            node = node[token]


def members(edition: str, *path: str) -> dict[str, Any]:
    """The resolved schema of a member of an edition's root."""
    name = f"editions/{edition}/event.schema.json"
    node = read(name)
    for step in path:
        # every step of these paths stays within the file that the last reference led to
        while "$ref" in node:
            target, _, pointer = node["$ref"].partition("#")
            name = os.path.normpath(Path(name).parent / target) if target else name
            node = read(name)
            for token in pointer.split("/")[1:]:
                node = node[token]
        node = node["properties"][step]
    return resolved(name, node)


@pytest.mark.parametrize("name", [*EDITION_FILES, *CLOSED_SETS, *OUTER])
def test_is_json_schema_2020_12(name: str) -> None:
    schema = read(name)
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", [*EDITION_FILES, *CLOSED_SETS])
def test_says_only_what_the_dialect_has(name: str) -> None:
    validator("annotated.schema.json").validate(read(name))


def _plant_keyword(schema: dict[str, Any]) -> None:
    schema["$defs"]["host"]["properties"]["address"] = {"type": "string", "pattern": "x"}


def _plant_annotation(schema: dict[str, Any]) -> None:
    schema["$defs"]["agent"]["x-at"]["colour"] = "red"


def _plant_sibling(schema: dict[str, Any]) -> None:
    schema["$defs"]["targetId"]["minLength"] = 3


def _plant_code(schema: dict[str, Any]) -> None:
    schema["$defs"]["reserved"]["x-at"]["rule"]["not"] = "X1"


def _drop_rule(schema: dict[str, Any]) -> None:
    del schema["$defs"]["eventTime"]["x-at"]["rule"]


def _forbid_something(schema: dict[str, Any]) -> None:
    schema["$defs"]["reserved"]["not"] = {"type": "string"}


@pytest.mark.parametrize(
    "plant", [_plant_keyword, _plant_annotation, _plant_sibling, _plant_code, _drop_rule, _forbid_something]
)
def test_dialect_refuses(plant: Any) -> None:
    schema = copy.deepcopy(read("editions/at-2018/payload.schema.json"))
    plant(schema)
    assert not validator("annotated.schema.json").is_valid(schema)


@pytest.mark.parametrize("name", [*EDITION_FILES, *CLOSED_SETS])
def test_every_reference_leads_somewhere_and_never_back(name: str) -> None:
    for at, node in schemas(read(name)):
        if "$ref" in node:
            assert "$ref" not in resolved(name, node), at


@pytest.mark.parametrize("name", EDITION_FILES)
def test_exactly_the_required_members_say_what_their_absence_weighs(name: str) -> None:
    for at, node in schemas(read(name)):
        required = set(node.get("required", ()))
        levelled = {
            child for child, schema in node.get("properties", {}).items() if "missing" in resolved(name, schema)["x-at"]
        }
        assert levelled == required, at


@pytest.mark.parametrize("name", EDITION_FILES)
def test_strings_that_may_be_empty_say_so(name: str) -> None:
    for at, node in schemas(read(name)):
        if "string" in node.get("type", ()):
            about = node["x-at"]
            assert "empty" in about, at
            assert (about["empty"] is None) == ("minLength" not in node), at


@pytest.mark.parametrize("name", EDITION_FILES)
def test_places_are_described_and_objects_closed(name: str) -> None:
    for at, node in schemas(read(name)):
        assert resolved(name, node).get("description"), at
        if "properties" in node:
            assert node["additionalProperties"] is False, at


@pytest.mark.parametrize("name", [*EDITION_FILES, *CLOSED_SETS])
def test_examples_are_valid(name: str) -> None:
    for at, node in schemas(read(name)):
        for example in node.get("examples", ()):
            checker = jsonschema.Draft202012Validator({"$ref": f"{(SCHEMAS / name).as_uri()}#{at}"}, registry=REGISTRY)
            checker.validate(example)


def test_cites_name_known_sources() -> None:
    known = read("vocabulary/sources.json")
    assert all(set(source) == {"title", "date", "address"} for source in known.values())
    cited = [cite for name in TABLES for cite in read(name).get("cites", ())]
    cited += [
        cite
        for name in [*EDITION_FILES, *CLOSED_SETS]
        for _, node in schemas(read(name))
        for cite in node.get("x-at", {}).get("cites", ())
    ]
    assert cited
    assert {cite.partition("#")[0] for cite in cited} <= set(known)
    assert all(cite.partition("#")[2] for cite in cited)


@pytest.mark.parametrize("name", [name for name in TABLES if not name.endswith("sources.json")])
def test_tables_cite(name: str) -> None:
    assert read(name)["cites"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_events_of_the_edition_are_valid(edition: str) -> None:
    lines = (SCHEMAS / "editions" / edition / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    checker = validator(f"editions/{edition}/event.schema.json")
    assert lines
    for line in lines:
        checker.validate(json.loads(line))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_shape_of_the_edition_fits_its_events(edition: str) -> None:
    shapes = {name: read(f"editions/{name}/event.schema.json")["x-at"]["shape"] for name in EDITIONS}
    lines = (SCHEMAS / "editions" / edition / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    # at-2025 takes whatever at-2020 has; only at-2020 must have the resource group at the root
    flat = {"at-2020", "at-2025"}
    for line in lines:
        keys = set(json.loads(line))
        fitting = {
            name for name, shape in shapes.items() if set(shape["has"]) <= keys and not set(shape["lacks"]) & keys
        }
        assert fitting
        assert fitting == {edition} or (edition in flat and fitting <= flat)


@pytest.mark.parametrize(
    ("edition", "path", "keyword", "code"),
    [
        ("at-2018", ("meta", "serviceProviderRegion"), "enum", "AT408"),
        ("at-2018", ("meta", "userAccountIds"), "maxItems", "AT403"),
        ("at-2018", ("meta", "user_account_ids"), "not", "AT108"),
        ("at-2018", ("payload", "initiator", "credential", "token"), "not", "AT524"),
        ("at-2018", ("payload", "reason", "reasonCode"), "type", "AT511"),
        ("at-2018", ("payload", "target", "id"), "format", "AT301"),
        ("at-2018", ("payload", "requestData"), "type", "AT531"),
        ("at-2018", ("payload", "observer", "name"), "not", "AT106"),
        ("at-2018", ("payload", "@timestamp"), "not", "AT109"),
        ("at-2018", ("@timestamp",), "not", "AT109"),
        ("at-2019", ("logSourceCRN",), "required", "AT412"),
        ("at-2019", ("logSourceCRN",), "format", "AT301"),
        ("at-2019", ("payload", "message"), "format", "AT221"),
        ("at-2020", ("reason", "reasonType"), "required", "AT516"),
        ("at-2020", ("dataEvent",), "type", "AT533"),
        ("at-2020", ("meta",), "not", "AT415"),
        ("at-2025", ("observer", "id"), "not", "AT106"),
        ("at-2025", ("initiator", "typeURI"), "enum", "AT215"),
        ("at-2025", ("requestHeader",), "not", "AT107"),
    ],
)
def test_place_names_the_rule(edition: str, path: tuple[str, ...], keyword: str, code: str) -> None:
    assert members(edition, *path)["x-at"]["rule"][keyword] == code


@pytest.mark.parametrize(
    ("edition", "path"),
    [
        ("at-2018", ("payload", "initiator", "id")),
        ("at-2018", ("payload", "initiator", "host", "address")),
        ("at-2018", ("payload", "requestData")),
        ("at-2020", ("initiator", "id")),
        ("at-2020", ("initiator", "name")),
        ("at-2025", ("initiator", "authnId")),
        ("at-2025", ("initiator", "host", "address")),
        ("at-2025", ("responseData",)),
        ("at-2025", ("initiator", "credential", "token")),
    ],
)
def test_place_is_sensitive(edition: str, path: tuple[str, ...]) -> None:
    assert members(edition, *path)["x-at"]["sensitive"] is True


def test_vocabularies_agree_with_each_other() -> None:
    verbs, codes = read("vocabulary/verbs.json"), read("vocabulary/severity-by-reason-code.json")["codes"]
    severities = set(read("vocabulary/severities.json")["enum"])
    regions = set(read("vocabulary/tracker-regions.json")["enum"])
    assert set(read("vocabulary/severity-by-verb.json")["verbs"]) <= set(verbs["editions"]["at-2020"])
    assert set(read("vocabulary/severity-by-verb.json")["verbs"].values()) <= severities
    assert set(codes.values()) <= severities
    assert set(codes) <= set(read("vocabulary/reason-phrases.json")["phrases"])
    assert not set(verbs["vague"]) & set(verbs["editions"]["at-2025"])
    for name in ("credential-types", "initiator-types", "address-types"):
        sets = [set(schema["enum"]) for schema in read(f"vocabulary/{name}.json")["$defs"].values()]
        assert all(older < newer for older, newer in pairwise(sets)), name
    for places in read("vocabulary/endpoints.json")["environments"].values():
        assert set(places) == regions


def test_locations_are_no_pattern_twice() -> None:
    locations = read("vocabulary/locations.json")
    assert len(set(locations["names"])) == len(locations["names"])
    zones = [re.compile(pattern) for pattern in locations["patterns"]]
    assert not [name for name in locations["names"] if any(zone.fullmatch(name) for zone in zones)]
    for name in ("us-south-1", "eu-fr2-3", "satloc_dal_c9abc"):
        assert any(zone.fullmatch(name) for zone in zones)


def test_registration_repeats_the_closed_sets() -> None:
    schema = read("registration.schema.json")["properties"]
    region, action = schema["registrations"]["items"]["properties"], schema["actions"]["items"]["properties"]
    assert schema["edition"]["enum"] == list(EDITIONS)
    assert region["environment"]["enum"] == list(read("vocabulary/endpoints.json")["environments"])
    assert region["environment"]["enum"] == list(ENVIRONMENTS), "the command line has them without reading a schema"
    assert region["region"]["enum"] == read("vocabulary/tracker-regions.json")["enum"]
    assert action["severity"]["enum"] == read("vocabulary/severities.json")["enum"]
    assert action["outcomes"]["items"]["enum"] == read("vocabulary/outcomes.json")["$defs"]["at-2018"]["enum"]


REGISTRATION = {
    "edition": "at-2018",
    "service": {"name": "containers-kubernetes", "displayName": "Kubernetes Service", "aliases": []},
    "userCopy": "account",
    "logs": "/var/log/at/containers-kubernetes",
    "registrations": [
        {
            "environment": "stage1",
            "region": "ng",
            "endpoint": "https://activity-tracker.stage1.ng.bluemix.net",
            "spaceId": "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
            "accountId": "3f1b7c0d9e2a4586b1c7d0e9f8a24356",
        }
    ],
    "actions": [
        {
            "action": "containers-kubernetes.worker.create",
            "target": "containers-kubernetes/worker",
            "severity": "normal",
            "outcomes": ["success", "failure"],
        }
    ],
}


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"colour": "red"}, False),
        ({"userCopy": "both"}, False),
        ({"logs": "var/log/at"}, False),
        ({"service": {"displayName": "Kubernetes Service"}}, False),
        ({"registrations": [{**REGISTRATION["registrations"][0], "spaceId": 5}]}, False),
        ({"actions": [{"action": "containers-kubernetes.create"}]}, False),
    ],
)
def test_registration(change: dict[str, Any], *, valid: bool) -> None:
    assert validator("registration.schema.json").is_valid(REGISTRATION | change) is valid


HEADER = {
    "kind": "header", "run": "0a1b2c3d", "version": "0.1.0", "plan": "c414c5df031c", "edition": "at-2018",
    "seed": 7, "now": "2018-11-29T08:14:52.000000Z", "schedule": "constant", "files": {},
}  # fmt: skip
EVENT = {
    "kind": "event", "seq": 0, "file": "kube/a.log", "line": 1, "bytes": 700, "digest": "00ff",
    "intended": 1.5, "written": 1.501, "rule": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("record", "valid"),
    [
        (HEADER, True),
        (EVENT, True),
        ({"kind": "file", "file": "kube/a.log", "bytes": 700, "lines": 1}, True),
        ({"kind": "end", "written": 1}, True),
        ({"kind": "note"}, False),
        ({**EVENT, "rule": "AT310"}, True),
        ({**EVENT, "rule": "crn"}, False),
        ({**EVENT, "line": 0}, False),
        ({**HEADER, "run": "run"}, False),
    ],
)
def test_manifest(record: dict[str, Any], *, valid: bool) -> None:
    assert validator("manifest.schema.json").is_valid(record) is valid


ZERO = ["--now", "2026-03-01T00:00:00Z", "--seed", "1"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a load that rotated, a manifest of it, one that was cut, one of generate; and what load printed."""
    folder = tmp_path_factory.mktemp("written")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "atlint", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60).stdout

    load = ["--rate", "400", "--duration", "500ms", "--rotate", "50KB", "--pods", "2", "--manifest", "m.jsonl"]
    told = run("load", "logs", *load, *ZERO, "-o", "json")
    run("generate", "-n", "5", "--manifest", "g.jsonl", *ZERO)
    lines = (folder / "m.jsonl").read_text().splitlines(keepends=True)
    (folder / "cut.jsonl").write_text("".join(lines[:50]))
    return folder, told


def test_every_record_of_a_manifest_is_described(written: tuple[Path, str]) -> None:
    check = validator("manifest.schema.json")
    kinds = set()
    for name in ("m.jsonl", "g.jsonl"):
        for line in (written[0] / name).read_text().splitlines():
            check.validate(json.loads(line))
            kinds.add(json.loads(line)["kind"])
    assert kinds == {"header", "event", "file", "end"}


def test_the_report_of_load(written: tuple[Path, str]) -> None:
    validator("load.schema.json").validate(json.loads(written[1]))


def test_the_report_of_verify(written: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = written
    lines = [raw for path in sorted((folder / "logs").rglob("*.log*")) for raw in path.read_bytes().splitlines()]
    bad = [*lines[3:50], b"noise", lines[9], lines[60][:300], lines[70].replace(b'"outcome"', b'"outcame"'), lines[52]]
    (tmp_path / "bad.log").write_bytes(b"\n".join(bad))
    check = validator("verification.schema.json")
    for manifests, delivered in ((["m.jsonl"], tmp_path), (["m.jsonl"], folder / "logs"), (["cut.jsonl"], tmp_path)):
        report = verify([folder / name for name in manifests], [delivered])
        check.validate(json.loads("".join(renderer("json")(report, rules={}))))


def test_the_report_of_diff() -> None:
    command = [sys.executable, "-m", "atlint", "diff", "at-2018", "at-2020", "-o", "json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    validator("difference.schema.json").validate(json.loads(done.stdout))


FINDING = {
    "code": "AT310", "name": "crn-service-mismatch", "severity": "error", "message": "another service",
    "path": "a.log", "line": 1, "column": 44, "end_column": 65, "pointer": "/payload/target/id", "count": 1,
    "fix": {"title": "write it so", "safe": False, "edits": [{"start": 43, "end": 64, "text": "x"}]},
    "url": "", "fingerprint": "a1b2",
}  # fmt: skip
REPORT = {
    "atlint": "0.1.0", "edition": "auto", "plan": "c414c5df031c", "verdict": "fail",
    "summary": {
        "files": 1, "lines": 1, "events": 1, "blank": 0, "unreadable": 0, "clean": 0, "suppressed": 0,
        "editions": {"at-2018": 1}, "by_rule": {"AT310": 1}, "by_severity": {"error": 1},
        "by_action": {"containers-kubernetes.worker.create": 1},
        "ignores": [{"rule": "AT104", "reason": "until the move", "until": "2026-01-31", "state": "expired"}],
    },
    "findings": [FINDING],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"fix": None}, True),
        ({"severity": "fatal"}, False),
        ({"pointer": "a"}, False),
        ({"more": 1}, False),
    ],
)
def test_finding_and_report(change: dict[str, Any], *, valid: bool) -> None:
    finding = FINDING | change
    assert validator("finding.schema.json").is_valid(finding) is valid
    assert validator("report.schema.json").is_valid({**REPORT, "findings": [finding]}) is valid
