"""The HTML report as a browser sees it: narrow, dark, by keyboard, without scripts, with hostile events."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.cli.demo import log
from atlint.lint.source import from_bytes
from atlint.model import Finding, Item, Place, Report, Severity, Snippet, Verdict
from atlint.report.check import Options, check_lines
from atlint.report.formats import html, renderer
from atlint.report.rule_page import cards
from tests.browser import HOSTILE, SCHEMES, WIDTHS, Visit, chromium, contrasts, visit

NOW = 1769817600.0
VOID = {"meta", "input", "link", "br", "img"}
#: what could fetch, run or leave the page
ACTIVE = {"img", "iframe", "object", "embed", "base", "form", "link", "audio", "video", "use", "image", "foreignobject"}


def page_of(report: Report) -> str:
    return "".join(renderer("html")(report, rules=cards(report.edition)))


def checked(raw: bytes, path: str = "logs/events.log") -> Report:
    return check_lines(from_bytes(raw, path), Options(now=NOW, show_values=True), files=(path,))


def demo_log() -> bytes:
    """The demonstration's log, twice: each fault has two places."""
    return log() * 2


def hostile_log() -> bytes:
    """The demonstration's log, with hostile text in most places and one event of half a megabyte."""
    lines = log().splitlines()
    event = json.loads(next(line for line in lines if line.startswith(b'{"')))
    event["payload"] |= {"outcome": HOSTILE, "action": HOSTILE, HOSTILE: HOSTILE, "severity": HOSTILE}
    long = json.loads(json.dumps(event))
    long["payload"]["outcome"] = "<script>window.hurt=9</script>" * 17_500
    return (
        b"\n".join(
            [
                *lines,
                json.dumps(event).encode(),
                json.dumps(event, ensure_ascii=False).encode(),
                json.dumps(long).encode(),
            ]
        )
        + b"\n"
    )


READY = Report(
    command="ready",
    version="0.1.0",
    verdict=Verdict.NOT_READY,
    edition="at-2018",
    plan="0123456789abcdef",
    summary={"events": 120},
    items=(
        Item("AT901", "endpoint-unknown", Verdict.READY, "the endpoint serves this region", "ng", "ng"),
        Item("AT903", "action-unseen", Verdict.NOT_READY, "a declared action never occurred", "2 of 3", "3 of 3"),
        Item(
            "AT912",
            "facts-disagree",
            Verdict.READY,
            "Secret, ConfigMap and Deployment name what is registered",
            "key-vault.key.delete success (11, first at events.log:6), key-vault.key.create success (9), 5 more",
            "https://activity-tracker.stage1.ng.bluemix.net with space 5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32",
        ),
        Item("AT905", "staging-unproved", Verdict.NOT_ENOUGH_EVIDENCE, "no staging evidence was given"),
    ),
)


#: the tables of which a part lies beyond the screen's edge
CUT_OFF = """
    [...document.querySelectorAll(".wide:has(.stacked)")]
      .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.innerText)
"""
NAMES = ("ready", "demo", "empty", "hostile")


@functools.cache
def report_of(name: str) -> Report:
    raw = {"demo": demo_log, "empty": bytes, "hostile": hostile_log}
    return READY if name == "ready" else checked(raw[name]())


class Elements(HTMLParser):
    """Collects elements with their attributes, and checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(
        draw(st.lists(st.sampled_from([*HOSTILE, "<script>", "-->", "]]>", "javascript:", "' onload='"]), max_size=9))
    )


@given(st.data())
def test_text_makes_no_element_and_no_attribute(data: st.DataObject) -> None:
    plain = Finding(
        "AT103", "n", Severity.ERROR, "m", Place("p", 1, 1, 2), "/p", "u", "f", snippet=Snippet("abc", 1, 2)
    )
    said = {name: data.draw(texts()) for name in ("code", "name", "message", "pointer", "url", "help", "fingerprint")}
    hostile = replace(
        plain, **said, place=Place(data.draw(texts()), 1, 1, 2), snippet=Snippet(data.draw(texts()), 1, 3)
    )
    report = Report(
        "check", "1", Verdict.FAIL, {"by_action": {data.draw(texts()): 1}}, (hostile,), edition=data.draw(texts())
    )
    calm = Report("check", "1", Verdict.FAIL, {"by_action": {"a": 1}}, (plain,), edition="e")
    one, other = Elements(page_of(report)).found, Elements(page_of(calm)).found
    # an element may be there or not, by whether its text is empty; none may be new, and none has other attributes
    known = {(tag, *attributes) for tag, attributes in other} | {("p",), ("code",), ("pre", "class", "dir"), ("mark",)}
    assert {(tag, *attributes) for tag, attributes in one} <= known


@pytest.mark.parametrize("name", NAMES)
def test_page_is_sound_and_complete_in_itself(name: str) -> None:
    text = page_of(report_of(name))
    elements = Elements(text)
    assert elements.all("html") == [{"lang": "en"}]
    assert not {tag for tag, _ in elements.found} & ACTIVE
    for _, attributes in elements.found:
        assert not any(name.startswith("on") or name in {"style", "src", "action", "formaction"} for name in attributes)
    assert all(re.match("#|https://", attributes["href"] or "") for attributes in elements.all("a"))
    assert all("scope" in attributes for attributes in elements.all("th"))
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_policy_admits_only_what_is_in_the_page() -> None:
    text = page_of(report_of("demo"))
    (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    for name in ("style", "script"):
        (inner,) = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert inner == html._sealed()[name]
        assert html._hash(inner).replace("'", "&#39;").replace("+", "&#43;") in policy.replace("+", "&#43;")


def test_page_is_bounded_and_says_what_it_leaves_out() -> None:
    first = report_of("demo").findings[0]
    many = tuple(replace(first, fingerprint=f"{number:016x}", count=2) for number in range(html.MOST_GROUPS + 3))
    text = page_of(replace(report_of("demo"), findings=many))
    assert text.count('<li class="finding"') == html.MOST_GROUPS
    assert "3 groups with 6 findings are left out" in text


@pytest.mark.parametrize(
    ("counts", "bars"),
    [
        ([1, 0, 0], [("error", 1, 2)]),
        ([1, 1, 1], [("error", 2, 1), ("warning", 1, 1), ("info", 0, 1)]),
        ([0, 0, 0], []),
    ],
)
def test_columns_are_stacked_from_the_ground(counts: list[int], bars: list[tuple[str, int, int]]) -> None:
    column = html._column(0, "t", counts, 3)
    assert [bar["severity"] for bar in column["bars"]] == [name for name, _, _ in bars]
    assert sum(bar["height"] for bar in column["bars"]) == sum(counts)
    assert all(bar["y"] + bar["height"] <= 3 for bar in column["bars"])
    assert not column["bars"] or column["bars"][-1]["y"] == 3 - sum(counts)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("html")
    for name in NAMES:
        Path(folder, f"{name}.html").write_text(page_of(report_of(name)), encoding="utf-8")
    return {name: Path(folder, f"{name}.html").as_uri() for name in NAMES}


@pytest.mark.integration
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_page_is_usable_at_every_width_and_scheme(
    browser: Any, pages: dict[str, str], name: str, width: int, scheme: str
) -> None:
    with visit(browser, pages[name], width=width, scheme=scheme) as found:
        assert found.sideways() <= 0
        assert found.hurt() is None
        assert contrasts(found.page) == []
        if name != "hostile":
            assert found.page.evaluate(CUT_OFF) == []
        found.photograph(f"report-{name}-{width}-{scheme}")


@pytest.mark.integration
def test_page_is_readable_without_scripts(browser: Any, pages: dict[str, str]) -> None:
    with visit(browser, pages["demo"], script=False) as found:
        page = found.page
        assert page.locator(".finding").count() == page.locator(".finding:visible").count() > 5
        assert not page.locator("#filter").is_visible()
        assert page.get_by_text("AT310").first.is_visible()
        page.locator("details:has(.places) summary").first.click()
        assert page.locator(".places li").first.is_visible()


@pytest.mark.integration
def test_findings_are_filtered_by_keyboard(browser: Any, pages: dict[str, str]) -> None:
    with visit(browser, pages["demo"]) as found:
        page = found.page
        every = page.locator(".finding").count()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert _reach(found, "search")
        page.keyboard.type("at310")
        few = page.locator(".finding:visible").count()
        assert 0 < few < every
        assert page.locator("#shown").inner_text() == f"{few} of {every} shown"
        assert _reach(found, "reset")
        page.keyboard.press("Enter")
        assert page.locator(".finding:visible").count() == every


@pytest.mark.integration
def test_wide_boxes_are_reached_and_scrolled_by_keyboard(browser: Any, pages: dict[str, str]) -> None:
    with visit(browser, pages["demo"], width=320) as found:
        page = found.page
        page.get_by_text("The same as a table").click()
        box = page.locator("details .wide").first
        assert box.evaluate("(e) => e.scrollWidth > e.clientWidth")
        box.focus()
        page.keyboard.press("ArrowRight")
        assert box.evaluate(
            "(e) => new Promise((done) => {"
            " const look = () => e.scrollLeft > 0 ? done(true) : requestAnimationFrame(look); look(); })"
        )


def _reach(found: Visit, name: str) -> bool:
    for _ in range(200):
        found.page.keyboard.press("Tab")
        if found.page.evaluate("document.activeElement.id") == name:
            return True
    return False
