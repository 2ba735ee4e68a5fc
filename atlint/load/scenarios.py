"""Named ways in which log files and pipelines hurt a tailer, each with what is known of the outcome.

A scenario says where the files lie, what is done to them at which part of the run, what is asked of tailer
and sink, and which counters of verify must, and which may, be above zero for a tailer of a known kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from atlint.load.writer import Closed, Writer, pod_files
from atlint.model import AtlintError

#: tear and die write half a line, which is finished later or never; cue asks somebody else; the others are
#: the writer's methods
Kind = Literal["tear", "die", "rename", "copytruncate", "truncate", "compress", "delete", "retire", "replace", "cue"]

#: cues that a harness may answer
STOP, START, KILL = "stop-tailer", "start-tailer", "kill-tailer"

#: the tailers of which the outcome is known: fluentd's in_tail 1.16 with the configuration of the seed
#: document, rsyslog's imfile 8.2302 over `*.log`
IN_TAIL, IMFILE = "in_tail", "imfile"


@dataclass(frozen=True, slots=True)
class Act:
    """Do `kind` once the part `at` of the events, 0 to 1, has had its turn; a cue has its `name`."""

    at: float
    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What verify finds behind one tailer. Every counter of neither set must be zero."""

    #: above zero in every run that is long enough for the fault to strike
    must: frozenset[str] = frozenset()
    #: above zero in some
    may: frozenset[str] = frozenset()
    #: why, in a sentence
    why: str = ""

    def against(self, summary: Mapping[str, int]) -> tuple[str, ...]:
        """The counters of a verify summary that contradict this truth."""
        known = self.must | self.may | {"sent", "delivered"}
        return tuple(
            sorted({name for name in self.must if not summary[name]})
            + sorted({name for name, count in summary.items() if count and name not in known})
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """One named scenario and its known truth."""

    name: str
    summary: str
    #: what happens and why it hurts, in a paragraph
    documentation: str
    truth: Mapping[str, Truth]
    acts: tuple[Act, ...] = ()
    #: pods write in pairs into one file
    shared: bool = False
    #: the files lie beside the folder of the logs, where nothing else rotates them
    beside: bool = False
    #: options of the sink, by the name of their command-line option
    sink: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def files(self, folder: str, service: str, run: str, pods: int, *, first: int = 0) -> tuple[str, ...]:
        """The names of `pods` files relative to the log folder, whose own name is `folder`."""
        below = f"../{folder}-no-rotate" if self.beside else ""
        names = pod_files(service, run, pods, first=first, folder=below)
        return tuple(names[index - index % 2] for index in range(pods)) if self.shared else names


def perform(act: Act, writer: Writer, cue: Callable[[str], None]) -> list[Closed]:
    """Do to every file what the act says; which files ended by it. Half lines are the run's own affair."""
    do: Mapping[str, Callable[[str], list[Closed]]] = {
        "rename": writer.rename,
        "copytruncate": writer.copytruncate,
        "truncate": lambda name: writer.copytruncate(name, copy=False),
        "compress": writer.compress,
        "delete": writer.delete,
        "retire": lambda name: writer.renew(name, remove=False),
        "replace": lambda name: writer.renew(name, remove=True),
    }
    if act.kind == "cue":
        cue(act.name)
        return []
    return [closed for name in dict.fromkeys(writer.names) for closed in do[act.kind](name)]


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        AtlintError: where there is none, listing those that exist.
    """
    found = SCENARIOS.get(name)
    if found is None:
        raise AtlintError(f"there is no scenario {name!r}; the scenarios are {', '.join(SCENARIOS)}")
    return found


def _truth(why: str, *, must: str = "", may: str = "") -> Truth:
    return Truth(frozenset(must.split()), frozenset(may.split()), why)


def _three(kind: Kind) -> tuple[Act, ...]:
    return tuple(Act(at, kind) for at in (0.25, 0.5, 0.75))


def _both(truth: Truth) -> dict[str, Truth]:
    return {IN_TAIL: truth, IMFILE: truth}


_ALL: Final = (
    Scenario(
        "torn-write",
        "lines that arrive in two halves, and one whose second half never comes",
        "Two lines are written in two system calls, cut within a character where the line has one of "
        "several bytes; a tailer has to wait for the line feed. A third line ends in the middle for good, "
        "as when its writer died, so that the next line of that file is glued to it. The half is no event "
        "of the manifest, because it was never written whole; the line behind it is.",
        {
            IN_TAIL: _truth("the glued line is no JSON and dropped", must="lost"),
            IMFILE: _truth("the glued line is handed on and names the half's event", must="lost foreign"),
        },
        acts=(Act(0.25, "tear"), Act(0.5, "tear"), Act(0.75, "die")),
    ),
    Scenario(
        "rename-rotation",
        "every file is renamed to NAME.log.1 and created anew, three times",
        "The usual rotation. A tailer has to finish the renamed file by its open handle, find the new one, "
        "and not read the old one again under its new name.",
        _both(_truth("both follow the inode")),
        acts=_three("rename"),
    ),
    Scenario(
        "copytruncate",
        "every file is copied to NAME.log.1 and emptied, three times",
        "Whatever the tailer had not read when the file was emptied is gone from it; and where the copy "
        "lies within the glob, as with *.log*, it is read as a new file.",
        {
            IN_TAIL: _truth("the copy is read again from its start", must="duplicated", may="lost reordered"),
            IMFILE: _truth("what was not read yet is gone", may="lost"),
        },
        acts=_three("copytruncate"),
    ),
    Scenario(
        "early-delete",
        "every file is removed while it is in use, and created anew",
        "A tailer that holds the file open reads it to its end; one that is down, or has not found the file "
        "yet, never sees what was in it.",
        {
            IN_TAIL: _truth("lost is what lay in files not found yet", may="lost"),
            IMFILE: _truth("lost is what was written since the last read", may="lost"),
        },
        acts=_three("delete"),
    ),
    Scenario(
        "short-lived-file",
        "a pod that writes for a moment, and whose file is then removed",
        "A tailer that looks for new files every minute never finds a file that lives for less; one that is "
        "told of new files by the kernel does.",
        {
            IN_TAIL: _truth("a file that lives between two refreshes (60 s) is never opened", may="lost"),
            IMFILE: _truth("inotify tells of the file at once", may="lost"),
        },
        acts=(Act(0.5, "retire"), Act(0.52, "replace")),
    ),
    Scenario(
        "inode-reuse",
        "files are removed while the tailer is down, and others take their inodes",
        "A tailer that remembers its place by inode takes the new file for the old one and begins at the "
        "old offset. The harness answers the cues stop-tailer and start-tailer.",
        {
            IN_TAIL: _truth("the first part of the new file is skipped", may="lost"),
            IMFILE: _truth("what was not read before the file went is gone", may="lost duplicated"),
        },
        acts=(Act(0.5, "cue", STOP), Act(0.5, "replace"), Act(0.75, "cue", START)),
    ),
    Scenario(
        "shared-file",
        "two pods append to one file",
        "Whole lines written by single appending calls do not mix, whoever writes them; names that are not "
        "unique are harmless only as long as every writer keeps to that.",
        _both(_truth("no line is torn")),
        shared=True,
    ),
    Scenario(
        "gz-beside",
        "rotated files are compressed at once to NAME.log.1.gz",
        "The compressed file must not be read as a log, and the plain one goes while the tailer may still "
        "have some of it to read.",
        _both(_truth("the open handle is read to the end; lost is what was not opened yet", may="lost")),
        acts=_three("compress"),
    ),
    Scenario(
        "at-no-rotate",
        "all files lie in at-no-rotate, beside the folder of the logs",
        "The folder for services that rotate for themselves is in no path of the published configuration: "
        "its events are never read unless somebody added the path.",
        _both(_truth("the folder is in no path of the configuration", must="lost")),
        beside=True,
    ),
    Scenario(
        "slow-sink",
        "every answer of the sink takes half a second",
        "The files become the queue. Nothing is lost while they stay, but latency grows for as long as more "
        "is offered than answered.",
        _both(_truth("the tailer reads on when its buffer has room")),
        sink={"delay": "500ms"},
    ),
    Scenario(
        "unauthorized",
        "the sink refuses the token, always",
        "The published configuration gives up after ten retries, about sixteen minutes, and drops all "
        "chunks that wait; its settings for endless retries stand where they have no effect.",
        {
            IN_TAIL: _truth("no chunk is ever accepted", must="lost"),
            IMFILE: _truth("no batch is ever accepted", must="lost"),
        },
        sink={"fail": "401:100%"},
    ),
    Scenario(
        "restart",
        "the tailer is killed and started again in the middle",
        "A tailer has to go on where it was. One that is killed while a request is on its way sends it "
        "again: delivery is at least once. The harness answers the cues kill-tailer and start-tailer.",
        {
            IN_TAIL: _truth("a chunk in flight is sent again", may="duplicated reordered"),
            IMFILE: _truth("its place is saved only when it stops", may="duplicated reordered"),
        },
        acts=(Act(0.5, "cue", KILL), Act(0.6, "cue", START)),
    ),
)

#: by name, in the order of the documentation
SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType({each.name: each for each in _ALL})
