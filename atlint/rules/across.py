"""Family AT6: the records. What the events of a file or a run say together is checked by `lint.across`."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Final

from atlint.plan.truth import read_text
from atlint.rules.draft import Draft
from atlint.rules.rule import ERROR, INFO, WARNING, Broken, Case, Rule, Scope, Stage, always, only

#: seconds by which a later line may be older than the newest before it: threads finish in any order
TOLERANCE: Final = 60.0
#: seconds within which events are counted, and how many of them are noted and how many are too many
WINDOW: Final = 60.0
NOTED, MOST = 100, 250
#: what is remembered: digests of whole events, resources with their CRN, services, writers of a file
REMEMBERED: Final = 2**20
RESOURCES: Final = 16_384
SERVICES: Final = 1_024
WRITERS: Final = 64

_TAILER_FILES: Final = "tailer#which files"
_GUID: Final = "5b0e4c1d-93f7-4a26-8e15-c7d2f60a{:04x}"


def _told(draft: Draft) -> dt.datetime:
    return dt.datetime.strptime(draft.get("eventTime"), "%Y-%m-%dT%H:%M:%S.%f%z")


def _set_time(draft: Draft, time: dt.datetime) -> str:
    return draft.put("eventTime", f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 10_000:02}+0000")


def _go_back(draft: Draft, draw: random.Random) -> Broken:
    draft.drop("id")
    first, time = draft.line(), _told(draft)
    pointer = _set_time(draft, time - dt.timedelta(seconds=draw.randrange(int(TOLERANCE) + 1, 86_400)))
    return Broken(first + b"\n" + draft.line(), pointer)


def _repeat(draft: Draft, draw: random.Random) -> Broken:
    if draw.random() < 0.5:
        draft.drop("id")
        return Broken(draft.line() + b"\n" + draft.line())
    pointer = draft.put("id", _GUID.format(draw.randrange(16**4)))
    again = Draft(draft.plan, dict(reversed(draft.value.items())))
    return Broken(draft.line() + b"\n" + again.line(), pointer)


def _hurry(draft: Draft, draw: random.Random) -> Broken:
    draft.drop("id")
    time, count = _told(draft), draw.choice([NOTED, MOST]) + 1
    made, pointer = [], ""
    for index in range(count):
        pointer = _set_time(draft, time + dt.timedelta(milliseconds=index * 100))
        made.append(draft.line())
    return Broken(b"\n".join(made), pointer)


def _move(draft: Draft, draw: random.Random) -> Broken:
    draft.drop("id")
    action, instance = draft.reading.action(), _GUID.format(draw.randrange(16**4))
    if draft.reading.crn("target/id") is None and action and action.service:
        service = action.service.text.partition(".")[0]
        draft.put("target/id", f"crn:v1:bluemix:public:{service}:eu-gb:a/{instance.replace('-', '')}:{instance}::")
    pointer = draft.put_segment("target/id", "instance", instance)
    draft.put_segment("target/id", "location", "us-south")
    first = draft.line()
    draft.put_segment("target/id", "location", "eu-de")
    return Broken(first + b"\n" + draft.line(), pointer)


def _other_shape(draft: Draft, _draw: random.Random) -> Broken:
    """A second event that has the marks of another edition, and nothing that is lost in this one."""
    draft.drop("id")
    first, edition = draft.line(), draft.plan.edition
    if edition == "at-2018":
        draft.value["logSourceCRN"] = _example("at-2019")["logSourceCRN"]
    elif edition == "at-2019":
        draft.value.pop("logSourceCRN", None)
        draft.value.pop("saveServiceCopy", None)
        draft.value.setdefault("meta", _example("at-2018")["meta"])
    else:
        draft.value["payload"] = {}
    return Broken(first + b"\n" + draft.line())


def _example(edition: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(read_text(f"editions/{edition}/examples.jsonl").partition("\n")[0])
    return found


def _share(draft: Draft, draw: random.Random) -> Broken:
    number = draw.randrange(16**4 - 1)
    if isinstance(draft.value.get("meta"), dict):
        draft.drop("id")
        draft.put("meta/serviceProviderProjectId", _GUID.format(number))
        first = draft.line()
        pointer = draft.put("meta/serviceProviderProjectId", _GUID.format(number + 1))
    else:
        draft.put("id", f"{number:08x}-0000-8000-8000-000000000001")
        first = draft.line()
        pointer = draft.put("id", f"{number:08x}-0001-8000-8000-000000000002")
    return Broken(first + b"\n" + draft.line(), pointer)


def _hide(draft: Draft, draw: random.Random) -> Broken:
    names = ["at-no-rotate/events.log", "at/events.json", "at/.events.log", "at/events.LOG", "at/old/events.log.gz"]
    return Broken(draft.line(), path=f"/var/log/{draw.choice(names)}")


RULES: Final = (
    Rule(
        code="AT601",
        name="time-goes-back",
        summary="An event is older than one that stands before it in the file.",
        cases={
            "": Case(
                "this event is {seconds} seconds older than one before it in the file",
                always(INFO),
                help="write events in the order in which they happen, one writer a file",
            )
        },
        what=f"Compares each eventTime with the newest one before it in the same file. {TOLERANCE:g} seconds are "
        "tolerated, since threads finish in any order; after a step back the count begins anew, so that one step is "
        "one finding. A time in the future, or before there was a tracker, is passed over: *event-time-implausible* "
        "tells of it. Nothing but one time is remembered.",
        why="Who reads the log in its order takes effect for cause. A step back is also the trace of a clock that was "
        "put right, of events kept back for long, or of two writers in one file.",
        repair="Take eventTime from a clock that NTP keeps, in UTC, when the action happens; write the event then.",
        cites=("EV18#eventTime", "EV20#eventTime", "tailer#crash and sink"),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_go_back,
    ),
    Rule(
        code="AT602",
        name="duplicate-event",
        summary="The same event stands in the logs twice.",
        cases={
            "": Case(
                "this very line was written before",
                always(WARNING),
                help="write each event once; keep copies of a log out of the folder that the tailer reads",
            ),
            "id": Case(
                "an event with this id, action, outcome, target and data was written before",
                always(WARNING),
                help="give each event an id of its own, and write it once",
            ),
        },
        what="Looks for events with the same `id` that also agree in action, outcome, target and data, since an `id` "
        "alone may tie the events of one operation together; and, where an event has no `id`, for lines that are "
        f"equal byte for byte. It looks across all files of the run, in a table of the latest {REMEMBERED:,} digests "
        "of eight bytes (8 MB): what is repeated within 200,000 events is found, older repeats perhaps, and different "
        "events are never taken for each other but by a chance of one in a million million.",
        why="Counts, alerts and bills go by events: what happened once is seen twice. The common cause is a rotation "
        "that copies the file to a name which the tailer reads as well.",
        repair="Rotate by renaming. Retry the write of an event only where the first one surely failed.",
        cites=("EV18#id", "EV20#requestData", "tailer#rotation, truncation, deletion"),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_repeat,
    ),
    Rule(
        code="AT603",
        name="rate-above-allowance",
        summary="A service writes more events a minute than the tracker allows for.",
        cases={
            "noted": Case(
                "with this event {service} has written more than {most} within a minute",
                only("at-2018", severity=INFO),
                help="log actions on resources, not each request; tell the tracker's team before the rate grows",
            ),
            "": Case(
                "with this event {service} has written more than {most} within a minute",
                only("at-2018", severity=WARNING),
                help="log actions on resources, not each request; agree on the rate with the tracker's team",
            ),
        },
        what=f"Counts the events of each service by their eventTime: {NOTED} within any {WINDOW:g} seconds are noted, "
        f"{MOST} are too many. Said once a minute at most for each of the two. Times of which *event-time-implausible* "
        f"tells are passed over. The times of the last {MOST} events of "
        f"up to {SERVICES:,} services are remembered; of more services, the first is forgotten.",
        why="Above its allowance the tracker of that generation may delay a service's events, or drop them.",
        repair="Leave reads of data and health checks out of the audit log; join what one request does to one event.",
        cites=("BP18#which events to send",),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_hurry,
    ),
    Rule(
        code="AT604",
        name="target-changes-crn",
        summary="One resource is named by several CRNs.",
        cases={
            "": Case(
                "this resource was named before by a CRN whose {segment} is {was}, not {said}",
                always(INFO),
                help="take the CRN from where the resource is kept, and do not put it together in several places",
            )
        },
        what="Remembers under which CRN a resource was first named, by its instance, type and id, and looks for others "
        "that differ before these. Only ids that are surely unique count: the instance or the resource must have at "
        "least 20 characters with digits among them, such as a GUID. About the last "
        f"{RESOURCES:,} resources of the run are remembered.",
        why="Who asks for all that happened to a resource asks by its CRN, and gets a part of it.",
        repair="Make the CRN once, when the resource is made, store it, and log that.",
        cites=("CRN#structure", "EV18#target"),
        scope=Scope.STREAM,
        stage=Stage.LINE,
        breaker=_move,
    ),
    Rule(
        code="AT605",
        name="mixed-editions",
        summary="One file holds events of several editions.",
        cases={
            "": Case(
                "this event has the shape of {this}, an earlier one in the file that of {first}",
                always(WARNING),
                help="write all events of a file in one edition",
            )
        },
        what="Compares the root keys of each event with the marks of the editions, whatever edition is checked: "
        "`meta` and `payload`, `payload` and `logSourceCRN`, or `logSourceCRN` without `payload`. The flat editions "
        "count as one, since each takes what the other has. Reported where the first event of a further edition "
        "stands.",
        why="A file is routed and read by one set of rules. What is right in one edition is lost in the other: the "
        "flat form has no routing for the old tracker, the old form none for the new one.",
        repair="Bring all writers of the service to the same version, and begin a new file with it.",
        cites=("NEWS#new format", "ST#event format", "EV20#event fields"),
        scope=Scope.FILE,
        stage=Stage.LINE,
        breaker=_other_shape,
    ),
    Rule(
        code="AT606",
        name="shared-log-file",
        summary="Several writers share one file.",
        cases={
            "": Case(
                "this event is of {said}, others in the file are of {was}: several services write to it",
                always(WARNING),
                help="give each service a folder of its own, and each pod a file of its own in it",
            ),
            "registration": Case(
                "this event's {field} is {said}, that of others in the file {was}: "
                "several installations of one service write to it",
                always(WARNING),
                help="give each installation a file of its own",
            ),
            "carrier": Case(
                "this event and others in the file come from different writers of one run",
                always(WARNING),
                help="put the pod's name into the name of its file",
            ),
        },
        what="Looks in one file for events of several services, of several regions or spaces of one service (by "
        "`meta`), or for several writers of one load run (by the ids that `atlint load` gives; where an event has "
        f"such an id, nothing else is asked). Up to {WRITERS} writers of a file are told apart. Flat events do not "
        "name their writer, so that for them only the ids speak.",
        why="The volume is shared by all pods of a node. Two writers of one file tear each other's lines, and one of "
        "them overwrites the other's where it does not append.",
        repair="Name the file by the pod, in a folder named by the service: `/var/log/at/my-service/$POD_NAME.log`.",
        cites=("SEED#write to a log file", "ST#log path", "tailer#writers"),
        scope=Scope.FILE,
        stage=Stage.LINE,
        breaker=_share,
    ),
    Rule(
        code="AT607",
        name="not-collected",
        summary="The tailer that is configured never reads the file.",
        cases={
            "": Case(
                "the tailer never reads this file: {why}",
                always(ERROR),
                help="write below the folder that the tailer reads, to a name that it matches, or add the path to it",
            )
        },
        what="With a tailer's configuration at hand (`--kube`, or `kube` in `atlint.toml`), asks for each file whether "
        "one of its sources would find it: the path, the name, hidden files, upper case, what is excluded. Said at the "
        "file's first event. A log that was copied off its node is judged from the folder `at` or `at-no-rotate` in "
        "its path on, else by its name; a rotated one by the name that it was written to.",
        why="All its events are lost, without a word in any log. The stock configuration reads nothing below "
        "`/var/log/at-no-rotate`, and no `.json`.",
        repair="Name the file `*.log` below `/var/log/at`, or add a source for its folder to the ConfigMap.",
        cites=("SEED#log path", _TAILER_FILES),
        scope=Scope.FILE,
        stage=Stage.LINE,
        breaker=_hide,
    ),
)
