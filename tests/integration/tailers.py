"""Real tailers under test: started, stopped and killed as processes, each with the configuration it needs."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

#: rsyslog's imfile has no `**`: one input for each depth at which a log may lie
RSYSLOG = """\
global(workDirectory="{work}" maxMessageSize="4m" parser.escapeControlCharactersOnReceive="off")
main_queue(queue.type="LinkedList" queue.size="100000")
module(load="imfile" mode="inotify")
template(name="line" type="string" string="%msg%\\n")
ruleset(name="forward") {{
  action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" template="line"
    action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList" queue.size="200000"
    queue.filename="forward" queue.saveOnShutdown="on" queue.maxDiskSpace="800m")
}}
{inputs}
"""
RSYSLOG_INPUT = """\
input(type="imfile" File="{logs}/{glob}" Tag="at" ruleset="forward" freshStartTail="off" reopenOnTruncate="on")
"""

#: the source of the seed document's ConfigMap under fluentd's own plugins, its times shortened
FLUENTD = """\
<source>
  @type tail
  path {logs}/**/*.log*
  exclude_path {logs}/**/*.gz
  pos_file {work}/at.pos
  tag kubernetes.at.*
  format json
  read_from_head true
  read_lines_limit 100
  rotate_wait 5
  refresh_interval 1
  follow_inodes true
</source>
<match kubernetes.at.**>
  @type http
  endpoint http://127.0.0.1:{port}/
  json_array false
  content_type application/x-ndjson
  error_response_as_unrecoverable false
  <format>
    @type json
  </format>
  <buffer>
    @type file
    path {work}/buffer
    overflow_action block
    flush_interval 1s
    total_limit_size 800m
    chunk_limit_size 500k
    flush_at_shutdown true
    retry_forever true
    retry_max_interval 2s
  </buffer>
</match>
"""


class Tailer(Protocol):
    """A tailer of a folder that hands lines to a sink."""

    #: by which name a scenario knows what to expect of it
    kind: str
    #: how the sink has to listen
    listen: str

    def start(self, logs: Path, port: int) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


@dataclass
class Process:
    """A daemon in the foreground, in a process group of its own."""

    work: Path
    running: subprocess.Popen[bytes] | None = None

    def spawn(self, *command: str) -> None:
        with (self.work / "output").open("ab") as output:
            self.running = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def end(self, number: int) -> None:
        if self.running is not None:
            os.killpg(self.running.pid, number)
            self.running.wait(30)
            self.running = None


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


@dataclass
class Rsyslog:
    process: Process
    command: str
    kind: str = "imfile"
    listen: str = "tcp://127.0.0.1:0"
    depths: tuple[str, ...] = ("*.log", "*/*.log", "*/*/*.log")
    _pid: Path = field(init=False)

    def __post_init__(self) -> None:
        self._pid = self.process.work / "pid"

    def start(self, logs: Path, port: int) -> None:
        work = self.process.work
        inputs = "".join(RSYSLOG_INPUT.format(logs=logs, glob=glob) for glob in self.depths)
        config = work / "rsyslog.conf"
        config.write_text(RSYSLOG.format(work=work, port=port, inputs=inputs))
        self._pid.unlink(missing_ok=True)
        self.process.spawn(self.command, "-n", "-f", str(config), "-i", str(self._pid))
        wait_for(self._pid)

    def stop(self) -> None:
        self.process.end(15)

    def kill(self) -> None:
        self.process.end(9)


@dataclass
class Fluentd:
    process: Process
    command: str
    kind: str = "in_tail"
    listen: str = "127.0.0.1:0"

    def start(self, logs: Path, port: int) -> None:
        work = self.process.work
        config = work / "fluent.conf"
        config.write_text(FLUENTD.format(work=work, port=port, logs=logs))
        self.process.spawn(*shlex.split(self.command), "-c", str(config))
        wait_for(work / "at.pos")

    def stop(self) -> None:
        self.process.end(15)

    def kill(self) -> None:
        self.process.end(9)


def find(name: str, work: Path) -> Tailer | None:
    """The tailer of that name in the folder `work`, or None where this machine has it not."""
    process = Process(work)
    if name == "fluentd":
        command = os.environ.get("FLUENTD") or shutil.which("fluentd")
        return Fluentd(process, command) if command else None
    command = shutil.which("rsyslogd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    return Rsyslog(process, command) if command else None
