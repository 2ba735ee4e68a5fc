"""A real Chromium by playwright, and pages that may say and fetch nothing unasked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
#: what a hostile event brings: none of it may become an element, an attribute or an order
HOSTILE = (
    "<script>window.hurt=1</script><img src=x onerror=window.hurt=2>\"><svg onload=window.hurt=3>'`"
    "</pre></textarea></style><b id=hurt>bold</b>&lt;i&gt;{{7*7}}${7*7}\u202egnp.exe\u2066 אבג العربية \u0000\u001b[31m"
)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser with an empty profile; skips where playwright or Chromium is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no chromium on the PATH (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One page, and what it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def sideways(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def hurt(self) -> Any:
        """What a hostile event did; None where it did nothing."""
        return self.page.evaluate("window.hurt ?? document.getElementById('hurt')?.outerHTML ?? null")

    def photograph(self, name: str) -> None:
        """Keep a picture where ATLINT_SCREENSHOTS names a folder."""
        folder = os.environ.get("ATLINT_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@contextmanager
def visit(browser: Any, url: str, *, width: int = 1280, scheme: str = "light", script: bool = True) -> Iterator[Visit]:
    """Open a page; at the end it must have written nothing to its console, and asked nobody but its own origin."""
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        color_scheme=scheme,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        found = Visit(page)
        page.on("console", lambda message: found.said.append(message.text))
        page.on("pageerror", lambda error: found.said.append(str(error)))
        page.on("request", lambda request: found.asked.append(request.url))
        page.goto(url)
        yield found
        assert found.said == []
        origin = url if url.startswith("file:") else url.rstrip("/") + "/"
        assert [asked for asked in found.asked if not asked.startswith(origin)] == []
    finally:
        context.close()


def contrasts(page: Any) -> list[str]:
    """Every text of the page that stands out too little from its ground (WCAG 2.2, 1.4.3: at least 4.5)."""
    return page.evaluate(
        """() => {
          const rgb = (text) => (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
          const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = (element) => {
            for (let at = element; at; at = at.parentElement) {
              const found = rgb(getComputedStyle(at).backgroundColor);
              if (found.length < 4 || found[3] > 0) return found;
            }
            return [255, 255, 255];
          };
          const weak = [];
          for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            if (!own || !element.checkVisibility() || element.closest("svg")) continue;
            const [one, other] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
            const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            if (ratio < 4.5) weak.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
          }
          return weak;
        }"""
    )
