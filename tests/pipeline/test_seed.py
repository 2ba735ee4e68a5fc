"""Every trap of the seed's page that a file can show, at its line and column, and nothing else."""

from __future__ import annotations

import base64
import json
import re
import textwrap
from pathlib import Path

import pytest

from atlint.lint.source import find
from atlint.model import Report, Severity
from atlint.report.check import Options, check_sources
from atlint.report.formats import FORMATS
from atlint.report.rule_page import cards
from atlint.rules.selection import Choice
from tests.pipeline.seed import (
    CONFIG_MAP,
    HOST,
    INIT,
    MADE_UP,
    PAGE,
    SECRET,
    SERVICE,
    SPACE,
    WRITER,
    cut,
    mended,
    needs_the_page,
)

NOW = 1769817600.0

#: what is wrong with the page, by the number that the tables below use
NAMES = {
    1: "the event's time is in a form of the year before",
    2: "a slip in the service's name in target.id",
    3: "target.id names a cluster, the action is on a worker",
    4: "the initiator is not written as the fields' own page asks, and lacks members",
    5: "the envelope has both copies for the user",
    6: "placeholders that can be deployed as they are",
    7: "the Secret's key is a URL, which must not have its scheme",
    8: "base64 that is wrapped into several lines",
    9: "a line of the code fence is left in the file",
    10: "the Deployment's API version is gone",
    11: "the path takes rotated files, and no other names than those of logs",
    12: "the folder without rotation is not in the path",
    13: "retry settings that contradict each other, or do nothing",
    14: "the event is printed as JavaScript, not as JSON",
    15: "a command and a link of the prose",
    16: "all pods write one file",
    17: "a writer must write below its own folder",
    18: "service, space and region stand in three files and must agree",
    19: "a sibling page excludes the folder without rotation too",
}
#: trap of NAMES -> file, code, line, column; 0 is for faults that no trap names
TRAPS = [
    (9, SECRET, "AT701", 1, 1),
    (6, SECRET, "AT706", 4, 3),
    (6, SECRET, "AT707", 4, 25),
    (9, CONFIG_MAP, "AT701", 1, 1),
    (11, CONFIG_MAP, "AT719", 8, 14),
    (13, CONFIG_MAP, "AT720", 11, 9),
    (13, CONFIG_MAP, "AT725", 25, 13),
    (6, CONFIG_MAP, "AT715", 31, 20),
    (6, CONFIG_MAP, "AT716", 32, 24),
    (13, CONFIG_MAP, "AT713", 35, 9),
    (13, CONFIG_MAP, "AT713", 36, 9),
    (13, CONFIG_MAP, "AT713", 37, 9),
    (13, CONFIG_MAP, "AT714", 37, 9),
    (9, WRITER, "AT701", 1, 1),
    (10, WRITER, "AT703", 2, 13),
    (6, WRITER, "AT110", 23, 68),
    (6, WRITER, "AT110", 23, 116),
    (6, WRITER, "AT110", 23, 175),
    (6, WRITER, "AT110", 23, 221),
    (6, WRITER, "AT110", 23, 258),
    (5, WRITER, "AT401", 23, 258),
    (6, WRITER, "AT110", 23, 296),
    (4, WRITER, "AT101", 23, 346),  # initiator.name
    (4, WRITER, "AT101", 23, 346),  # initiator.host.address
    (4, WRITER, "AT521", 23, 354),
    (4, WRITER, "AT215", 23, 390),
    (4, WRITER, "AT101", 23, 463),  # target.name
    (2, WRITER, "AT310", 23, 495),
    (0, WRITER, "AT307", 23, 525),
    (3, WRITER, "AT312", 23, 536),
    (1, WRITER, "AT501", 23, 764),
    (16, WRITER, "AT723", 23, 807),
    (9, INIT, "AT701", 1, 1),
]


def check(folder: Path, files: dict[str, str], **choice: bool) -> Report:
    for name, text in files.items():
        (folder / name).write_text(text)
    paths = tuple(str(folder / name) for name in files)
    return check_sources(find(paths), Options(now=NOW, choice=Choice(**choice)))


@needs_the_page
def test_every_trap_is_told_at_its_place(tmp_path: Path) -> None:
    report = check(tmp_path, cut())
    found = [(Path(one.place.path).name, one.code, one.place.line, one.place.column) for one in report.findings]
    assert sorted(found) == sorted(row[1:] for row in TRAPS)
    assert report.exit_code == 1


@needs_the_page
def test_a_walk_over_their_folder_says_the_same(tmp_path: Path) -> None:
    """The init container has no `kind`: what its fence left is told all the same."""
    check(tmp_path, cut())
    report = check_sources(find((str(tmp_path),)), Options(now=NOW))
    found = [(Path(one.place.path).name, one.code, one.place.line, one.place.column) for one in report.findings]
    assert sorted(found) == sorted(row[1:] for row in TRAPS)


@needs_the_page
@pytest.mark.parametrize("name", [SECRET, CONFIG_MAP, WRITER, INIT])
def test_each_file_by_itself_says_the_same(tmp_path: Path, name: str) -> None:
    report = check(tmp_path, {name: cut()[name]})
    found = [(one.code, one.place.line, one.place.column) for one in report.findings]
    assert sorted(found) == sorted(row[2:] for row in TRAPS if row[1] == name)


@needs_the_page
def test_whole_fences_are_told_too(tmp_path: Path) -> None:
    report = check(tmp_path, {name: f"```\n{text}```\n" for name, text in cut().items()})
    found = [(Path(one.place.path).name, one.code, one.place.line - 1, one.place.column) for one in report.findings]
    assert sorted(found) == sorted(row[1:] for row in TRAPS)


@needs_the_page
def test_placeholders_of_a_document_are_advice(tmp_path: Path) -> None:
    report = check(tmp_path, cut(), samples=True)
    errors = {one.code for one in report.findings if one.severity is Severity.ERROR}
    assert errors == {"AT701", "AT703", "AT401", "AT310", "AT501"}


@needs_the_page
def test_mended_by_hand_nothing_is_left(tmp_path: Path) -> None:
    report = check(tmp_path, mended())
    assert [(one.code, one.message) for one in report.findings] == []
    assert report.exit_code == 0
    assert report.summary["events"] == 1


def services(member: str = "service_name", value: str = SERVICE) -> str:
    """The encoded services of the mended Secret with another value of one member."""
    entry = {"service_name": SERVICE, "auth_token_value": MADE_UP, "project_id": SPACE} | {member: value}
    return base64.b64encode(json.dumps({"services": [entry]}).encode()).decode()


VALUE = services()
WRAPPED = textwrap.wrap(VALUE, 76)
VARIABLE = "        env:\n        - {name: LOGDNA_EXCLUDE, value: '/var/log/at**'}\n        imagePullPolicy"

#: trap of NAMES -> file, what stands in the mended one, what the trap makes of it, code, line, column
PLANTED = [
    (6, SECRET, VALUE, services("auth_token_value", "YOUR_SERVICE_TOKEN"), "AT709", 3, 144),
    (6, SECRET, VALUE, services("service_name", "YOUR_SERVICE_NAME"), "AT708", 3, 84),
    (6, SECRET, VALUE, services("project_id", "YOUR_SERVICE_SPACE_ID"), "AT708", 3, 209),
    (7, SECRET, HOST, f"https://{HOST}", "AT706", 3, 3),
    (8, SECRET, VALUE, "\n".join(WRAPPED), "AT707", 4, 1),
    (8, SECRET, VALUE, "\n    ".join(WRAPPED), "AT707", 3, 119),
    (8, SECRET, VALUE, "\n    ".join(["|", *WRAPPED]), "AT707", 4, 81),
    (8, SECRET, VALUE, '"' + "\n    ".join(WRAPPED) + '"', "AT707", 3, 120),
    (9, CONFIG_MAP, "apiVersion: v1", "```yaml\napiVersion: v1", "AT701", 1, 1),
    (11, WRITER, "$HOSTNAME.log", "$HOSTNAME.json", "AT717", 34, 873),
    (12, WRITER, "path: /var/log/at #", "path: /var/log/at-no-rotate #", "AT717", 34, 873),
    (12, WRITER, "/var/log/at/helloAT/$", "/var/log/at-no-rotate/helloAT/$", "AT721", 34, 873),
    (13, CONFIG_MAP, "total_limit_size", "retry_max_times 10\n            total_limit_size", "AT714", 23, 13),
    (14, WRITER, r"\"outcome\":", "outcome:", "AT003", 34, 741),
    (14, WRITER, r"\"reasonCode\":200", r"\"reasonCode\":200,", "AT003", 34, 796),
    (16, WRITER, "$HOSTNAME.log", "noisy_events.log", "AT723", 34, 873),
    (17, WRITER, "/var/log/at/helloAT/$", "/var/log/at/$", "AT722", 34, 873),
    (18, SECRET, VALUE, services("service_name", "key-vault"), "AT708", 3, 84),
    (18, SECRET, VALUE, services("project_id", SPACE.replace("5e0b", "0000")), "AT708", 3, 209),
    (18, CONFIG_MAP, "service_region ng", "service_region eu-gb", "AT716", 30, 24),
    (18, WRITER, r"Region\":\"ng", r"Region\":\"eu-gb", "AT716", 30, 24),
    (19, WRITER, "        imagePullPolicy", VARIABLE, "AT718", 36, 41),
]


@needs_the_page
@pytest.mark.parametrize(("trap", "name", "old", "new", "code", "line", "column"), PLANTED)
def test_a_trap_in_mended_files_is_told_at_its_place_and_nothing_else(
    tmp_path: Path, trap: int, name: str, old: str, new: str, code: str, line: int, column: int
) -> None:
    files = mended()
    assert files[name].count(old) == 1, NAMES[trap]
    files[name] = files[name].replace(old, new)
    (found,) = check(tmp_path, files).findings
    where = CONFIG_MAP if code == "AT716" else name
    assert (Path(found.place.path).name, found.code, found.place.line, found.place.column) == (
        where,
        code,
        line,
        column,
    )


@needs_the_page
def test_the_traps_that_a_file_can_show_are_all_in_the_tables() -> None:
    """Trap 15 is of the page's prose and links; all others stand in some file."""
    told = {row[0] for row in (*TRAPS, *PLANTED)} - {0}
    assert told == NAMES.keys() - {15}


@needs_the_page
def test_the_block_that_is_called_javascript_is_no_event(tmp_path: Path) -> None:
    """Trap 14: it is pretty, and its keys lack their quotes."""
    (block,) = re.findall(r"^```\njavascript\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (found,) = check(tmp_path, {"event.log": block}).findings
    assert (found.code, found.place.line, found.place.column) == ("AT012", 1, 1)
    (found,) = check(tmp_path, {"event.log": "".join(map(str.strip, block.splitlines())) + "\n"}).findings
    assert (found.code, found.place.line, found.place.column) == ("AT003", 1, 2)


@needs_the_page
def test_what_the_traps_come_near_is_no_fault(tmp_path: Path) -> None:
    """Two regions in one Secret (7), `base64 -w0` (8), and an exclusion that ends where the folder does (19)."""
    files = mended()
    line = f"  {HOST}: {VALUE}\n"
    assert line in files[SECRET]
    files[SECRET] = files[SECRET].replace(line, line + line.replace("stage1.ng", "stage1.eu-gb"))
    files[WRITER] = files[WRITER].replace("        imagePullPolicy", VARIABLE.replace("at**", "at/**"))
    assert check(tmp_path, files).findings == ()


@needs_the_page
@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        (SECRET, HOST, f'"https://{HOST}"', "AT706", "https"),  # trap 7
        (SECRET, "kube-system", "default", "AT705", "default"),
        (SECRET, "activity-tracker-secrets", "tracker-secrets", "AT704", "tracker-secrets"),
        (CONFIG_MAP, f"targetHost {HOST}", "targetHost activity-tracker.ng.bluemix.net", "AT715", "targetHost"),
        (CONFIG_MAP, "service_region ng", "service_region eu-gb", "AT716", "service_region"),
        (CONFIG_MAP, "/var/log/at/**/*.gz", "/var/log/at/**/*", "AT718", "exclude_path"),
        (WRITER, "/var/log/at/helloAT/$", "/var/log/at/$", "AT722", "while true"),  # trap 17
        (WRITER, "$HOSTNAME.log", "$HOSTNAME.json", "AT717", "while true"),
        (WRITER, "path: /var/log/at #", "path: /var/log/at-no-rotate #", "AT717", "while true"),  # trap 12
    ],
)
def test_what_can_go_wrong_with_the_mended_files(
    tmp_path: Path, name: str, old: str, new: str, code: str, line: str
) -> None:
    files = mended()
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    report = check(tmp_path, files)
    (number,) = [number for number, text in enumerate(files[name].splitlines(), 1) if line in text]
    assert (name, code, number) in {(Path(one.place.path).name, one.code, one.place.line) for one in report.findings}


@needs_the_page
def test_the_space_of_the_event_is_that_of_the_secret(tmp_path: Path) -> None:
    """Trap 18: two names of one thing in two files."""
    files = mended()
    files[WRITER] = files[WRITER].replace("5e0b7c1d", "00000000")
    (found,) = check(tmp_path, files).findings
    assert (found.code, Path(found.place.path).name, found.place.line) == ("AT708", SECRET, 3)


def leaking(token: str) -> dict[str, str]:
    """Manifests with a token in every place and every kind of fault around it."""
    services = json.dumps({"services": [{"service_name": "x", "auth_token_value": token, "project_id": "y"}]})
    value = base64.b64encode(services.encode()).decode()
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: activity-tracker-secrets, namespace: default}\n"
    wrapped = "\n".join(textwrap.wrap(value, 76))
    return {
        "plain.yaml": f"{head}stringData:\n  {HOST}: '{services}'\n  https://x: {token}\n",
        "encoded.yaml": f"{head}data:\n  a: {value}\n  b: {token}\n  c: [{token}]\n  d: {{e: {token}}}\n",
        "wrapped.yaml": f"{head}data:\n  {HOST}: {wrapped}\n",
        "broken.yaml": f"{head}data:\n  {HOST}: {token}: {token}\n {value}\n",
        "tab.yaml": f"{head}stringData:\n\t{HOST}: {token}\n",
        "note.yaml": f"{head.replace('name:', 'annotations: {last: ' + repr(services) + '}, name:')}data: {{}}\n",
        "env.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: c\n    env:\n"
        f"    - {{name: ATLINT_SERVICE_TOKEN, value: {token}, extra: 1}}\n",
        "fluentd.conf": f"<match **>\n  @type http\n  password {token}\n  auth_token {token} # x\n</match\n",
    }


@pytest.mark.parametrize("token", ["Tok3n-q7Zk9q7Zk9q7Zk9q7Zk9", "hunter2", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"])
@pytest.mark.parametrize("shown", [False, True])
def test_no_token_is_ever_shown(tmp_path: Path, token: str, shown: bool) -> None:
    files = leaking(token)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    encoded = base64.b64encode(token.encode()).decode().rstrip("=")[4:-4]
    for paths in ([tmp_path / name] for name in files):
        options = Options(now=NOW, show_values=shown, choice=Choice(select=("ALL",)))
        report = check_sources(find(tuple(map(str, paths))), options)
        # of some files only the Kubernetes API's own schema finds fault
        assert report.findings or "atlint[k8s]" in str(report.summary["notes"])
        for name, render in FORMATS.items():
            text = "".join(render(report, rules=cards("at-2018")))
            assert token not in text, (name, paths)
            assert encoded not in text, (name, paths)


def test_an_event_of_a_shell_is_judged_at_its_own_columns(tmp_path: Path) -> None:
    command = """echo '{"payload":{"action":"a.b.read","outcome":"maybe","reason":{"reasonCode":'$CODE'}}}' >> /x"""
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: c\n"
    text += f"    command: [sh, -c, {json.dumps(command)}]\n"
    (tmp_path / "pod.yaml").write_text(text)
    report = check_sources(find((str(tmp_path / "pod.yaml"),)), Options(now=NOW))
    (found,) = [one for one in report.findings if one.code == "AT103"]
    line = text.splitlines()[6]
    assert (found.place.line, found.place.column) == (7, line.index("maybe") - 1)
    assert found.pointer == "/payload/outcome"
    assert not [one for one in report.findings if one.pointer == "/payload/reason/reasonCode"]


def test_a_folder_of_other_files_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("image: x\nreplicas: 1\n")
    (tmp_path / "site.yaml").write_text("name: {{ site }}\n")
    (tmp_path / "nginx.conf").write_text("server {\n listen 80;\n}\n")
    report = check_sources(find((str(tmp_path),)), Options(now=NOW))
    assert (report.exit_code, report.findings) == (3, ())
    assert report.summary["manifests"] == {"objects": 0, "other": 3}


UNRENDERED = "apiVersion: apps/v1\nkind: Deployment\nspec: {{ .Values.spec }}\n"


def judged_in(tmp_path: Path, files: dict[str, str], named: str = "") -> Report:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return check_sources(find((str(tmp_path / named),)), Options(now=NOW))


@pytest.mark.parametrize(
    "files",
    [
        {"deployment.yaml": UNRENDERED},
        {"Chart.yaml": "apiVersion: v2\n", "deployment.yaml": UNRENDERED},
        {"templates/x.yaml": "", "deploy/deployment.yaml": UNRENDERED},
        {"templates/deploy/deployment.yaml": UNRENDERED},
    ],
)
def test_a_template_that_was_not_rendered_is_told_of_in_a_folder_too(tmp_path: Path, files: dict[str, str]) -> None:
    (found,) = judged_in(tmp_path, files).findings
    assert (found.code, found.place.line, found.place.column) == ("AT702", 3, 8)
    assert "not rendered" in found.message
    assert "helm template" in found.help


@pytest.mark.parametrize(
    ("files", "template"),
    [
        ({"templates/deployment.yaml": UNRENDERED}, "templates/deployment.yaml"),
        ({"c/Chart.yaml": "apiVersion: v2\n", "c/templates/at/x.yaml": UNRENDERED}, "c/templates/at/x.yaml"),
    ],
)
def test_templates_where_they_belong_are_noted(tmp_path: Path, files: dict[str, str], template: str) -> None:
    report = judged_in(tmp_path, files)
    assert (report.exit_code, report.findings) == (3, ())
    (note,) = report.summary["notes"]
    assert note == (
        f"templates, not judged: {tmp_path / template}; check what they render to: "
        "helm template CHART | atlint check - (or atlint ready REGISTRATION --kube -)"
    )
    (found,) = judged_in(tmp_path, files, template).findings
    assert found.code == "AT702"


def test_a_note_names_a_few_templates_and_counts_the_others(tmp_path: Path) -> None:
    files = {f"templates/{number}.yaml": UNRENDERED for number in range(5)}
    (note,) = judged_in(tmp_path, files).summary["notes"]
    assert "2.yaml and 2 more; " in note
    assert "3.yaml" not in note


@pytest.mark.parametrize("text", [b"", b"\n", b"# a comment\n", b"foo\n", b"foo bar\n"])
def test_a_configuration_without_a_section_is_no_evidence(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "fluentd.conf").write_bytes(text)
    report = check_sources(find((str(tmp_path / "fluentd.conf"),)), Options(now=NOW))
    assert (report.exit_code, report.findings) == (3, ())


@pytest.mark.parametrize("text", [b"<worker 1>\n</worker>\n", b"@include other.conf\n", b"include other.conf\n"])
def test_a_section_or_an_include_is_something_to_judge(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "fluentd.conf").write_bytes(text)
    report = check_sources(find((str(tmp_path / "fluentd.conf"),)), Options(now=NOW))
    assert (report.exit_code, report.findings) == (0, ())


def test_a_configuration_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "fluentd.conf").write_bytes(b"<source>\n  path \xff\xfe\n</source>\n")
    report = check_sources(find((str(tmp_path / "fluentd.conf"),)), Options(now=NOW))
    (found,) = report.findings
    assert (found.code, found.place.line, found.place.column) == ("AT712", 2, 8)
    assert "0xFF is not UTF-8" in found.message
