"""A run that is going on to Prometheus: a text file for the node exporter, or a port on loopback."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from atlint.load.fault import refusal
from atlint.load.run import Progress
from atlint.model import AtlintError

_PORT = re.compile(r"(?:(?:127\.0\.0\.1|localhost)?:)?([0-9]+)")
_LAST_PORT = 65_535


@contextmanager
def metrics(target: str, run: str) -> Iterator[Callable[[Progress], None]]:
    """A `progress` for `load` that keeps metrics at `target`: `127.0.0.1:PORT`, `:PORT`, `PORT`, or a file's name.

    Raises:
        AtlintError: where prometheus-client is not installed, or the file or port cannot be had.
    """
    port = _port(target)
    try:
        prometheus: Any = importlib.import_module("prometheus_client")
    except ModuleNotFoundError as error:
        raise AtlintError("--metrics needs prometheus-client: pip install 'atlint[metrics]'") from error
    registry = prometheus.CollectorRegistry()

    def gauge(name: str, text: str) -> Any:
        return prometheus.Gauge(f"atlint_load_{name}", text, ["run"], registry=registry).labels(run)

    gauges = {
        "offered": gauge("offered_events", "Events whose intended time has come"),
        "written": gauge("written_events", "Events that stand in their files"),
        "late": gauge("late_events", "Events written more than 10 ms after their intended time"),
        "bytes": gauge("written_bytes", "Bytes written"),
        "files": gauge("files", "Files created"),
        "rate": gauge("events_per_second", "Events written a second, over the whole run"),
        "seconds": gauge("elapsed_seconds", "Seconds since the run began"),
    }

    def note(progress: Progress) -> None:
        for name, each in gauges.items():
            each.set(getattr(progress, name))

    with _file(prometheus, registry, target) if port is None else _server(prometheus, registry, port) as write:

        def show(progress: Progress) -> None:
            note(progress)
            write()

        yield show


def _port(target: str) -> int | None:
    """The port that is meant; None for a file. Raises AtlintError for a number that is no port."""
    found = _PORT.fullmatch(target)
    if found is None:
        return None
    digits = found[1].lstrip("0") or "0"
    if len(digits) > len(str(_LAST_PORT)) or int(digits) > _LAST_PORT:
        raise AtlintError(f"--metrics: {digits} is no port, 1 to {_LAST_PORT} are; a file is ./{target}")
    return int(digits)


@contextmanager
def _server(prometheus: Any, registry: Any, port: int) -> Iterator[Callable[[], None]]:
    try:
        server, thread = prometheus.start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        raise refusal("listen on", f"127.0.0.1:{port}", error) from error
    try:
        yield lambda: None
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _file(prometheus: Any, registry: Any, target: str) -> Iterator[Callable[[], None]]:
    def write() -> None:
        try:
            prometheus.write_to_textfile(target, registry)
        except OSError as error:
            raise refusal("write the metrics to", target, error) from error

    write()
    yield write
