"""One service with ten faults: every place where atlint works tells the same codes, each at its own place.

`fixtures/service/faults.tsv` says once where each fault stands in the source and in the log.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

pytest.importorskip("pytest_lsp", reason="pytest-lsp, of the extra dev, is not installed")

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from atlint.integrations.web import server as served
from atlint.integrations.web import web
from atlint.report.check import Options
from tests.browser import chromium, visit

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.integration

SERVICE = Path(__file__).parents[2] / "fixtures" / "service"
SOURCE = SERVICE / "vault.py"
FAULTS = list(csv.DictReader((SERVICE / "faults.tsv").read_text().splitlines(), delimiter="\t"))
IN_SOURCE = sorted((row["code"], int(row["source line"]), int(row["source column"])) for row in FAULTS)
IN_LOG = sorted((row["code"], int(row["log line"]), row["pointer"]) for row in FAULTS)
#: what a test of the service would be: each of its functions once
TEST = """
import pytest, vault
NAMES = "create_key delete_key read_key list_keys restore_key wrap_key rotate_key export_key import_key disable_key"
@pytest.mark.parametrize("name", NAMES.split())
def test(at_log, name):
    call = getattr(vault, name)
    call() if name == "list_keys" else call("orders")
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log that the service writes."""
    root = tmp_path_factory.mktemp("logs")
    environment = {"AT_LOG_ROOT": str(root), "HOSTNAME": "pod"}
    subprocess.run([sys.executable, str(SOURCE)], env=environment, check=True, timeout=60)
    [found] = root.rglob("*.log")
    return found


@pytest.fixture
def written(log: Path) -> str:
    return log.read_text()


def test_there_are_ten() -> None:
    assert len(FAULTS) == 10


def test_flake8(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=AT", str(SOURCE)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    found = re.findall(r"^.*?:(\d+):(\d+): (AT\d{3}) ", done.stdout, re.MULTILINE)
    assert sorted((code, int(line), int(column)) for line, column, code in found) == IN_SOURCE


def test_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(vault=SOURCE.read_text(), test_vault=TEST)
    monkeypatch.delenv("CI", raising=False)  # there pytest says in its summary again what failed
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:asyncio", "--at-fail-on=warning")
    result.assert_outcomes(failed=len(FAULTS))
    told = re.findall(r"pod\.log:1:\d+: (AT\d{3}) ", result.stdout.str())
    assert told == [row["code"] for row in FAULTS]


def test_check(log: Path) -> None:
    command = [sys.executable, "-m", "atlint", "check", "--isolated", "--output", "json", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = [one for one in json.loads(done.stdout)["findings"] if one["severity"] != "info"]
    assert sorted((one["code"], one["line"], one["pointer"]) for one in found) == IN_LOG


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[sys.executable, "-m", "atlint", "server", "--isolated"]))
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    await lsp_client.initialize_session(types.InitializeParams(capabilities=types.ClientCapabilities()))
    yield
    await lsp_client.shutdown_session()


async def told(client: LanguageClient, path: Path, text: str, language: str) -> list[types.Diagnostic]:
    item = types.TextDocumentItem(path.as_uri(), language, version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    found = client.diagnostics[path.as_uri()]
    return [one for one in found if one.severity != types.DiagnosticSeverity.Information]


@pytest.mark.asyncio
async def test_the_editor_in_the_source(client: LanguageClient) -> None:
    found = await told(client, SOURCE, SOURCE.read_text(), "python")
    places = [(one.code, one.range.start.line + 1, one.range.start.character + 1) for one in found]
    assert sorted(places) == IN_SOURCE


@pytest.mark.asyncio
async def test_the_editor_in_the_log(client: LanguageClient, log: Path, written: str) -> None:
    found = await told(client, log, written, "log")
    assert sorted((one.code, one.range.start.line + 1, one.data["pointer"]) for one in found) == IN_LOG


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with web("127.0.0.1:0", Options()).serving() as found:
        yield found.address


def test_the_page_on_loopback(site: str, log: Path) -> None:
    headers = {"Content-Type": served.EVENTS_TYPE}
    request = urllib.request.Request(f"{site}check", log.read_bytes(), headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
        found = [one for one in json.loads(answer.read())["findings"] if one["severity"] != "info"]
    assert sorted((one["code"], one["line"], one["pointer"]) for one in found) == IN_LOG


def test_the_page_in_chromium(site: str, log: Path) -> None:
    with chromium() as browser, visit(browser, site) as seen:
        seen.page.locator("#events").fill(log.read_text())
        weighty = seen.page.locator(".finding:not(:has(.badge.info))")
        weighty.nth(len(FAULTS) - 1).wait_for()
        shown = weighty.evaluate_all("(all) => all.map((each) => each.dataset.code)")
        assert sorted(shown) == sorted(row["code"] for row in FAULTS)
        seen.photograph("agreement")
