"""The documents that an editor has open, each checked soon after it changes, by a process beside the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsprotocol import converters, types
from pygls import uris
from pygls.lsp.server import LanguageServer

from atlint.integrations.lsp.answer import SOURCE
from atlint.integrations.lsp.document import Document
from atlint.integrations.workers import BusyError, TooLongError, Workers
from atlint.model import AtlintError
from atlint.report.check import Options
from atlint.report.printable import printable

#: code points of a document that is checked as one types; larger ones are for `atlint check`
LARGEST: Final = 4_000_000
#: seconds of silence after a change before a check begins
PAUSE: Final = 0.2
_TOO_LONG: Final = "this takes too long to check as you type: use atlint check"

#: the options that count for a file of this folder; raises AtlintError
OptionsOf = Callable[[Path], Options]
#: between the protocol's JSON and its types
CONVERTER: Final = converters.get_converter()


@dataclass(slots=True)
class Desk:
    """What the server knows of the documents that are open."""

    server: LanguageServer
    workers: Workers
    options_of: OptionsOf
    #: the addresses of open documents, letter by letter as the editor spells them
    open: set[str] = field(default_factory=set)
    #: documents whose checking is under way, and those that were changed since it began
    busy: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    #: what was published last: the version, and the diagnostics
    told: dict[str, tuple[int | None, list[dict[str, Any]]]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def check(self, uri: str) -> None:
        """Have a document checked soon, its newest text only."""
        self.changed.add(uri)
        if uri not in self.busy:
            task = asyncio.get_running_loop().create_task(self._checked(uri))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def check_all(self) -> None:
        """Have all open documents checked soon."""
        for uri in self.open:
            self.check(uri)

    async def _checked(self, uri: str) -> None:
        self.busy.add(uri)
        try:
            while uri in self.changed:
                self.changed.discard(uri)
                await asyncio.sleep(PAUSE)
                document = self.document(uri)
                if uri in self.changed or document is None:
                    continue
                version = self.server.workspace.get_text_document(uri).version
                found = await self.diagnostics(document)
                if uri not in self.changed and uri in self.open:
                    self.publish(uri, version, found)
        finally:
            self.busy.discard(uri)

    def document(self, uri: str) -> Document | None:
        """The newest version of a document; None where it is not open, as after its closing."""
        if uri not in self.open:
            return None
        opened = self.server.workspace.get_text_document(uri)
        path = uris.to_fs_path(uri) if uri.startswith("file:") else None
        units = self.server.workspace.position_encoding
        name = path or uri.rpartition("/")[2].rpartition(":")[2]
        return Document(name, opened.source, opened.language_id or "", str(getattr(units, "value", units) or "utf-16"))

    async def diagnostics(self, document: Document) -> list[dict[str, Any]]:
        """What is found, or why nothing could be looked for, at the document's beginning."""
        if document.holds is None:
            return []
        if len(document.text) > LARGEST:
            return [_note(f"only documents of up to {LARGEST:,} characters are checked as you type: use atlint check")]
        try:
            found = await self.ask("diagnostics", document)
        except (BusyError, TooLongError):
            return [_note(_TOO_LONG)]
        except AtlintError as error:
            return [_note(printable(str(error)), types.DiagnosticSeverity.Error)]
        return list(found)

    async def ask(self, question: str, document: Document, *details: Any) -> Any:
        """The answer of a process. Raises AtlintError, BusyError and TooLongError."""
        folder = Path(document.path).parent if Path(document.path).is_absolute() else Path.cwd()

        def asked() -> Any:
            return json.loads(self.workers.ask(question, document, self.options_of(folder), *details))

        found = await asyncio.to_thread(asked)
        if isinstance(found, dict) and "error" in found:
            raise AtlintError(found["error"])
        return found

    def publish(self, uri: str, version: int | None, found: list[dict[str, Any]]) -> None:
        """Show what was found in place of what was shown before."""
        self.told[uri] = version, found
        diagnostics = [CONVERTER.structure(one, types.Diagnostic) for one in found]
        self.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    def codes_at(self, uri: str, line: int, character: int) -> list[str]:
        """The codes of what is shown at a position, each once."""
        _, found = self.told.get(uri, (None, []))
        at = (line, character)
        codes = [one["code"] for one in found if "code" in one and _covers(one["range"], at)]
        return list(dict.fromkeys(codes))


def _note(message: str, severity: types.DiagnosticSeverity = types.DiagnosticSeverity.Information) -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    return {
        "range": {"start": start, "end": start},
        "severity": severity.value,
        "source": SOURCE,
        "message": message,
    }


def _covers(place: dict[str, Any], at: tuple[int, int]) -> bool:
    start, end = ((place[side]["line"], place[side]["character"]) for side in ("start", "end"))
    return start <= at <= end
