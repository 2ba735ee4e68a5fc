"""A document to its findings, each with its span: what `atlint check` says of the file, and flake8 of Python."""

from __future__ import annotations

from typing import Final

from atlint.integrations import source
from atlint.integrations.lsp.document import Document, Holds
from atlint.integrations.source.noqa import silenced
from atlint.lint.source import Source, from_bytes
from atlint.lint.suppress import Suppressions
from atlint.model import AtlintError, Finding, Span
from atlint.report.check import Options, check_lines, judges_of
from atlint.report.formats.group import in_order
from atlint.report.manifests import of_bytes

#: findings of one document that an editor is given, the worst of them
MOST: Final = 500


def findings(document: Document, options: Options) -> list[tuple[Finding, Span]]:
    """What is found, in the order of the places. Raises AtlintError for options that make no sense."""
    match document.holds:
        case Holds.LOG:
            found = _in_log(document, options)
        case Holds.CLUSTER:
            found = _in_cluster(document, options)
        case Holds.PYTHON:
            found = _in_python(document, options)
        case None:
            found = []
    worst = sorted(found, key=in_order)[:MOST]
    return sorted(((finding, _span(document, finding)) for finding in worst), key=lambda each: each[1])


def _in_log(document: Document, options: Options) -> list[Finding]:
    lines = from_bytes(document.plain.encode(), document.path)
    return list(check_lines(lines, options, files=(document.path,)).findings)


def _in_cluster(document: Document, options: Options) -> list[Finding]:
    file = Source(document.name, walked=True)
    manifests = of_bytes([(file, document.plain.encode())])
    return list(check_lines((), options, files=(document.name,), manifests=manifests).findings)


def _in_python(document: Document, options: Options) -> list[Finding]:
    """Nothing while the text is no Python: the editor's own tools tell so."""
    text = document.plain[document.skipped :]
    judges = judges_of(options)
    try:
        tree = source.parse(text, document.path)
    except AtlintError:
        return []
    ignored = Suppressions(options.entries, options.today)
    found = list(source.find(text, document.path, judges, tree, show_values=options.show_values, ignored=ignored))
    quiet = silenced(text) if found else None
    return [finding for finding in found if quiet is None or not quiet.covers(finding.code, finding.place.line)]


def _span(document: Document, finding: Finding) -> Span:
    place = finding.place
    start = document.offset_of(place.line, place.column)
    return Span(start, max(min(start + place.end_column - place.column, len(document.text)), start))
