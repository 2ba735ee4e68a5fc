"""Family AT7, the pods that write events: where, with which rights, how. `pipeline.checks` speaks for these rules."""

from __future__ import annotations

import random
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests, swapping
from atlint.rules.rule import ERROR, WARNING, Broken, Case, Rule, Scope, Stage, always

_E: Final = always(ERROR)
_W: Final = always(WARNING)
_POD: Final = "/spec/template/spec"
_PROGRAM: Final = f"{_POD}/containers/0/command/2"
_DEPLOY: Final = "SEED#send events to Activity Tracker"
_FILE: Final = '"/var/log/at/sample/$POD_NAME.log"'


def _long_line(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    manifests.swap("        - sh\n        - -c\n        - |", "        - bash\n        - -c\n        - |")
    manifests.swap("' >>", " " * draw.randrange(5000, 9000) + "' >>")
    return manifests.broken(_PROGRAM)


RULES: Final = (
    Rule(
        code="AT717",
        name="log-path-not-tailed",
        summary="A pod writes its events where no source reads.",
        cases={
            "": Case(
                "nothing reads {path}: {why}", _E, help="write below the folder that is read, or add a source for it"
            ),
            "stock": Case(
                "the stock configuration does not read {path}: {why}",
                _W,
                help="check this file together with the ConfigMap that is in force",
            ),
            "named": Case(
                "{variable} names {path}, which nothing reads: {why}",
                _W,
                help="if events are written there, name a file that is read, or add a source for it",
            ),
        },
        what="Follows what a container writes through its mounts to the node, and asks whether one of the "
        "configurations reads it: path, name, hidden files, case, exclusions. Without a configuration at hand it asks "
        "the stock one, and warns. Of a pod whose program is not in the manifest it asks for the file that the "
        "variable `AT_LOG_FILE` names, as the manifests of `atlint compile` have it, for other variables that name a "
        "log below a log root, and warns of these, and else for the mounted folder.",
        why="All events of the service are lost in silence. `/var/log/at-no-rotate` is read by no source of the "
        "documented configuration, and `.json` by none either.",
        repair="Write `*.log` below `/var/log/at`, or add a source with the other folder to the ConfigMap.",
        cites=(_DEPLOY, "tailer#which files"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _PROGRAM,
            [(_FILE, '"/var/log/at/sample/$POD_NAME.json"')],
            [(_FILE, '"/var/log/at/sample/.$POD_NAME.log"')],
            [(_FILE, '"/var/log/at/sample/$POD_NAME.LOG"')],
        ),
    ),
    Rule(
        code="AT721",
        name="log-volume-missing",
        summary="The log folder is not that of the node.",
        cases={
            "": Case("no volume holds {path}: it stays within the container {name}", _E, help="mount the log root"),
            "named": Case(
                "{variable} names {path}, which no volume holds: it stays within the container {name}",
                _W,
                help="mount the log root, if events are written there",
            ),
            "no-volume": Case("the pod has no volume {volume}", _E, help="add it, with the hostPath of the log root"),
            "not-host": Case(
                "{path} is on a volume of the kind {kind}, which the agents of the node do not see",
                _E,
                help="use a hostPath",
            ),
            "elsewhere": Case(
                "{path} is the folder {host} of the node, which is no log root", _E, help="mount the log root"
            ),
            "read-only": Case("{path} is mounted read-only", _E, help="leave out readOnly"),
        },
        what="Looks for the volume behind every file that events are written to, by a shell command or by a program "
        "that a variable tells its file (AT717 has which), and behind every mount of a log root: it must be a "
        "`hostPath` of the node's log root.",
        why="The agent reads the node's own folder. What is written anywhere else ends with the container.",
        repair="A volume with `hostPath: {path: /var/log/at}`, mounted at `/var/log/at`.",
        cites=(_DEPLOY,),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            f"{_POD}/containers/0/volumeMounts/0/mountPath",
            [("        hostPath:\n          path: /var/log/at\n", "        emptyDir: {}\n")],
            [("      - name: at-events\n        hostPath:", "      - name: events\n        hostPath:")],
        ),
    ),
    Rule(
        code="AT722",
        name="log-permissions",
        summary="The container may not write into the log folder.",
        cases={
            "": Case(
                "the container {name} is not root, and nothing opens {path} to it",
                _W,
                help="open the folder in an init container that runs as root",
            ),
            "elsewhere": Case(
                "the init container opens {other}, and this is written to {path}",
                _W,
                help="write into the folder that is opened",
            ),
            "init": Case(
                "the init container {name} is not root, and cannot open {path}",
                _W,
                help="let it run with runAsUser: 0 and runAsNonRoot: false",
            ),
        },
        what="Compares the user of each container that writes events with what the init containers `chmod` or "
        "`chown`, by the folders of the node, and asks whether they are root themselves.",
        why="Kubernetes makes the folder of a hostPath as root. A container of another user cannot create its file "
        "there: every write fails, and the service goes on.",
        repair="An init container with `runAsUser: 0` that runs `mkdir -p` and `chmod a+rwx` on a folder of the "
        "service's own, and a log in that folder.",
        cites=("SEED#init containers",),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _PROGRAM,
            [
                (
                    "mkdir -p /var/log/at/sample && chmod a+rwx /var/log/at/sample",
                    "mkdir -p /var/log/at/s; chmod 777 /var/log/at/s",
                ),
            ],
        ),
    ),
    Rule(
        code="AT723",
        name="shared-log-file-name",
        summary="Every pod writes to a file of the same name.",
        cases={
            "": Case(
                "every pod on the node writes to {path}",
                _W,
                help="put the pod's name into the file's, by the downward API: $POD_NAME.log",
            ),
            "undefined": Case(
                "no variable {name} stands before this one, so that every pod on the node writes to {path}",
                _E,
                help="set it above, such as POD_NAME from metadata.name by the downward API",
            ),
        },
        what="Looks for a file on the node's volume whose name holds nothing that differs from pod to pod. Kubernetes "
        "puts a variable into the text of another, `$(POD_NAME)`, where it stands before it in the list, and leaves "
        "the reference as it is where it does not; what `envFrom` and the services of the namespace may set is not "
        "told of. A DaemonSet, with its one pod on each node, is left alone.",
        why="The volume is shared by all pods of the node. Two writers tear each other's lines, and one that does not "
        "append overwrites the other's.",
        repair="Set POD_NAME from `metadata.name`, and write to `/var/log/at/my-service/$POD_NAME.log`.",
        cites=("SEED#the test service", "tailer#writers", "K8S#API reference"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            _PROGRAM,
            [(_FILE, "/var/log/at/sample/events.log")],
            [
                (_FILE, '"/var/log/at/sample/$FILE.log"'),
                ("        env:\n", "        env:\n        - name: FILE\n          value: fixed\n"),
            ],
        ),
    ),
    Rule(
        code="AT724",
        name="unsafe-shell-writer",
        summary="A shell command writes an event in several pieces, or without its end.",
        cases={
            "": Case(
                "{shell} writes a line of {bytes} bytes in pieces of 4,096: another writer can come between",
                _W,
                help="write the line with one system call: dash's echo, or a program that flushes once a line",
            ),
            "unterminated": Case(
                "{name} ends the event without a line feed, so that the next one is glued to it",
                _W,
                help="end the form of printf with \\n, and leave out echo's -n",
            ),
        },
        what="Looks at the `echo` and `printf` that print events: which shell runs them, how long the line is, and "
        "whether it ends with a line feed.",
        why="bash and `/bin/echo` write by 4,096 bytes. A crash between two pieces, or a second writer, makes one bad "
        "line out of two events: 38 torn lines of 600 were measured with two writers of 9,000 bytes.",
        repair="Use `sh` of Debian or Ubuntu (dash), or write from the service itself, one call a line.",
        cites=("tailer#writers",),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_long_line,
    ),
)
