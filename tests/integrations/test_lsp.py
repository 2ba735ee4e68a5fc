"""The real `atlint server`, asked by a real client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_lsp", reason="pytest-lsp, of the extra dev, is not installed")

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

from atlint.lint.examples import compliant
from atlint.lint.source import find
from atlint.report.check import Options, check_sources

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
GOOD = json.dumps(next(iter(compliant("at-2018"))), ensure_ascii=False, separators=(",", ":")) + "\n"
BAD = GOOD.replace('"outcome":"success"', '"outcome":"Success"')
COMMAND = [sys.executable, "-m", "atlint", "server", "--now", "2026-01-31T00:00:00Z"]


def capabilities(*encodings: str) -> types.ClientCapabilities:
    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(e) for e in encodings])
    return types.ClientCapabilities(general=general if encodings else None)


class Published(dict[str, Sequence[types.Diagnostic]]):
    """What was published for each document; of several that come at once none is missed."""

    def __init__(self) -> None:
        super().__init__()
        self._queues: defaultdict[str, asyncio.Queue[Sequence[types.Diagnostic]]] = defaultdict(asyncio.Queue)

    def __setitem__(self, uri: str, found: Sequence[types.Diagnostic]) -> None:
        super().__setitem__(uri, found)
        self._queues[uri].put_nowait(found)

    async def next(self, uri: str) -> Sequence[types.Diagnostic]:
        async with asyncio.timeout(120):
            return await self._queues[uri].get()


@pytest_lsp.fixture(scope="module", loop_scope="module", config=ClientServerConfig(server_command=COMMAND))
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    lsp_client.diagnostics = Published()
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities()))
    yield
    await lsp_client.shutdown_session()


async def shown(client: LanguageClient, path: Path, text: str, language: str = "jsonl") -> list[types.Diagnostic]:
    """What is published for a document that is opened."""
    uri = path.as_uri()
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, version=1, text=text))
    )
    return await published(client, uri)


async def published(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """What is published next for a document."""
    assert isinstance(client.diagnostics, Published)
    return list(await client.diagnostics.next(uri))


def codes(found: list[types.Diagnostic]) -> list[Any]:
    return [one.code for one in found]


async def hover(client: LanguageClient, path: Path, line: int, character: int) -> str:
    params = types.HoverParams(types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character))
    found = await client.text_document_hover_async(params)
    assert found is None or isinstance(found.contents, types.MarkupContent)
    return found.contents.value if found else ""


async def actions(client: LanguageClient, path: Path, text: str, *only: str) -> list[types.CodeAction]:
    last = types.Position(text.count("\n"), len(text.rpartition("\n")[2]))
    context = types.CodeActionContext(
        diagnostics=list(client.diagnostics.get(path.as_uri(), ())), only=list(only) or None
    )
    document = types.TextDocumentIdentifier(path.as_uri())
    whole = types.Range(types.Position(0, 0), last)
    found = await client.text_document_code_action_async(types.CodeActionParams(document, whole, context))
    return [one for one in found or () if isinstance(one, types.CodeAction)]


def applied(text: str, action: types.CodeAction, path: Path) -> str:
    """The text after the edits of an action, characters counted in UTF-16."""
    assert action.edit is not None
    assert action.edit.changes is not None
    lines = text.split("\n")
    for edit in reversed(action.edit.changes[path.as_uri()]):
        start, end = edit.range.start, edit.range.end
        raw = [line.encode("utf-16-le") for line in lines]
        head = raw[start.line][: start.character * 2].decode("utf-16-le")
        tail = raw[end.line][end.character * 2 :].decode("utf-16-le")
        lines[start.line : end.line + 1] = (head + edit.new_text + tail).split("\n")
    return "\n".join(lines)


async def test_a_finding_says_what_where_why_and_how(client: LanguageClient, tmp_path: Path) -> None:
    [found] = await shown(client, tmp_path / "events.log", GOOD + BAD)
    assert (found.code, found.severity, found.source) == ("AT103", types.DiagnosticSeverity.Error, "atlint")
    assert found.code_description is not None
    assert found.code_description.href.endswith("/AT103")
    assert isinstance(found.data, dict)
    assert (found.data["pointer"], found.data["fix"]) == ("/payload/outcome", "safe")
    start = BAD.index('"Success"')
    assert found.range == types.Range(types.Position(1, start), types.Position(1, start + len('"Success"')))


async def test_findings_are_those_of_check(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    text = BAD + GOOD[:-40] + "\n" + GOOD.replace("crn:v1", "crn:v2") + "\n" + GOOD.rstrip()
    path.write_text(text)
    report = check_sources(find((str(path),)), Options())
    told = [(f.code, f.place.line, f.place.column) for f in report.findings]
    found = await shown(client, path, text)
    assert [(d.code, d.range.start.line + 1, d.range.start.character + 1) for d in found] == told


@pytest.mark.parametrize("before", ["\U0001f600\U0001f600", "\u2028\x0b", "é"])
async def test_columns_count_utf_16(client: LanguageClient, tmp_path: Path, before: str) -> None:
    text = '{"x":"' + before + '",' + BAD[1:]
    found = [one for one in await shown(client, tmp_path / "events.log", text) if one.code == "AT103"]
    units = len(text[: text.index('"Success"')].encode("utf-16-le")) // 2
    assert [one.range.start for one in found] == [types.Position(0, units)]


async def test_a_change_and_a_closing_are_followed(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    assert codes(await shown(client, path, BAD)) == ["AT103"]
    document = types.VersionedTextDocumentIdentifier(version=2, uri=path.as_uri())
    change = types.TextDocumentContentChangeWholeDocument(GOOD)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
    assert await published(client, path.as_uri()) == []
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))
    assert await published(client, path.as_uri()) == []


CLUSTER = """\
apiVersion: v1
kind: Secret
metadata: {name: at}
data: {token: "not base64 !"}
"""
CONFIGURATION = "<source>\n  @type tail\n  path /var/log/at/*.log\n</sourc>\n"
PYTHON = 'E = {"payload": {"action": "a.b.read", "outcome": "sucess", **rest}, "meta": meta}\n'
KINDS = {
    "at-registration.yaml": ("yaml", "service: {name: key-vault}\nregistrations: 5\n", {"AT909"}),
    "agent.conf": ("conf", CONFIGURATION, {"AT712"}),
    "service.py": ("python", PYTHON, {"AT103"}),
    "quiet.py": ("python", PYTHON.rstrip() + "  # noqa: AT103\n", set()),
    "broken.py": ("python", PYTHON + "def (\n", set()),
    "events.jsonl": ("jsonl", BAD, {"AT103"}),
    "events.log.1": ("log", BAD, {"AT103"}),
    "npm.log": ("log", "npm ERR! nothing to see\n", set()),
    "values.yaml": ("yaml", "a: {{ b }}\n", set()),
    "compose.yaml": ("yaml", "services: {a: {image: b}}\n", set()),
    "README.md": ("markdown", BAD, set()),
    "other.txt": ("plaintext", BAD, set()),
    "server.conf": ("conf", "listen 80;\n", set()),
}


@pytest.mark.parametrize("name", ["my events.log", "a+b.log", "größe.log", "100%.log"])
async def test_an_address_with_escapes_is_followed(client: LanguageClient, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert "%" in path.as_uri()
    assert codes(await shown(client, path, BAD)) == ["AT103"]
    assert "AT103" in await hover(client, path, 0, BAD.index('"Success"'))
    assert [one.title for one in await actions(client, path, BAD, "quickfix")] == ["AT103: write 'success'"]


async def test_ignore_entries_count_in_python(client: LanguageClient, tmp_path: Path) -> None:
    (tmp_path / "atlint.toml").write_text('[[ignore]]\nrule = "AT103"\npath = "old.py"\nreason = "it goes soon"\n')
    assert codes(await shown(client, tmp_path / "old.py", PYTHON, "python")) == []
    assert codes(await shown(client, tmp_path / "new.py", PYTHON, "python")) == ["AT103"]


async def test_of_a_document_that_is_not_open_nothing_is_said(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    path.write_text(BAD)
    for asked in (path, tmp_path / "gone.log"):
        assert await hover(client, asked, 0, BAD.index('"Success"')) == ""
        assert await actions(client, asked, BAD) == []


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_of_document(client: LanguageClient, tmp_path: Path, name: str) -> None:
    language, text, expected = KINDS[name]
    found = await shown(client, tmp_path / name, text, language)
    assert expected <= set(codes(found))
    assert expected or found == []


async def test_the_nearest_configuration_counts(client: LanguageClient, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "atlint.toml").write_text('ignore = ["AT103"]\n')
    assert await shown(client, inner / "events.log", BAD) == []
    assert codes(await shown(client, tmp_path / "events.log", BAD)) == ["AT103"]
    (inner / "atlint.toml").write_text('ignroe = ["AT103"]\n')
    uri = (inner / "atlint.toml").as_uri()
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    while not (found := await published(client, (inner / "events.log").as_uri())):
        pass
    assert "did you mean 'ignore'?" in found[0].message


async def test_a_registration_narrows(client: LanguageClient, tmp_path: Path) -> None:
    service = json.loads(GOOD)["meta"]["serviceProviderName"]
    (tmp_path / "at.yaml").write_text(f"service: {{name: {service}}}\nactions: [{{action: {service}.a.read}}]\n")
    (tmp_path / "atlint.toml").write_text('registration = "at.yaml"\n')
    assert "AT208" in codes(await shown(client, tmp_path / "events.log", GOOD))


async def test_hover_tells_the_rule_the_field_and_the_crn(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    await shown(client, path, BAD)
    page = await hover(client, path, 0, BAD.index("Success"))
    assert "/payload/outcome" in page
    assert "# AT103 " in page
    assert "## How to fix" in page
    crn = await hover(client, path, 0, BAD.index('"crn:v1') + 3)
    assert "| service | " in crn
    table = "\n".join(line for line in crn.splitlines() if line.startswith("|"))
    assert json.loads(GOOD)["meta"]["userAccountIds"][0] not in table
    assert "[masked:" in table
    assert "required" in await hover(client, path, 0, BAD.index('"severity"') + 1)
    assert await hover(client, path, 5, 0) == ""


async def test_hover_in_python_and_in_a_registration(client: LanguageClient, tmp_path: Path) -> None:
    await shown(client, tmp_path / "service.py", PYTHON, "python")
    assert "/payload/outcome" in await hover(client, tmp_path / "service.py", 0, PYTHON.index('"outcome"') + 2)
    text = "service:\n  name: key-vault\n"
    await shown(client, tmp_path / "at-registration.yaml", text, "yaml")
    assert "service-name segment" in await hover(client, tmp_path / "at-registration.yaml", 1, 3)


async def test_fixes_are_offered_marked_and_right(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    text = BAD + GOOD + BAD
    await shown(client, path, text)
    found = await actions(client, path, text)
    quick = [one for one in found if one.kind == types.CodeActionKind.QuickFix]
    assert [one.is_preferred for one in quick] == [True, True]
    assert all(one.diagnostics and one.diagnostics[0].code == "AT103" for one in quick)
    assert {one.title for one in quick} == {"AT103: write 'success'"}
    assert applied(text, quick[0], path) == GOOD + GOOD + BAD
    for asked, kind in (("source.fixAll", "source.fixAll"), ("source.fixAll.atlint", "source.fixAll.atlint")):
        [everything] = await actions(client, path, text, asked)
        assert everything.kind == kind
        assert applied(text, everything, path) == GOOD * 3
    assert await actions(client, path, text, "refactor") == []


async def test_unsafe_fixes_are_never_made_with_the_others(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    text = GOOD.replace(".worker.create", ".Worker.create")
    await shown(client, path, text)
    [one] = await actions(client, path, text)
    assert one.kind == types.CodeActionKind.QuickFix
    assert "unsafe" in one.title
    assert not one.is_preferred
    assert applied(text, one, path) == GOOD


async def test_a_fence_is_taken_out_of_a_manifest(client: LanguageClient, tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    await shown(client, path, "```yaml\n" + CLUSTER + "```\n", "yaml")
    [everything] = await actions(client, path, "```yaml\n" + CLUSTER + "```\n", "source.fixAll")
    assert applied("```yaml\n" + CLUSTER + "```\n", everything, path).strip() == CLUSTER.strip()


TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjIwMjAifQ.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"
HOSTILE = [
    '{"payload":' * 200_000,
    '{"payload":{"action":"' + "a." * 20_000 + '"}}\n',
    '{"payload":{"outcome":"\x00\x01\u202e<script>"}}\r\r\n\u2028\u2029{"action"',
    '"payload"' + "\ud800" * 10,
    GOOD.replace('"success"', f'"{TOKEN}"'),
    "\ufeff" + GOOD,
    '{"payload": 1e999999, "meta": -0, "meta": []}\n' * 300,
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
async def test_hostile_documents_do_no_harm(client: LanguageClient, tmp_path: Path, at: int) -> None:
    text = HOSTILE[at].encode("utf-8", "replace").decode()
    for name, language in (("hostile.log", "jsonl"), ("hostile.py", "python"), ("hostile.yaml", "yaml")):
        found = await shown(client, tmp_path / name, text, language)
        assert len(found) <= 500
        assert TOKEN not in repr(found)
        await hover(client, tmp_path / name, 0, 14)
        await actions(client, tmp_path / name, text[:100])
    assert codes(await shown(client, tmp_path / "events.log", BAD)) == ["AT103"]


@pytest.mark.parametrize("language", ["jsonl", "ndjson", "log"])
async def test_an_unnamed_document_is_known_by_its_language(client: LanguageClient, language: str) -> None:
    item = types.TextDocumentItem(uri := f"untitled:Untitled-{language}", language, version=1, text=BAD)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    assert codes(await published(client, uri)) == ["AT103"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_the_editors_encoding_is_taken(tmp_path: Path, encoding: str) -> None:
    client = make_test_lsp_client()
    client.diagnostics = Published()
    await client.start_io(*COMMAND)
    await client.initialize_session(types.InitializeParams(capabilities=capabilities(encoding)))
    text = '{"x":"\U0001f600é",' + BAD[1:]
    found = [one for one in await shown(client, tmp_path / "events.log", text) if one.code == "AT103"]
    head = text[: text.index('"Success"')]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    units = len(head.encode("utf-8" if encoding == "utf-8" else f"{encoding}-le")) // width
    assert found[0].range.start.character == units
    await client.shutdown_session()
    await client.stop()
