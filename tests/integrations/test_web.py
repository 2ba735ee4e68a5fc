"""The page on loopback: what its server refuses, and what a real Chromium shows of good and hostile events."""

from __future__ import annotations

import dataclasses
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from atlint.cli.demo import log
from atlint.integrations.web import server as served
from atlint.integrations.web import web
from atlint.integrations.web.answer import MOST_FINDINGS, answer, wished
from atlint.integrations.workers import BusyError, TooLongError, Workers
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.model import AtlintError
from atlint.plan import EDITIONS
from atlint.report.check import Options, check_lines
from tests.browser import HOSTILE, SCHEMES, WIDTHS, Visit, chromium, contrasts, visit

NOW = 1769817600.0
OPTIONS = Options(now=NOW)
EVENTS = {"Content-Type": served.EVENTS_TYPE}


def good(edition: str = EDITIONS[0]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(json.dumps(next(iter(compliant(edition)))))
    return event


def bad(**changes: Any) -> str:
    """A compliant event with other members in its payload, as one line."""
    event = good()
    event["payload"] |= changes
    return json.dumps(event, ensure_ascii=False)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with web("127.0.0.1:0", OPTIONS, now=NOW).serving() as found:
        yield found.address


def asked(
    site: str, method: str, path: str, *, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request; a header Host among `headers` takes the place of the true one."""
    connection = http.client.HTTPConnection(site.removeprefix("http://").rstrip("/"), timeout=60)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        raw = body.encode() if isinstance(body, str) else body
        if raw is not None and "Content-Length" not in (headers or {}):
            connection.putheader("Content-Length", str(len(raw)))
        connection.endheaders(raw)
        found = connection.getresponse()
        return found.status, found.headers, found.read()
    finally:
        connection.close()


def checked(site: str, body: bytes | str, query: str = "") -> dict[str, Any]:
    status, _, text = asked(site, "POST", f"/check?{query}", body=body, headers=EVENTS)
    assert status == 200, text
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    "path", ["/", "/page.css", "/page.js", "/icon.svg", "/rules/AT310", "/nowhere", "/rules/AT999"]
)
def test_every_answer_is_guarded(site: str, path: str) -> None:
    status, headers, body = asked(site, "GET", path)
    assert (status == 404) == (path in {"/nowhere", "/rules/AT999"})
    assert body
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers


def test_page_has_no_inline_code() -> None:
    _, page = served._files(OPTIONS)["/"]
    assert b"<style" not in page
    assert b" on" not in page.replace(b" one ", b" ").replace(b" on this", b" ")
    assert page.count(b"<script") == page.count(b'<script src="/page.js" defer></script>') == 1


@pytest.mark.parametrize(
    ("host", "admitted"),
    [
        ("127.0.0.1:{port}", True),
        ("localhost:{port}", True),
        ("127.8.9.10:{port}", True),
        ("rebound.example:{port}", False),
        ("127.0.0.1.rebound.example:{port}", False),
        ("192.168.1.4:{port}", False),
        ("127.0.0.1", False),
        ("127.0.0.1:1", False),
        ("user@127.0.0.1:port", False),
        ("", False),
        ("[::", False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_names_are_not_served(site: str, host: str, admitted: bool, method: str) -> None:
    named = host.format(port=site.rstrip("/").rpartition(":")[2])
    path, body = ("/", None) if method == "GET" else ("/check", b"{}\n")
    status, _, _ = asked(site, method, path, body=body, headers={**EVENTS, "Host": named})
    assert status == (200 if admitted else 421)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "{site}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://rebound.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "9" * 30}, 413),
        ({"Content-Length": str(served.LARGEST + 1)}, 413),
        ({"Content-Length": "0", "Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_other_pages_and_sizes_are_refused(site: str, headers: dict[str, str], status: int) -> None:
    own = {**EVENTS, **{name: value.format(site=site.rstrip("/")) for name, value in headers.items()}}
    body = None if "Content-Length" in headers else b"{}\n"
    connection_body = b"" if body is None else body
    found, answered, _ = asked(site, "POST", "/check", body=connection_body, headers=own)
    assert found == status
    assert "Content-Security-Policy" in answered


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/", 404), ("PUT", "/check", 501), ("OPTIONS", "/check", 501), ("POST", "/check?" + "a=1&" * 50, 400)],
)
def test_other_methods_and_paths_are_refused(site: str, method: str, path: str, status: int) -> None:
    found, headers, _ = asked(site, method, path, body=b"{}\n", headers=EVENTS)
    assert found == status
    assert not any(name.startswith("Access-Control") for name in headers)


def test_too_large_says_so_though_the_whole_was_sent(site: str) -> None:
    status, _, body = asked(site, "POST", "/check", body=b"x" * (served.LARGEST + 1), headers=EVENTS)
    assert status == 413
    assert b"1,048,576 bytes" in body


def test_a_body_that_never_comes_is_given_up(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served._Handler, "timeout", 0.2)
    host, _, port = site.removeprefix("http://").rstrip("/").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as late:
        late.sendall(b"POST /check HTTP/1.1\r\nHost: %s:%s\r\n" % (host.encode(), port.encode()))
        late.sendall(b"Content-Type: application/x-ndjson\r\nContent-Length: 5\r\n\r\n{}")
        assert late.recv(100) == b""
    assert asked(site, "GET", "/")[0] == 200


def test_connections_are_bounded(site: str) -> None:
    host, _, port = site.removeprefix("http://").rstrip("/").rpartition(":")
    held = [socket.create_connection((host, int(port)), timeout=30) for _ in range(served.MOST_CONNECTIONS + 2)]
    try:
        assert held[-1].recv(1) == b""
    finally:
        for each in held:
            each.close()


@pytest.mark.parametrize("edition", EDITIONS)
def test_answer_is_that_of_check(site: str, edition: str) -> None:
    raw = log() + json.dumps(good(edition)).encode() + b"\n"
    found = checked(site, raw, f"edition={edition}")
    report = check_lines(from_bytes(raw, "typed.log"), dataclasses.replace(OPTIONS, edition=edition))
    assert found["verdict"] == report.verdict
    assert found["summary"]["by_rule"] == report.summary["by_rule"]
    assert [(each["code"], each["line"], each["column"]) for each in found["findings"]] == [
        (each.code, each.place.line, each.place.column) for each in report.findings
    ]


@pytest.mark.parametrize(
    ("query", "has"),
    [
        ("", True),
        ("ignore=AT103", False),
        ("ignore=value-not-allowed+AT5", False),
        ("samples=1", True),
        ("extend-select=AT5", True),
    ],
)
def test_wishes_choose_rules(site: str, query: str, has: bool) -> None:
    assert ("AT103" in checked(site, bad(outcome="done"), query)["summary"]["by_rule"]) is has


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"edition": "at-1999"}, "unknown edition"),
        ({"ignore": "AT999"}, "AT999"),
        ({"extend-select": HOSTILE}, "unknown"),
        ({"show-values": "1"}, "unknown option"),
    ],
)
def test_wrong_wishes_are_told(wishes: dict[str, str], said: str) -> None:
    found = json.loads(answer(b"{}\n", OPTIONS, wishes))
    assert said in found["error"]
    assert list(found) == ["error"]


def test_no_wish_shows_what_is_masked() -> None:
    with pytest.raises(AtlintError):
        wished(OPTIONS, {"show_values": "1"})
    event = good()
    event["payload"]["initiator"]["host"] = {"address": "300.1.2.3"}
    assert "300.1.2.3" not in answer(json.dumps(event).encode(), OPTIONS, {})


def test_answer_is_bounded_and_counts_the_rest() -> None:
    lines = "".join(bad(**{f"unknown{number}": number}) + "\n" for number in range(MOST_FINDINGS + 50))
    found = json.loads(answer(lines.encode(), OPTIONS, {"extend-select": "ALL"}))
    assert len(found["findings"]) == MOST_FINDINGS
    total = sum(found["summary"]["by_rule"].values())
    assert found["left_out"] == total - sum(each["count"] for each in found["findings"]) > 0


def test_a_check_that_takes_too_long_is_killed_and_the_next_works() -> None:
    workers = Workers(answer, longest=0.0)
    try:
        with pytest.raises(TooLongError):
            workers.ask(b"{}\n", OPTIONS, {})
        workers.longest = 60.0
        assert json.loads(workers.ask(b"{}\n", OPTIONS, {}))["verdict"] == "fail"
    finally:
        workers.close()


def test_no_free_process_is_told_in_time() -> None:
    workers = Workers(answer, patience=0.0)
    try:
        held = [workers._idle.get() for _ in range(workers._idle.qsize())]
        with pytest.raises(BusyError):
            workers.ask(b"{}\n", OPTIONS, {})
        for worker in held:
            workers._idle.put(worker)
    finally:
        workers.close()


@pytest.mark.parametrize(
    "listen",
    "0.0.0.0:0 192.0.2.1:80 example.org:80 127.0.0.1 127.0.0.1:x u@127.0.0.1:0 :0 [::1]:0 127.0.0.1:0/x".split(),  # noqa: SIM905 - reads better
)
def test_other_addresses_are_refused(listen: str) -> None:
    with pytest.raises(AtlintError, match=r"address"):
        web(listen, OPTIONS)


@pytest.mark.parametrize(
    ("option", "said"),
    [("--edition=at-1999", "unknown edition 'at-1999'"), ("--select=AT999", "unknown rule 'AT999'")],
)
def test_a_page_that_could_never_answer_is_not_served(option: str, said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "atlint", "web", "--listen", "127.0.0.1:0", option]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_taken_address_is_told(site: str) -> None:
    with pytest.raises(AtlintError, match="cannot listen on"):
        web(site.removeprefix("http://").rstrip("/"), OPTIONS)


def test_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "atlint",
        "web",
        "--listen",
        "localhost:0",
        "--isolated",
        "--now",
        "2026-01-31T00:00:00Z",
    ]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        try:
            assert said.startswith("open http://127.0.0.1:")
            assert checked(said.removeprefix("open ").strip(), "{}\n")["verdict"] == "fail"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


# in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@contextmanager
def opened(browser: Any, site: str, **how: Any) -> Iterator[Visit]:
    with visit(browser, site, **how) as found:
        yield found


def typed(found: Visit, text: str) -> None:
    """Put text into the box as a paste does, and wait for its answer."""
    with found.page.expect_response("**/check?*") as answered:
        found.page.locator("#events").fill(text)
    answered.value.finished()
    found.page.locator("#results:not(.waiting)").wait_for()


@pytest.mark.integration
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_page_is_usable_at_every_width_and_scheme(browser: Any, site: str, width: int, scheme: str) -> None:
    with opened(browser, site, width=width, scheme=scheme) as found:
        found.photograph(f"web-empty-{width}-{scheme}")
        assert contrasts(found.page) == []
        assert found.sideways() <= 0
        typed(found, log().decode("utf-8", "replace"))
        assert found.page.locator(".finding").count() > 5
        assert found.page.locator("#word").inner_text().lower() == "fail"
        assert found.sideways() <= 0
        assert contrasts(found.page) == []
        found.photograph(f"web-demo-{width}-{scheme}")


@pytest.mark.integration
@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_events_do_no_harm(browser: Any, site: str, width: int) -> None:
    hostile = bad(outcome=HOSTILE, action=HOSTILE, **{HOSTILE: HOSTILE})
    with opened(browser, site, width=width) as found:
        typed(found, hostile)
        assert found.page.locator(".finding").count() > 2
        assert found.hurt() is None
        assert found.page.locator(".finding :is(script, img, b, i, svg, style, iframe)").count() == 0
        assert found.sideways() <= 0
        assert "<script>" in found.page.locator("#findings").inner_text()
        found.photograph(f"web-hostile-{width}")


@pytest.mark.integration
def test_half_a_megabyte_of_text_does_no_harm(browser: Any, site: str) -> None:
    long = bad(outcome="<script>window.hurt=9</script> " * 17_000, message="\u202e\u0301x" * 10_000)
    assert len(long) > 500_000
    with opened(browser, site, width=320) as found:
        typed(found, long)
        assert found.page.locator(".finding").count() > 0
        assert found.hurt() is None
        assert found.sideways() <= 0
        assert len(found.page.locator("#findings").inner_text()) < 100_000
        typed(found, bad())
        assert found.page.locator("#word").inner_text().lower() == "pass"


@pytest.mark.integration
def test_too_much_is_told_and_never_sent(browser: Any, site: str) -> None:
    with opened(browser, site) as found:
        found.page.evaluate(
            "() => { const box = document.getElementById('events'); box.value = 'é'.repeat(600000);"
            " box.dispatchEvent(new Event('input')); }"
        )
        found.page.get_by_text("more than 1,048,576 bytes").wait_for()
        assert not any("/check" in asked for asked in found.asked)


@pytest.mark.integration
def test_everything_works_by_keyboard(browser: Any, site: str) -> None:
    with opened(browser, site, width=320) as found:
        keys = found.page.keyboard
        keys.press("Tab")
        keys.press("Tab")
        assert _focused(found) == "events"
        with found.page.expect_response("**/check?*"):
            keys.insert_text("漢😀 {}\n" + bad(outcome="Success"))
        found.page.locator(".finding").first.wait_for()
        order = []
        while not order or order[-1] not in {"", "AT103"}:
            keys.press("Tab")
            order.append(_focused(found))
            assert len(order) < 40
        assert order[:6] == ["file", "clear", "edition", "extend-select", "ignore", "samples"]
        keys.press("Tab")
        keys.press("Enter")
        assert _focused(found) == "events"
        chosen = "(e) => e.value.slice(e.selectionStart, e.selectionEnd)"
        assert found.page.locator("#events").evaluate(chosen) == '"Success"'
        shown = "(e) => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
        assert found.page.locator("#events").evaluate(shown)


def _focused(found: Visit) -> str:
    focused: str = found.page.locator(":focus").evaluate("(e) => e.id || (e.closest('.finding')?.dataset.code ?? '')")
    return focused


@pytest.mark.integration
def test_fix_is_applied_at_its_place(browser: Any, site: str) -> None:
    with opened(browser, site) as found:
        typed(found, "\n".join([bad(), "", bad(outcome="Success")]))
        item = found.page.locator(".finding[data-code=AT103]")
        assert "line 3" in item.inner_text()
        with found.page.expect_response("**/check?*"):
            item.get_by_role("button", name="apply the fix").click()
        found.page.locator(".finding[data-code=AT103]").wait_for(state="detached")
        assert found.page.locator("#events").input_value().endswith(bad())


@pytest.mark.integration
def test_file_keeps_its_own_bytes(browser: Any, site: str, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(bad().encode() + b"\r\n" + b'{"payload": "\xff"}')
    expected = check_lines(from_bytes(path.read_bytes()), OPTIONS).summary["by_rule"]
    with opened(browser, site) as found:
        with found.page.expect_response("**/check?*"):
            found.page.locator("#file").set_input_files(path)
        found.page.locator(".finding").first.wait_for()
        shown = found.page.locator(".finding").evaluate_all("(all) => all.map((each) => each.dataset.code)")
        assert set(shown) == set(expected)
        assert {"AT001", "AT009", "AT010"} <= set(expected)


@pytest.mark.integration
@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(gzip.compress(b"{}\n"), id="gzip"),
        pytest.param(b"\x28\xb5\x2f\xfd\x04\x00\x19\x00\x00{}\n", id="zstandard"),
    ],
)
def test_a_compressed_file_is_not_taken_for_events(browser: Any, site: str, tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "app.log.gz").write_bytes(packed)
    with opened(browser, site) as found:
        typed(found, bad(outcome="done"))
        found.page.locator("#file").set_input_files(tmp_path / "app.log.gz")
        found.page.get_by_text("This is compressed: use atlint check").wait_for()
        assert found.page.locator(".finding").count() == 0
        assert sum("/check" in asked for asked in found.asked) == 1


@pytest.mark.integration
def test_dropped_text_is_checked(browser: Any, site: str) -> None:
    with opened(browser, site) as found:
        with found.page.expect_response("**/check?*"):
            found.page.evaluate(
                "(text) => { const carried = new DataTransfer(); carried.items.add(new File([text], 'a.log'));"
                " const how = {dataTransfer: carried, bubbles: true, cancelable: true};"
                " document.body.dispatchEvent(new DragEvent('drop', how)); }",
                bad(outcome="done") + "\n",
            )
        found.page.locator(".finding[data-code=AT103]").wait_for()


@pytest.mark.integration
def test_options_are_chosen_in_the_page(browser: Any, site: str) -> None:
    with opened(browser, site) as found:
        typed(found, bad(outcome="done"))
        with found.page.expect_response("**/check?*"):
            found.page.locator("#ignore").fill("AT103")
        found.page.locator("#verdict.pass").wait_for()
        with found.page.expect_response("**/check?*"):
            found.page.locator("#ignore").fill("AT999")
        found.page.locator("#problem", has_text="AT999").wait_for()
        with found.page.expect_response("**/check?*"):
            found.page.locator("#edition").select_option("at-2025")
        found.page.locator("#ignore").fill("")
        found.page.get_by_text("edition at-2025").wait_for()
        found.page.locator("#clear").click()
        found.page.get_by_text("for the first event").wait_for()
        assert found.page.locator(".finding").count() == 0
