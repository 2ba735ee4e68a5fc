import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from atlint.load import orders
from atlint.load.body import BodyError, split, unpack
from atlint.load.sink import Sink, sink
from atlint.load.store import arrivals
from atlint.model import AtlintError

TOKEN = "not-a-real-one"


def stored(path: Path) -> list[bytes]:
    return [arrival.raw for arrival in arrivals(path)]


def post(server: Sink, body: bytes, **headers: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        connection.request("POST", "/", body, headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.reason, answer.read()
    finally:
        connection.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.jsonl"


def serving(store: Path, **options: Any) -> Any:
    return sink(options.pop("listen", "127.0.0.1:0"), store, **options).serving()


def test_lines_are_kept_as_they_came(store: Path) -> None:
    before = time.time()
    with serving(store) as server:
        assert post(server, b'{"a": 1}\n\n{"b":"\xff"}\r\n')[0] == 200
        assert post(server, b"not json\n")[0] == 200
    assert stored(store) == [b'{"a": 1}', b'{"b":"\xff"}', b"not json"]
    assert all(before <= (arrival.received or 0) <= time.time() for arrival in arrivals(store))


def test_arrays_and_gzip(store: Path) -> None:
    with serving(store) as server:
        assert post(server, gzip.compress(b'[{"a": 1},\n {"b":\n2}]'), Content_Encoding="gzip")[0] == 200
    assert stored(store) == [b'{"a": 1}', b'{"b":\n2}']


@pytest.mark.parametrize("form", ["Authorization", "X_Auth_Token"])
@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_the_token(store: Path, form: str, prefix: str, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(store, token=TOKEN) as server:
        assert post(server, b"{}\n", **{form: prefix + TOKEN})[0] == 200
        assert post(server, b"{}\n", **{form: prefix + "wrong"}) == (401, "Unauthorized", b"Unauthorized")
        assert post(server, b"{}\n") == (401, "Unauthorized", b"Unauthorized")
    assert len(stored(store)) == 1
    assert TOKEN not in "".join(capfd.readouterr()) + store.read_text() + repr(server.address)


def test_faults_on_order(store: Path) -> None:
    with serving(store, fail=["503:first=2", "drop:every=4"]) as server:
        assert [post(server, b"%d\n" % n)[0] for n in range(3)] == [503, 503, 200]
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            post(server, b"3\n")
        assert post(server, b"3\n")[0] == 200
    assert stored(store) == [b"2", b"3", b"3"]


def test_a_delay(store: Path) -> None:
    with serving(store, delay=0.1) as server:
        began = time.monotonic()
        post(server, b"{}\n")
    assert time.monotonic() - began >= 0.1


def test_refused_bodies(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlint.load.sink.LARGEST", 100)
    with serving(store) as server:
        assert post(server, b"x" * 101)[0] == 413
        assert post(server, b"x", Content_Encoding="br")[0] == 415
        assert post(server, b"x", Content_Encoding="gzip")[0] == 400
        with socket.create_connection((server.host, server.port)) as raw:
            raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 411 " in raw.recv(1000)
    assert stored(store) == []


def test_it_says_that_it_is_there(store: Path) -> None:
    with serving(store) as server:
        post(server, b"{}\n")
        connection = http.client.HTTPConnection(server.host, server.port)
        connection.request("GET", "/")
        assert json.loads(connection.getresponse().read()) == {"received": 1, "refused": 0}
        connection.close()


def test_many_at_once(store: Path) -> None:
    with serving(store) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: post(server, b"%d-a\n%d-b\n" % (n, n))[0], range(40)))
    assert set(answers) == {200}
    assert sorted(stored(store)) == sorted(b"%d-%c" % (n, c) for n in range(40) for c in b"ab")


def test_a_store_that_cannot_grow(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.write

    def full(fd: int, data: bytes) -> int:
        if b"received" not in data:
            return plain(fd, data)
        if len(data) < 40:
            raise OSError(28, "No space left on device")
        return plain(fd, data[:-30])

    with serving(store) as server:
        post(server, b"one\n")
        with monkeypatch.context() as patch:
            patch.setattr("atlint.load.shelf.os.write", full)
            assert post(server, b"x" * 60)[0] in {200, 507}
        post(server, b"two\n")
    assert stored(store)[0] == b"one"
    assert stored(store)[-1] == b"two"


def test_lines_over_tcp(store: Path) -> None:
    with serving(store, listen="tcp://127.0.0.1:0") as server:
        with socket.create_connection((server.host, server.port)) as sender:
            sender.sendall(b"one\n\ntw")
            time.sleep(0.02)
            sender.sendall(b"o\r\nno end")
        deadline = time.monotonic() + 5
        while server.desk.shelf.count < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert stored(store) == [b"one", b"two\r"]


@pytest.mark.parametrize(
    ("listen", "options", "says"),
    [
        ("0.0.0.0:0", {}, "not a loopback"),
        ("example.org:80", {}, "not a loopback"),
        ("127.0.0.1", {}, "no address"),
        ("127.0.0.1:99999", {}, "no address"),
        ("udp://127.0.0.1:0", {}, "no address"),
        ("127.0.0.1:0", {"fail": ["500"]}, "no fault"),
        ("tcp://127.0.0.1:0", {"fail": ["500:1%"]}, "no answers"),
        ("tcp://127.0.0.1:0", {"token": TOKEN}, "no answers"),
    ],
)
def test_faults_of_usage(store: Path, listen: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlintError, match=says):
        sink(listen, store, **options)


def test_another_address_on_request(store: Path) -> None:
    with serving(store, listen="0.0.0.0:0", anywhere=True) as server:
        assert server.port


def test_a_port_that_is_taken(store: Path) -> None:
    with serving(store) as server, pytest.raises(AtlintError, match=r"cannot listen on .* choose another port"):
        sink(f"127.0.0.1:{server.port}", store)


def test_a_store_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(AtlintError, match="cannot open the store"):
        sink("127.0.0.1:0", tmp_path)


CHILD = """
import sys
sys.path.insert(0, {repo!r})
from pathlib import Path
from atlint.load.sink import sink
server = sink("127.0.0.1:0", Path(sys.argv[1]))
print(server.port, flush=True)
server.serve(lambda: False)
"""


def test_kill_loses_nothing_that_was_acknowledged(store: Path) -> None:
    code = CHILD.format(repo=str(Path(__file__).parents[2]))
    acknowledged = []
    with subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=10)
        for n in range(200):
            if n == 150:
                process.kill()
            try:
                connection.request("POST", "/", b"%d\n" % n + b"x" * 5000 + b"\n")
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    acknowledged.append(b"%d" % n)
            except OSError:
                break
        connection.close()
    assert len(acknowledged) >= 150
    assert set(acknowledged) <= set(stored(store))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500:10%", orders.Order(500, share=0.1)),
        ("503:first=5", orders.Order(503, first=5)),
        ("429:every=10", orders.Order(429, every=10)),
        ("500:for=20s", orders.Order(500, seconds=20)),
        ("drop:2.5%", orders.Order(orders.DROP, share=0.025)),
    ],
)
def test_orders_as_people_write_them(text: str, expected: orders.Order) -> None:
    assert orders.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "500", "99:10%", "600:1%", "500:0%", "500:101%", "500:1.%", "500:every=0", "500:for=20", "x:1%"]
)
def test_no_order(text: str) -> None:
    with pytest.raises(AtlintError):
        orders.parse(text)


def test_percentages_repeat_with_their_seed() -> None:
    def answers(seed: int) -> list[int | None]:
        found = orders.Orders([orders.parse("500:10%")], seed)
        return [found.next(0.0) for _ in range(2000)]

    assert answers(1) == answers(1) != answers(2)
    assert 150 < answers(1).count(500) < 250


def test_orders_by_number_count_from_the_first_request() -> None:
    found = orders.Orders([orders.parse("503:first=2"), orders.parse("429:every=3")])
    assert [found.next(0.0) for _ in range(7)] == [503, 503, 429, None, None, 429, None]


def test_orders_for_a_time_begin_with_the_first_request() -> None:
    found = orders.Orders([orders.parse("500:for=20s")])
    assert [found.next(at) for at in (100.0, 119.9, 120.0, 500.0)] == [500, 500, None, None]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", []),
        (b" \n\n", []),
        (b"[]", []),
        (b'[{"a":1} , {"b":"]"}]\n', [b'{"a":1}', b'{"b":"]"}']),
        (b"[1,2]", [b"[1,2]"]),
        (b'[{"a":1}', [b'[{"a":1}']),
        (b'[{"a":1}]\n[{"b":1}]', [b'[{"a":1}]', b'[{"b":1}]']),
        (b"[{]", [b"[{]"]),
    ],
)
def test_bodies(body: bytes, lines: list[bytes]) -> None:
    assert split(body) == lines


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlint.load.body.LARGEST", 1000)
    with pytest.raises(BodyError, match="at most"):
        unpack(gzip.compress(b"0" * 100_000), "gzip")
    with pytest.raises(BodyError, match="ends early"):
        unpack(gzip.compress(b"0" * 900)[:-4], "gzip")
