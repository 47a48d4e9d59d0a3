"""A real browser for tests: the one that the system has, on this machine only, and it never asks a network."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdf
import pytest
from selenium import webdriver
from selenium.common import WebDriverException
from selenium.webdriver.chrome.service import Service

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # No name leads anywhere, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
# Texts that are too pale to read: how many were looked at, and which.
PALE = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")
# What is wider than the window and does not stand in a region that scrolls by itself.
TOO_WIDE = """
return [...document.body.querySelectorAll('*')]
  .filter((one) => !one.closest('.scroll') || one.matches('.scroll'))
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((one) => one.tagName + '.' + one.getAttribute('class'));
"""


@contextmanager
def browser(scratch: Path) -> Iterator[webdriver.Chrome]:
    """The installed browser without a window; the test is skipped where there is none."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no browser here: `apt-get install chromium chromium-driver` brings one, then this test runs")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in (*_OPTIONS, f"--user-data-dir={scratch / 'profile'}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Selenium looks for nothing and reports nothing: both programs are named.
    quiet = {"SE_AVOID_STATS": "true", "SE_OFFLINE": "true"}
    os.environ.update(quiet)
    running = webdriver.Chrome(options=options, service=Service(driver, env={**os.environ, **quiet}))
    try:
        yield running
    finally:
        running.quit()


def look(running: webdriver.Chrome, page: Path, width: int, *, dark: bool = False, media: str = "screen") -> None:
    """Opens a page in a window of that width, as a phone below 500."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    running.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    running.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
    running.get(page.as_uri())


def asked_for(running: webdriver.Chrome) -> list[str]:
    """Every address that a page asked for since the last look at the log; the browser's own pages are no pages."""
    entries = running.get_log("performance")
    events: list[dict[str, Any]] = [json.loads(entry["message"])["message"] for entry in entries]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [one["request"]["url"] for one in sent if not one["documentURL"].startswith("chrome")]


def complaints(running: webdriver.Chrome) -> list[str]:
    """What the browser wrote to its console."""
    return [entry["message"] for entry in running.get_log("browser")]


def on_paper(running: webdriver.Chrome) -> list[pypdf.PageObject]:
    """The open page, printed; a busy browser is asked twice."""
    asked = {"preferCSSPageSize": True, "printBackground": True}
    try:
        printed = running.execute_cdp_cmd("Page.printToPDF", asked)
    except WebDriverException:
        printed = running.execute_cdp_cmd("Page.printToPDF", asked)
    return list(pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"]))).pages)
