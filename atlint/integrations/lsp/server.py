"""The language server itself: what an editor sends and asks, and what it is shown."""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import sys
from collections.abc import Awaitable, Iterator
from typing import Any, BinaryIO, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import atlint
from atlint.config import NAMES
from atlint.integrations.lsp.answer import SOURCE, answer
from atlint.integrations.lsp.desk import CONVERTER, LARGEST, Desk, OptionsOf
from atlint.integrations.workers import BusyError, TooLongError, Workers
from atlint.model import AtlintError

#: seconds that a question waits for a process
PATIENCE: Final = 120.0
_FIX_ALL: Final = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"


def serve(options_of: OptionsOf) -> None:
    """Speak the protocol on standard input and output until the editor ends it, or is gone."""
    server = LanguageServer(SOURCE, atlint.__version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
    desk = Desk(server, Workers(answer, patience=PATIENCE), options_of)
    _follow(server, desk)
    _reply(server, desk)
    # the protocol closes what it writes to, and standard output is not this module's to close
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stream, _heard() as editor:
        try:
            server.start_io(stdin=editor, stdout=stream)
        finally:
            desk.workers.close()


@contextlib.contextmanager
def _heard() -> Iterator[BinaryIO]:
    """Standard input, which ends where a signal comes: the thread that waits for the editor is waited for, too."""
    if sys.platform == "win32":  # nothing there waits for a pipe and for a signal at once
        yield sys.stdin.buffer
        return
    ended, signalled = os.pipe()
    os.set_blocking(signalled, False)
    before = signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    try:
        yield io.BufferedReader(_UntilSignal(sys.stdin.fileno(), ended))
    finally:
        signal.set_wakeup_fd(before)
        os.close(ended)
        os.close(signalled)


class _UntilSignal(io.RawIOBase):
    """The bytes of a descriptor until another has any."""

    def __init__(self, descriptor: int, ended: int) -> None:
        self._descriptor = descriptor
        self._ended = ended

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        ready, _, _ = select.select([self._descriptor, self._ended], [], [])
        if self._ended in ready:
            return 0
        return os.readv(self._descriptor, [buffer])


def _follow(server: LanguageServer, desk: Desk) -> None:
    """Check what is opened and changed."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        desk.open.add(params.text_document.uri)
        desk.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        desk.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        if params.text_document.uri.endswith((*NAMES, ".yaml", ".yml")):
            desk.check_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(_params: types.DidChangeWatchedFilesParams) -> None:
        desk.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        desk.open.discard(uri)
        desk.publish(uri, None, [])
        desk.told.pop(uri, None)

    @server.feature(types.INITIALIZED)
    async def ready(_params: types.InitializedParams) -> None:
        await _watch(server)


def _reply(server: LanguageServer, desk: Desk) -> None:
    """Answer what is asked about a place."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        uri, at = params.text_document.uri, params.position
        document = desk.document(uri)
        if document is None or document.holds is None or len(document.text) > LARGEST:
            return None
        position = {"line": at.line, "character": at.character}
        found = await _or_nothing(desk.ask("hover", document, position, desk.codes_at(uri, at.line, at.character)))
        return CONVERTER.structure(found, types.Hover) if found else None

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
    )
    async def acted(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = desk.document(params.text_document.uri)
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        wanted = ["each"] * _asked(only, types.CodeActionKind.QuickFix.value) + ["all"] * _asked(only, _FIX_ALL)
        if document is None or document.holds is None or len(document.text) > LARGEST or not wanted:
            return []
        chosen = CONVERTER.unstructure(params.range)
        found = await _or_nothing(desk.ask("repairs", document, chosen, wanted))
        return list(_actions(params, only, found)) if found else []


def _asked(only: list[str], kind: str) -> bool:
    """Whether a kind of action is among those that are asked for: all are, where none is named."""
    return not only or any(kind == one or kind.startswith(f"{one}.") or not one for one in only)


async def _or_nothing(asked: Awaitable[Any]) -> Any:
    """The answer; None where there is none in time, or where the diagnostics already say why there is none."""
    try:
        return await asked
    except (AtlintError, BusyError, TooLongError):
        return None


def _actions(params: types.CodeActionParams, only: list[str], found: dict[str, Any]) -> Iterator[types.CodeAction]:
    uri = params.text_document.uri
    for repair in found["each"]:
        place = CONVERTER.structure(repair["range"], types.Range)
        mark = "" if repair["safe"] else " (unsafe: it may change the meaning)"
        yield types.CodeAction(
            title=f"{repair['code']}: {repair['title']}{mark}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[
                one for one in params.context.diagnostics if one.code == repair["code"] and one.range == place
            ],
            is_preferred=repair["safe"],
            edit=_edit(uri, repair["edits"]),
        )
    if found["all"]:
        named = _FIX_ALL in only
        yield types.CodeAction(
            title="atlint: make all safe fixes",
            kind=_FIX_ALL if named else types.CodeActionKind.SourceFixAll,
            edit=_edit(uri, found["all"]),
        )


def _edit(uri: str, edits: list[dict[str, Any]]) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(changes={uri: [CONVERTER.structure(edit, types.TextEdit) for edit in edits]})


async def _watch(server: LanguageServer) -> None:
    """Ask to be told of changes to configuration files and registrations, where the editor can."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching is None or not watching.dynamic_registration:
        return
    globs = (*NAMES, "at-registration.yaml")
    watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in globs]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    registration = types.Registration(id=method, method=method, register_options=options)
    await server.client_register_capability_async(types.RegistrationParams([registration]))
