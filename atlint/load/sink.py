"""A stand-in for the tracker on loopback: takes events over HTTP, or lines over TCP, and keeps every one.

What it acknowledged is on the disk; what it refuses or delays, it does on order. It never shows the token.
"""

from __future__ import annotations

import hmac
import http.server
import ipaddress
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from atlint.load import orders
from atlint.load.body import LARGEST, BodyError, split, unpack
from atlint.load.fault import refusal
from atlint.load.shelf import Shelf
from atlint.model import AtlintError

#: seconds after which a connection that says nothing is closed
IDLE: Final = 60.0
#: bytes that are taken from a TCP connection at once
_GULP: Final = 1 << 18


@dataclass(slots=True)
class Desk:
    """What all connections of a sink share."""

    shelf: Shelf
    orders: orders.Orders
    delay: float = 0.0
    token: str | None = None
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self, *credentials: str) -> bool:
        """Whether one of the header values is the token, bare or as `Bearer TOKEN`; always without one."""
        if self.token is None:
            return True
        wanted = self.token.encode()
        given = [text.removeprefix("Bearer ").removeprefix("bearer ").strip() for text in credentials]
        return any(hmac.compare_digest(each.encode("utf-8", "surrogateescape"), wanted) for each in given)

    def order(self) -> int | None:
        """What the next request is answered, where that was ordered."""
        with self._lock:
            return self.orders.next(time.monotonic())

    def refuse(self) -> None:
        """Count a request that was not taken."""
        with self._lock:
            self.refused += 1


class _Http(http.server.BaseHTTPRequestHandler):
    """One connection that brings events."""

    protocol_version = "HTTP/1.1"
    server_version = "atlint-sink"
    sys_version = ""
    timeout = IDLE
    # an answer is one packet, sent at once: two would wait for each other (Nagle, delayed acknowledgement)
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _HttpServer

    def do_GET(self) -> None:
        """Tell that the sink is there, and its counters."""
        desk = self.server.desk
        self._answer(200, json.dumps({"received": desk.shelf.count, "refused": desk.refused}))

    def do_POST(self) -> None:
        """Take events."""
        desk = self.server.desk
        received = time.time()
        try:
            body = self._body()
        except BodyError as error:
            self.close_connection = True
            self._refuse(error.status, str(error))
            return
        time.sleep(desk.delay)
        if not desk.admits(self.headers.get("Authorization", ""), self.headers.get("X-Auth-Token", "")):
            self._refuse(401, "Unauthorized")
            return
        code = desk.order()
        if code:
            self._refuse(code, _phrase(code))
            return
        self._keep(body, received, drop=code == orders.DROP)

    do_PUT = do_POST  # noqa: N815 - the name by which http.server looks for it

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: a request's headers hold the token."""

    def _keep(self, body: bytes, received: float, *, drop: bool) -> None:
        try:
            events = split(unpack(body, self.headers.get("Content-Encoding", "").lower()))
            self.server.desk.shelf.put(events, received)
        except BodyError as error:
            self._refuse(error.status, str(error))
        except OSError as error:
            self._refuse(507, error.strerror or "the store cannot be written")
        else:
            if drop:
                self.close_connection = True
            else:
                self._answer(200, json.dumps({"received": len(events)}))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise BodyError(411, "say the length of the body in Content-Length")
        if len(length) > 12 or int(length) > LARGEST:
            raise BodyError(413, f"at most {LARGEST} bytes in one body")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise BodyError(400, "the body ends early")
        return body

    def _refuse(self, status: int, text: str) -> None:
        self.server.desk.refuse()
        self._answer(status, text)

    def _answer(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status, _phrase(status))
        self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/plain")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


class _Lines(socketserver.BaseRequestHandler):
    """One TCP connection that brings lines; a last piece without a line feed is no line."""

    server: _TcpServer

    def handle(self) -> None:
        """Take lines until the sender goes."""
        desk, rest = self.server.desk, b""
        connection: socket.socket = self.request
        while data := connection.recv(_GULP):
            received = time.time()
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > LARGEST:
                desk.refuse()
                return
            if lines := [line for line in lines if line.strip()]:
                time.sleep(desk.delay)
                desk.shelf.put(lines, received)


class _Quiet:
    """A server whose connections may break without a word, since senders are killed on purpose."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    desk: Desk

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's
        """Count it."""
        self.desk.refuse()


class _HttpServer(_Quiet, http.server.ThreadingHTTPServer):
    """HTTP."""

    def server_bind(self) -> None:
        """Bind without asking for this host's name, as http.server does: nothing may leave the machine."""
        socketserver.TCPServer.server_bind(self)


class _TcpServer(_Quiet, socketserver.ThreadingTCPServer):
    """Lines over TCP."""


@dataclass(slots=True)
class Sink:
    """A sink that listens. `address` is what to tell a tailer."""

    server: _HttpServer | _TcpServer
    scheme: str
    desk: Desk

    @property
    def host(self) -> str:
        """Where it listens."""
        return str(self.server.server_address[0])

    @property
    def port(self) -> int:
        """The port it has, also where any was asked for."""
        return int(self.server.server_address[1])

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @contextmanager
    def serving(self) -> Iterator[Sink]:
        """Serve from other threads while the block runs; then stop, with every stored line whole."""
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.close()

    def serve(self, stop: Callable[[], bool]) -> None:
        """Serve until `stop` says so."""
        with self.serving():
            while not stop():
                time.sleep(0.05)

    def close(self) -> None:
        """Stop listening and close the store."""
        self.server.server_close()
        self.desk.shelf.close()


def sink(
    listen: str,
    store: Path,
    *,
    fail: Sequence[str] = (),
    delay: float = 0.0,
    token: str | None = None,
    seed: int = 0,
    anywhere: bool = False,
) -> Sink:
    """A sink that listens at `HOST:PORT`, `http://HOST:PORT` or `tcp://HOST:PORT`; port 0 takes any free one.

    Args:
        listen: a loopback address, unless `anywhere` allows others.
        store: file of JSON lines (`load.store`), appended to.
        fail: faults on order (`load.orders`), HTTP only.
        delay: seconds before each answer.
        token: what `Authorization` or `X-Auth-Token` must hold; without one everybody is admitted.
        seed: of the draws for faults by percentage.
        anywhere: allow an address that is not loopback.

    Raises:
        AtlintError: where the address is not loopback, is taken, or the store cannot be opened.
    """
    scheme, host, port = _address(listen, anywhere=anywhere)
    if scheme == "tcp" and (fail or token):
        raise AtlintError("lines over TCP have no answers: faults and the token need an http:// address")
    found = orders.Orders([orders.parse(text) for text in fail], seed)
    desk = Desk(Shelf(store), found, delay, token)
    server_type, handler = (_TcpServer, _Lines) if scheme == "tcp" else (_HttpServer, _Http)
    try:
        server = server_type((host, port), handler)
    except OSError as error:
        raise refusal("listen on", listen, error) from error
    server.desk = desk
    try:
        desk.shelf.open()
    except AtlintError:
        server.server_close()
        raise
    return Sink(server, scheme, desk)


def _address(listen: str, *, anywhere: bool) -> tuple[str, str, int]:
    try:
        parts = urlsplit(listen if "://" in listen else f"http://{listen}")
        port = parts.port
    except ValueError:
        port = None
    if port is None or parts.scheme not in {"http", "tcp"} or not parts.hostname or parts.path.strip("/"):
        raise AtlintError(f"{listen!r} is no address: write HOST:PORT, or tcp://HOST:PORT for lines over TCP")
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    try:
        loopback = ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        loopback = False
    if not (loopback or anywhere):
        raise AtlintError(f"{listen} is not a loopback address: use 127.0.0.1, or allow others by --anywhere")
    return parts.scheme, host, port


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Fault"
