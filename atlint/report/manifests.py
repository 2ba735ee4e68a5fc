"""Manifests and configurations to what is found in them: family AT7, and the event rules on events within."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from atlint.lint.engine import Pick, Tally
from atlint.lint.explain import Explanation, level
from atlint.lint.source import Kind, Source, opened
from atlint.model import Line, Problem, Span
from atlint.pipeline import cluster, document, embedded, fluentd
from atlint.pipeline.checks import problems
from atlint.pipeline.checks.manifest import validates
from atlint.pipeline.cluster import CONFIGURATION, Cluster
from atlint.pipeline.custody import custody
from atlint.pipeline.document import Stream
from atlint.pipeline.fluentd import Config
from atlint.pipeline.node import Mapping
from atlint.pipeline.registration_file import is_registration, judge_registration
from atlint.pipeline.source import Source as Text
from atlint.pipeline.tailer import Tailer
from atlint.pipeline.view import Sighting, View
from atlint.pipeline.workload import Script
from atlint.pipeline.writes import EventText
from atlint.plan import Plan
from atlint.pointer import Scan
from atlint.rules.line import read as read_line

#: bytes of a file that are read; no manifest is larger, since the API refuses objects above 3 MB
LONGEST: Final = 32 * 1024 * 1024
#: names that a note lists before it says how many more there are
_MOST_NAMED: Final = 3
#: where Helm keeps what is rendered, and the file beside it that makes a folder a chart
_TEMPLATES: Final = "templates"
_CHART: Final = "Chart.yaml"
_KUBERNETES: Final = re.compile(r"^[ \t-]*[\"']?apiVersion[\"']?[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manifests:
    """What was read of a run's manifests."""

    cluster: Cluster
    #: configurations of fluentd in files of their own
    configurations: tuple[tuple[Text, Config], ...]
    registrations: tuple[Stream, ...]
    #: files of a folder that are something else
    passed_over: tuple[str, ...] = ()
    #: those of them that are objects once they are rendered
    templates: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        """The first file's text: what masks are keyed by."""
        first = next((stream.source for stream in (*self.cluster.streams, *self.registrations)), None)
        text = first.text if first else self.configurations[0][0].text if self.configurations else ""
        return text.encode("utf-8", "surrogateescape")

    @property
    def judged(self) -> int:
        """Objects, configurations and registrations: what a verdict can rest on."""
        faults = sum(1 for stream in self.cluster.streams if stream.faults and not stream.documents)
        configurations = sum(1 for _, config in self.configurations if not config.empty)
        return len(self.cluster.resources) + configurations + len(self.registrations) + faults

    def summary(self) -> dict[str, Any]:
        """What the report says of them; empty where there are none."""
        found: dict[str, Any] = {"manifests": {"objects": len(self.cluster.resources), "other": len(self.passed_over)}}
        if self.configurations:
            found["manifests"]["configurations"] = len(self.configurations)
        if self.registrations:
            found["manifests"]["registrations"] = len(self.registrations)
        if notes := list(self.notes()):
            found["notes"] = notes
        return found

    def notes(self) -> Iterator[str]:
        """What was not looked at, and how it would be."""
        if self.cluster.resources and not validates():
            yield "manifests were not held against the Kubernetes API: pip install 'atlint[k8s]'"
        if self.templates:
            rest = len(self.templates) - _MOST_NAMED
            more = f" and {rest:,} more" if rest > 0 else ""
            named = ", ".join(self.templates[:_MOST_NAMED])
            yield (
                f"templates, not judged: {named}{more}; check what they render to: "
                "helm template CHART | atlint check - (or atlint ready REGISTRATION --kube -)"
            )


def read(sources: Iterable[Source]) -> Manifests:
    """Read the YAML files and configurations among the sources. Raises AtlintError where one cannot be read."""
    return of_bytes((source, _bytes(source)) for source in sources)


def _bytes(source: Source) -> bytes:
    with opened(source) as file:
        return file.read(LONGEST)


def of_bytes(found: Iterable[tuple[Source, bytes]]) -> Manifests:
    """The same of files whose bytes are at hand.

    Of files that only lie in a folder, those that are no Kubernetes objects are passed over: values and templates
    of charts, other tools' YAML, other programs' `.conf`.
    """
    streams: list[Stream] = []
    configurations: list[tuple[Text, Config]] = []
    registrations: list[Stream] = []
    passed: list[str] = []
    templates: list[str] = []
    for source, data in found:
        if source.kind is Kind.CONFIGURATION:
            text = data.decode("utf-8", "surrogateescape")
            if source.walked and not CONFIGURATION.search(text):
                passed.append(source.path)
            else:
                configurations.append((Text.of(text, source.path), fluentd.parse(text)))
            continue
        stream = document.read(data, source.path, fence=True)
        if is_registration(stream):
            registrations.append(stream)
        elif source.walked and is_other(stream):
            passed.append(source.path)
            if is_template(stream):
                templates.append(source.path)
        else:
            streams.append(stream)
    return Manifests(
        cluster.read(streams), tuple(configurations), tuple(registrations), tuple(passed), tuple(templates)
    )


def is_other(stream: Stream) -> bool:
    """Whether a file is surely not meant as Kubernetes objects, or is a template of them where templates belong.

    A piece of one that was copied from a page with a line of its fence is meant as one, whatever it lacks: no program
    can read it as it is.
    """
    if stream.fence and not stream.faults:
        return False
    if stream.faults:
        return is_template(stream) or not _KUBERNETES.search(stream.source.text)
    return not any(isinstance(one.root, Mapping) and one.root.get("apiVersion") is not None for one in stream.documents)


def is_template(stream: Stream) -> bool:
    """Whether a file becomes Kubernetes objects once it is rendered, and lies where such files do on purpose.

    That is a folder called `templates`, and everything below it where it is a chart's.
    """
    text = stream.source.text
    if not stream.faults or "{{" not in text or not _KUBERNETES.search(text):
        return False
    folders = Path(os.path.abspath(stream.source.path)).parents  # noqa: PTH100 - links are not followed
    return any(
        folder.name == _TEMPLATES and (folder == folders[0] or (folder.parent / _CHART).is_file()) for folder in folders
    )


def view_of(manifests: Manifests, plan: Plan) -> View:
    """The picture that the checks look at."""
    return View.of(manifests.cluster, plan, manifests.configurations, custody)


def tailer_of(manifests: Manifests) -> Tailer:
    """What the configurations among them read."""
    within = (config for _, _, config in manifests.cluster.configs())
    return Tailer.of((*within, *(config for _, config in manifests.configurations)))


def sightings(manifests: Manifests, view: View) -> Iterator[Sighting]:
    """What family AT7 finds, and what is wrong with registrations."""
    yield from problems(view)
    for stream in manifests.registrations:
        for problem in judge_registration(stream):
            if view.plan.selected(problem.code):
                yield Sighting(problem, stream.source, problem.span or Span(0, 0))


@dataclass(frozen=True, slots=True)
class Within:
    """An event that a container's program writes, explained; its places lead back into the YAML file."""

    explanation: Explanation
    script: Script = field(repr=False)
    event: EventText = field(repr=False)

    def span(self, inner: Span) -> Span:
        """A range of the event's text as one of the file's."""
        wide = inner if inner.end > inner.start else Span(inner.start, inner.start + 1)
        return self.script.offsets.span(self.event.offsets.span(wide))

    def sighting(self, problem: Problem) -> Sighting:
        """The Problem at its place in the file."""
        return Sighting(problem, self.script.stream.source, self.span(self.explanation.place(problem)))


def events(view: View, pick: Pick, tally: Tally) -> Iterator[Within]:
    """Every event within the manifests, judged by the event rules, and counted as one line each.

    What only a running shell knows is not judged.
    """
    for writer in view.cluster.writers():
        script = writer.container.script
        if script is None:
            continue
        for event in embedded.events(writer):
            raw = embedded.settled(event).encode("utf-8", "surrogateescape")
            line = Line(script.stream.source.path, script.place(Span(0, 0)).line, 0, raw)
            judge = pick(line)
            explanation = _explained(line, judge.plan, event, judge.explainer.judge, judge.now)
            tally.lines += 1
            if explanation.event:
                tally.saw(judge.plan.edition, explanation.who.action)
                tally.clean += not explanation.problems
            else:
                tally.unreadable += 1
            yield Within(explanation, script, event)


def _explained(
    line: Line, plan: Plan, event: EventText, judge: Callable[..., Iterator[Problem]], now: float
) -> Explanation:
    reading, scanned, found = read_line(plan, line)
    chosen = [problem for problem in found if level(plan, problem) is not None]
    if reading is None:
        return Explanation(line, plan, () if event.expansions else tuple(chosen))
    reading.now = now
    unknown = _unknown(scanned, event)
    for pointer in unknown:
        reading.tell(Problem("", pointer))
    chosen += judge(reading)
    known = tuple(problem for problem in chosen if problem.pointer not in unknown)
    return Explanation(line, plan, known, reading, scanned)


def _unknown(scanned: Scan | None, event: EventText) -> frozenset[str]:
    """The pointers of single values that a running shell completes."""
    found = []
    for pointer, member in (scanned.members if scanned else {}).items():
        start, end = member.value
        if event.text[start : start + 1] not in {"{", "["} and any(
            one.start < end and start < one.end for one in event.expansions
        ):
            found.append(pointer)
    return frozenset(found)
