"""What a test's code wrote (files below the log root, a logger, standard output) to lines and a Report."""

from __future__ import annotations

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO, cast

from atlint.lint.source import Source, find, from_bytes, is_log, lines
from atlint.model import AtlintError, Finding, Line, Report
from atlint.plan import record_of
from atlint.pointer import Scan, scan
from atlint.report.check import Options, check_lines, judges_of

#: what a line of standard output, or of a file that no log is called like, must look like to be taken for an event
_EVENT: Final = re.compile(r'\s*\{.*"(?:payload|action|outcome|eventTime|initiator|target)"\s*:')
STANDARD_OUTPUT: Final = "standard output"


class _Recorder(logging.Handler):
    """Keeps the messages of a logger."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class _Tee:
    """Standard output of which a list remembers what went through it."""

    def __init__(self, stream: TextIO, printed: list[str]) -> None:
        self._stream = stream
        self._printed = printed

    def write(self, text: str) -> int:
        """Write to the stream that was there before."""
        self._printed.append(text)
        return self._stream.write(text)

    def writelines(self, texts: Iterable[str]) -> None:
        """Write them one by one."""
        for text in texts:
            self.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@dataclass(slots=True)
class AtLog:
    """The log root of one test: `path` is a folder that `AT_LOG_ROOT` names to the code under test."""

    path: Path
    options: Options
    #: whether the test may pass without a single event
    allow_empty: bool = False
    #: whether anything was written so far that is judged, or was to be forgotten unjudged
    wrote: bool = False
    #: whether the test itself passed
    passed: bool = False
    #: actions of all events that were judged
    actions: set[str] = field(default_factory=set)
    #: what went to `sys.stdout`
    printed: list[str] = field(default_factory=list)
    #: what the runner captured of standard output, by whichever way it came
    captured: str = ""
    _recorders: dict[str, tuple[logging.Logger, int, _Recorder]] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)
    _forgotten: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Remember what goes to `sys.stdout`, which gets it all the same."""
        before, listener = sys.stdout, cast("TextIO", _Tee(sys.stdout, self.printed))
        sys.stdout = listener
        try:
            yield
        finally:
            # a fixture that ends meanwhile, as capsys does, has put back what it found
            if sys.stdout is listener:
                sys.stdout = before

    def logger(self, name: str) -> logging.Logger:
        """The logger of this name; from now on its messages, of every level, count as lines of events."""
        logger = logging.getLogger(name)
        if name not in self._recorders:
            recorder = _Recorder()
            self._recorders[name] = (logger, logger.level, recorder)
            logger.addHandler(recorder)
            logger.setLevel(logging.DEBUG)
        return logger

    def findings(self) -> list[Finding]:
        """All findings in what was written since the start, or since `clear`."""
        return list(self.report().findings)

    def clear(self) -> None:
        """Forget what was written so far, be it readable or not."""
        try:
            self.wrote = self.wrote or any(line.text.strip() for line in self._lines(open_files=False))
        except AtlintError:  # nobody asks what was in it
            self.wrote = True
        self._forget()

    def _forget(self) -> None:
        for source in self._files():
            self._read[source.path] = source.size
        for _, _, recorder in self._recorders.values():
            recorder.messages.clear()
        self._forgotten += Counter(self._printed())
        self.printed.clear()

    def report(self, *, open_files: bool = False) -> Report:
        """Judge what was written. With `open_files` a last line that is no whole object may still be on its way."""
        found = list(self._lines(open_files=open_files))
        self.actions.update(filter(None, map(self._action, found)))
        self.wrote = self.wrote or any(line.text.strip() for line in found)
        return check_lines(found, self.options, files=tuple(dict.fromkeys(line.path for line in found)))

    def failures(self, *, open_files: bool = False) -> list[Finding]:
        """The findings that reach the threshold; what was judged is forgotten.

        Raises AtlintError for a file that cannot be read, once for each.
        """
        kept: dict[str, int] = {}
        try:
            found, threshold = self.report(open_files=open_files).findings, self.options.fail_on
            kept = self._unfinished() if open_files else {}
        finally:
            self._forget()
            self._read |= kept
        self._forgotten += Counter(self.captured.splitlines()) - self._forgotten
        return [one for one in found if threshold is not None and one.severity.reaches(threshold)]

    def close(self) -> None:
        """Leave the loggers as they were."""
        for logger, level, recorder in self._recorders.values():
            logger.removeHandler(recorder)
            logger.setLevel(level)

    def _files(self) -> Iterable[Source]:
        """What is there now: the code under test may have taken its folder away with all in it."""
        return find((str(self.path),), _any) if self.path.is_dir() else ()

    def _unread(self) -> Iterator[tuple[Source, Line]]:
        """The lines that were written since the last look. Raises AtlintError for a file that cannot be read."""
        for source in self._files():
            before = self._read.get(source.path, 0)
            if before != source.size:
                # what is shorter now was begun anew, and where one stood in a packed file is not known
                start = 0 if source.compressed or source.size < before else before
                yield from ((source, line) for line in lines(source) if line.offset >= start)

    def _lines(self, *, open_files: bool) -> Iterator[Line]:
        """Files first; what a logger or standard output repeats of them counts once."""
        seen: Counter[str] = Counter()
        for source, line in self._unread():
            if (is_log(source.path) or _EVENT.match(line.text)) and not (open_files and _unfinished(line)):
                seen[line.text] += 1
                shown = str(Path(source.path).relative_to(self.path))
                yield Line(shown, line.number, line.offset, line.raw, line.terminated, line.dropped)
        for name, (_, _, recorder) in self._recorders.items():
            text = "".join(f"{message}\n" for message in recorder.messages)
            yield from _new(text, f"logger {name}", seen)
        printed = Counter(self.captured.splitlines()) - self._forgotten
        missed = printed - Counter(self._printed())
        events = (line for line in (*self._printed(), *missed.elements()) if _EVENT.match(line))
        yield from _new("".join(f"{line}\n" for line in events), STANDARD_OUTPUT, seen)

    def _printed(self) -> list[str]:
        return "".join(self.printed).splitlines()

    def _unfinished(self) -> dict[str, int]:
        """Where the lines begin that have no end yet."""
        return {source.path: line.offset for source, line in self._unread() if _unfinished(line)}

    def _action(self, line: Line) -> str:
        found = scan(line.text)
        value = found.value if isinstance(found, Scan) else None
        for judge in judges_of(self.options) if isinstance(value, dict) else ():
            record = record_of(judge.plan, value)
            action = record.get("action") if isinstance(record, dict) else None
            if isinstance(action, str):
                return action
        return ""


def _any(_name: str) -> bool:
    """Of a test's own folder every file, whatever its name: what looks like an event in it is one."""
    return True


def _unfinished(line: Line) -> bool:
    return not line.terminated and not isinstance(scan(line.text), Scan)


def _new(text: str, name: str, seen: Counter[str]) -> Iterator[Line]:
    """The lines of a text beyond those that another way carried already."""
    here: Counter[str] = Counter()
    for line in from_bytes(text.encode(errors="surrogateescape"), name):
        here[line.text] += 1
        if here[line.text] > seen[line.text]:
            seen[line.text] += 1
            yield line


def shown(findings: Iterable[Finding]) -> str:
    """Findings as pytest shows a failure: place, sentence, the piece of the line, advice."""
    return "\n".join(line for finding in findings for line in _shown(finding))


def _shown(finding: Finding) -> Iterator[str]:
    place = finding.place
    more = f" (and {finding.count - 1} more)" if finding.count > 1 else ""
    yield f"{place.path}:{place.line}:{place.column}: {finding.code} {finding.severity}: {finding.message}{more}"
    if finding.snippet is not None:
        yield f"    {finding.snippet.text}"
        yield f"    {' ' * finding.snippet.start}{'^' * (finding.snippet.end - finding.snippet.start)}"
    if finding.pointer:
        yield f"    at {finding.pointer}"
    if finding.help:
        yield f"    {finding.help}"


def coverage(actions: Iterable[str], options: Options) -> tuple[list[str], list[str]]:
    """The declared actions that were seen and those that were not. Raises AtlintError without a registration."""
    if options.registration is None:
        raise AtlintError("coverage of actions needs a registration: --at-registration FILE")
    declared = [action.action for action in options.registration.actions]
    seen = set(actions)
    return [a for a in declared if a in seen], [a for a in declared if a not in seen]
