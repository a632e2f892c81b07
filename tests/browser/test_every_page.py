"""Every page in both languages, on a screen and on a phone: no complaints, nothing cut off, nothing untranslated.

With TEST_SCREENSHOTS=FOLDER a picture of each is left there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, ViewportSize

from caseline.actions.wiring import House
from caseline.crm import request_fields
from caseline.web import language
from caseline.web.desk.routes import PAGES
from tests.browser.conftest import opened, shot
from tests.factories import filled_desk, pages
from tests.factories.served import desk, house

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
__all__ = ["desk", "house"]

WIDTHS: Final[dict[str, ViewportSize]] = {
    "screen": {"width": 1366, "height": 768},
    "phone": {"width": 390, "height": 844},
}
NO_PAGES: Final = re.compile(
    r".*/(export|stream|count|suggest|below|beginnings|timeline|names|search|pick|products)"
    r"|/references/.*|/requests/{number:key}/(messages|files)/.*|/assignments/{id:key}/files/.*|/requests/{number:key}/fields|/requests/filter(/apply)?|/notices/{id:key}|/sign-in/code"
    r"|/settings/pictures/file"
)
"""Files, streams, pieces of other pages, and ways to them: nothing to look at."""
MADE_BY_HAND: Final = re.compile(
    r"/keywords/drafts/.*|/settings/.*/remove|/reports/.*/rows|/settings/calendars/.*"
    r"|/assignments/new|/settings/(sections|rules)/edit|/requests/{number:key}/fields/file"
)
"""Pages that other tests look at, too, since what they show has to be made first: a link to them is enough."""
HREFS: Final = "[...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href'))"
RULES: Final = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def data(house: House) -> set[str]:
    """English words that are no texts of ours: what the sample calls its stages and fields, and codes."""
    with house.engine.connect() as connection:
        stages = connection.exec_driver_sql("SELECT code, label FROM crm.stage").all()
        fields = connection.exec_driver_sql("SELECT name, label FROM crm.field_definition").all()
        forms = connection.exec_driver_sql("SELECT code FROM feedback.form").all()
    return {word for row in (*stages, *fields, *forms) for word in row} | {one.name for one in request_fields.OWN}


def to_see() -> list[str]:
    """Paths of pages as the routes have them; those that name one thing come last, when links to them are known."""
    found = [page.path for page in PAGES if page.method == "GET" and not NO_PAGES.fullmatch(page.path)]
    return sorted(found, key=lambda path: (needs_link(path), path.count("/")))


def needs_link(path: str) -> bool:
    of_one = ("/edit", "/remove", "/rows", "/year", "/assignments/new", "/show", "/text", "/try", "/switch")
    return "{" in path or path.endswith(of_one)


def first_link(path: str, links: Iterable[str]) -> str | None:
    wanted = re.compile(re.sub(r"{\w+:key}", "[0-9]+", path) + r"(\?.*)?")
    return next((link for link in links if wanted.fullmatch(link)), None)


@pytest.fixture(scope="module")
def english() -> set[str]:
    """What a Russian page must not say: English texts that have a Russian one."""
    with (Path(language.__file__).parent / "texts" / "ru.po").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    said = [(one.id, one.string) for one in catalogue if isinstance(one.id, str) and one.id]
    return {one for one, russian in said if one != russian and "%(" not in one}


@pytest.fixture
def looking(chromium: Browser, desk: str, faults: list[str]) -> Iterator[Callable[[str, str], Page]]:
    contexts = []

    def look(width: str, tongue: str) -> Page:
        locale = {"ru": "ru-RU", "en": "en-GB"}[tongue]
        contexts.append(chromium.new_context(base_url=desk, locale=locale, viewport=WIDTHS[width]))
        page = opened(contexts[-1], faults)
        page.goto("/sign-in")
        page.locator("input[name=name]").fill("anna")
        page.locator("input[name=password]").fill(pages.PASSWORD)
        page.keyboard.press("Enter")
        page.locator("form[action='/sign-out']").wait_for(state="attached")
        page.wait_for_load_state()  # scripts have run
        return page

    yield look
    for context in contexts:
        context.close()


def test_every_page_can_be_looked_at(
    house: House, looking: Callable[[str, str], Page], faults: list[str], english: set[str], tmp_path: Path
) -> None:
    filled_desk.fill(house, tmp_path)
    foreign = english - data(house)
    wrong: list[str] = []
    for tongue, width in (("ru", "screen"), ("ru", "phone"), ("en", "screen")):
        page = looking(width, tongue)
        if page.locator("html").get_attribute("lang") != tongue:
            page.locator(f"button[name=language][value={tongue}]").click()
            page.locator(f"html[lang={tongue}]").wait_for()
        links: dict[str, None] = {}
        for path in to_see():
            address = first_link(path, links) if needs_link(path) else path
            where = f"{path} ({tongue}, {width})"
            if address is None:
                wrong += [] if MADE_BY_HAND.fullmatch(path) else [f"{where}: no link leads there"]
                continue
            answer = page.goto(address)
            assert answer is not None
            wrong += [f"{where}: {one}" for one in _faults(page, answer.status, faults)]
            if tongue == "ru":
                said = set(page.locator("body").inner_text().split("\n"))
                wrong += [f"{where}: in English: {one}" for one in sorted(said & foreign)]
            if width == "screen" and tongue == "ru":
                wrong += [f"{where}: {one}" for one in _barriers(page)]
            links |= dict.fromkeys(page.evaluate(HREFS))
            shot(page, f"{re.sub('[^a-z]+', '-', path).strip('-') or 'front'}-{tongue}-{width}")

    assert not wrong, "\n".join(wrong)


def _faults(page: Page, status: int, faults: list[str]) -> list[str]:
    page.wait_for_load_state("load")
    found = [f"status {status}"] if status >= 400 else []
    found += faults
    faults.clear()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{wide} pixels too wide"] if wide > 0 else [])


def _barriers(page: Page) -> list[str]:
    """What the rules of WCAG 2.2 AA that a machine can check find."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
