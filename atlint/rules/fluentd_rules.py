"""Family AT7, fluentd's configuration and the ConfigMap that holds it. `pipeline.checks` speaks for these rules."""

from __future__ import annotations

from typing import Final

from atlint.rules.manifests import swapping
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Scope, Stage, always

_E: Final = always(ERROR)
_W: Final = always(WARNING)
_POINTER: Final = "/data/logging-activity-tracker.conf"
_CONFIG_MAP: Final = "SEED#add a ConfigMap to your cluster"
_LANGUAGE: Final = "tailer#configuration language"
_SINK: Final = "tailer#crash and sink"

RULES: Final = (
    Rule(
        code="AT711",
        name="config-map-name",
        summary="fluentd does not read the tracker's ConfigMap under this name or key.",
        cases={
            "name": Case("the ConfigMap is called {said}, and fluentd mounts {want}", _E, help="keep the name"),
            "key": Case("the key is {said}, and fluentd reads {want}", _E, help="keep the documented key"),
            "missing": Case("the ConfigMap has no key {want}", _E, help="put the configuration under that key"),
        },
        what="Looks at ConfigMaps that feed the tracker, or that nearly have its name or its key.",
        why="The agents mount one ConfigMap by its name, and include one file of it. Under another name the "
        "configuration is there and never read, without a word.",
        repair="Name it `at-fluentd-config`, and its key `logging-activity-tracker.conf`.",
        cites=(_CONFIG_MAP,),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping("/metadata/name", [("name: at-fluentd-config", "name: at-fluentd-conf")]),
    ),
    Rule(
        code="AT712",
        name="fluentd-syntax",
        summary="fluentd refuses its configuration, and does not start.",
        cases={
            "": Case("{what}", _E, help="mend it; `fluentd --dry-run` shows what fluentd itself says"),
            "missing": Case("this <{section}> has no {name}, without which fluentd does not start", _E, help="add it"),
            "refused": Case("{name} is {kind}, and fluentd refuses {said}", _E, help="write true or false"),
            "word": Case("{name} takes {want}, and fluentd refuses {said}", _E, help="use one of these words"),
            "positions": Case(
                "follow_inodes without a pos_file, which fluentd refuses", _E, help="give the source a pos_file"
            ),
            "shared": Case(
                "this pos_file is that of a source above, which fluentd refuses",
                _E,
                help="give each source a pos_file of its own",
            ),
        },
        what="Reads the configuration by fluentd's own grammar, version 1, and holds it to what fluentd asks of each "
        "section: a `@type`, of a source that tails files also `path`, `tag` and a parser, `true` or `false` where one "
        "of them must stand, one of the known words where only those do, a `pos_file` for `follow_inodes`, and one for "
        "each source. The place is that in the YAML file. Embedded Ruby is not run, and nothing is included.",
        why="fluentd does not start: no log of the node is forwarded, neither this service's nor any other's. All for "
        "which it does not start is told by this rule, and only that.",
        repair="Close what is open, quote what holds a `#` behind a blank, and keep each tag in a line of its own. "
        "Write `true`, not `True`. A source wants `path`, `pos_file`, `tag` and `format json`.",
        cites=(_LANGUAGE, "FLUENTD#plugin parameters"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("      </source>", "      </sources>")],
            [("      <match kubernetes.at.**>", "      <match kubernetes.at.**")],
            [("        tag kubernetes.at.*", '        tag "kubernetes.at.*')],
            [("        tag kubernetes.at.*\n", "")],
            [("        pos_file /mnt/ibm-kube-fluentd-persist/fluentd-at.pos\n", "")],
            [("read_from_head true", "read_from_head True")],
            [("overflow_action block", "overflow_action blok")],
        ),
    ),
    Rule(
        code="AT713",
        name="fluentd-unknown-parameter",
        summary="A parameter does nothing in the section where it stands.",
        cases={
            "": Case(
                "<{section}> has no parameter {said}", _W, help="look for a slip, or for the section it belongs to"
            ),
            "near": Case("<{section}> has no parameter {said}", _W, help="mend the name"),
            "beside-buffer": Case(
                "{name} does nothing beside a <buffer>", _W, help="write {instead} inside the <buffer>"
            ),
        },
        what="Compares the parameters of sources that tail files, of buffers, and of the tracker's output with those "
        "that are known. The tracker's output is not public: there only slips are told. Settings of a buffer that "
        "stand beside the `<buffer>` instead of inside are named in any output.",
        why="fluentd warns in its own log that a parameter is not used, and goes on without it. The documented "
        "configuration means to retry without end, and does not: its settings stand in the wrong section.",
        repair="Move the setting into the `<buffer>`, under its present name: `retry_forever true`, `retry_wait 1s`, "
        "`retry_max_interval 10s`.",
        cites=("FLUENTD#plugin parameters", _SINK),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [
                ("          flush_interval 10s\n", ""),
                ("        targetHost", "        flush_interval 10s\n        targetHost"),
            ],
            [("retry_max_interval 60s", "retry_max_intervall 60s")],
            [("follow_inodes true", "follow_inode true")],
            [("secrets_path /", "secret_path /")],
        ),
    ),
    Rule(
        code="AT714",
        name="fluentd-contradiction",
        summary="Two settings contradict each other.",
        cases={"": Case("{one} contradicts {other}: {why}", _W, help="keep the one that is meant")},
        what="Looks for an end of retries beside retries without end, for a chunk larger than the buffer, for a first "
        "wait longer than the longest, for a `<secondary>` beside retries without end, and for one `pos_file` of two "
        "plugins or workers.",
        why="One of the two does not happen, and which one only fluentd's code says.",
        repair="Decide for one. Events that must not be lost want `retry_forever true` and no `retry_max_times`.",
        cites=(_SINK, _CONFIG_MAP),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("retry_forever true", "retry_forever true\n          retry_max_times 10")],
            [("chunk_limit_size 500k", "chunk_limit_size 900m")],
            [("retry_max_interval 60s", "retry_max_interval 60s\n          retry_wait 5m")],
        ),
    ),
    Rule(
        code="AT715",
        name="target-host-mismatch",
        summary="The host that fluentd sends to is not a key of the Secret.",
        cases={
            "": Case("the Secret has no key {said}; it has {want}", _E, help="one host, in the Secret and here"),
            "placeholder": Case("targetHost is the placeholder {said}", _E, help="put the registered host here"),
            "scheme": Case("targetHost is the address {said}, and a host is expected", _E, help="leave out the scheme"),
            "unknown": Case("no tracker is called {said}", _E, help="use the host of the registered endpoint"),
            "registration": Case("the service is not registered at {said}, but at {want}", _E, help="use that one"),
            "missing": Case("this output names no targetHost", _E, help="add it"),
        },
        what="Compares `targetHost` with the keys of the tracker's Secret where that is at hand, with the registration "
        "where there is one, and with the table of endpoints.",
        why="The agent looks up the token by this host. It finds none, or sends to where nobody knows the service.",
        repair="Write the registered host, without `https://`, here and as the Secret's key.",
        cites=(_CONFIG_MAP, "SEED#endpoints"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("targetHost @HOST@", "targetHost https://@HOST@")],
            [("targetHost @HOST@", "targetHost ACTIVITY_TRACKER_URL")],
            [("targetHost @HOST@", "targetHost ctivity-tracker.ng.bluemix.net")],
        ),
    ),
    Rule(
        code="AT716",
        name="service-region-mismatch",
        summary="The region is not that of the endpoint.",
        cases={
            "": Case("service_region is {said}, and {host} is the tracker of {want}", _E, help="name one place"),
            "placeholder": Case("service_region is the placeholder {said}", _E, help="put the region's code here"),
            "unknown": Case("the tracker has no region {said}", _E, help="it has {want}"),
            "missing": Case("this output names no service_region", _E, help="add the region's code, such as ng"),
            "events": Case(
                "service_region is {said}, and the events that pods write here are of {want}", _E, help="name one place"
            ),
        },
        what="Compares `service_region` with the region of the endpoint that `targetHost` names, and with that of the "
        "events in the manifests: without a registration, which settles it, one of them must be of a region that some "
        "output is for.",
        why="Events of one region are sent to the tracker of another, where the service is not registered.",
        repair="Dallas is `ng`, London `eu-gb`, Frankfurt `eu-de`, Sydney `au-syd`.",
        cites=(_CONFIG_MAP, "SEED#endpoints"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("service_region ", "service_region x-")],
            [("service_region ", "service_region ACTIVITY_TRACKER_REGION #")],
        ),
    ),
    Rule(
        code="AT718",
        name="exclude-hides-logs",
        summary="An exclusion covers the event logs.",
        cases={
            "": Case("exclude_path {said} takes away {path}", _E, help="exclude compressed copies only: *.gz"),
            "agent": Case(
                "{name} {said} covers {path} too: a `*` right behind the folder's name goes on within the name",
                _E,
                help="write a slash before the stars",
            ),
        },
        what="Asks of an ordinary log below each log root whether `path` finds it and `exclude_path` takes it away "
        "again. Of a log agent's exclusions those are told whose stars follow the folder's name without a slash.",
        why="The files are there, the configuration looks right, and nothing is read, without a word.",
        repair="`exclude_path /var/log/at/**/*.gz`; for an agent `/var/log/at/**`.",
        cites=("ST#exclusion of the log folder", "tailer#which files"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("exclude_path /var/log/at/**/*.gz", "exclude_path /var/log/at/**/*")],
            [("exclude_path /var/log/at/**/*.gz", 'exclude_path ["/var/log/at/**/*.gz","/var/log/**/e*.log"]')],
        ),
        companions={"AT717": "what is excluded is not read"},
    ),
    Rule(
        code="AT719",
        name="rotation-rereads",
        summary="The pattern finds rotated copies beside the file.",
        cases={
            "": Case(
                "path {said} finds {path} too: a rotation that copies sends every event again, and what is appended "
                "after a rename is sent twice",
                _W,
                help="end the pattern with *.log",
            )
        },
        what="Asks whether a source that reads a log below a log root would read its rotated copy `.log.1` as well.",
        why="Where the rotation copies and truncates, the copy is a new file to the tailer, and is sent whole: 10,950 "
        "repeated events of 13,690 were measured. Where it renames and the writer holds its handle, each late line is "
        "sent twice.",
        repair="`path /var/log/at/**/*.log`. Rotate by renaming, and open the file anew.",
        cites=("tailer#rotation, truncation, deletion", "SEED#special note on log rotation"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("path /var/log/at/**/*.log\n", "path /var/log/at/**/*.log*\n")],
            [("path /var/log/at/**/*.log\n", "path /var/log/at/**/*\n")],
        ),
    ),
    Rule(
        code="AT720",
        name="time-format-ineffective",
        summary="A time format is set for a key that events have not.",
        cases={
            "": Case(
                "with JSON this is the form of a top-level key `time`, which no event has",
                always(INFO),
                help="leave it out",
            )
        },
        what="Looks for `time_format` in a source that reads JSON and names no `time_key`.",
        why="It does nothing for events: their `eventTime` is never looked at, whatever its form. A record that did "
        "have a key `time` would lose it, or be dropped for its form.",
        repair="Leave the setting out.",
        cites=("tailer#time_format with format json",),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(_POINTER, [("format json", "format json\n        time_format %Y-%m-%dT%H:%M:%S")]),
    ),
    Rule(
        code="AT725",
        name="buffer-can-lose",
        summary="Events are dropped when the tracker is away for long enough.",
        cases={
            "": Case(
                "with {setting} all that waits is dropped once the tracker was away for {after}",
                _W,
                help="write retry_forever true inside the <buffer>",
            ),
            "default": Case(
                "without retry_forever all that waits is dropped once the tracker was away for {after}",
                _W,
                help="write retry_forever true inside the <buffer>",
            ),
            "overflow": Case(
                "a full buffer drops its oldest events", _W, help="write overflow_action block: the files can wait"
            ),
            "memory": Case(
                "what waits is kept in memory, and is lost when the agent is killed",
                _W,
                help="write @type file inside the <buffer>, with a path",
            ),
        },
        what="Reckons from the settings in force how long the output retries: wait, factor, longest wait, number, "
        "time-out. Looks at what a full buffer does, and where it is kept.",
        why="The queue is dropped whole, chunks that were never tried included, with one line in fluentd's log. The "
        "documented buffer does so after about 16 minutes; the settings that should prevent it have no effect.",
        repair="Inside the `<buffer>`: `@type file`, `retry_forever true`, `retry_max_interval 60s`, "
        "`overflow_action block`. Reading then stops, and goes on when the tracker is back.",
        cites=(_SINK,),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("retry_forever true", "retry_max_times 10")],
            [("          retry_forever true\n", "")],
            [("overflow_action block", "overflow_action drop_oldest_chunk")],
            [
                ("@type file", "@type memory"),
                ("          path /mnt/ibm-kube-fluentd-persist/fluentd-at-buffer.buf\n", ""),
            ],
        ),
    ),
    Rule(
        code="AT726",
        name="fluentd-misread-value",
        summary="fluentd reads a value as something else.",
        cases={
            "": Case("fluentd reads {said} as {read}, and not as {meant}", _W, help="write it as one whole number"),
            "nothing": Case("{name} is {kind}, and fluentd reads {said} as {read}", _W, help="write {kind}"),
            "word": Case("{name} takes {want}, and not {said}", _W, help="use one of these words"),
        },
        what="Reads times, sizes, truth values and integers as fluentd does, and as a person does, and compares. Of "
        "the tracker's own output, which is not public, words are told that are none of its documented ones. What "
        "fluentd refuses is an error (AT712).",
        why="fluentd searches for a number with a unit anywhere in the text, and takes what it finds: `0.5s` is five "
        "seconds, `500ms` eight hours, `1h30m` half an hour. It says nothing.",
        repair="Write one whole number with one unit: `90m`, not `1h30m`.",
        cites=(_LANGUAGE,),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("flush_interval 10s", "flush_interval 0.5s")],
            [("rotate_wait 12h", "rotate_wait 12 hours")],
            [("retry_max_interval 60s", "retry_max_interval 1m30s")],
            [("chunk_limit_size 500k", "chunk_limit_size 1.5m")],
        ),
    ),
    Rule(
        code="AT727",
        name="events-not-delivered",
        summary="What a source reads of the event logs does not come to the tracker as events.",
        cases={
            "": Case(
                "the tag {said} fits no <match>: what this source reads goes nowhere",
                _E,
                help="write the tag and the pattern of the tracker's <match> alike; ** stands for any number of parts",
            ),
            "taken": Case(
                "the <match> of {match} takes what has the tag {said}, and sends none of it to the tracker",
                _E,
                help="put the tracker's <match> before it, with a pattern that takes this tag",
            ),
            "parser": Case(
                "the parser {said} makes no events of the lines, and the tracker gets records of another form",
                _E,
                help="write format json",
            ),
        },
        what="Follows what a source reads below a log root by its tag, in whose `*` the path stands, through filters, "
        "labels and copies to the `<match>` that takes it first, and looks at what the parser makes of a line. It "
        "looks only at a configuration that feeds the tracker itself and includes no other file, and tells only where "
        "no other source brings the same log there. Nothing is told of an output that may send on what it takes, of "
        "embedded Ruby, or of an expression between slashes.",
        why="fluentd starts, reads every event, keeps its position behind it, and the tracker never sees it: a `*` is "
        "one part of a tag and no more, the first `<match>` that fits keeps what it takes, and a line that is not "
        "parsed as JSON is a text in a record of its own.",
        repair="`tag kubernetes.at.*`, `format json`, and `<match kubernetes.at.**>` before any wider pattern.",
        cites=("FLUENTD#match patterns and routing", _CONFIG_MAP),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _POINTER,
            [("tag kubernetes.at.*", "tag kube.at.*")],
            [("<match kubernetes.at.**>", "<match kubernetes.at.*>")],
            [
                (
                    "      <match kubernetes.at.**>",
                    "      <match **>\n        @type null\n      </match>\n      <match kubernetes.at.**>",
                )
            ],
            [("format json", "format none")],
        ),
    ),
)
