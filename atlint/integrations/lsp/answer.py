"""The questions of an editor to JSON in the protocol's own words: what a process beside the server works on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from atlint.integrations.lsp.document import Document, Position, Range
from atlint.integrations.lsp.hover import hover
from atlint.integrations.lsp.judge import findings
from atlint.integrations.lsp.repair import all_safe, repairs
from atlint.model import AtlintError, Edit, Finding, Severity, Span
from atlint.report.check import Options, judges_of
from atlint.report.redact import Redactor

#: LSP 3.17, DiagnosticSeverity
_LEVELS: Final = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}
SOURCE: Final = "atlint"


def answer(question: str, document: Document, options: Options, *details: Any) -> str:
    """One answer as JSON; `{"error": ...}` where the options make no sense."""
    try:
        match question:
            case "diagnostics":
                found: Any = diagnostics(document, options)
            case "hover":
                found = _hover(document, options, *details)
            case _:
                found = _repairs(document, options, *details)
    except AtlintError as error:
        found = {"error": str(error)}
    return json.dumps(found)


def diagnostics(document: Document, options: Options) -> list[dict[str, Any]]:
    """The findings as the protocol's diagnostics."""
    return [_diagnostic(document, finding, span) for finding, span in findings(document, options)]


def _diagnostic(document: Document, finding: Finding, span: Span) -> dict[str, Any]:
    more = f" ({finding.count - 1:,} more like it further down)" if finding.count > 1 else ""
    advice = f"\n{finding.help}" if finding.help else ""
    return {
        "range": document.range(span),
        "severity": _LEVELS[finding.severity],
        "code": finding.code,
        "codeDescription": {"href": finding.url},
        "source": SOURCE,
        "message": f"{finding.message}{more}{advice}",
        "data": {
            "name": finding.name,
            "pointer": finding.pointer,
            "fingerprint": finding.fingerprint,
            "fix": None if finding.fix is None else "safe" if finding.fix.safe else "unsafe",
        },
    }


def _hover(document: Document, options: Options, at: Position, codes: Iterable[str]) -> dict[str, Any] | None:
    found = hover(document, document.offset(at), codes, judges_of(options), _redactor(document, options))
    if found is None:
        return None
    page, span = found
    shown: dict[str, Any] = {"contents": {"kind": "markdown", "value": page}}
    return shown if span is None else {**shown, "range": document.range(span)}


def _redactor(document: Document, options: Options) -> Redactor:
    key = hashlib.blake2b(document.plain.encode(), digest_size=32).digest()
    return Redactor(key, options.show_values)


def _repairs(document: Document, options: Options, chosen: Range, wanted: Iterable[str]) -> dict[str, Any]:
    """The repairs of the kinds that are wanted: "each" of a selection, and "all" that are safe."""
    found: dict[str, Any] = {"each": [], "all": []}
    if "each" in wanted:
        span = Span(document.offset(chosen["start"]), document.offset(chosen["end"]))
        found["each"] = [
            {
                "code": repair.code,
                "title": repair.title,
                "safe": repair.safe,
                "range": document.range(repair.place),
                "edits": _edits(document, repair.edits),
            }
            for repair in repairs(document, span, options, _redactor(document, options))
        ]
    if "all" in wanted:
        found["all"] = _edits(document, all_safe(document, options))
    return found


def _edits(document: Document, edits: Iterable[Edit]) -> list[dict[str, Any]]:
    return [{"range": document.range(edit.span), "newText": edit.text} for edit in edits]
