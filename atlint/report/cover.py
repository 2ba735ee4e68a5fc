"""What is hidden of manifests and configurations: tokens whatever the options, and what is sensitive in events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from atlint.model import HIDDEN, Snippet, Span
from atlint.pipeline.document import Stream
from atlint.pipeline.names import like_setting, unquoted
from atlint.pipeline.node import Mapping, Node, Scalar, at, walk
from atlint.pipeline.source import Source
from atlint.pipeline.view import Sighting, View
from atlint.pipeline.vocabulary import known
from atlint.report.manifests import Within
from atlint.report.redact import Redactor, merged, window
from atlint.rules.credentials import names_credential

#: names of settings and variables whose value is a secret
_NAMED: Final = r"(?:pass(?:word|wd|phrase)?|secret(?:_?key)?|token|api_?key|shared_?key|access_?key\w*|private_?key)"
_VARIABLE: Final = re.compile(rf"(?i)(?:.*[^a-z])?{_NAMED}")
_FLAG: Final = re.compile(rf"(?i)(?<![\w-])--?(?:[\w-]*[_-])?{_NAMED}[ =]+(?!-)([^\s\"',\]]+)")
_SETTING: Final = re.compile(rf"(?im)^[ \t]*(?:\w*_)?{_NAMED}[ \t]+(\S.*)$")
_KIND: Final = re.compile(r"^[ \t\"']*kind[\"' \t]*:[ \t]*[\"']?(?:Secret|List)\b", re.MULTILINE)
#: in a Secret that cannot be read: what stands behind the first colon of a line, or the line
_AFTER_COLON: Final = re.compile(r"(?m)^(?:[ \t]*(?:-[ \t]+)?[\w./-]+[ \t]*:)?[ \t]*(\S.*)$")
_LONG: Final = re.compile(r"[A-Za-z0-9+/=_-]{12,}")
#: members of a Secret that hold no secret
_OPEN: Final = frozenset({"apiVersion", "kind", "type", "immutable"})
_NAMES: Final = frozenset({"name", "namespace", "generateName"})
#: the words that the tracker's page leaves to be replaced: these may be shown in the place of a secret
_TEMPLATE: Final = re.compile(r"ENCODED_SERVICES|YOUR_[A-Z]+(?:_[A-Z]+)*|<[a-z -]{1,40}>")
_LINE_END: Final = re.compile(r"[\r\n]")


@dataclass(slots=True)
class Cover:
    """The ranges of each file that must not be shown."""

    #: a wary one: a token may stand anywhere in a manifest
    redactor: Redactor
    _hidden: dict[int, list[tuple[Span, str]]] = field(default_factory=dict)

    def hide(self, source: Source, span: Span, mask: str = HIDDEN) -> None:
        """Hide a range of a file, behind a mask."""
        if span.end > span.start:
            self._hidden.setdefault(id(source), []).append((span, mask))

    def learn(self, view: View) -> None:
        """Hide every value of every Secret, and of settings and variables that are named like one."""
        for stream in view.cluster.streams:
            self.learn_stream(stream)
        for secret in view.cluster.secrets:
            for scalar in _scalars(secret.resource.root):
                if not _TEMPLATE.fullmatch(scalar.value):
                    self.hide(secret.resource.stream.source, _inner(scalar))
        self._settings(view)

    def learn_stream(self, stream: Stream) -> None:
        """Hide what is named like a credential in a file, and all that could not be read of it."""
        self._named(stream)
        if stream.faults:
            self._unread(stream)

    def learn_told(self, sightings: Iterable[Sighting]) -> None:
        """Hide in the lines what the sentences about them do not quote."""
        for one in sightings:
            value = one.source.text[one.span.start : one.span.end]
            mistyped = one.problem.case == "type" and not like_setting(value.strip("\"'"))
            if unquoted(one.problem) or (mistyped and len(value) > 1):
                self.hide(one.source, one.span)

    def _named(self, stream: Stream) -> None:
        """Hide the values of what is named like a credential, whatever they look like."""
        for document in stream.documents:
            for node in walk(document.root) if document.root else ():
                for entry in node.entries if isinstance(node, Mapping) else ():
                    if named_like_one(entry.key.value):
                        self._hide_values(stream.source, entry.value)
        for found in _FLAG.finditer(stream.source.text):
            self.hide(stream.source, Span(*found.span(1)))

    def _hide_values(self, source: Source, node: Node) -> None:
        for one in walk(node):
            if isinstance(one, Scalar) and not like_setting(one.value) and not _TEMPLATE.fullmatch(one.value):
                self.hide(source, _inner(one))

    def _settings(self, view: View) -> None:
        for workload in view.cluster.workloads:
            for variable in (one for container in workload.containers for one in container.variables):
                value = at(variable.node, "value")
                if named_like_one(variable.name) and value is not None:
                    self._hide_values(workload.stream.source, value)
        for each in view.configurations:
            for found in _SETTING.finditer(each.text):
                self.hide(each.source, each.offsets.span(Span(*found.span(1))))
            for section in each.config.walk():
                about = known(section)
                for parameter in section.parameters:
                    unknown = about is not None and parameter.name not in about.parameters
                    if unknown and parameter.name[:1] != "@" and not like_setting(parameter.value.value):
                        self.hide(each.source, each.offsets.span(parameter.value.span))

    def learn_event(self, event: Within) -> None:
        """Hide what is sensitive in an event within a manifest."""
        if not self.redactor.show_values:
            for span, mask in self.redactor.masks(event.explanation):
                self.hide(event.script.stream.source, event.span(span), mask)

    def _unread(self, stream: Stream) -> None:
        """What no document was made of: nothing is known of it."""
        source = stream.source
        pattern, group = (_AFTER_COLON, 1) if _KIND.search(source.text) else (_LONG, 0)
        read = [document.span for document in stream.documents]
        for found in pattern.finditer(source.text):
            span = Span(*found.span(group))
            if not any(one.start <= span.start < one.end for one in read):
                self.hide(source, span)

    def snippet(self, sighting: Sighting) -> Snippet:
        """The line around a fault as it may be shown."""
        source, (start, end) = sighting.source, sighting.span
        begin = source.text.rfind("\n", 0, start) + 1
        broken = _LINE_END.search(source.text, begin)
        stop = broken.start() if broken else len(source.text)
        line = source.text[begin:stop]
        masks = [
            (Span(max(span.start, begin) - begin, min(span.end, stop) - begin), mask)
            for span, mask in self._hidden.get(id(source), ())
            if span.start < stop and span.end > begin
        ]
        masks += self.redactor.secrets(line)
        place = Span(min(start, stop) - begin, max(min(end, stop), min(start, stop)) - begin)
        return window(line, merged(masks, HIDDEN), place)


def named_like_one(name: str) -> bool:
    """Whether a name is that of a credential."""
    return _VARIABLE.fullmatch(name) is not None or names_credential(name)


def _scalars(root: Mapping) -> Iterator[Scalar]:
    """The values of a Secret that may be secret: all but its type, its names and what labels say."""
    for entry in root.entries:
        if entry.key.value in _OPEN:
            continue
        if entry.key.value == "metadata" and isinstance(entry.value, Mapping):
            open_ = [inner for inner in entry.value.entries if inner.key.value not in _NAMES]
        else:
            open_ = [entry]
        for inner in open_:
            yield from (node for node in walk(inner.value) if isinstance(node, Scalar))


def _inner(scalar: Scalar) -> Span:
    quoted = scalar.style in {"single-quoted", "double-quoted"} and scalar.span.end - scalar.span.start >= 2
    return Span(scalar.span.start + quoted, scalar.span.end - quoted)
