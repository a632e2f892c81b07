"""A real browser without a screen, in front of a desk that is served."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, sync_playwright

from tests.factories.served import desk, house

__all__ = ["desk", "house"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
REPLACED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx complains of when a newer question replaces one that is on its way; a failure is told by other words, too."""
SHOTS = "TEST_SCREENSHOTS"
"""Names a folder that pictures of the pages are left in."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    own = Path(playwright.chromium.executable_path)
    path = next(filter(None, map(shutil.which, NAMES)), str(own) if own.exists() else None)
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
    # The sandbox of Chromium does not start as root; what is opened here are our own pages.
    started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
    yield started
    started.close()


@pytest.fixture(scope="session", autouse=True)
def looked_before() -> Iterator[None]:
    """Whoever clicks looks at the page that comes before the next step: its scripts have run by then.

    With `no_wait_after` a test says that it is faster than the scripts.
    """
    click = Locator.click

    def patient(self: Locator, **words: Any) -> None:  # noqa: ANN401 - words of Playwright
        click(self, **words)
        if not words.get("no_wait_after"):
            self.page.wait_for_load_state("domcontentloaded")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", patient)
        yield


@pytest.fixture
def faults() -> list[str]:
    """What the browser complained about; the test looks at it."""
    return []


def complains(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.text.startswith(REPLACED)


def opened(context: BrowserContext, faults: list[str]) -> Page:
    """A page that writes down every complaint of the browser, and every request that leaves the machine."""
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda said: faults.append(said.text) if complains(said) else None)
    page.on("request", lambda request: None if "//127.0.0.1" in request.url else faults.append(f"left: {request.url}"))
    return page


@pytest.fixture
def page(chromium: Browser, desk: str, faults: list[str]) -> Iterator[Page]:
    context = chromium.new_context(base_url=desk, locale="ru-RU", viewport={"width": 1366, "height": 768})
    yield opened(context, faults)
    context.close()
    assert faults == []


@pytest.fixture
def plain_page(chromium: Browser, desk: str) -> Iterator[Page]:
    """The same without scripts."""
    context = chromium.new_context(base_url=desk, locale="ru-RU", java_script_enabled=False)
    yield context.new_page()
    context.close()


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Leave a picture where somebody wants to look at it; `whole`: of what lies below the window, too."""
    folder = os.environ.get(SHOTS)
    if folder:
        # The caret stays as it is: hiding it is a style that our pages forbid, and the browser complains.
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=whole, caret="initial")
