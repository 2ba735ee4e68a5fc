"""A small HTTP server for one page: on loopback, for its own origin, of bounded size, number and time."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import http.server
import ipaddress
import json
import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import resources
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from atlint.integrations.web.answer import answer
from atlint.integrations.web.page import page
from atlint.integrations.workers import BusyError, TooLongError, Workers
from atlint.model import AtlintError
from atlint.report.check import Options
from atlint.report.formats.html import asset
from atlint.report.rule_page import page as rule_page
from atlint.rules import REGISTRY

#: bytes of events in one request
LARGEST: Final = 1024 * 1024
#: seconds in which a request must have arrived, and after which a silent connection is closed
IDLE: Final = 10.0
#: bytes of a refused body that are passed over
_DRAINED: Final = 8 * LARGEST
#: connections at the same time
MOST_CONNECTIONS: Final = 32
#: what a page of another origin cannot send unasked (Fetch, 4.10: it needs a preflight, which gets no answer)
EVENTS_TYPE: Final = "application/x-ndjson"
_TEXT: Final = "text/plain; charset=utf-8"
_RULE: Final = re.compile(r"/rules/(AT[0-9]{3})")

#: only what this server itself sends runs or is fetched, and no text ever becomes markup (CSP 3, Trusted Types)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _RefusedError(Exception):
    """A request that is not answered as it wishes."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Desk:
    """What all connections share."""

    workers: Workers
    #: what the page starts from
    options: Options
    #: the time to judge by, in seconds since the epoch; the clock's where it is None
    now: float | None
    host: str
    anywhere: bool
    files: Mapping[str, tuple[str, bytes]]

    def admits(self, named: str, port: int) -> bool:
        """Whether a Host header names this server: a page that rebinds its own name to this address does not."""
        try:
            parts = urlsplit(f"//{named}")
            name, given = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        return given == port and (name in {"localhost", self.host} or _address_of(name, anywhere=self.anywhere))


def _address_of(name: str, *, anywhere: bool) -> bool:
    """Whether a name is an IPv4 address of loopback, or any where that is allowed."""
    try:
        address = ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return anywhere or address.is_loopback


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    server_version = "atlint"
    sys_version = ""
    timeout = IDLE
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Give the page, its parts, or a rule's page as plain text."""
        try:
            self._check_host()
            kind, body = self._file(urlsplit(self.path).path)
        except _RefusedError as refused:
            self._refuse(refused)
        else:
            self._answer(HTTPStatus.OK, kind, body)

    def do_POST(self) -> None:
        """Check events."""
        try:
            self._check_host()
            self._check_origin()
            wishes = self._wishes()
            found = self._asked(self._body(), wishes)
        except _RefusedError as refused:
            self.close_connection = True
            self._refuse(refused)
            self._drain()
        else:
            self._answer(HTTPStatus.OK, "application/json", found)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: what is typed stays between the page and the engine."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's
        """Answer what http.server refuses by itself in the same plain way."""
        self.close_connection = True
        self._refuse(_RefusedError(code, message or "refused"))

    def _file(self, path: str) -> tuple[str, bytes]:
        found = self.server.desk.files.get(path)
        if found is not None:
            return found
        named = _RULE.fullmatch(path)
        if named is None or named[1] not in REGISTRY:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here; the page is at /")
        return _TEXT, _rule(named[1])

    def _check_host(self) -> None:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not self.server.desk.admits(hosts[0], self.server.server_port):
            raise _RefusedError(HTTPStatus.MISDIRECTED_REQUEST, "open this page by the address that atlint web printed")

    def _check_origin(self) -> None:
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site")
        if origin not in {None, f"http://{self.headers['Host']}"} or site not in {None, "same-origin"}:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "another page asked: only the page of this server may")
        if self.headers.get_content_type() != EVENTS_TYPE:
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send events as {EVENTS_TYPE}")

    def _wishes(self) -> dict[str, str]:
        parts = urlsplit(self.path)
        if parts.path != "/check":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "events are checked at /check")
        try:
            return dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=10))
        except ValueError:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "too many options") from None

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "say the length of the body in Content-Length")
        if len(length) > 12 or int(length) > LARGEST:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST:,} bytes: use atlint check")
        body, deadline = bytearray(), time.monotonic() + IDLE
        while len(body) < int(length):
            piece = self.rfile.read1(int(length) - len(body))
            if not piece or time.monotonic() > deadline:
                raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body ends early or comes too slowly")
            body += piece
        return bytes(body)

    def _drain(self) -> None:
        """Pass over a body for a while: a client that still sends reads no answer."""
        self.wfile.flush()
        left, deadline = _DRAINED, time.monotonic() + IDLE
        with contextlib.suppress(OSError):
            while left > 0 and time.monotonic() < deadline and (piece := self.rfile.read1(left)):
                left -= len(piece)

    def _asked(self, raw: bytes, wishes: Mapping[str, str]) -> bytes:
        try:
            desk = self.server.desk
            at = dataclasses.replace(desk.options, now=time.time() if desk.now is None else desk.now)
            return desk.workers.ask(raw, at, dict(wishes))
        except BusyError:
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many checks at once: try again") from None
        except TooLongError:
            text = "this took too long to check here: use atlint check"
            return json.dumps({"error": text}).encode()

    def _refuse(self, refused: _RefusedError) -> None:
        self._answer(refused.status, _TEXT, f"{refused}\n".encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


@functools.cache
def _rule(code: str) -> bytes:
    return rule_page(REGISTRY[code]).encode()


class _Server(http.server.ThreadingHTTPServer):
    """Threads for connections, of which there are only so many."""

    daemon_threads = True
    allow_reuse_address = True
    desk: Desk

    def __init__(self, address: tuple[str, int]) -> None:
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking for this host's name, as http.server does: nothing may leave the machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment] # of IPv4 it is text

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, or hang up where there are too many."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve it to its end, then make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser may hang up at any time."""


@dataclass(slots=True)
class Web:
    """A server that listens."""

    server: _Server
    _thread: threading.Thread | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{self.server.server_name}:{self.server.server_port}/"

    @contextmanager
    def serving(self) -> Iterator[Web]:
        """Serve from other threads while the block runs."""
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()
            self.server.desk.workers.close()

    def serve(self, stop: Callable[[], bool]) -> None:
        """Serve until `stop` says so."""
        with self.serving():
            while not stop():
                time.sleep(0.05)


def web(listen: str, options: Options, *, now: float | None = None, anywhere: bool = False) -> Web:
    """A server for the page at `HOST:PORT`; port 0 takes any free one.

    Args:
        listen: a loopback address, unless `anywhere` allows others.
        options: what the page starts from.
        now: the time to judge by, in seconds since the epoch; the clock's where it is None.
        anywhere: allow an address that is not loopback.

    Raises:
        AtlintError: where the address is none, is not loopback, or is taken.
    """
    host, port = _address(listen, anywhere=anywhere)
    try:
        server = _Server((host, port))
    except OSError as error:
        raise AtlintError(f"cannot listen on {listen}: {error.strerror or error}") from error
    server.desk = Desk(Workers(answer), options, now, host, anywhere, _files(options))
    return Web(server)


def _files(options: Options) -> dict[str, tuple[str, bytes]]:
    """The page and its parts by their paths."""
    folder = resources.files(__package__)
    return {
        "/": ("text/html; charset=utf-8", page(options, LARGEST).encode()),
        "/page.css": (
            "text/css; charset=utf-8",
            asset("look.css").encode() + folder.joinpath("page.css").read_bytes(),
        ),
        "/page.js": ("text/javascript; charset=utf-8", folder.joinpath("page.js").read_bytes()),
        "/icon.svg": ("image/svg+xml", folder.joinpath("icon.svg").read_bytes()),
    }


def _address(listen: str, *, anywhere: bool) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{listen}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != listen or "@" in listen:
        raise AtlintError(f"{listen!r} is no address: write HOST:PORT, such as 127.0.0.1:8377")
    host = "127.0.0.1" if host == "localhost" else host
    if not (anywhere or _address_of(host, anywhere=False)):
        raise AtlintError(
            f"{listen} is not a loopback address: use 127.0.0.1, or --anywhere, which lets everybody on the network in"
        )
    return host, port
