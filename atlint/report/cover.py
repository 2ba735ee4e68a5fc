"""What is hidden of manifests and configurations: tokens whatever the options, and what is sensitive in events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from atlint.model import Snippet, Span
from atlint.pipeline.document import Stream
from atlint.pipeline.names import HIDDEN, like_host, like_region
from atlint.pipeline.node import Mapping, Scalar, at, walk
from atlint.pipeline.source import Source
from atlint.pipeline.view import Sighting, View
from atlint.report.manifests import Within
from atlint.report.redact import Redactor, merged, window

#: names of settings and variables whose value is a secret
_NAMED: Final = r"(?:pass(?:word|wd|phrase)?|secret(?:_?key)?|token|api_?key|shared_?key|access_?key\w*|private_?key)"
_VARIABLE: Final = re.compile(rf"(?i)(?:.*[^a-z])?{_NAMED}")
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
            if stream.faults:
                self._unread(stream)
        for secret in view.cluster.secrets:
            for scalar in _scalars(secret.resource.root):
                if not _TEMPLATE.fullmatch(scalar.value):
                    self.hide(secret.resource.stream.source, _inner(scalar))
        self._settings(view)

    def _settings(self, view: View) -> None:
        for workload in view.cluster.workloads:
            for variable in (one for container in workload.containers for one in container.variables):
                value = at(variable.node, "value")
                if _VARIABLE.fullmatch(variable.name) and isinstance(value, Scalar):
                    self.hide(workload.stream.source, _inner(value))
        for each in view.configurations:
            for found in _SETTING.finditer(each.text):
                self.hide(each.source, each.offsets.span(Span(*found.span(1))))
            for section in each.outputs():
                for name, known in (("targetHost", like_host), ("service_region", like_region)):
                    parameter = section.get(name)
                    if parameter is not None and not known(parameter.value.value):
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
        return window(line, list(merged(masks, HIDDEN)), place)


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
