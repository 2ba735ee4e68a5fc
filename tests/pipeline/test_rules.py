"""Family AT7 as users meet it: law 3 and the fixtures, over whole files of YAML and configurations."""

from __future__ import annotations

import copy
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from atlint.lint.examples import compliant
from atlint.lint.explain import level
from atlint.model import Severity
from atlint.pipeline import cluster, document, fluentd
from atlint.pipeline.checks import problems
from atlint.pipeline.checks.manifest import without_fence
from atlint.pipeline.custody import ELSEWHERE, TRACKED, UNTRACKED
from atlint.pipeline.registration_file import registration_of
from atlint.pipeline.source import Source
from atlint.pipeline.view import Sighting, View
from atlint.plan import EDITIONS, Plan
from atlint.rules import REGISTRY
from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests, encoded
from atlint.rules.rule import Broken, Rule, Scope
from atlint.rules.selection import everything

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
RULES = [rule for rule in REGISTRY.values() if rule.scope is Scope.CLUSTER]


def found_in(raw: bytes, edition: str = "at-2018", path: str = "x.yaml", *, tracked: bool = False) -> list[Sighting]:
    return sightings(raw, path, everything(edition), TRACKED if tracked else ELSEWHERE)


def sightings(raw: bytes, path: str, plan: Plan, kept: str) -> list[Sighting]:
    files = []
    streams = []
    if path.endswith(".conf"):
        files.append((Source.of(raw.decode(), path), fluentd.parse(raw.decode())))
    else:
        streams.append(document.read(raw, path, fence=True))
    view = View.of(cluster.read(streams), plan, files, lambda _path: kept)
    return list(problems(view))


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_fixtures_say_what_they_should(rule: Rule) -> None:
    files = sorted((FIXTURES / rule.code).iterdir())
    assert {path.name[:3] for path in files} == {"bad", "goo"}
    for path in files:
        codes = {one.problem.code for one in found_in(path.read_bytes(), path=path.name, tracked=rule.code == "AT710")}
        assert (rule.code in codes) == path.name.startswith("bad"), (path.name, codes)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_good_fixtures_have_no_error(rule: Rule) -> None:
    for path in sorted((FIXTURES / rule.code).glob("good*")):
        found = found_in(path.read_bytes(), path=path.name)
        errors = [one for one in found if level(everything("at-2018"), one.problem) is Severity.ERROR]
        assert errors == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_is_clean(edition: str) -> None:
    for event in compliant(edition):
        draft = Draft(everything(edition), copy.deepcopy(event))
        assert found_in(Manifests.of(draft).text.encode(), edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_breakers_break_exactly_their_rule(rule: Rule, edition: str) -> None:
    draw = random.Random(rule.code)
    goods = list(compliant(edition))
    for _ in range(8):
        assert rule.breaker is not None
        made = rule.breaker(Draft(everything(edition), copy.deepcopy(draw.choice(goods))), draw)
        assert isinstance(made, Broken)
        found = [one.problem for one in found_in(made.raw, edition, tracked=rule.code == "AT710")]
        assert (rule.code, made.pointer) in {(problem.code, problem.pointer) for problem in found}
        assert {problem.code for problem in found} <= {rule.code, *rule.companions}, found


SAMPLE = Manifests.of(Draft(everything("at-2018"), copy.deepcopy(next(iter(compliant("at-2018"))))))
SECRET, CONFIG_MAP, DEPLOYMENT = SAMPLE.text.split("---\n")
VALUE = encoded(SAMPLE.services)
POLICY = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: p\n"
MOUNT = "          mountPath: /var/log/at\n      volumes"
#: a token as somebody might have been given one
ALIVE = "3f9c" * 8
HELM = "# Source: chart/templates/secret.yaml\n"
#: code, case, what stands in the sample, and what makes the case of it: where neither a fixture nor a breaker does
CHANGED = [
    ("AT702", "", "replicas: 2", "replicas: 2\n  strategy: {rollingUpdate: {maxSurge: [1]}}"),
    ("AT702", "type", "replicas: 2", 'replicas: "two"'),
    ("AT702", "unknown", "replicas: 2", "replicas: 2\n  replica: 3"),
    ("AT703", "no-successor", DEPLOYMENT, f"{POLICY}---\n{DEPLOYMENT}"),
    ("AT705", "release", SECRET, HELM + SECRET.replace("  namespace: kube-system\n", "")),
    ("AT706", "missing", f"data:\n  {SAMPLE.host}: {VALUE}\n", "data: {}\n"),
    ("AT707", "empty", VALUE, '""'),
    ("AT708", "space", VALUE, encoded(SAMPLE.services | {"project_id": "0d84f3b1-52ce-4a97-b06f-c1a8792284c7"})),
    ("AT710", "untracked", VALUE, encoded(SAMPLE.services | {"auth_token_value": ALIVE})),
    ("AT711", "missing", CONFIG_MAP, CONFIG_MAP.partition("\ndata:")[0] + "\ndata: {}\n"),
    ("AT713", "", "rotate_wait 12h", "frobnicate 12h"),
    ("AT715", "missing", f"targetHost {SAMPLE.host}", ""),
    ("AT715", "registration", "", ""),
    ("AT716", "missing", "service_region ng", ""),
    ("AT716", "unknown", f"targetHost {SAMPLE.host}\n        service_region ng", "service_region narnia"),
    ("AT716", "events", '"serviceProviderRegion":"ng"', '"serviceProviderRegion":"eu-gb"'),
    ("AT721", "read-only", MOUNT, MOUNT.replace("\n", "\n          readOnly: true\n", 1)),
    ("AT726", "nothing", "read_lines_limit 100", "read_lines_limit many"),
    ("AT726", "word", "ibm_plugin_log_level warn", "ibm_plugin_log_level warm"),
]
#: registered for another place than the sample's
REGISTERED = registration_of(FIXTURES / "AT407" / "registration.yaml")
ENDPOINT = "https://activity-tracker.eu-gb.bluemix.net"
ABROAD = replace(REGISTERED, regions=(replace(REGISTERED.regions[0], region="eu-gb", endpoint=ENDPOINT),))
#: how often a breaker is asked
DRAWS = 15


def changed(code: str, case: str, old: str, new: str) -> list[Sighting]:
    registered = everything("at-2018", ABROAD if (code, case) == ("AT715", "registration") else None)
    text = SAMPLE.text.replace(old, new, 1) if old else SAMPLE.text
    return sightings(text.encode(), "x.yaml", registered, UNTRACKED if case == "untracked" else ELSEWHERE)


def filled(found: list[Sighting]) -> set[tuple[str, str]]:
    """The cases of what was found; what the checks yield fits the sentences of the records: no fact is missing."""
    reached = set()
    for one in found:
        cases = REGISTRY[one.problem.code].cases
        name = one.problem.case if one.problem.case in cases else ""
        (cases[name].message + cases[name].help).format_map(one.problem.facts)
        reached.add((one.problem.code, name))
    return reached


@pytest.mark.parametrize(("code", "case", "old", "new"), CHANGED)
def test_a_change_of_the_sample_is_told_as_its_case(code: str, case: str, old: str, new: str) -> None:
    assert old in SAMPLE.text
    assert (code, case) in filled(changed(code, case, old, new))


def test_every_case_has_a_sentence_that_can_be_filled() -> None:
    reached: set[tuple[str, str]] = {case for row in CHANGED for case in filled(changed(*row))}
    goods = list(compliant("at-2018"))
    for rule in RULES:
        for path in sorted((FIXTURES / rule.code).glob("bad*")):
            reached |= filled(found_in(path.read_bytes(), path=path.name, tracked=True))
        draw = random.Random(rule.code)
        for _ in range(DRAWS):
            assert rule.breaker is not None
            made = rule.breaker(Draft(everything("at-2018"), copy.deepcopy(draw.choice(goods))), draw)
            assert isinstance(made, Broken)
            reached |= filled(found_in(made.raw, tracked=rule.code == "AT710"))
    assert {(rule.code, case) for rule in RULES for case in rule.cases} - reached == set()


def test_the_fix_of_a_fence_leaves_every_other_byte() -> None:
    draft = Draft(everything("at-2018"), copy.deepcopy(next(compliant("at-2018"))))
    text = Manifests.of(draft).text
    for broken in (f"yaml\n{text}", f"```yaml\r\n{text}```\n", f"```\nyaml\n{text}```"):
        stream = document.read(broken.encode(), "x.yaml", fence=True)
        assert without_fence(stream.source.text, stream) == text


#: the sample, whose image has a program of its own
SILENT = re.sub(r"(?s)        command:\n(?:(?!command:).)*?(?=        env:\n)", "", SAMPLE.text)
POD_NAME = SILENT[
    SILENT.index("        - name: POD_NAME") : SILENT.index("        securityContext:\n          runAsUser: 1001")
]
MOUNTS = f"        volumeMounts:\n        - name: at-events\n{MOUNT}"
UNMOUNTED = (MOUNTS, "      volumes")
DAEMON = ("kind: Deployment", "kind: DaemonSet")
READ_ONLY = (MOUNT, MOUNT.replace("\n", "\n          readOnly: true\n", 1))
PREPARED = SILENT[SILENT.index("      - name: prepare\n") : SILENT.index("      containers:\n")]


def file(value: str, name: str = "AT_LOG_FILE") -> tuple[str, str]:
    return POD_NAME, f"{POD_NAME}        - name: {name}\n          value: {value}\n"


def told(*swaps: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Code, case and severity of what is found in the silent sample once it is changed."""
    text = SILENT
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    plan = everything("at-2018")
    found = [one.problem for one in sightings(text.encode(), "x.yaml", plan, ELSEWHERE)]
    return [(one.code, one.case, str(level(plan, one))) for one in found]


@pytest.mark.parametrize(
    ("swaps", "found"),
    [
        ([file("/var/log/at/sample/$(POD_NAME).log")], []),
        ([file("/var/log/at/sample/events.log")], [("AT723", "", "warning")]),
        ([file("/var/log/at/sample/$$(POD_NAME).log")], [("AT723", "", "warning")]),
        ([file("/var/log/at/sample/$(POD).log")], [("AT723", "undefined", "error")]),
        ([file("/var/log/at/sample/$(POD).log"), DAEMON, ("  replicas: 2\n", "")], []),
        ([file("/var/log/at/sample/$(POD_NAME).json")], [("AT717", "", "error")]),
        ([file("/var/log/at/sample/.$(POD_NAME).log")], [("AT717", "", "error")]),
        ([file("/var/log/audit/$(POD_NAME).log")], [("AT721", "", "error")]),
        ([file("/var/log/at/$(POD_NAME).log"), UNMOUNTED], [("AT721", "", "error")]),
        ([file("/var/log/at/$(POD_NAME).log"), READ_ONLY], [("AT721", "read-only", "error")]),
        ([file("/var/log/at/other/$(POD_NAME).log")], [("AT722", "elsewhere", "warning")]),
        ([file("events.log")], []),
        ([file("/var/log/at/sample/events.log", "AUDIT_LOG")], [("AT723", "", "warning")]),
        ([file("/var/log/at/sample/$(POD_NAME).json", "AUDIT_LOG")], [("AT717", "named", "warning")]),
        ([file("/var/log/at/sample/$(POD_NAME).log", "AUDIT_LOG"), UNMOUNTED], [("AT721", "named", "warning")]),
        ([file("/var/log/at/sample/x.pos", "STATE")], []),
        ([file("'/var/log/at/**/*.log'", "READ")], []),
        ([file("/var/log/audit/x.log", "AUDIT_LOG")], []),
        ([file("/var/log/at/sample/x.json", "READ"), READ_ONLY], []),
    ],
)
def test_a_file_that_a_variable_names(swaps: list[tuple[str, str]], found: list[tuple[str, str, str]]) -> None:
    assert told(*swaps) == found


def test_a_file_that_a_command_names_too_is_told_of_once() -> None:
    text = SAMPLE.text.replace('"/var/log/at/sample/$POD_NAME.log"', "$AT_LOG_FILE")
    text = text.replace(*file("/var/log/at/sample/events.log"))
    assert [one.problem.code for one in found_in(text.encode())] == ["AT723"]


def test_only_root_opens_the_folder() -> None:
    weak = PREPARED.replace("runAsUser: 0", "runAsUser: 1001")
    assert told((PREPARED, weak)) == [("AT722", "init", "warning")]
    assert told((PREPARED, PREPARED + weak.replace("name: prepare", "name: again"))) == []
    assert told((PREPARED, weak.replace("/var/log/at/sample", "/var/log/at/sample/x"))) == [
        ("AT722", "init", "warning")
    ]
    assert told((PREPARED, weak.replace("/var/log/at/sample", "/scratch"))) == [("AT722", "", "warning")]
